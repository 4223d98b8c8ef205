"""IBM's machines as Qiskit backends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, cast

from qiskit import QuantumCircuit
from qiskit.transpiler import Target

from ketbridge import Program

from ..backends import KetbridgeBackend, P
from ..errors import CircuitError, as_qiskit_errors
from . import configuration, target
from .checks import InstructionSet
from .configuration import Configuration
from .direct_job import DirectJob
from .job import IbmJob, ServerJob
from .properties import Properties, Status
from .pubs import check_registers
from .runs import encode_run

if TYPE_CHECKING:
    from ketbridge import BackendInfo
    from ketbridge.clouds.base import Cloud
    from ketbridge.clouds.ibm import IbmCloud
    from ketbridge.clouds.ibm_shared.machines import Machine
    from ketbridge.clouds.ibm_shared.models import BackendProperties

    from ..provider import KetbridgeProvider


class IbmBackend(KetbridgeBackend):
    """An IBM machine. Its documents are fetched when they are needed, and kept a while.

    Members of the machine's configuration, such as ``processor_type``, are attributes too.

    Attributes:
        use_fractional_gates: True for gates that take an angle and time, such as RZZ; False for
            control flow; None for both, as far as the machine has them.
    """

    choices: ClassVar[tuple[str, ...]] = ("use_fractional_gates", "calibration_id")
    job_kind: ClassVar[type[ServerJob]] = IbmJob

    def __init__(
        self,
        cloud: Cloud,
        name: str,
        gateset: str = "qis",
        provider: KetbridgeProvider | None = None,
        info: BackendInfo | None = None,
        *,
        use_fractional_gates: bool | None = False,
        calibration_id: str | None = None,
    ) -> None:
        """Make the backend; see `KetbridgeBackend`.

        Args:
            cloud: where the machine is.
            name: its name at the cloud.
            gateset: has no effect: circuits are always of the machine's own gates.
            provider: where it was found.
            info: what the service says of it, where that is known.
            use_fractional_gates: see the attribute.
            calibration_id: calibration to transpile for and to run with, instead of the newest.
        """
        super().__init__(cloud, name, gateset, provider, info)
        self.use_fractional_gates = use_fractional_gates
        self._calibration_id = calibration_id
        self._machine: Machine | None = None
        self._instructions: InstructionSet | None = None

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("_") and name in configuration.known():
            return getattr(self.configuration(), name)
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")

    @property
    def machine(self) -> Machine:
        """The two documents of the machine: configuration and properties.

        Raises:
            UnknownBackendError: there is no such machine; the message names the nearest.
            TransportError: the service could not be asked.
        """
        if self._machine is None:
            given = {"calibration_id": self._calibration_id} if self._calibration_id else {}
            cloud = cast("IbmCloud", self._cloud)
            with as_qiskit_errors():
                self._machine = cloud.run(cloud.machine_flow(self.name, **given))
        return self._machine

    @property
    def calibration_id(self) -> str | None:
        """The calibration that was asked for; None for the newest."""
        return self._calibration_id

    @property
    def num_qubits(self) -> int:
        """Number of qubits; where a list of machines has told it, nothing is asked."""
        if self._machine is None and self._info is not None and self._info.num_qubits:
            return self._info.num_qubits
        return int(self.machine.configuration.n_qubits)

    @property
    def max_circuits(self) -> int | None:
        """Most circuits in one job; None where the service states no limit."""
        return self.machine.configuration.max_experiments

    @property
    def target(self) -> Target:
        """Gates, pairs, errors, durations and timing, from configuration and properties."""
        if self._target is None:
            self._target = target.build(self.machine, fractional=self.use_fractional_gates)
        return self._target

    @property
    def service(self) -> KetbridgeProvider:
        """The account that the machine belongs to."""
        provider: KetbridgeProvider | None = self.provider
        if provider is None:
            from ..provider import KetbridgeProvider

            provider = KetbridgeProvider.of(self._cloud)
            self._provider = provider
        return provider

    @property
    def dtm(self) -> float | None:
        """Time between samples of a measurement, in seconds; None where it is not said."""
        found: float | None = self.configuration().dtm
        return found

    @property
    def meas_map(self) -> list[list[int]]:
        """Groups of qubits that are measured together; empty where none are said."""
        return list(self.configuration().meas_map or ())

    @property
    def physical_qubits(self) -> list[int]:
        """The indices of the qubits."""
        return list(range(self.num_qubits))

    def configuration(self) -> Configuration:
        """Return what the machine can do, fractional gates as they are asked for."""
        return Configuration(self.machine.configuration, self.use_fractional_gates)

    def properties(
        self, refresh: bool = False, datetime: datetime | None = None
    ) -> Properties | None:
        """Return what was measured of the machine; None for a simulator without.

        Args:
            refresh: whether to ask the service again.
            datetime: for the newest of before that time; without a zone it is local time.

        Raises:
            TransportError: the service could not be asked.
        """
        if refresh:
            self.refresh()
        measured = self._measured(datetime)
        return None if measured is None else Properties(measured)

    def target_history(self, datetime: datetime | None = None) -> Target:
        """Return the target with what was measured at another time.

        Args:
            datetime: as for `properties`.

        Raises:
            TransportError: the service could not be asked.
        """
        then = replace(self.machine, properties=self._measured(datetime))
        return target.build(then, fractional=self.use_fractional_gates)

    def _measured(self, before: datetime | None) -> BackendProperties | None:
        if before is None or self.machine.properties is None:
            return self.machine.properties
        from ketbridge.clouds.ibm import operations

        moment = before.astimezone(UTC)
        return self._cloud.send(operations.get_backend_properties(self.name, updated_before=moment))

    def check_faulty(self, circuit: QuantumCircuit) -> None:
        """Refuse a circuit that uses a qubit or pair that does not work.

        Raises:
            CircuitError: names the first instruction that does.
        """
        measured = self.properties()
        if measured is None:
            return
        qubits = set(measured.faulty_qubits())
        pairs = {gate.qubits for gate in measured.faulty_gates() if len(gate.qubits) == 2}
        for one in circuit.data:
            place = tuple(circuit.find_bit(bit).index for bit in one.qubits)
            if one.operation.name != "barrier" and (qubits.intersection(place) or place in pairs):
                raise CircuitError(
                    f"circuit {circuit.name!r} has {one.operation.name!r} on {list(place)}, which "
                    f"does not work on {self.name}"
                )

    def status(self) -> Status:
        """Ask whether the machine takes jobs and how many wait.

        Raises:
            UnknownBackendError: there is no such machine; the message names the nearest.
            TransportError: the service could not be asked.
        """
        with as_qiskit_errors():
            info = self._info = self._cloud.backend(self.name)
        return Status(info.name, info.online, info.status, info.queue_length or 0)

    def refresh(self) -> None:
        """Forget what the service said of the machine, so that it is asked again."""
        super().refresh()
        self._machine = self._instructions = None
        cast("IbmCloud", self._cloud).refresh(self.name)

    def primitive(self, kind: type[P]) -> type[P]:
        """Return the primitive that runs on the server."""
        from .primitives import on_server

        return on_server(kind)

    def check(self, circuit: QuantumCircuit) -> None:
        """Refuse a circuit that the machine cannot run as it is.

        Raises:
            CircuitError: names the first instruction that it does not have, or the register whose
                name or size the service cannot give back.
        """
        check_registers(circuit)
        if self._instructions is None:
            simulator = self.machine.configuration.simulator
            self._instructions = InstructionSet(self.target, any_instruction=simulator)
        self._instructions.check(circuit)

    def encode(self, circuits: Sequence[QuantumCircuit]) -> list[Program]:
        """Write circuits as `run` does: each distinct one checked and written once.

        Raises:
            CircuitError: one is not in the instruction set of the machine, has free parameters or
                measures nothing.
        """
        known: dict[int, Program] = {}
        for circuit in circuits:
            if id(circuit) not in known:
                known[id(circuit)] = encode_run(circuit, self.check)
        return [known[id(circuit)] for circuit in circuits]


class DirectBackend(IbmBackend):
    """A machine behind IBM Direct Access."""

    choices: ClassVar[tuple[str, ...]] = ("use_fractional_gates",)
    job_kind: ClassVar[type[ServerJob]] = DirectJob
