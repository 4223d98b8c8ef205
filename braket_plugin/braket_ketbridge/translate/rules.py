"""Braket gates in IonQ's gates, as data.

Each rule is exact up to a global phase. Angles are in radians. IonQ's documents name no phase
gate, so a phase is written as ``rz``, and a controlled phase as rotations and controlled nots.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from braket.circuits import gates

from .step import Step

Angles = Callable[..., tuple[float, ...]]


@dataclass(frozen=True)
class Rule:
    """How one Braket gate is written.

    Attributes:
        num_qubits: number of its qubits.
        steps: IonQ gates in order. Their qubits are positions among the gate's targets, and the
            rotation of a step is a position among ``angles``.
        angles: makes the angles of the gate's parameters; None: they are the parameters.
        template: the JSON of the steps, with a place for each qubit and angle.
    """

    num_qubits: int
    steps: tuple[Step, ...]
    angles: Angles | None = None
    template: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "template", ",".join(map(self._place, self.steps)))

    def _place(self, step: Step) -> str:
        """Write one step with ``{i}`` for qubit ``i`` and, after the qubits, for the angles."""
        rotation = step.rotation
        marked = Step(
            step.name,
            tuple(f"{{{qubit}}}" for qubit in step.targets),
            None if rotation is None else f"{{{self.num_qubits + int(rotation)}}}",
            tuple(f"{{{qubit}}}" for qubit in step.controls),
        )
        return "{" + marked.json() + "}"

    def on(self, qubits: Sequence[int], parameters: Sequence[float]) -> list[Step]:
        """Return the steps on these qubits."""
        angles = parameters if self.angles is None else self.angles(*parameters)
        return [
            Step(
                step.name,
                tuple(qubits[qubit] for qubit in step.targets),
                None if step.rotation is None else angles[step.rotation],
                tuple(qubits[qubit] for qubit in step.controls),
            )
            for step in self.steps
        ]

    def write(self, qubits: Sequence[int], parameters: Sequence[float]) -> str:
        """Write the gate on these qubits as JSON objects with commas between them."""
        angles = parameters if self.angles is None else self.angles(*parameters)
        return self.template.format(*qubits, *map(repr, angles))


def _on(name: str, *targets: int, angle: int | None = None, controls: tuple[int, ...] = ()) -> Step:
    return Step(name, targets, angle, controls)


def _one(name: str) -> Rule:
    return Rule(1, (_on(name, 0),))


def _turn(name: str, *targets: int) -> Rule:
    return Rule(len(targets), (_on(name, *targets, angle=0),))


def _controlled(name: str, *targets: int, controls: tuple[int, ...] = (0,)) -> Rule:
    return Rule(len(targets) + len(controls), (_on(name, *targets, controls=controls),))


_CX = _on("x", 1, controls=(0,))
_X0, _X1 = _on("x", 0), _on("x", 1)
_CPHASE = (_on("rz", 0, angle=0), _on("rz", 1, angle=0), _CX, _on("rz", 1, angle=1), _CX)


def _halves(angle: float) -> tuple[float, ...]:
    return angle / 2, -angle / 2


def _cphase(*flips: Step) -> Rule:
    """Write a phase on |11>, or on the state that the flips turn into it."""
    return Rule(2, (*flips, *_CPHASE, *flips), _halves)


_EXCHANGE = (_on("xx", 0, 1, angle=0), _on("yy", 0, 1, angle=0))
_NATIVE_AXES = (_on("rz", 0, angle=0), _on("rz", 1, angle=1))
_NATIVE_AXES_BACK = (_on("rz", 0, angle=2), _on("rz", 1, angle=3))

RULES: dict[type[Any], Rule] = {
    gates.I: Rule(1, ()),
    gates.X: _one("x"),
    gates.Y: _one("y"),
    gates.Z: _one("z"),
    gates.H: _one("h"),
    gates.S: _one("s"),
    gates.Si: _one("si"),
    gates.T: _one("t"),
    gates.Ti: _one("ti"),
    gates.V: _one("v"),
    gates.Vi: _one("vi"),
    gates.Rx: _turn("rx", 0),
    gates.Ry: _turn("ry", 0),
    gates.Rz: _turn("rz", 0),
    gates.PhaseShift: _turn("rz", 0),
    gates.XX: _turn("xx", 0, 1),
    gates.YY: _turn("yy", 0, 1),
    gates.ZZ: _turn("zz", 0, 1),
    gates.Swap: Rule(2, (_on("swap", 0, 1),)),
    gates.CNot: _controlled("x", 1),
    gates.CY: _controlled("y", 1),
    gates.CZ: _controlled("z", 1),
    gates.CV: _controlled("v", 1),
    gates.CCNot: _controlled("x", 2, controls=(0, 1)),
    gates.CSwap: _controlled("swap", 1, 2),
    gates.U: Rule(1, (_on("rz", 0, angle=2), _on("ry", 0, angle=0), _on("rz", 0, angle=1))),
    gates.PRx: Rule(
        1,
        (_on("rz", 0, angle=0), _on("rx", 0, angle=1), _on("rz", 0, angle=2)),
        lambda theta, phi: (-phi, theta, phi),
    ),
    gates.GPi: Rule(1, (_X0, _on("rz", 0, angle=0)), lambda phi: (2 * phi,)),
    gates.GPi2: Rule(
        1,
        (_on("rz", 0, angle=0), _on("rx", 0, angle=1), _on("rz", 0, angle=2)),
        lambda phi: (-phi, math.pi / 2, phi),
    ),
    gates.CPhaseShift: _cphase(),
    gates.CPhaseShift00: _cphase(_X0, _X1),
    gates.CPhaseShift01: _cphase(_X0),
    gates.CPhaseShift10: _cphase(_X1),
    gates.XY: Rule(2, _EXCHANGE, lambda angle: (-angle / 2,)),
    gates.ISwap: Rule(2, _EXCHANGE, lambda: (-math.pi / 2,)),
    gates.PSwap: Rule(2, (_on("zz", 0, 1, angle=0), _on("swap", 0, 1))),
    gates.ECR: Rule(
        2,
        (_on("h", 1), _on("zz", 0, 1, angle=0), _on("h", 1), _X0),
        lambda: (math.pi / 2,),
    ),
    gates.MS: Rule(
        2,
        (*_NATIVE_AXES, _on("xx", 0, 1, angle=4), *_NATIVE_AXES_BACK),
        lambda phi0, phi1, theta: (-phi0, -phi1, phi0, phi1, theta),
    ),
}
"""The rule of every Braket gate that needs no matrix, by its class."""
