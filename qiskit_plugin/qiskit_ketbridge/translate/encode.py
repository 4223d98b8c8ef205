"""Circuits as programs for a machine."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from importlib import import_module

from qiskit import QuantumCircuit

from ketbridge import Format, Program

from ..errors import CircuitError
from .dialects import Dialect, Native, Qis
from .layout import json_metadata, readout_of
from .walk import Walk

_DIALECTS: dict[Format, type[Dialect]] = {Format.IONQ_QIS: Qis, Format.IONQ_NATIVE: Native}
_TEXTS: dict[Format, tuple[str, str]] = {
    Format.IONQ_QASM3: (".openqasm", "encode_qasm3"),
    Format.OPENQASM2: (".text", "encode_openqasm2"),
    Format.OPENQASM3: (".text", "encode_openqasm3"),
    Format.BRAKET_OPENQASM3: (".text", "encode_braket"),
}
"""Where each text is written; loaded when it is, because most machines need none."""


def encode(
    circuit: QuantumCircuit,
    format: Format,  # noqa: A002 - the name is public
    *,
    qubits: Sequence[str] | None = None,
    loci: Mapping[str, Collection[tuple[str, ...]]] | None = None,
) -> Program:
    """Translate a circuit, without running anything and without changing it.

    Args:
        circuit: any circuit of standard gates and of gates that are defined by them.
        format: ``IONQ_QIS``; ``IONQ_NATIVE`` for circuits of GPI, GPI2, MS and ZZ gates alone;
            ``IONQ_QASM3`` for circuits that measure, reset or decide before their end;
            ``OPENQASM2`` and ``BRAKET_OPENQASM3``, whose circuits measure at their end;
            ``OPENQASM3``; ``IQM``, whose circuits decide about rotations of single qubits only;
            or ``QISKIT_QPY`` for IBM, which takes them as they are, free parameters too.
        qubits: for ``IQM``, the machine's name of each qubit; None for ``QB1``, ``QB2``, ...
        loci: for ``IQM``, the names that each gate of the machine can act on, by the gate's name;
            where there is a ``move`` the moves are put in. None for every gate on all qubits.

    Returns:
        The program; its readout says which qubit each classical bit reads.

    Raises:
        CircuitError: something in the circuit cannot be written; names the instruction.
        DynamicCircuitError: it measures, resets or decides before its end, and the format is not
            ``IONQ_QASM3``, ``OPENQASM3`` or ``IQM``.
    """
    if not isinstance(circuit, QuantumCircuit):
        raise CircuitError(f"a circuit is a qiskit QuantumCircuit, not {type(circuit).__name__}")
    if not circuit.num_qubits:
        raise CircuitError(f"circuit {circuit.name!r} has no qubits")
    if format is Format.QISKIT_QPY:
        from ..ibm.qpy import encode_qpy

        return encode_qpy(circuit)
    try:
        if format in _TEXTS:
            return _text_writer(format)(circuit)
        if format is Format.IQM:
            from .iqm import encode_iqm

            return encode_iqm(circuit, qubits, loci)
        if format in _DIALECTS:
            return _encode_gates(circuit, _DIALECTS[format]())
    except RecursionError:
        raise CircuitError(
            f"circuit {circuit.name!r} has gates whose definitions are nested too deeply: flatten "
            "them with qc.decompose(reps=...)"
        ) from None
    raise CircuitError(f"Qiskit circuits are not written as {format}")


def _text_writer(form: Format) -> Callable[[QuantumCircuit], Program]:
    home, name = _TEXTS[form]
    return getattr(import_module(home, __package__), name)


def _encode_gates(circuit: QuantumCircuit, dialect: Dialect) -> Program:
    walk = Walk(dialect)
    walk.take(
        circuit,
        {qubit: index for index, qubit in enumerate(circuit.qubits)},
        {clbit: index for index, clbit in enumerate(circuit.clbits)},
    )
    if not walk.sources:
        raise CircuitError(
            f"circuit {circuit.name!r} measures nothing: add qc.measure(...) or qc.measure_all()"
        )
    num_qubits = max(walk.used | walk.measured) + 1
    body = f'{{"qubits":{num_qubits},"gateset":"{dialect.gateset}","circuit":[{walk.text()}]}}'
    return Program(
        Format.IONQ_QIS if dialect.gateset == "qis" else Format.IONQ_NATIVE,
        body.encode(),
        readout_of(circuit, walk.sources),
        num_qubits,
        circuit.name,
        json_metadata(circuit.metadata),
    )
