"""Tell Braket's cost trackers of tasks."""

from __future__ import annotations

from braket.tracking.tracking_context import broadcast_event
from braket.tracking.tracking_events import _TaskCompletionEvent, _TaskCreationEvent

_PROVIDERS = {"ionq": "IonQ", "ibm": "IBM", "ibm-direct": "IBM", "kipu": "Kipu"}


def label(cloud: str, backend: str) -> str:
    """Name a device for people, for example ``IonQ Forte 1``.

    The trackers take a device whose name holds ``qpu`` or ``simulator`` for one of Amazon's, look
    up its region and fail; so these words are left out.
    """
    words = backend.lower().replace("qpu", "").replace("simulator", "sim")
    for separator in "._-":
        words = words.replace(separator, " ")
    return " ".join((_PROVIDERS[cloud], *(word.capitalize() for word in words.split())))


def created(task_id: str, shots: int, device: str) -> None:
    """Say that a task was submitted."""
    broadcast_event(_TaskCreationEvent(task_id, shots=shots, is_job_task=False, device=device))


def completed(task_id: str, status: str, run_s: float | None) -> None:
    """Say that a task has ended; ``run_s`` is its run time in seconds, where it is known."""
    duration = None if run_s is None else run_s * 1000
    broadcast_event(_TaskCompletionEvent(task_id, execution_duration=duration, status=status))
