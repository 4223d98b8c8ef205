"""Exact outcomes of circuits that measure, reset and decide on the way.

Every measurement and reset splits the state in two branches, each with its probability, and
conditions are decided in each branch by itself.
"""

from __future__ import annotations

import numpy as np
from qiskit import ClassicalRegister
from qiskit.circuit import IfElseOp
from qiskit.quantum_info import Operator, Statevector


def branches(circuit):
    """Return the probability of each outcome, classical bit 0 rightmost."""
    start = (Statevector.from_int(0, 2**circuit.num_qubits), (0,) * circuit.num_clbits, 1.0)
    found = {}
    for _, bits, weight in _run(circuit, [start], list(circuit.qubits), list(circuit.clbits)):
        key = "".join(map(str, reversed(bits)))
        found[key] = found.get(key, 0) + weight
    return found


def _run(circuit, states, qubits, clbits, outer=None):
    outer = outer or circuit
    for instruction in circuit.data:
        on = [outer.find_bit(qubits[circuit.find_bit(q).index]).index for q in instruction.qubits]
        to = [outer.find_bit(clbits[circuit.find_bit(c).index]).index for c in instruction.clbits]
        following = []
        for state, bits, weight in states:
            following += _step(instruction, on, to, (state, bits, weight), outer)
        states = following
    return states


def _step(instruction, on, to, branch, outer):
    state, bits, weight = branch
    operation = instruction.operation
    if operation.name == "barrier":
        return [branch]
    if operation.name in ("measure", "reset"):
        return list(_split(operation.name, on[0], to, branch))
    if isinstance(operation, IfElseOp):
        target, value = operation.condition
        listed = [target] if not isinstance(target, ClassicalRegister) else list(target)
        seen = sum(bits[outer.find_bit(bit).index] << place for place, bit in enumerate(listed))
        chosen = operation.blocks[0] if seen == value else (operation.blocks[1:] or [None])[0]
        if chosen is None:
            return [branch]
        qubits = [outer.qubits[index] for index in on]
        clbits = [outer.clbits[index] for index in to]
        return _run(chosen, [branch], qubits, clbits, outer)
    return [(state.evolve(operation, on), bits, weight)]


def _split(name, qubit, to, branch):
    state, bits, weight = branch
    for outcome, probability in enumerate(state.probabilities([qubit])):
        if probability < 1e-12:
            continue
        keep = np.diag([1 - outcome, outcome]) / np.sqrt(probability)
        after = Statevector(state.evolve(Operator(keep), [qubit]))
        if name == "reset" and outcome:
            after = after.evolve(Operator(np.array([[0, 1], [1, 0]])), [qubit])
        written = list(bits)
        if name == "measure":
            written[to[0]] = outcome
        yield after, tuple(written), weight * probability
