"""What is sent to create a job: the programs' inputs and their options, checked before sending."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from ...ibm_shared.option_models import (
    EstimatorOptions,
    Natural,
    NoiseLearnerOptions,
    Nonnegative,
    SamplerOptions,
)
from ...wire import Payload


class SamplerV2Input(Payload):
    """Input of ``sampler``; a PUB is ``[circuit, parameter values, shots]``, the tail optional."""

    pubs: list[Any]
    options: SamplerOptions | None = None
    shots: Natural | None = None
    support_qiskit: bool | None = None
    version: Literal[2] = 2


class EstimatorV2Input(Payload):
    """Input of ``estimator``; a PUB is ``[circuit, observables, parameter values, precision]``."""

    pubs: list[Annotated[list[Any], Field(min_length=2)]]
    options: EstimatorOptions | None = None
    resilience_level: Annotated[int, Field(ge=0, le=2, strict=True)] | None = None
    precision: Nonnegative | None = None
    support_qiskit: bool | None = None
    version: Literal[2] = 2


class NoiseLearnerInput(Payload):
    """Input of ``noise-learner``."""

    circuits: Annotated[list[Any], Field(min_length=1)]
    options: NoiseLearnerOptions | None = None
    version: Literal[2] | None = None


class StorageLocation(Payload):
    """Where something is kept outside of the service."""

    type: Literal["ibmcloud_cos"] = "ibmcloud_cos"
    region: str | None = None
    region_type: Literal["regional", "cross-region", "single-site"] | None = None
    bucket_crn: str | None = None
    object_name: str | None = None


class RemoteStorageRequest(StorageLocation):
    """Where a job's input is and its results and logs go, for channel partners."""

    job_params: StorageLocation
    results: StorageLocation
    logs: StorageLocation | None = None


class CreateJobRequest(Payload):
    """What creates a job: a program, a machine, and the program's input or where it is kept.

    Attributes:
        program_id: ``sampler``, ``estimator``, ``noise-learner`` or another program.
        backend: the machine.
        params: the program's input; data of another program than the first three as it is.
        remote_storage: where the input is kept instead.
        tags: 1 to 5 of 1 to 24 characters, or in 2026-03-15 up to 8 of up to 86.
        cost: longest run time, in seconds; the service caps it at 10800.
        private: whether the input is not returned and the result can be read once only.
    """

    program_id: Annotated[str, Field(min_length=1)]
    backend: Annotated[str, Field(min_length=1)]
    params: SamplerV2Input | EstimatorV2Input | NoiseLearnerInput | dict[str, Any] | None = None
    remote_storage: RemoteStorageRequest | None = None
    runtime: str | None = None
    tags: Annotated[list[str], Field(min_length=1, max_length=8)] | None = None
    log_level: Literal["critical", "error", "warning", "info", "debug"] | None = None
    cost: Annotated[int, Field(ge=0, le=10_800, strict=True)] | None = None
    session_id: Annotated[str, Field(min_length=1, max_length=36)] | None = None
    calibration_id: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    private: Literal[True] | None = None
