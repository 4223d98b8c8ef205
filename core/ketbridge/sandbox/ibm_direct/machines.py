"""The machines of the Runtime part, as this service's older contract shows them."""

from __future__ import annotations

from typing import Any

from ..ibm.fleet import Device

_OF_PULSES = frozenset(
    {
        "acquisition_latency", "conditional_latency", "discriminators", "hamiltonian",
        "meas_kernels", "meas_levels", "meas_map", "n_uchannels", "parametric_pulses", "rep_times",
        "u_channel_lo", "qubit_lo_range", "meas_lo_range", "clops",
    }
)  # fmt: skip
"""Members that a machine without pulse-level control does not have."""


def configuration(device: Device) -> dict[str, Any]:
    """Show what a machine can do, without pulses.

    Gates without parameters are left out of ``gates``, as the service does; ``basis_gates`` has
    all of them.
    """
    found = {name: value for name, value in device.configuration.items() if name not in _OF_PULSES}
    found["open_pulse"] = False
    found["gates"] = [
        gate for gate in found["gates"] if gate.get("parameters") and gate.get("qasm_def")
    ]
    if "rep_delay_range" in found:
        found["rep_delay_range"] = [found["rep_delay_range"]]
    if "processor_type" in found:
        found["processor_type"] = {
            name: str(value) for name, value in found["processor_type"].items()
        }
    return found
