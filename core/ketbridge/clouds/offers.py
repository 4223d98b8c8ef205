"""What only some services offer: each call has a way for all of them, or refuses in a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, cast

from ..errors import ProgramError

if TYPE_CHECKING:
    from ..jobs.filters import JobFilter
    from ..jobs.state import Cost
    from ..jobs.submission import Request
    from ..programs import Format
    from ..results import Measurements
    from ..transport.operation import Flow
    from .base import Cloud
    from .description import Calibration


@dataclass(frozen=True, slots=True)
class Variant:
    """One of the runs that the result of a circuit is joined from.

    Attributes:
        id: the service's id of it.
        circuit: index of the circuit in the job.
        measured: its outcomes, in the circuit's classical bits.
        qubit_map: the machine's qubit for each qubit of the circuit, where the service says so.
    """

    id: str
    circuit: int
    measured: Measurements
    qubit_map: tuple[int, ...] | None = None


class Offers:
    """Calls that a cloud may have; see `Cloud`.

    Attributes:
        compiled: languages in which the service gives compiled circuits, the preferred one first,
            and what each is written in.
    """

    name: ClassVar[str]
    compiled: ClassVar[Mapping[str, Format]] = {}

    def trial_flow(self) -> Flow[tuple[str, ...]]:
        """Ask for something that costs nothing, to see whether the account works.

        Returns:
            What was found to work, in words.

        Raises:
            AuthenticationFailed: the token is not accepted.
            TransportError: something does not work; the message says what.
        """
        yield from cast("Cloud", self).jobs_flow(None, {})
        return ("the service accepts the token",)

    def check_account(self) -> None:
        """Refuse an account with which no call could be made; by default none is.

        Raises:
            CredentialError: something is missing, or half of it.
            AddressError: a URL or a name is not usable.
        """

    def cancel_flow(self, job_id: str) -> Flow[None]:
        """Ask the service to cancel a job."""
        raise NotImplementedError

    def delete_flow(self, job_id: str) -> Flow[None]:
        """Delete a job and its results at the service."""
        raise NotImplementedError

    def estimate_flow(self, request: Request) -> Flow[Cost]:
        """Ask what a request would cost, without sending it."""
        raise NotImplementedError

    def cancel_many_flow(self, job_ids: Iterable[str]) -> Flow[tuple[str, ...]]:
        """Ask the service to cancel jobs, in one request where it can.

        Returns:
            The ids that the service confirms.
        """
        ids = tuple(job_ids)
        for job_id in ids:
            yield from self.cancel_flow(job_id)
        return ids

    def delete_many_flow(self, job_ids: Iterable[str]) -> Flow[tuple[str, ...]]:
        """Delete jobs and their results at the service, in one request where it can.

        Returns:
            The ids that the service confirms.
        """
        ids = tuple(job_ids)
        for job_id in ids:
            yield from self.delete_flow(job_id)
        return ids

    def filters_of(self, wanted: JobFilter) -> Mapping[str, Any]:
        """Say in the filters of ``jobs_flow`` as much of a wish as the service can filter by."""
        return {}

    def refresh(self, name: str) -> None:
        """Forget what is kept of a machine, so that it is asked for again."""

    def calibration_flow(self, name: str, moment: datetime) -> Flow[Calibration | None]:
        """Find the calibration that a machine had at a moment, None where there was none.

        Raises:
            ProgramError: the service keeps no calibrations of the past.
        """
        yield from ()
        raise ProgramError(f"{self.name} keeps no calibrations of the past")

    def job_estimate_flow(self, job_id: str, request: Request) -> Flow[Cost]:
        """Ask what a job was estimated to cost.

        Raises:
            ProgramError: the service does not estimate it.
        """
        return self.estimate_flow(request)

    def compiled_flow(self, job_id: str, lang: str) -> Flow[str]:
        """Fetch a job's circuit as it was compiled.

        Args:
            job_id: the job.
            lang: one of ``compiled``.

        Raises:
            ProgramError: the service does not give compiled circuits.
        """
        yield from ()
        raise ProgramError(f"{self.name} does not give compiled circuits")

    def variant_results_flow(self, job_id: str, request: Request) -> Flow[tuple[Variant, ...]]:
        """Fetch the runs that a job's result is joined from, none where it is one run.

        Raises:
            ProgramError: the service does not run a circuit in variants.
        """
        yield from ()
        raise ProgramError(f"{self.name} does not run circuits in variants")
