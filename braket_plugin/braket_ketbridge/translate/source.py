"""What Braket users hand over as a circuit: circuits, OpenQASM programs, serialisable programs."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from braket.circuits import Circuit
from braket.circuits.serialization import IRType, SerializableProgram
from braket.ir.openqasm import Program as OpenQasmProgram

from ketbridge.errors import ProgramError


def as_circuit(task: Any, inputs: Mapping[str, float] | None = None) -> Circuit:
    """Return what is to be run as a Braket circuit.

    Args:
        task: a ``Circuit``, an OpenQASM ``Program`` or a ``SerializableProgram``.
        inputs: values of the program's inputs; they come before its own.

    Raises:
        ProgramError: it is something else, or OpenQASM that cannot be read as a circuit.
    """
    if isinstance(task, Circuit):
        return task
    if isinstance(task, SerializableProgram):
        task = OpenQasmProgram(source=task.to_ir(IRType.OPENQASM))
    if not isinstance(task, OpenQasmProgram):
        raise ProgramError(
            f"a {type(task).__name__} cannot be run here: give a Braket Circuit or an OpenQASM "
            "Program"
        )
    return _from_openqasm(task, dict(inputs or {}))


def _from_openqasm(program: OpenQasmProgram, inputs: dict[str, float]) -> Circuit:
    """Read OpenQASM with Braket's interpreter, after a look for what it drops in silence."""
    from braket.default_simulator.openqasm.parser.openqasm_parser import parse

    try:
        _check(parse(program.source))
        return Circuit.from_ir(program, inputs)
    except ProgramError:
        raise
    except Exception as error:  # the interpreter raises whatever goes wrong inside it
        raise ProgramError(
            f"this OpenQASM cannot be read: {type(error).__name__}: {error}"
        ) from error


def _check(tree: Any) -> None:
    """Refuse statements that Braket's interpreter leaves out, and decisions on measured bits.

    Raises:
        ProgramError: with the statement and its line.
    """
    measured = False
    for node in _nodes(tree):
        kind = type(node).__name__
        measured = measured or kind in ("QuantumMeasurement", "QuantumMeasurementStatement")
        refused = _REFUSED.get(kind)
        if refused or (measured and kind in _DECISIONS):
            line = f"line {node.span.start_line}: " if node.span else ""
            raise ProgramError(f"{line}{refused or _AFTER_MEASUREMENT}")


_REFUSED = {
    "QuantumReset": "reset: a Braket circuit has none",
    "DelayInstruction": "delay: a Braket circuit has none",
    "DurationOf": "durations: a Braket circuit has none",
}
_DECISIONS = ("BranchingStatement", "WhileLoop", "SwitchStatement")
_AFTER_MEASUREMENT = "a decision after a measurement (feed-forward): a Braket circuit has none"


def _nodes(node: Any) -> Iterator[Any]:
    """Walk a syntax tree in the order of its source."""
    if isinstance(node, list | tuple):
        for item in node:
            yield from _nodes(item)
    elif dataclasses.is_dataclass(node):
        yield node
        for field in dataclasses.fields(node):
            yield from _nodes(getattr(node, field.name))
