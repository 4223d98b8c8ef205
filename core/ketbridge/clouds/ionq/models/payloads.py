"""What is sent to create a job: one circuit, several circuits, a quantum function, a QAOA problem.

Numbers that the contract types as doubles but that count qubits are written as integers.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field

from ...wire import Payload

QisName: TypeAlias = Literal[
    "x", "y", "z", "rx", "ry", "rz", "h", "s", "si", "v", "vi", "t", "ti",
    "not", "cnot", "swap", "xx", "yy", "zz", "pauliexp",
]  # fmt: skip
NativeName: TypeAlias = Literal["zz", "ms", "gpi", "gpi2", "nop"]
NoiseName: TypeAlias = Literal[
    "ideal", "harmony", "harmony-1", "harmony-2", "aria-1", "aria-2", "forte-1",
    "forte-enterprise-1",
]  # fmt: skip
Shots: TypeAlias = Annotated[int, Field(ge=1, le=1_000_000, strict=True)]
FreeShots: TypeAlias = Annotated[int, Field(le=1_000_000, strict=True)]
Qubits: TypeAlias = Annotated[int, Field(ge=1)]
Seed: TypeAlias = Annotated[int, Field(ge=-(2**31), lt=2**31, strict=True)]


class QisGate(Payload):
    """A gate of the ``qis`` set; ``rotation`` in radians."""

    gate: QisName
    target: int | None = None
    targets: tuple[int, ...] | None = None
    controls: tuple[int, ...] | None = None
    control: int | None = None
    rotation: float | None = None


class NativeGate(Payload):
    """A gate of the ``native`` set; ``phase``, ``phases`` and ``angle`` in turns."""

    gate: NativeName
    target: int | None = None
    targets: tuple[int, ...] | None = None
    controls: tuple[int, ...] | None = None
    phase: float | None = None
    phases: tuple[float, ...] | None = None
    angle: float | None = None
    rotation: float | None = None


class QisCircuitInput(Payload):
    """The circuit of a single-circuit job, ``qis`` gates."""

    gateset: Literal["qis"] = "qis"
    circuit: tuple[QisGate, ...]
    qubits: Qubits | None = None


class NativeCircuitInput(Payload):
    """The circuit of a single-circuit job, ``native`` gates."""

    gateset: Literal["native"] = "native"
    circuit: tuple[NativeGate, ...]
    qubits: Qubits | None = None


class QisCircuit(Payload):
    """A circuit among several; without a gate set it has that of the whole input."""

    circuit: tuple[QisGate, ...]
    name: str | None = None
    qubits: int | None = None
    registers: dict[str, tuple[float | None, ...]] | None = None
    gateset: Literal["qis"] | None = None


class NativeCircuit(Payload):
    """A circuit among several; without a gate set it has that of the whole input."""

    circuit: tuple[NativeGate, ...]
    name: str | None = None
    qubits: int | None = None
    registers: dict[str, tuple[float | None, ...]] | None = None
    gateset: Literal["native"] | None = None


class MultiCircuitInput(Payload):
    """The circuits of a multi-circuit job."""

    gateset: Literal["qis", "native"]
    circuits: tuple[QisCircuit | NativeCircuit, ...]
    qubits: Qubits | None = None


class NoiseRequest(Payload):
    """Noise that the simulator is to imitate."""

    model: NoiseName
    seed: Seed | None = None


class ErrorMitigationRequest(Payload):
    """Error mitigation to use; debiasing needs at least 500 shots."""

    debiasing: bool | None = None


class CompilationRequest(Payload):
    """How to compile."""

    opt: float | None = None
    precision: str | None = None


class SettingsRequest(Payload):
    """Settings of a circuit job."""

    error_mitigation: ErrorMitigationRequest | None = None
    compilation: CompilationRequest | None = None


class MitigationSettings(Payload):
    """Settings of a job that is not a circuit job."""

    error_mitigation: ErrorMitigationRequest | None = None


class _Common(Payload):
    backend: str
    name: str | None = None
    metadata: dict[str, str] | None = None
    session_id: str | None = None
    dry_run: bool | None = None


class CircuitJobCreationPayload(_Common):
    """A job of one circuit."""

    type: Literal["ionq.circuit.v1"] = "ionq.circuit.v1"
    input: QisCircuitInput | NativeCircuitInput
    shots: Shots | None = None
    settings: SettingsRequest | None = None
    noise: NoiseRequest | None = None


class MultiCircuitJobCreationPayload(_Common):
    """A job of several circuits."""

    type: Literal["ionq.multi-circuit.v1"] = "ionq.multi-circuit.v1"
    input: MultiCircuitInput
    shots: Shots | None = None
    settings: SettingsRequest | None = None
    noise: NoiseRequest | None = None


class HamiltonianPauliTerm(Payload):
    """A weighted Pauli string."""

    pauli_string: str
    coefficient: float


class Ansatz(Payload):
    """A parametrized circuit, in the service's own notation."""

    data: str


class LinearConstraint(Payload):
    """``coeffs · x = rhs``."""

    coeffs: tuple[float, ...]
    rhs: float


class QuadraticConstraint(Payload):
    """A constraint with a quadratic and a linear part."""

    quadratic_coeff: tuple[tuple[float, ...], ...]
    linear_coeff: tuple[float, ...]
    rhs: float


class HamiltonianEnergyData(Payload):
    """The energy of a Hamiltonian as a function of an ansatz's parameters."""

    hamiltonian: tuple[HamiltonianPauliTerm, ...]
    ansatz: Ansatz
    linear_constraints: tuple[LinearConstraint, ...] | None = None
    quadratic_constraints: tuple[QuadraticConstraint, ...] | None = None
    penalty: float | None = None
    cvar_alpha: float | None = None


class HamiltonianEnergy(Payload):
    """A Hamiltonian energy with its type, as the contract nests them."""

    type: Literal["hamiltonian-energy"] = "hamiltonian-energy"
    data: HamiltonianEnergyData


class HamiltonianEnergyInput(Payload):
    """Input of a quantum function that is a Hamiltonian energy."""

    data: HamiltonianEnergy
    params: tuple[float, ...] | None = None


class GenericQuantumFunctionInput(Payload):
    """Input of any other quantum function."""

    type: str
    data: dict[str, Any]
    params: tuple[float, ...] | None = None


class QuantumFunctionJobCreationPayload(_Common):
    """A job that evaluates a quantum function."""

    type: Literal["quantum-function"] = "quantum-function"
    input: HamiltonianEnergyInput | GenericQuantumFunctionInput
    shots: FreeShots | None = None
    settings: MitigationSettings | None = None


class QaoaInput(Payload):
    """A problem to be solved by QAOA."""

    problem: dict[str, Any]
    problem_type: Literal["maxcut"] = "maxcut"


class ExternalSettings(Payload):
    """Credentials of the partner that runs QAOA; never shown in a repr."""

    api_credentials: str = Field(repr=False)
    external_organization: str | None = None


class QctrlQaoaJobCreationPayload(_Common):
    """A QAOA job run by a partner."""

    type: Literal["qctrl.qaoa.v1"] = "qctrl.qaoa.v1"
    input: QaoaInput
    external_settings: ExternalSettings
    shots: FreeShots | None = None
    settings: MitigationSettings | None = None


JobCreationPayload: TypeAlias = (
    CircuitJobCreationPayload
    | MultiCircuitJobCreationPayload
    | QuantumFunctionJobCreationPayload
    | QctrlQaoaJobCreationPayload
)


class JobsBulkOperationRequest(Payload):
    """Jobs to act on."""

    ids: tuple[str, ...]
