"""One gate of the set that every Braket gate is written in: IonQ's ``qis`` gate set."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Step:
    """A gate on qubits.

    Attributes:
        name: IonQ's name of it.
        targets: the qubits that it acts on.
        rotation: its angle in radians, for a rotation.
        controls: qubits that must be 1 for it to act.
    """

    name: str
    targets: tuple[Any, ...]
    rotation: Any = None
    controls: tuple[Any, ...] = ()

    def json(self) -> str:
        """Return the gate as a compact JSON object."""
        text = f'{{"gate":"{self.name}","targets":[{_listed(self.targets)}]'
        if self.controls:
            text += f',"controls":[{_listed(self.controls)}]'
        if self.rotation is not None:
            text += f',"rotation":{self.rotation}'
        return text + "}"

    def on(self, qubits: tuple[int, ...]) -> Step:
        """Return the same gate with ``qubits[i]`` in the place of qubit ``i``."""
        return Step(
            self.name,
            tuple(qubits[qubit] for qubit in self.targets),
            self.rotation,
            tuple(qubits[qubit] for qubit in self.controls),
        )

    def inverse(self) -> Step:
        """Return the inverse of a rotation or of a gate that is its own inverse."""
        rotation = None if self.rotation is None else -self.rotation
        return Step(self.name, self.targets, rotation, self.controls)


def _listed(qubits: Iterable[Any]) -> str:
    return ",".join(map(str, qubits))
