"""The service's answers in the words of Ketbridge: pure functions, tables at the top."""

from __future__ import annotations

from collections.abc import Iterable

from ...jobs.state import Cost, JobInfo, JobState, JobStatus
from ...programs import Format
from ..base import BackendInfo, Calibration
from ..sessions import SessionInfo, SessionLimits
from ..wire import instant
from . import metadata, options
from .models import (
    Backend,
    BaseJob,
    Characterization,
    GetJobCostResponse,
    GetJobEstimateResponse,
    GetJobResponse,
    Session,
    SessionSettings,
)
from .models import JobStatus as Word

STATUS = {
    Word.SUBMITTED: JobStatus.QUEUED,
    Word.READY: JobStatus.QUEUED,
    Word.STARTED: JobStatus.RUNNING,
    Word.COMPLETED: JobStatus.DONE,
    Word.FAILED: JobStatus.FAILED,
    Word.CANCELED: JobStatus.CANCELLED,
}

OFFLINE = frozenset({"offline", "unavailable", "retired"})
"""The contract leaves a backend's status open; any other word is taken as online."""

QIS_GATES = (
    "x", "y", "z", "h", "s", "si", "t", "ti", "v", "vi", "rx", "ry", "rz",
    "swap", "xx", "yy", "zz", "not", "cnot",
)  # fmt: skip
NATIVE_GATES = (
    ("simulator", ("gpi", "gpi2", "ms", "zz")),
    ("qpu.aria", ("gpi", "gpi2", "ms")),
    ("qpu.", ("gpi", "gpi2", "zz")),
)
"""Native gates by the beginning of a backend's name, the first that fits."""


def session(answer: Session) -> SessionInfo:
    """Read a session."""
    settings = answer.settings or SessionSettings()
    minutes, cost = settings.duration_limit_min, settings.cost_limit
    limits = SessionLimits(
        settings.job_count_limit,
        None if minutes is None else 60.0 * minutes,
        cost.value if cost else None,
        cost.unit if cost else "usd",
    )
    return SessionInfo(
        answer.id,
        str(answer.status),
        answer.active,
        answer.backend,
        limits,
        answer.created_at,
        answer.started_at,
        answer.ended_at,
        answer,
    )


def state(job: BaseJob | GetJobResponse) -> JobState:
    """Read the state of a job; an unlisted status is UNKNOWN and not final."""
    return JobState(
        STATUS.get(job.status, JobStatus.UNKNOWN),
        str(job.status),
        failure_code=str(job.failure.code) if job.failure else None,
        failure_reason=job.failure.message if job.failure else "",
        expected_wait_s=_seconds(job.predicted_wait_time_ms),
        expected_run_s=_seconds(job.predicted_execution_duration_ms),
        run_s=_seconds(job.execution_duration_ms),
        created=instant(job.submitted_at),
        started=instant(job.started_at),
        ended=instant(job.completed_at),
        detail=job,
    )


def words_of(statuses: Iterable[JobStatus]) -> list[str]:
    """Return the service's words for states."""
    wanted = set(statuses)
    return [str(word) for word, status in STATUS.items() if status in wanted]


def job_info(job: BaseJob) -> JobInfo:
    """Read one line of a list of jobs."""
    ours = metadata.read(job.metadata, job.backend or "", job.session_id)
    return JobInfo(
        job.id,
        job.backend or "",
        state(job),
        job.name or "",
        job.shots,
        ours.tags if ours else (),
    )


def backend_info(backend: Backend, measured: Characterization | None = None) -> BackendInfo:
    """Read what a machine is.

    The contract states no unit of ``average_queue_time``, so that it puts machines in order and
    is no time.
    """
    simulator = backend.backend == options.SIMULATOR
    native = next(
        (gates for prefix, gates in NATIVE_GATES if backend.backend.startswith(prefix)), ()
    )
    return BackendInfo(
        backend.backend,
        "ionq",
        backend.qubits,
        backend.status,
        online=backend.status.lower() not in OFFLINE,
        simulator=simulator,
        formats=options.FORMATS,
        gates={Format.IONQ_QIS: QIS_GATES, Format.IONQ_NATIVE: native},
        native_gates=native,
        connectivity=_pairs(measured),
        calibration=calibration(measured) if measured else None,
        queue_order=backend.average_queue_time,
        shots=options.SHOTS,
        noise_models=options.NOISE_MODELS if simulator else (),
        detail=backend,
    )


def calibration(measured: Characterization) -> Calibration:
    """Read the measured quality of a machine; the service's times are in seconds."""
    fidelity, timing = measured.fidelity, measured.timing
    stats = (fidelity.one_qubit, fidelity.two_qubit, fidelity.spam) if fidelity else (None,) * 3
    one, two, spam = (stat.median if stat else None for stat in stats)
    return Calibration(
        measured.id,
        instant(measured.date),
        fidelity_1q=one,
        fidelity_2q=two,
        fidelity_spam=spam,
        time_1q_s=timing.one_qubit if timing else None,
        time_2q_s=timing.two_qubit if timing else None,
        time_readout_s=timing.readout if timing else None,
        time_reset_s=timing.reset if timing else None,
        t1_s=timing.t1 if timing else None,
        t2_s=timing.t2 if timing else None,
    )


def cost(answer: GetJobCostResponse) -> Cost:
    """Read what a job costs: what was charged, else the estimate."""
    if answer.cost is not None:
        return Cost(answer.cost.value, answer.cost.unit, estimated=False)
    return estimated(answer)


def estimated(answer: GetJobCostResponse) -> Cost:
    """Read what a job was estimated to cost."""
    return Cost(answer.estimated_cost.value, answer.estimated_cost.unit, estimated=True)


def estimate(answer: GetJobEstimateResponse) -> Cost:
    """Read what a job would cost."""
    return Cost(answer.estimated_cost, answer.cost_unit, estimated=True)


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000


def _pairs(measured: Characterization | None) -> tuple[tuple[int, int], ...] | None:
    if measured is None or measured.connectivity is None:
        return None
    return tuple((pair[0], pair[1]) for pair in measured.connectivity if len(pair) == 2)
