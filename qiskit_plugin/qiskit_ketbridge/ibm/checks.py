"""Whether circuits are in the instruction set of a machine, checked before they are sent."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qiskit import QuantumCircuit
from qiskit.circuit import ParameterExpression
from qiskit.transpiler import Target

from ..errors import CircuitError

if TYPE_CHECKING:
    from qiskit.primitives.containers import BindingsArray

_ANYWHERE = frozenset(("barrier", "store"))
_SLACK = 1e-10
"""How much an angle may be beyond its range by rounding."""


class InstructionSet:
    """The instructions of a target; what was found to be in it is remembered."""

    def __init__(self, target: Target, any_instruction: bool = False) -> None:
        """Take the instructions of a target.

        Args:
            target: the target.
            any_instruction: whether only numbers are checked, as for a simulator.
        """
        self._target = target
        self._any = any_instruction
        self._known: set[tuple[str, tuple[int, ...]]] = set()

    def check(self, circuit: QuantumCircuit) -> None:
        """Refuse a circuit that is not in it.

        Raises:
            CircuitError: names the first instruction that is not, or that has an angle that is no
                number; with its place and its qubits.
        """
        if not circuit.num_qubits:
            raise CircuitError(f"circuit {circuit.name!r} has no qubits")
        if circuit.num_qubits > (self._target.num_qubits or 0):
            raise CircuitError(
                f"circuit {circuit.name!r} has {circuit.num_qubits} qubits; the machine has "
                f"{self._target.num_qubits}"
            )
        indices = {qubit: index for index, qubit in enumerate(circuit.qubits)}
        self._walk(circuit, indices, circuit.name)

    def _walk(self, circuit: QuantumCircuit, indices: Mapping[Any, int], where: str) -> None:
        for place, instruction in enumerate(circuit.data):
            qubits = tuple([indices[qubit] for qubit in instruction.qubits])
            name = instruction.name
            if (name, qubits) not in self._known:
                if not self._has(name, qubits):
                    raise CircuitError(
                        f"instruction {place} of circuit {where!r} is {name} on qubits "
                        f"{_listed(qubits)}, which the machine does not have. Transpile the "
                        "circuit for it: generate_preset_pass_manager(optimization_level=1, "
                        "backend=backend).run(circuit)"
                    )
                self._known.add((name, qubits))
            for value in instruction.params:
                if isinstance(value, float | int | complex):
                    self._check_number(name, value, f"instruction {place} of circuit {where!r}")
            if instruction.is_control_flow():
                for block in instruction.operation.blocks:
                    inner = dict(zip(block.qubits, qubits, strict=True))
                    self._walk(block, inner, where)

    def _has(self, name: str, qubits: tuple[int, ...]) -> bool:
        if self._any or name in _ANYWHERE:
            return True
        return bool(self._target.instruction_supported(name, qubits))

    def _check_number(self, name: str, value: complex, where: str) -> None:
        if isinstance(value, complex) or not math.isfinite(value):
            raise CircuitError(f"{where} is {name} with the parameter {value!r}, no finite number")
        if name == "rzz" and not self._any and not _in_range(value):
            raise _out_of_range(value, where)


def check_bound(circuit: QuantumCircuit) -> None:
    """Refuse a circuit that has free parameters.

    Raises:
        CircuitError: names the first instruction with one.
    """
    if circuit.num_parameters:
        for place, instruction in enumerate(circuit.data):
            free = [one for one in instruction.params if isinstance(one, ParameterExpression)]
            if free:
                raise CircuitError(
                    f"instruction {place} of circuit {circuit.name!r} is {instruction.name} with "
                    f"the free parameter {free[0]}; assign it, or use SamplerV2 with values"
                )


def check_angles(circuit: QuantumCircuit, values: BindingsArray) -> None:
    """Refuse values of parameters that put the angle of an RZZ out of the machine's range.

    Raises:
        CircuitError: with the angle and the values.
    """
    angles = set(_free_rzz_angles(circuit))
    if not angles:
        return
    names = [name for group in values.data for name in group]
    table = values.as_array(names).reshape(-1, len(names))
    for angle in angles:
        columns = [names.index(parameter.name) for parameter in angle.parameters]
        for row in table[:, columns]:
            bound = float(angle.bind(dict(zip(angle.parameters, row.tolist(), strict=True))))
            if not _in_range(bound):
                raise _out_of_range(
                    bound, f"with {angle} at {row.tolist()}, circuit {circuit.name!r}"
                )


def is_dynamic(circuit: QuantumCircuit) -> bool:
    """Whether a circuit has control flow."""
    return any(instruction.is_control_flow() for instruction in circuit.data)


def _free_rzz_angles(circuit: QuantumCircuit) -> Iterator[ParameterExpression]:
    if "rzz" in circuit.count_ops() or is_dynamic(circuit):
        for instruction in circuit.data:
            if instruction.name == "rzz" and isinstance(instruction.params[0], ParameterExpression):
                yield instruction.params[0]
            elif instruction.is_control_flow():
                for block in instruction.operation.blocks:
                    yield from _free_rzz_angles(block)


def _in_range(angle: float) -> bool:
    return -_SLACK <= angle <= math.pi / 2 + _SLACK


def _out_of_range(angle: float, where: str) -> CircuitError:
    return CircuitError(
        f"{where} has an RZZ of {angle:.6g} radians; the machine has it from 0 to pi/2. The "
        "transpiler folds angles that are known; bind parameters before transpiling"
    )


def _listed(qubits: Sequence[int]) -> str:
    return ", ".join(map(str, qubits))
