"""Jobs behind the Kipu Hub as Qiskit jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qiskit.quantum_info import Statevector
from qiskit.result import Result
from qiskit.result.models import ExperimentResult, ExperimentResultData

from ketbridge import Format
from ketbridge.errors import ProgramError, ProtocolError

from ..errors import as_qiskit_errors
from ..ibm.job import ServerJob
from ..jobs import KetbridgeJob
from ..progress import Progress
from ..results import header


class KipuJob(KetbridgeJob):
    """A job behind the Hub. One of Kipu's simulator may have a state instead of counts."""

    _server: ServerJob | None = None

    def statevector(self, timeout: float | None = None) -> Statevector:
        """Wait, and return the state vector of ``run(..., mode="statevector")``.

        Args:
            timeout: how long it may take, in seconds; None for as long as it takes.

        Returns:
            The state, qubit 0 least significant; its global phase may be another than that of the
            circuit.

        Raises:
            ProgramError: the job was run in another mode.
            JobError: the job gave no result, or the time is over.
            TransportError: the result could not be fetched.
        """
        return Statevector(self._state("statevector", timeout))

    def amplitudes(self, timeout: float | None = None) -> dict[str, complex]:
        """Wait, and return the amplitudes of ``run(..., mode="amplitudes", bitstrings=[...])``.

        Args:
            timeout: how long it may take, in seconds; None for as long as it takes.

        Returns:
            Amplitudes by bit string, qubit 0 rightmost; up to one global phase.

        Raises:
            ProgramError: the job was run in another mode.
            JobError: the job gave no result, or the time is over.
            TransportError: the result could not be fetched.
        """
        found: dict[str, complex] = self._state("amplitudes", timeout)
        return found

    def result(
        self,
        timeout: float | None = None,
        *,
        memory: bool | None = None,
        progress: bool | Progress | None = None,
        **options: Any,
    ) -> Any:
        """Wait, and return the result; see `KetbridgeJob.result`.

        In the modes of Kipu's simulator ``data(0)`` has ``statevector`` or ``amplitudes`` in place
        of counts, so that ``get_statevector()`` works. Of IBM's machines it is what
        `qiskit_ketbridge.ibm.job.ServerJob` gives, a `PrimitiveResult` for a job of a primitive.
        """
        if self._is_ibms():
            server = self._server or ServerJob(
                self._job, self._backend, memory=self._memory, metadata=self._metadata
            )
            self._server = server
            return server.result(timeout, memory=memory, progress=progress, **options)
        mode = self._mode()
        if mode == "sample":
            return super().result(timeout, memory=memory, progress=progress, **options)
        data = {mode: getattr(self, mode)(timeout)}
        request = self._job.request()
        (program,) = request.programs
        given: Mapping[str, Any] = program.metadata if not self._metadata else self._metadata[0]
        experiment = ExperimentResult(
            shots=request.shots,
            success=True,
            data=ExperimentResultData(**data),
            status="DONE",
            header=header(program.name, program.readout, given),
        )
        return Result(
            backend_name=request.backend,
            backend_version="",
            job_id=self._job.id,
            success=True,
            status="COMPLETED",
            results=[experiment],
        )

    def _is_ibms(self) -> bool:
        request = self._job.request()
        formats = {program.format for program in request.programs}
        return Format.QISKIT_QPY in formats or "program" in request.options

    def _mode(self) -> str:
        return str(self._job.request().options.get("mode") or "sample")

    def _state(self, mode: str, timeout: float | None) -> Any:
        from ketbridge.clouds.kipu import states

        if self._mode() != mode:
            raise ProgramError(
                f"{self.address} was run in mode {self._mode()!r}: run(..., mode={mode!r}) has "
                f"the {mode}"
            )
        with as_qiskit_errors():
            document = self._job.raw_result(timeout)
        try:
            return getattr(states, mode)(document)
        except ValueError as error:
            raise ProtocolError(f"the result of {self.address} cannot be read: {error}") from error
