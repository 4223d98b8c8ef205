"""Jobs as the service describes them, their costs and their results' addresses."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from ...wire import Answer, Int, OpenEnum


class JobStatus(OpenEnum):
    """State of a job; whoever waits for the job warns of an unlisted one."""

    SUBMITTED = "submitted"
    READY = "ready"
    STARTED = "started"
    CANCELED = "canceled"
    FAILED = "failed"
    COMPLETED = "completed"

    @classmethod
    def _announce(cls, word: str) -> None:
        pass


class FailureCode(OpenEnum):
    """Why a job failed."""

    INVALID_INPUT = "InvalidInput"
    COMPILATION = "CompilationError"
    CONTRACT_EXPIRED = "ContractExpiredError"
    DEBIASING = "DebiasingError"
    INTERNAL = "InternalError"
    NOT_ENOUGH_QUBITS = "NotEnoughQubits"
    OPTIMIZATION = "OptimizationError"
    PREFLIGHT = "PreflightError"
    CIRCUIT_COMPLEXITY = "QuantumCircuitComplexityError"
    QUANTUM_COMPUTER = "QuantumComputerError"
    QUOTA_EXHAUSTED = "QuotaExhaustedError"
    SIMULATION = "SimulationError"
    SIMULATION_TIMEOUT = "SimulationTimeout"
    SYSTEM_CANCEL = "SystemCancel"
    TOO_LONG = "TooLongPredictedExecutionTime"
    TOO_MANY_CONTROLS = "TooManyControls"
    TOO_MANY_GATES = "TooManyGates"
    TOO_MANY_SHOTS = "TooManyShots"
    UNKNOWN_BILLING = "UnknownBillingError"
    UNSUPPORTED_GATE = "UnsupportedGate"


class CostModel(OpenEnum):
    """What a job is charged by."""

    QUANTUM_COMPUTE_TIME = "quantum_compute_time"
    EXECUTION_TIME = "execution_time"


class NoiseModel(OpenEnum):
    """Noise that the simulator can imitate."""

    IDEAL = "ideal"
    HARMONY = "harmony"
    HARMONY_1 = "harmony-1"
    HARMONY_2 = "harmony-2"
    ARIA_1 = "aria-1"
    ARIA_2 = "aria-2"
    FORTE_1 = "forte-1"
    FORTE_ENTERPRISE_1 = "forte-enterprise-1"


class Noise(Answer):
    """Noise of a simulated job."""

    model: NoiseModel
    seed: Int | None = None


class Failure(Answer):
    """Why a job failed, in the service's words."""

    code: FailureCode
    message: str = ""


class _JobCore(Answer):
    """What a job in a list and a job by itself have in common."""

    id: str
    status: JobStatus
    type: str | None = None
    backend: str | None = None
    dry_run: bool | None = None
    submitter_id: str | None = None
    project_id: str | None = None
    parent_job_id: str | None = None
    session_id: str | None = None
    metadata: dict[str, str] | None = None
    name: str | None = None
    submitted_at: str | None = None
    started_at: str | None = None
    completed_at: str | None = None
    predicted_wait_time_ms: Int | None = None
    predicted_execution_duration_ms: Int | None = None
    execution_duration_ms: Int | None = None
    shots: Int | None = None
    noise: Noise | None = None
    failure: Failure | None = None
    cost_model: CostModel | None = None
    output: dict[str, Any] | None = None


class BaseJob(_JobCore):
    """A job in a list: its settings, statistics and results are not fixed by the contract."""

    settings: dict[str, Any] | None = None
    stats: dict[str, Any] | None = None
    results: dict[str, Any] | None = None


class GetJobsResponse(Answer):
    """One page of jobs; ``next`` is the cursor of the next page."""

    jobs: tuple[BaseJob, ...]
    next: str | None = None


class CompilationSettings(Answer):
    """How a job was compiled."""

    precision: str | None = None
    opt: float | None = None
    gate_basis: str | None = None
    service_version: str | None = None


class PhiChiTwirling(Answer):
    """Parameters of a debiasing method."""

    p2q: float | None = None
    t2q: float | None = None
    t1q: float | None = None


class Debiasing(Answer):
    """Which debiasing was used."""

    phi_chi_twirling: PhiChiTwirling | None = None


class ErrorMitigation(Answer):
    """Which error mitigation was used."""

    debiasing: bool | Debiasing | None = None


class CircuitJobSettings(Answer):
    """Settings of a circuit job."""

    compilation: CompilationSettings | None = None
    error_mitigation: ErrorMitigation | None = None


class CircuitJobStats(Answer):
    """What a circuit job consisted of and took; ``gate_counts`` by ``1q`` and ``2q``."""

    qubits: Int | None = None
    circuits: Int | None = None
    gate_counts: dict[str, float] = Field(default_factory=dict)
    kwh: float | None = None
    predicted_quantum_compute_time_us: Int | None = None
    billed_quantum_compute_time_us: Int | None = None


class ResultLink(Answer):
    """Where a result is: a path below the host."""

    url: str


class CircuitJobResult(Answer):
    """The results of a circuit job that can be fetched; kinds that are not listed are ignored."""

    probabilities: ResultLink | None = None
    histogram: ResultLink | None = None
    shots: ResultLink | None = None


class GetJobResponse(_JobCore):
    """A circuit job by itself."""

    settings: CircuitJobSettings | None = None
    stats: CircuitJobStats | None = None
    results: CircuitJobResult | None = None
    child_job_ids: tuple[str, ...] | None = None


class JobCreationResponse(Answer):
    """A job that the service took."""

    id: str
    status: JobStatus = JobStatus.SUBMITTED
    session_id: str | None = None


class JobCanceledResponse(Answer):
    """A job that was cancelled."""

    id: str
    status: str


class JobsCanceledResponse(Answer):
    """Jobs that were cancelled."""

    ids: tuple[str, ...]
    status: str


class JobDeletedResponse(Answer):
    """A job that was deleted."""

    id: str
    status: str


class JobsDeletedResponse(Answer):
    """Jobs that were deleted."""

    ids: tuple[str, ...]
    status: str


class Amount(Answer):
    """An amount of money, in the service's unit."""

    value: float
    unit: str


class GetJobCostResponse(Answer):
    """What a job costs; ``cost`` is there once the service has charged it."""

    estimated_cost: Amount
    cost: Amount | None = None
    dry_run: bool | None = None


class EstimateInput(Answer):
    """What an estimate was made for, defaults filled in by the service."""

    backend: str
    type: str | None = None
    qubits: Int | None = None
    shots: Int | None = None
    one_qubit_gates: Int | None = Field(None, alias="1q_gates")
    two_qubit_gates: Int | None = Field(None, alias="2q_gates")
    error_mitigation: bool | None = None


class RateInformation(Answer):
    """The rates behind an estimate."""

    job_cost_minimum: float
    cost_2q_gate: float
    cost_1q_gate: float
    organization: str


class GetJobEstimateResponse(Answer):
    """What a job would cost; the contract states no unit of the two times."""

    input_values: EstimateInput
    cost_unit: str
    estimated_cost: float
    estimated_at: str | None = None
    rate_information: RateInformation | None = None
    estimated_execution_time: float | None = None
    current_predicted_queue_time: float | None = None


class VariantResult(Answer):
    """One debiasing variant: the qubits that it ran on and where its results are."""

    variant_id: str
    qubit_map: tuple[Int, ...] | None = None
    shots: Int | None = None
    results: CircuitJobResult | None = None
