"""How backends and jobs look in a notebook. It asks no service and escapes every value."""

from __future__ import annotations

import html
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from ketbridge import BackendInfo, Calibration, JobState, JobStatus

from .progress import duration

_BAR = "display:inline-block;height:0.9em;vertical-align:middle"
_COLOURS = {"queued": "#b0b7c3", "ran": "#4c78a8"}
_MARKS = {
    JobStatus.DONE: "#3a923a",
    JobStatus.FAILED: "#c03d3e",
    JobStatus.CANCELLED: "#8c6d31",
}


def backend_html(address: str, info: BackendInfo | None, gates: Iterable[str]) -> str:
    """Make a table of what is known of a backend.

    Args:
        address: the backend's address.
        info: what the service said; None where it has not been asked.
        gates: names of the gates of the target, where it has been built.
    """
    if info is None:
        return _table(address, [("", "not asked for yet: backend.info, backend.target")])
    queue = [
        f"{info.queue_length} jobs" if info.queue_length is not None else "",
        duration(info.queue_time_s) if info.queue_time_s is not None else "",
    ]
    if not any(queue) and info.queue_order is not None:
        queue.append(f"{info.queue_order:g}, in a unit that the service does not state")
    rows = [
        ("kind", "simulator" if info.simulator else "machine"),
        ("status", info.status),
        ("qubits", info.num_qubits),
        ("pairs", "all" if info.connectivity is None else _pairs(info)),
        ("gates", ", ".join(gates)),
        ("native gates", ", ".join(info.native_gates)),
        ("queue", ", ".join(filter(None, queue))),
        ("noise models", ", ".join(info.noise_models)),
        *_calibration_rows(info.calibration),
    ]
    return _table(address, rows)


def job_html(
    address: str, name: str, backend: str, tags: Iterable[str], state: JobState | None
) -> str:
    """Make a table of what is known of a job, with a time line.

    Args:
        address: the job's address.
        name: its name.
        backend: name of its machine.
        tags: its labels.
        state: what the service said last; None where it has not been asked.
    """
    rows: list[tuple[str, Any]] = [("name", name), ("backend", backend), ("tags", ", ".join(tags))]
    if state is None:
        return _table(address, [*rows, ("state", "not asked for yet: job.state()")])
    failure = ": ".join(filter(None, (state.failure_code, state.failure_reason)))
    queue = None if state.queue_position is None else f"{state.queue_position} jobs ahead"
    rows += [
        ("state", state.raw or state.status.value),
        ("failure", failure),
        ("queue", queue),
        ("created", _time(state.created)),
        ("started", _time(state.started)),
        ("ended", _time(state.ended)),
        ("ran for", None if state.run_s is None else duration(state.run_s)),
    ]
    return _table(address, rows, time_line(state))


def time_line(state: JobState) -> str:
    """Draw a job's time in the queue and on the machine as two bars; empty without its times."""
    if state.created is None or state.started is None:
        return ""
    queued_s = max(0.0, (state.started - state.created).total_seconds())
    ran_s = 0.0 if state.ended is None else max(0.0, (state.ended - state.started).total_seconds())
    whole_s = (queued_s + ran_s) or 1.0
    bars = "".join(
        f'<span title="{word} {duration(time_s)}" style="{_BAR};background:{_COLOURS[word]};'
        f'width:{20 * time_s / whole_s:.2f}em"></span>'
        for word, time_s in (("queued", queued_s), ("ran", ran_s))
    )
    mark = _MARKS.get(state.status, "transparent")
    end = f'<span style="{_BAR};width:0.4em;background:{mark}"></span>'
    words = f"queued {duration(queued_s)}" + (f", ran {duration(ran_s)}" if state.ended else "")
    return f"<div>{bars}{end} {words}</div>"


def _calibration_rows(calibration: Calibration | None) -> list[tuple[str, Any]]:
    if calibration is None:
        return []
    errors = {
        "1 qubit": calibration.fidelity_1q,
        "2 qubits": calibration.fidelity_2q,
        "readout": calibration.fidelity_spam,
    }
    times = {
        "T1": calibration.t1_s,
        "T2": calibration.t2_s,
        "1 qubit": calibration.time_1q_s,
        "2 qubits": calibration.time_2q_s,
        "readout": calibration.time_readout_s,
    }
    return [
        ("errors", _listed({name: f"{1 - value:.2e}" for name, value in _known(errors)})),
        ("times", _listed({name: f"{value:.3g} s" for name, value in _known(times)})),
        ("calibrated", _time(calibration.date)),
    ]


def _known(values: dict[str, float | None]) -> list[tuple[str, float]]:
    return [(name, value) for name, value in values.items() if value is not None]


def _listed(values: dict[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())


def _pairs(info: BackendInfo) -> str:
    number = len({frozenset(pair) for pair in info.connectivity or ()})
    possible = info.num_qubits * (info.num_qubits - 1) // 2
    return "all" if number == possible else str(number)


def _time(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")


def _table(title: str, rows: Iterable[tuple[str, Any]], below: str = "") -> str:
    """Make a table; rows without a value are left out."""
    cells = "".join(
        f'<tr><th style="text-align:left">{html.escape(name)}</th>'
        f'<td style="text-align:left">{html.escape(str(value))}</td></tr>'
        for name, value in rows
        if value not in (None, "")
    )
    return f"<div><b>{html.escape(title)}</b><table>{cells}</table>{below}</div>"
