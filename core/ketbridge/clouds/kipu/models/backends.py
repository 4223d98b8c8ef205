"""Machines: description, state and calibration.

No member of an answer is required by the contract, and one that is unset may be absent or null.
"""

from __future__ import annotations

from typing import Any

from ...wire import Answer, Int, OpenEnum
from .common import InputFormat, Provider


class BackendType(OpenEnum):
    """What kind of machine it is."""

    QPU = "QPU"
    SIMULATOR = "SIMULATOR"
    ANNEALER = "ANNEALER"
    UNKNOWN_TYPE = "UNKNOWN"


class Technology(OpenEnum):
    """What its qubits are."""

    SUPERCONDUCTING = "SUPERCONDUCTING"
    TRAPPED_ION = "TRAPPED_ION"
    PHOTONIC = "PHOTONIC"
    NEUTRAL_ATOMS = "NEUTRAL_ATOMS"
    UNKNOWN_TECHNOLOGY = "UNKNOWN"


class HardwareProvider(OpenEnum):
    """Who built it."""

    IONQ = "IONQ"
    RIGETTI = "RIGETTI"
    OQC = "OQC"
    AWS = "AWS"
    AZURE = "AZURE"
    IBM = "IBM"
    QUERA = "QUERA"
    IQM = "IQM"
    QUDORA = "QUDORA"
    QUANTINUUM = "QUANTINUUM"
    QUANDELA = "QUANDELA"
    KIPU = "KIPU"


class BackendStatus(OpenEnum):
    """Whether a machine takes jobs; a paused one takes them and does not process them."""

    UNKNOWN_STATUS = "UNKNOWN"
    ONLINE = "ONLINE"
    PAUSED = "PAUSED"
    OFFLINE = "OFFLINE"
    RETIRED = "RETIRED"


class OutputFormat(OpenEnum):
    """Form of its results, where the Hub names it."""

    MICROSOFT_QUANTUM_RESULTS_V2 = "MICROSOFT_QUANTUM_RESULTS_V2"
    IONQ_RESULT_V1 = "IONQ_RESULT_V1"


class AccessType(OpenEnum):
    """How use is paid."""

    PAY_PER_USE = "PAY_PER_USE"
    TOKEN_BASED = "TOKEN_BASED"  # noqa: S105 - a word of the contract


class Gate(Answer):
    """A gate and whether the hardware has it natively."""

    name: str | None = None
    native_gate: bool | None = None


class Qubit(Answer):
    """A qubit by its id."""

    id: str | None = None


class Connectivity(Answer):
    """Which qubits a two-qubit gate can act on; keys and values of ``graph`` are qubit ids."""

    fully_connected: bool | None = None
    graph: dict[str, tuple[str, ...] | None] | None = None


class ShotsRange(Answer):
    """Smallest and largest number of shots."""

    min: Int | None = None
    max: Int | None = None


class PhotonicProperties(Answer):
    """How many modes and photons a photonic machine takes."""

    max_modes: Int | None = None
    min_modes: Int | None = None
    max_photons: Int | None = None
    min_photons: Int | None = None


class Configuration(Answer):
    """What a machine can do. ``max_pubs_per_job`` is answered, but is not in the contract."""

    gates: tuple[Gate, ...] | None = None
    operations: tuple[str, ...] | None = None
    qubit_count: Int | None = None
    connectivity: Connectivity | None = None
    shots_range: ShotsRange | None = None
    supported_input_formats: tuple[InputFormat, ...] | None = None
    output_format: OutputFormat | None = None
    memory_result_supported: bool | None = None
    photonic_properties: PhotonicProperties | None = None
    qubits: tuple[Qubit, ...] | None = None
    instructions: tuple[str, ...] | None = None
    max_pubs_per_job: Int | None = None


class AvailabilityTimes(Answer):
    """When a machine runs; times in the zone of its provider."""

    granularity: str | None = None
    start: str | None = None
    end: str | None = None


class Documentation(Answer):
    """Where to read about a machine; ``sdks`` are words in the contract, objects in answers."""

    description: str | None = None
    url: str | None = None
    status_url: str | None = None
    location: str | None = None
    sdks: tuple[Any, ...] | None = None
    eu_sovereignty: bool | None = None
    eu_sovereignty_disclaimer: str | None = None


class Price(Answer):
    """A list price; answered, but not in the contract.

    Attributes:
        granularity: what the price is of: ``job``, ``shot``, ``second`` or ``millisecond``.
        currency: unit of ``value``.
    """

    granularity: str
    currency: str
    value: float


class Backend(Answer):
    """A machine. ``status``, ``costs``, ``free_of_charge`` are answered, not in the contract."""

    id: str
    internal_id: str | None = None
    provider: Provider | None = None
    hardware_provider: HardwareProvider | None = None
    name: str | None = None
    display_name: str | None = None
    type: BackendType | None = None
    technology: Technology | None = None
    queue_size: Int | None = None
    updated_at: str | None = None
    access_type: AccessType | None = None
    documentation: Documentation | None = None
    configuration: Configuration | None = None
    availability: tuple[AvailabilityTimes, ...] | None = None
    has_calibration: bool | None = None
    status: BackendStatus | None = None
    costs: tuple[Price, ...] | None = None
    free_of_charge: bool | None = None


class BackendStateInfo(Answer):
    """State of a machine now; ``queue_avg_time`` in seconds."""

    status: BackendStatus | None = None
    queue_avg_time: Int | None = None
    queue_size: Int | None = None


class CalibrationResponse(Answer):
    """A calibration; the contract leaves its content open."""

    backend_id: str | None = None
    calibrated_at: str | None = None
    calibration: dict[str, Any] | None = None
