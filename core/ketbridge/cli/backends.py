"""``ketbridge backends``: the machines of a cloud."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from .console import json_option, print_json, print_table, seconds, table

if TYPE_CHECKING:
    from ..clouds.base import BackendInfo


@click.command()
@click.argument("address", default="sandbox:ionq")
@json_option
def backends(address: str, as_json: bool) -> None:
    """List the machines of a cloud, or describe one machine.

    ADDRESS is a cloud such as ionq or work:ionq, or a machine such as ionq/qpu.forte-1; without
    it, the sandbox.
    """
    from ..connection import connect, resolve

    if "/" in address:
        cloud, name = resolve(address)
        infos = [cloud.backend(name)]
    else:
        cloud = connect(address)
        infos = cloud.backends()
    at = str(cloud.account.at)
    if as_json:
        print_json([_data(at, info) for info in infos])
    elif "/" in address:
        _describe(at, infos[0])
    else:
        _list(at, infos)


def _data(at: str, info: BackendInfo) -> dict[str, Any]:
    """Return what is stable of a backend: its fields without the service's own answer."""
    fields = {name: getattr(info, name) for name in _STABLE}
    calibration = None if info.calibration is None else asdict(info.calibration)
    gates = {form.value: names for form, names in info.gates.items()}
    return {"address": f"{at}/{info.name}", **fields, "gates": gates, "calibration": calibration}


_STABLE = (
    "num_qubits",
    "online",
    "status",
    "simulator",
    "formats",
    "native_gates",
    "connectivity",
    "queue_time_s",
    "queue_order",
    "queue_length",
    "shots",
    "max_circuits",
    "noise_models",
)


def _list(at: str, infos: list[BackendInfo]) -> None:
    rows = table("address", "kind", "qubits", "status", "queue", right=("qubits", "queue"))
    for info in infos:
        kind = "simulator" if info.simulator else "machine"
        rows.add_row(f"{at}/{info.name}", kind, str(info.num_qubits), _status(info), _queue(info))
    print_table(rows)


def _status(info: BackendInfo) -> str:
    """Write the service's word for the state; a dash where it says none."""
    return "-" if info.status.upper() in ("", "UNKNOWN") else info.status


def _queue(info: BackendInfo) -> str:
    """Write the wait: a time, else the number of jobs, else the figure without a unit."""
    if info.queue_time_s is None and info.queue_length is not None:
        return f"{info.queue_length} jobs"
    if info.queue_time_s is None and info.queue_order is not None:
        return f"{info.queue_order:g} (no unit)"
    return seconds(info.queue_time_s)


def _describe(at: str, info: BackendInfo) -> None:
    rows = table(f"{at}/{info.name}", "")
    rows.add_row("qubits", str(info.num_qubits))
    rows.add_row("status", _status(info))
    rows.add_row("queue", _queue(info))
    rows.add_row("shots", "{} to {}".format(*info.shots))
    pairs = "every pair" if info.connectivity is None else f"{len(info.connectivity)} pairs"
    rows.add_row("connectivity", pairs)
    rows.add_row("reads", ", ".join(info.formats))
    for form, gates in info.gates.items():
        rows.add_row(f"gates of {form}", " ".join(gates))
    if info.noise_models:
        rows.add_row("noise models", " ".join(info.noise_models))
    for label, value in _calibration(info):
        rows.add_row(label, value)
    print_table(rows)


def _calibration(info: BackendInfo) -> list[tuple[str, str]]:
    measured = info.calibration
    if measured is None:
        return []
    fidelities = {
        "fidelity, one-qubit gates": measured.fidelity_1q,
        "fidelity, two-qubit gates": measured.fidelity_2q,
        "fidelity, preparing and reading": measured.fidelity_spam,
    }
    lines = [(label, f"{value:.4f}") for label, value in fidelities.items() if value is not None]
    if measured.date is not None:
        lines.append(("calibrated", measured.date.isoformat(timespec="minutes")))
    return lines
