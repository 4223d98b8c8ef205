"""Device noise: depolarizing errors after gates and a symmetric readout error.

The only published figure in the documents that this package follows is the median SPAM fidelity
0.9962. All other fidelities and all durations below are ours: plausible for trapped ions, good for
trying things out, and no statement about a machine. Rotations about z cost nothing and have no
error, as they are changes of phase in the hardware's frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qiskit_aer.noise import NoiseModel

ONE_QUBIT = ("x", "y", "h", "sx", "sxdg", "rx", "ry", "r", "u")
TWO_QUBIT = ("cx", "cy", "cz", "cp", "crx", "cry", "crz", "csx", "rxx", "ryy", "rzz", "swap")
WITHOUT_ERROR = ("id", "rz", "z", "s", "sdg", "t", "tdg", "p")


@dataclass(frozen=True, slots=True)
class DeviceNoise:
    """Quality of a device: average fidelities in 0..1, the medians over its qubits.

    Attributes:
        one_qubit: average gate fidelity of a one-qubit gate.
        two_qubit: average gate fidelity of a two-qubit gate.
        spam: probability that a qubit is prepared and read right.
    """

    one_qubit: float
    two_qubit: float
    spam: float = 0.9962


MODELS: dict[str, DeviceNoise] = {
    "harmony": DeviceNoise(0.9930, 0.9620),
    "harmony-1": DeviceNoise(0.9930, 0.9620),
    "harmony-2": DeviceNoise(0.9940, 0.9650),
    "aria-1": DeviceNoise(0.9994, 0.9860),
    "aria-2": DeviceNoise(0.9994, 0.9870),
    "forte-1": DeviceNoise(0.9998, 0.9930),
    "forte-enterprise-1": DeviceNoise(0.9998, 0.9940),
    "forte-enterprise-2": DeviceNoise(0.9998, 0.9940),
    "forte-enterprise-3": DeviceNoise(0.9998, 0.9940),
}


@lru_cache
def aer_model(noise: DeviceNoise, gates: frozenset[str]) -> NoiseModel:
    """Make Aer's noise model of a device, for the gates that a circuit has.

    Aer reads the whole model at each run, so one for all gates takes ten times as long.

    A depolarizing channel that replaces the state by the fully mixed one with probability p has
    the average gate fidelity F = 1 - p (d - 1) / d in dimension d, so p = (1 - F) d / (d - 1).
    """
    from qiskit_aer.noise import NoiseModel, ReadoutError, depolarizing_error

    model = NoiseModel()
    one = depolarizing_error((1 - noise.one_qubit) * 2, 1)
    two = depolarizing_error((1 - noise.two_qubit) * 4 / 3, 2)
    model.add_all_qubit_quantum_error(one, sorted(gates.intersection(ONE_QUBIT)))
    model.add_all_qubit_quantum_error(two, sorted(gates.intersection(TWO_QUBIT)))
    flip = 1 - noise.spam
    model.add_all_qubit_readout_error(ReadoutError([[1 - flip, flip], [flip, 1 - flip]]))
    return model
