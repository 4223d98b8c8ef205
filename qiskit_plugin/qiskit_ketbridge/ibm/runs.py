"""Circuits of ``backend.run`` as programs of IBM's sampler."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from qiskit import QuantumCircuit

from ketbridge import Program

from ..errors import CircuitError
from .checks import check_bound, is_dynamic
from .marks import mark
from .qpy import encode_qpy


def encode_run(circuit: QuantumCircuit, check: Callable[[QuantumCircuit], None]) -> Program:
    """Write a circuit with what its result is read by.

    Args:
        circuit: the circuit.
        check: refuses a circuit that the machine cannot run as it is.

    Raises:
        CircuitError: it is none, is refused, has free parameters or measures nothing.
    """
    if not isinstance(circuit, QuantumCircuit):
        raise CircuitError(f"a circuit is a qiskit QuantumCircuit, not {type(circuit).__name__}")
    marked = mark(circuit)
    check(marked)
    check_bound(circuit)
    program = encode_qpy(marked)
    written = any(source is not None for source in program.readout.sources)
    if not written and not is_dynamic(circuit):
        raise CircuitError(
            f"circuit {circuit.name!r} measures nothing: add qc.measure(...) or qc.measure_all()"
        )
    return replace(program, name=circuit.name)
