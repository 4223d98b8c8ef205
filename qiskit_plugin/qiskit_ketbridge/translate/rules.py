"""How Qiskit's standard gates are rewritten: a table, and one for those that gain by controls.

Each rule is exact, global phase included; the tests compare every one with Qiskit's own matrix.
Angles are linear in a few numbers made of the gate's parameters, so a rule is a fixed pattern that
is worked out once for each gate and set of qubits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import pi

from qiskit.circuit import ControlledGate, Gate, Operation
from qiskit.circuit.library import get_standard_gate_name_mapping

from .elements import GPHASE, PHASE, Angle, Element, Slot, controlled

_A, _B, _C, _D = (Slot(index) for index in range(4))


@dataclass(frozen=True, slots=True)
class Rule:
    """A gate as elements.

    Attributes:
        elements: on the gate's qubits 0, 1, ...
        angles: makes the angles that the slots refer to of the gate's parameters; None where they
            are the parameters.
    """

    elements: tuple[Element, ...]
    angles: Callable[..., tuple[float, ...]] | None = None


def _on(
    gate: str, *targets: int, angle: Angle | None = None, by: int | None = None, bare: bool = False
) -> Element:
    return Element(gate, targets, angle, () if by is None else (by,), bare)


def _turned(gate: str, *targets: int, angle: Angle | None = None) -> Element:
    """Make an element that a later one undoes."""
    return _on(gate, *targets, angle=angle, bare=True)


# U(theta, phi, lam) = exp(i (phi + lam) / 2) Rz(phi) Ry(theta) Rz(lam)
_EULER = Rule(
    (_on("rz", 0, angle=_C), _on("ry", 0, angle=_A), _on("rz", 0, angle=_B), _on(GPHASE, angle=_D)),
    lambda theta, phi, lam: (theta, phi, lam, (phi + lam) / 2),
)
# The same as A X B X C with A B C = 1 (Barenco et al., quant-ph/9503016), for adding controls.
_ABC = Rule(
    (
        _turned("rz", 0, angle=_C),
        _on("x", 0),
        _turned("rz", 0, angle=_D * -1),
        _turned("ry", 0, angle=_A * -0.5),
        _on("x", 0),
        _turned("ry", 0, angle=_A * 0.5),
        _turned("rz", 0, angle=_B),
        _on(GPHASE, angle=_D),
    ),
    lambda theta, phi, lam: (theta, phi, (lam - phi) / 2, (phi + lam) / 2),
)
_PHASE = Rule((_on(PHASE, 0, angle=_A),))

RULES: dict[str, Rule] = {
    "id": Rule(()),
    "global_phase": Rule((_on(GPHASE, angle=_A),)),
    **{
        name: Rule((_on(gate, 0),))
        for name, gate in {
            "x": "x", "y": "y", "z": "z", "h": "h", "s": "s", "sdg": "si", "t": "t", "tdg": "ti",
            "sx": "v", "sxdg": "vi",
        }.items()
    },
    **{name: Rule((_on(name, 0, angle=_A),)) for name in ("rx", "ry", "rz")},
    **{name: Rule((_on(name[1:], 0, 1, angle=_A),)) for name in ("rxx", "ryy", "rzz")},
    "p": _PHASE,
    "u1": _PHASE,
    "u": _EULER,
    "u3": _EULER,
    "u2": Rule(_EULER.elements, lambda phi, lam: (pi / 2, phi, lam, (phi + lam) / 2)),
    "r": Rule(
        (_turned("rz", 0, angle=_B * -1), _on("rx", 0, angle=_A), _turned("rz", 0, angle=_B))
    ),
    "swap": Rule((_on("swap", 0, 1),)),
    "iswap": Rule((_on("xx", 0, 1, angle=-pi / 2), _on("yy", 0, 1, angle=-pi / 2))),
    "dcx": Rule((_on("x", 1, by=0), _on("x", 0, by=1))),
    "rzx": Rule((_turned("h", 1), _on("zz", 0, 1, angle=_A), _turned("h", 1))),
    "ecr": Rule(
        (_turned("h", 1), _on("zz", 0, 1, angle=pi / 2), _turned("h", 1), _on("x", 0))
    ),
    "xx_plus_yy": Rule(
        (
            _turned("rz", 0, angle=_B),
            _on("xx", 0, 1, angle=_A * 0.5),
            _on("yy", 0, 1, angle=_A * 0.5),
            _turned("rz", 0, angle=_B * -1),
        )
    ),
    "xx_minus_yy": Rule(
        (
            _turned("rz", 1, angle=_B * -1),
            _on("xx", 0, 1, angle=_A * 0.5),
            _on("yy", 0, 1, angle=_A * -0.5),
            _turned("rz", 1, angle=_B),
        )
    ),
}  # fmt: skip
# Standard gates that are exactly IonQ gates are above; these are used when controls come on top.
WITH_CONTROLS: dict[str, Rule] = {
    "u": _ABC,
    "u3": _ABC,
    "u2": Rule(_ABC.elements, lambda phi, lam: (pi / 2, phi, (lam - phi) / 2, (phi + lam) / 2)),
}


@dataclass(frozen=True, slots=True)
class Form:
    """Which standard gate a gate is, under how many controls.

    Attributes:
        base: name of the standard gate without controls.
        num_controls: how many controls are on top.
        ctrl_state: which states of the controls switch it on, control 0 the least significant.
    """

    base: str
    num_controls: int = 0
    ctrl_state: int = 0


@cache
def rule_of(form: Form) -> Rule:
    """Return the rule for a standard gate with its controls on top; the controls come first."""
    if not form.num_controls:
        return RULES[form.base]
    if form.base == "cu":  # U with a phase of its own on top, the fourth parameter
        rule = WITH_CONTROLS["u"]
        phase = _on(GPHASE, angle=Slot(4))
        elements = controlled((*rule.elements, phase), form.num_controls, form.ctrl_state)
        return Rule(tuple(elements), lambda t, p, z, g: (t, p, (z - p) / 2, (p + z) / 2, g))
    rule = WITH_CONTROLS.get(form.base) or RULES[form.base]
    elements = controlled(rule.elements, form.num_controls, form.ctrl_state)
    return Rule(tuple(elements), rule.angles)


def form_of(gate: Operation) -> Form | None:
    """Say which form of a standard gate a gate is; None if it is none that the tables know."""
    if not isinstance(gate, Gate):
        return None
    if not isinstance(gate, ControlledGate):
        name = _names().get(gate.base_class)
        return Form(name) if name in RULES else None
    base = gate.base_gate
    if gate.num_qubits != gate.num_ctrl_qubits + base.num_qubits:
        return None  # it has ancillas, and its definition says what it does with them
    name = _names().get(base.base_class)
    if name == "u" and len(gate.params) == 4:
        name = "cu"
    if name != "cu" and name not in RULES:
        return None
    return Form(name, gate.num_ctrl_qubits, gate.ctrl_state)


@cache
def standard_form(name: str) -> Form | None:
    """Say which form the standard gate of that name is; None if it is none that the tables know."""
    return form_of(get_standard_gate_name_mapping()[name])


@cache
def _names() -> dict[type, str]:
    return {gate.base_class: name for name, gate in get_standard_gate_name_mapping().items()}
