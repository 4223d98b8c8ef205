"""Bell pairs for IBM's primitives, as programs of the core."""

from __future__ import annotations

import io
from typing import Any

from qiskit import QuantumCircuit, qpy

from ketbridge.clouds.ibm_shared import encoding
from ketbridge.jobs.submission import Request
from ketbridge.programs import Format, Program, Readout

MACHINE = "ibmq_manila"


def bell(measured: bool = True) -> QuantumCircuit:
    """A Bell pair in gates that every machine has; register ``meas``."""
    circuit = QuantumCircuit(2)
    circuit.rz(1.5707963267948966, 0)
    circuit.sx(0)
    circuit.rz(1.5707963267948966, 0)
    circuit.cx(0, 1)
    if measured:
        circuit.measure_all()
    return circuit


def qpy_of(circuit: QuantumCircuit) -> bytes:
    file = io.BytesIO()
    qpy.dump(circuit, file)
    return file.getvalue()


def sampled(shots: int = 200, **changes: Any) -> Request:
    """A request for the counts of a Bell pair."""
    program = Program(
        Format.QISKIT_QPY, qpy_of(bell()), Readout.of_qubits([0, 1]), 2, "bell", {"kept": 1}
    )
    return Request(**{"backend": MACHINE, "programs": (program,), "shots": shots, **changes})


def estimated(**changes: Any) -> Request:
    """A request for ZZ and ZI of a Bell pair, which are 1 and 0."""
    arguments = encoding.estimator_arguments([{"ZZ": 1.0}, {"ZI": 1.0}], None, 0.05)
    program = Program(Format.QISKIT_QPY, qpy_of(bell(False)), Readout(()), 2, arguments=arguments)
    options = {"program": "estimator", **changes.pop("options", {})}
    return Request(
        **{"backend": MACHINE, "programs": (program,), "shots": 0, "options": options, **changes}
    )
