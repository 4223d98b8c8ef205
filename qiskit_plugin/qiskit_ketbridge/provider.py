"""The machines and jobs of one account at a cloud."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ketbridge import BackendInfo

from .backends import KetbridgeBackend, kind_of
from .errors import BackendNotFound, as_qiskit_errors
from .jobs import KetbridgeJob

if TYPE_CHECKING:
    from datetime import datetime

    from ketbridge.clouds.base import Cloud

    from .history import Status

_KINDS = {"ibm": ("ibm.provider", "IbmProvider")}
"""Clouds whose providers are of a class of their own, and where it is."""


class KetbridgeProvider:
    """The machines and jobs of one account at a cloud. Making it sends nothing."""

    def __new__(cls, cloud: str = "ionq", **_: Any) -> KetbridgeProvider:
        """Make the kind of provider that the cloud has."""
        if cls is KetbridgeProvider and cloud.rpartition(":")[2] in _KINDS:
            home, name = _KINDS[cloud.rpartition(":")[2]]
            cls = getattr(importlib.import_module(f".{home}", __package__), name)  # noqa: PLW0642
        return object.__new__(cls)

    def __init__(
        self,
        cloud: str = "ionq",
        *,
        token: str | None = None,
        url: str | None = None,
        **settings: Any,
    ) -> None:
        """Connect to a cloud.

        Args:
            cloud: ``[account:]cloud``, for example ``ionq``, ``work:ionq`` or ``sandbox:ionq``.
            token: the credential; without it the environment and then the saved accounts are
                searched.
            url: base URL of the service, instead of the usual one.
            settings: further settings of the account.

        Raises:
            AddressError: there is no such cloud.
            CredentialError: there is no such account, or it cannot be used.
        """
        from ketbridge.connection import connect

        self._cloud: Cloud = connect(cloud, token=token, url=url, **settings)

    @staticmethod
    def of(cloud: Cloud) -> KetbridgeProvider:
        """Return the provider of a cloud that is connected already.

        Args:
            cloud: the cloud.
        """
        made = KetbridgeProvider.__new__(KetbridgeProvider, cloud.name)
        made._cloud = cloud
        return made

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self._cloud.account.at)!r})"

    def backends(
        self,
        name: str | None = None,
        *,
        min_num_qubits: int = 0,
        operational: bool | None = None,
        simulator: bool | None = None,
        filters: Callable[[KetbridgeBackend], bool] | None = None,
        gateset: str = "qis",
        **choices: Any,
    ) -> list[KetbridgeBackend]:
        """List the machines.

        Args:
            name: only the one of that name.
            min_num_qubits: only those with at least so many qubits.
            operational: only those that take jobs now, or only those that do not.
            simulator: only simulators, or only machines.
            filters: only those for which this is true.
            gateset: gate set of the backends returned, ``qis`` or ``native``.
            **choices: what only this cloud's backends take, for IBM ``use_fractional_gates``.

        Raises:
            TransportError: the service could not be asked.
        """
        found = [
            kind_of(self._cloud.name)(self._cloud, info.name, gateset, self, info, **choices)
            for info in self._cloud.backends()
            if (name is None or info.name == name)
            and info.num_qubits >= min_num_qubits
            and operational in (None, info.online)
            and simulator in (None, info.simulator)
        ]
        return [one for one in found if filters is None or filters(one)]

    def get_backend(self, name: str, *, gateset: str = "qis", **choices: Any) -> KetbridgeBackend:
        """Return one machine, asking the service for it; ``choices`` as for `backends`.

        Raises:
            UnknownBackendError: there is no such machine; the message names the nearest.
            TransportError: the service could not be asked.
        """
        kind = kind_of(self._cloud.name)
        with as_qiskit_errors():
            info = self._cloud.backend(name)
        return kind(self._cloud, name, gateset, self, info, **choices)

    def least_busy(self, **filters: Any) -> KetbridgeBackend:
        """Return the machine that the service says has the shortest wait.

        Machines of which it says nothing come last, those with fewer waiting jobs first.

        Args:
            **filters: as `backends` takes them; ``operational`` is True unless it is given.

        Raises:
            UnknownBackendError: no machine fits.
            TransportError: the service could not be asked.
        """
        found = self.backends(**{"operational": True, **filters})
        if not found:
            wanted = {name: value for name, value in filters.items() if value is not None}
            raise BackendNotFound(f"{self._cloud.name} has no machine that fits {wanted}")
        return min(found, key=lambda one: _wait(one.info))

    def jobs(
        self,
        limit: int | None = 25,
        status: Status | Iterable[Status] | None = None,
        backend: str | None = None,
        since: datetime | None = None,
        tags: Iterable[str] = (),
        **filters: Any,
    ) -> Iterator[KetbridgeJob]:
        """Go through the jobs of the account, page by page as they are asked for.

        The service filters as far as it can; jobs that do not fit are left out here, so that few
        wanted ones among many may take many pages.

        Args:
            limit: how many at most; None for all.
            status: only jobs in a state: of Qiskit, of Ketbridge, or the service's own word; or
                several of the first two.
            backend: only jobs on the machine of that name.
            since: only jobs made then or later; without a zone it is local time.
            tags: only jobs with all of these tags.
            **filters: the cloud's own, for IonQ ``session``, ``parent``, ``submitter``.

        Raises:
            ProgramError: a filter is none.
            TransportError: the service could not be asked.
        """
        from . import history

        wanted = history.job_filter(status, backend, since, tags)
        return history.jobs(self._cloud, wanted, limit, filters)

    def cancel(self, jobs: Iterable[KetbridgeJob | str]) -> tuple[str, ...]:
        """Ask the service to cancel jobs, in one request where it can.

        Args:
            jobs: jobs or their ids.

        Returns:
            The ids that the service confirms; such jobs may still end otherwise.

        Raises:
            TransportError: the service did not confirm it.
        """
        from . import history

        return history.cancel(self._cloud, jobs)

    def delete(self, jobs: Iterable[KetbridgeJob | str]) -> tuple[str, ...]:
        """Delete jobs and their results at the service and in this computer's record.

        Args:
            jobs: jobs or their ids; they are deleted in one request where the service can.

        Returns:
            The ids that the service confirms.

        Raises:
            TransportError: the service did not confirm it.
        """
        from . import history

        return history.delete(self._cloud, jobs)

    def job(self, job_id: str) -> KetbridgeJob:
        """Open a job by its id; asks nothing yet.

        Raises:
            AddressError: the id cannot be one.
        """
        return KetbridgeJob(self._cloud.job(job_id))


def _wait(info: BackendInfo) -> tuple[float, int]:
    order = float("inf") if info.queue_order is None else info.queue_order
    return order, info.queue_length or 0
