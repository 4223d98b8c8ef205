"""The machines: every id of the contract's table, and ``iqm.qpu.star``, which is ours alone.

Qubits, gates, formats and shots are those of recorded descriptions where there is one; Quandela's
are ours. The star joins its qubits through a resonator, as some of IQM's machines do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec

from ..engine import Timing
from ..ibm import fleet
from . import lattice
from .lattice import Pair

QISKIT = "QISKIT_QPY"
BRAKET = "BRAKET_OPEN_QASM_V3"
QASM2 = "OPEN_QASM_V2"
QASM3 = "OPEN_QASM_V3"
IONQ = "IONQ_CIRCUIT_V1"
IQM = "IQM_JOB_INPUT_V1"
PERCEVAL = "PERCEVAL"

QSIM_GATES = (
    "id", "x", "y", "z", "h", "s", "sdg", "t", "tdg", "rx", "ry", "rz", "u1", "u2", "u3",
    "u", "cx", "cy", "cz", "ch", "swap", "cswap", "ccx", "crx", "cry", "crz", "cu1", "cu3",
)  # fmt: skip
BRAKET_GATES = (
    "ccnot", "cnot", "cphaseshift", "cphaseshift00", "cphaseshift01", "cphaseshift10",
    "cswap", "cy", "cz", "ecr", "h", "i", "iswap", "pswap", "phaseshift", "rx", "ry", "rz", "s",
    "si", "swap", "t", "ti", "v", "vi", "x", "xx", "xy", "y", "yy", "z", "zz",
)  # fmt: skip
IONQ_GATES = (
    "x", "y", "z", "h", "s", "sdg", "t", "tdg", "sx", "id", "rx", "ry", "rz", "cx", "cy",
    "cz", "ch", "crx", "cry", "crz", "rxx", "ryy", "rzz", "swap", "ccx",
)  # fmt: skip
FORTE_GATES = (
    "x", "y", "z", "h", "s", "si", "t", "ti", "v", "vi", "rx", "ry", "rz", "cnot", "swap",
    "xx", "yy",
)  # fmt: skip
CEPHEUS_GATES = (
    "ccnot", "cnot", "cphaseshift", "cphaseshift00", "cphaseshift01", "cphaseshift10",
    "cswap", "h", "i", "iswap", "phaseshift", "pswap", "ry", "s", "si", "swap", "t", "ti", "x",
    "xy", "y", "z",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Quality:
    """Figures of a machine that are the same for all of its qubits; times in nanoseconds.

    Attributes:
        t1_us, t2_us: coherence, in microseconds.
        error_1q, error_2q, error_spam: error of a gate, and of preparing and reading.
        time_1q_ns, time_2q_ns, readout_ns, reset_ns: durations.
    """

    t1_us: float
    t2_us: float
    error_1q: float
    error_2q: float
    error_spam: float
    time_1q_ns: float
    time_2q_ns: float
    readout_ns: float
    reset_ns: float


CRYSTAL = Quality(45, 20, 0.0008, 0.006, 0.02, 32, 40, 348, 300_000)
CEPHEUS = Quality(35, 18, 0.001, 0.006, 0.03, 40, 60, 1200, 200_000)
FORTE = Quality(100_000_000, 1_000_000, 0.0002, 0.007, 0.0038, 130_000, 970_000, 150_000, 50_000)


@dataclass(frozen=True, slots=True)
class Machine:
    """One backend.

    Attributes:
        id: as jobs name it.
        provider: through whom the Hub reaches it.
        hardware: who built it.
        name: for people.
        qubits: number of qubits.
        formats: what it reads, in the Hub's words.
        runner: module that runs its jobs.
        kind: ``QPU``, ``SIMULATOR`` or ``ANNEALER``.
        technology: what its qubits are; empty for a simulator.
        shots: fewest and most shots.
        gates: that it takes and that are not native.
        native: its native gates.
        pairs: neighbouring qubits, from 0; None where all are.
        first_qubit: number that the first qubit has as an id.
        memory: whether results have single shots.
        quality: its calibration; None where it has none, or has it in documents of its own.
        snapshot: name of the snapshot of an IBM machine.
        native_id: its name at the provider.
        circuits: most circuits of a job.
        resonators: how many of them each qubit can move its state to, and be joined through.
    """

    id: str
    provider: str
    hardware: str
    name: str
    qubits: int
    formats: tuple[str, ...]
    runner: str
    kind: str = "QPU"
    technology: str = ""
    shots: tuple[int, int] = (1, 10_000)
    gates: tuple[str, ...] = ()
    native: tuple[str, ...] = ()
    pairs: tuple[Pair, ...] | None = None
    first_qubit: int = 0
    memory: bool = False
    quality: Quality | None = None
    snapshot: str = ""
    native_id: str = ""
    circuits: int = 1
    resonators: int = 0

    @property
    def has_calibration(self) -> bool:
        """Whether anything was measured of it."""
        return self.quality is not None or bool(self.snapshot)

    @property
    def takes_sessions(self) -> bool:
        """Whether sessions can be opened on it."""
        return self.provider == "IBM"

    @property
    def timing(self) -> Timing:
        """How long it takes unless the sandbox is told otherwise."""
        return Timing() if self.kind == "SIMULATOR" else Timing(0.1, 0.2, 4)

    @property
    def offline(self) -> str:
        """Why it takes no jobs; empty where it does."""
        if self.runner == "perceval" and find_spec("perceval") is None:
            return "Offline: the package perceval-quandela (extra photonic) is not installed."
        return ""


def _ibm(name: str) -> Machine:
    device = fleet.read(name)
    return Machine(
        f"ibm.qpu.{name}",
        "IBM",
        "IBM",
        f"IBM {name.title()}",
        device.qubits,
        (QISKIT,),
        "ibm",
        technology="SUPERCONDUCTING",
        shots=(1, 100_000),
        native=tuple(device.configuration["basis_gates"]),
        pairs=tuple(
            sorted({(min(p), max(p)) for p in device.configuration.get("coupling_map") or ()})
        ),
        memory=True,
        snapshot=name,
        native_id=f"ibm_{name}",
        circuits=10_000_000,
    )


def _iqm(name: str, qubits: int, pairs: tuple[Pair, ...] | None, resonators: int = 0) -> Machine:
    return Machine(
        f"iqm.qpu.{name}",
        "IQM",
        "IQM",
        f"IQM {name.title()}",
        qubits,
        (IQM,),
        "iqm",
        technology="SUPERCONDUCTING",
        shots=(1, 200_000),
        native=("prx", "cz"),
        pairs=pairs,
        first_qubit=1,
        memory=True,
        quality=CRYSTAL,
        native_id=name,
        circuits=100,
        resonators=resonators,
    )


def _crystal(name: str, rows: tuple[tuple[int, int], ...]) -> Machine:
    return _iqm(name, sum(size for _, size in rows), lattice.pairs(rows))


def _aws_simulator(name: str, qubits: int) -> Machine:
    return Machine(
        f"aws.sim.{name}",
        "AWS",
        "AWS",
        f"Amazon Braket {name.upper()}",
        qubits,
        (BRAKET,),
        "aws",
        kind="SIMULATOR",
        shots=(1, 100_000),
        gates=(*BRAKET_GATES, "unitary"),
        native_id=f"arn:aws:braket:::device/quantum-simulator/amazon/{name}",
    )


def _photonic(kind: str, name: str) -> Machine:
    return Machine(
        f"quandela.{'qpu' if kind == 'QPU' else 'sim'}.{name}",
        "QUANDELA",
        "QUANDELA",
        f"Quandela {name.title()}",
        12,
        (PERCEVAL,),
        "perceval",
        kind=kind,
        technology="PHOTONIC" if kind == "QPU" else "",
        shots=(1, 1_000_000),
        native_id=f"{'qpu' if kind == 'QPU' else 'sim'}:{name}",
    )


_ALL = (
    Machine(
        "azure.ionq.simulator",
        "AZURE",
        "IONQ",
        "IonQ Simulator",
        29,
        (IONQ,),
        "azure",
        kind="SIMULATOR",
        gates=IONQ_GATES,
        memory=True,
        native_id="ionq.simulator",
    ),
    _aws_simulator("sv1", 34),
    _aws_simulator("dm1", 17),
    Machine(
        "aws.ionq.forte",
        "AWS",
        "IONQ",
        "IonQ Forte",
        36,
        (BRAKET,),
        "aws",
        technology="TRAPPED_ION",
        shots=(100, 5000),
        gates=FORTE_GATES,
        native=("gpi", "gpi2", "zz"),
        quality=FORTE,
        native_id="arn:aws:braket:us-east-1::device/qpu/ionq/Forte-1",
    ),
    Machine(
        "aws.rigetti.cepheus",
        "AWS",
        "RIGETTI",
        "Rigetti Cepheus",
        108,
        (BRAKET,),
        "aws",
        technology="SUPERCONDUCTING",
        shots=(10, 50_000),
        gates=CEPHEUS_GATES,
        native=("rx", "rz", "cz"),
        pairs=lattice.pairs(lattice.CEPHEUS),
        quality=CEPHEUS,
        native_id="arn:aws:braket:us-west-1::device/qpu/rigetti/Cepheus-1-108Q",
    ),
    Machine(
        "aws.quera.aquila",
        "AWS",
        "QUERA",
        "QuEra Aquila",
        256,
        (BRAKET,),
        "ahs",
        kind="ANNEALER",
        technology="NEUTRAL_ATOMS",
        shots=(1, 1000),
        native_id="arn:aws:braket:us-east-1::device/qpu/quera/Aquila",
    ),
    Machine(
        "qudora.sim.xg1",
        "QUDORA",
        "QUDORA",
        "XG1 Emulator",
        35,
        (QASM2, QASM3),
        "qudora",
        kind="SIMULATOR",
        gates=("rxx", "r"),
        native_id="XG1 Emulator",
    ),
    Machine(
        "kipu.sim.qsim",
        "KIPU",
        "KIPU",
        "Kipu qsim Simulator",
        24,
        (QASM2,),
        "qsim",
        kind="SIMULATOR",
        shots=(1, 100_000),
        native=QSIM_GATES,
        native_id="qsim",
    ),
    _crystal("garnet", lattice.GARNET),
    _crystal("emerald", lattice.EMERALD),
    _iqm("star", 6, None, resonators=1),
    _photonic("SIMULATOR", "altair"),
    _photonic("QPU", "belenos"),
)
IBM_SNAPSHOTS = (
    "fez", "boston", "marrakesh", "pittsburgh", "aachen", "berlin", "miami", "kingston",
)  # fmt: skip


def machines() -> Mapping[str, Machine]:
    """Return the machines by id; the documents of IBM's are read here."""
    return {machine.id: machine for machine in (*_ALL, *map(_ibm, IBM_SNAPSHOTS))}
