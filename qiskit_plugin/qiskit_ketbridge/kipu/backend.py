"""Machines behind the Kipu Hub as Qiskit backends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from qiskit import QuantumCircuit
from qiskit.transpiler import Target

from ketbridge import Format, Program
from ketbridge.errors import ProgramError

from ..backends import KetbridgeBackend, P
from ..errors import CircuitError, DynamicCircuitError
from ..ibm.checks import InstructionSet
from ..ibm.job import ServerJob
from ..ibm.pubs import check_registers
from ..ibm.runs import encode_run
from ..run_options import RunOptions
from ..translate import encode
from ..translate.text import encode_braket, encode_openqasm2
from . import target

if TYPE_CHECKING:
    from ketbridge import BackendInfo
    from ketbridge.clouds.base import Cloud
    from ketbridge.clouds.ibm_shared.models import BackendConfiguration
    from ketbridge.jobs.submission import Request

    from ..provider import KetbridgeProvider

WRITTEN = frozenset(
    {
        Format.OPENQASM2,
        Format.OPENQASM3,
        Format.BRAKET_OPENQASM3,
        Format.IONQ_QIS,
        Format.IQM,
        Format.QISKIT_QPY,
    }
)


class KipuBackend(KetbridgeBackend):
    """A machine behind the Hub; circuits are written in what the Hub says that it reads.

    On IBM's machines sampler and estimator run on the server; elsewhere they work over counts.

    Attributes:
        calibration_id: None: jobs run with the newest calibration.
    """

    job_kind: ClassVar[type[ServerJob]] = ServerJob
    calibration_id: ClassVar[None] = None

    def __init__(
        self,
        cloud: Cloud,
        name: str,
        gateset: str = "qis",
        provider: KetbridgeProvider | None = None,
        info: BackendInfo | None = None,
    ) -> None:
        """Make the backend; see `KetbridgeBackend`.

        Raises:
            ProgramError: another gate set than ``qis`` is asked for.
        """
        if gateset != "qis":
            raise ProgramError("a machine behind the Kipu Hub has one set of gates: no gateset")
        super().__init__(cloud, name, gateset, provider, info)
        self._instructions: InstructionSet | None = None

    @property
    def target(self) -> Target:
        """Gates, pairs, errors and durations, from configuration and calibration.

        Raises:
            ProgramError: no circuit can be written for the machine.
            TransportError: the service could not be asked.
        """
        if self._target is None:
            self._format()
            self._target = target.build(self._described())
        return self._target

    def configuration(self) -> BackendConfiguration:
        """Return what an IBM machine can do, in its provider's words.

        Raises:
            ProgramError: it is not IBM's, or the Hub has no configuration of it.
            TransportError: the service could not be asked.
        """
        found = self._described().detail.ibm
        if found is None:
            raise ProgramError(f"the Hub has no configuration of IBM's of {self.name}")
        return found.configuration  # type: ignore[no-any-return]

    def primitive(self, kind: type[P]) -> type[P]:
        """Return the primitive that runs on the server, where there is one.

        Raises:
            TransportError: the service had to be asked what the machine reads and could not be.
        """
        if Format.QISKIT_QPY not in self.info.formats:
            return kind
        from ..ibm.primitives import on_server

        return on_server(kind)

    def check(self, circuit: QuantumCircuit) -> None:
        """Refuse a circuit that is not in the gates and on the pairs of the machine.

        Raises:
            CircuitError: names the first instruction that the machine does not have, or a register
                that the service cannot give back.
        """
        form = self._format()
        if form is Format.QISKIT_QPY:
            check_registers(circuit)
        if form is Format.IQM:
            self._check_decisions(circuit)
        if self._instructions is None:
            self._instructions = InstructionSet(self.target)
        self._instructions.check(circuit)

    def _check_decisions(self, circuit: QuantumCircuit) -> None:
        """Refuse decisions on a machine whose architecture does not have them."""
        asked = next((name for name in circuit.count_ops() if name in ("if_else", "reset")), None)
        if asked is not None and asked not in self.target.operation_names:
            raise CircuitError(
                f"circuit {circuit.name!r} has {asked}, for which a machine needs cc_prx; the "
                f"architecture of {self.name} has none"
            )

    def refresh(self) -> None:
        """Forget what the service said of the machine, so that it is asked again."""
        super().refresh()
        self._instructions = None

    def _described(self) -> BackendInfo:
        """Return what the Hub has on the machine, with its provider's document."""
        from ketbridge.clouds.kipu.describing import is_documented

        info = self.info
        if info.detail.state is None and is_documented(info.detail.backend):
            info = self._info = self._cloud.backend(self.name)  # a listing leaves it out
        return info

    def _format(self) -> Format:
        """Return the first format of the machine's in which circuits are written here."""
        info = self.info
        for form in info.formats:
            if form in WRITTEN:
                return form
        configuration = info.detail.backend.configuration
        listed = configuration and configuration.supported_input_formats
        known = ", ".join(info.formats) or f"{', '.join(listed)}, not known here" if listed else ""
        reads = known or "no format that is known here"
        raise CircuitError(f"{self.name} reads {reads}: no circuit of gates can be run on it")

    def encode(self, circuits: Sequence[QuantumCircuit]) -> list[Program]:
        """Translate circuits as `run` does.

        Raises:
            CircuitError: a circuit cannot be run as given, is too wide for the machine or, where
                the service does not compile, not in its gates and on its pairs.
        """
        return [self._encode(circuit, index) for index, circuit in enumerate(circuits)]

    def _encode(self, circuit: QuantumCircuit, index: int, keep: bool = False) -> Program:
        form = self._format()
        if form is Format.QISKIT_QPY:
            return encode_run(circuit, self.check)
        if form is Format.IQM:
            self.check(circuit)
        info = self._described()
        try:
            if form is Format.BRAKET_OPENQASM3:
                program = encode_braket(circuit, physical=keep, native=info.native_gates)
            else:
                program = encode(circuit, form, qubits=_names(info), loci=_loci(info))
        except DynamicCircuitError:
            if Format.OPENQASM3 not in info.formats:
                raise
            program = encode(circuit, Format.OPENQASM3)
        if program.num_qubits > info.num_qubits:
            raise CircuitError(
                f"circuit {index} ({program.name}) uses {program.num_qubits} qubits; "
                f"{self.name} has {info.num_qubits}"
            )
        return program

    def prepare(self, circuits: Sequence[QuantumCircuit], wanted: RunOptions) -> list[Program]:
        """Translate circuits for a run; of those whose state is wanted, measurements are left out.

        With ``disable_qubit_rewiring`` the qubits are those of the machine with the same numbers.

        Raises:
            ProgramError: a state is wanted of a machine that gives counts only.
            CircuitError: as `encode` does.
        """
        if _samples(wanted):
            keep = bool(wanted.cloud.get("disable_qubit_rewiring"))
            return [self._encode(circuit, index, keep) for index, circuit in enumerate(circuits)]
        from ketbridge.clouds.kipu.families import Family, family_of

        provider = self.info.detail.backend.provider
        if family_of(self._format(), provider, self.name) is not Family.KIPU:
            raise ProgramError(
                f"{self.name} gives counts only: mode {wanted.cloud['mode']!r} is for Kipu's own "
                "simulator"
            )
        return [encode_openqasm2(circuit, measured=False) for circuit in circuits]

    def request(self, programs: Sequence[Program], wanted: RunOptions) -> Request:
        """Put together what is asked of the cloud.

        ``bitstrings`` have qubit 0 rightmost here. A state takes the fewest shots that there are.
        """
        states = wanted.cloud.get("bitstrings")
        if isinstance(states, list | tuple) and all(isinstance(one, str) for one in states):
            turned = [state[::-1] for state in states]
            wanted = replace(wanted, cloud={**wanted.cloud, "bitstrings": turned})
        if not _samples(wanted):
            wanted = replace(wanted, shots=self.info.shots[0])
        return super().request(programs, wanted)


def _names(info: BackendInfo) -> tuple[str, ...] | None:
    """Return what the machine calls its qubits, where it says so."""
    architecture = info.detail.architecture
    return info.qubit_names or (None if architecture is None else architecture.qubits) or None


def _loci(info: BackendInfo) -> Mapping[str, tuple[tuple[str, ...], ...]] | None:
    """Return where the gates of an IQM machine act, where the Hub has its architecture."""
    architecture = info.detail.architecture
    return None if architecture is None else architecture.loci


def _samples(wanted: RunOptions) -> bool:
    return wanted.cloud.get("mode") in (None, "sample")
