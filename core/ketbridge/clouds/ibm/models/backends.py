"""The list of machines and the status of one."""

from __future__ import annotations

from typing import Annotated

from ...ibm_shared.models import ProcessorType, Soft
from ...wire import Answer, Int, OpenEnum


class DeviceStatusName(OpenEnum):
    """Whether a machine runs."""

    ONLINE = "online"
    PAUSED = "paused"
    OFFLINE = "offline"


class DeviceStatus(Answer):
    """Whether a machine runs, and why not."""

    name: DeviceStatusName
    reason: str | None = None


class Clops(Answer):
    """Circuit layer operations per second, ``virtual`` or ``hardware``."""

    type: str
    value: Int | str


class Metric(Answer):
    """A figure of quality; the contract names no unit of an error, which is a probability."""

    value: float
    unit: str | None = None
    gate: str | None = None
    qubits: tuple[float, ...] | None = None


class PerformanceMetrics(Answer):
    """Figures of quality of a machine."""

    two_q_error_best: Metric | None = None
    two_q_error_layered: Metric | None = None
    two_q_error_median: Metric | None = None
    readout_error_median: Metric | None = None


class WaitTime(Answer):
    """Waiting time of recent jobs, in seconds."""

    average: Int
    p50: Int | None = None
    p95: Int | None = None


class Device(Answer):
    """One machine as listed."""

    name: str
    status: DeviceStatus
    qubits: Int | None = None
    queue_length: Int | None = None
    is_simulator: bool = False
    clops: Annotated[Clops | None, Soft] = None
    processor_type: Annotated[ProcessorType | None, Soft] = None
    performance_metrics: Annotated[PerformanceMetrics | None, Soft] = None
    wait_time_seconds: Annotated[WaitTime | None, Soft] = None


class BackendsResponse(Answer):
    """The machines of an instance, in the form of API versions from 2025-01-01 on."""

    devices: tuple[Device, ...]


class BackendStatusResponse(Answer):
    """Whether a machine takes jobs, and how many wait."""

    length_queue: Int
    state: bool | None = None
    status: str | None = None
    message: str | None = None
    backend_version: str | None = None
