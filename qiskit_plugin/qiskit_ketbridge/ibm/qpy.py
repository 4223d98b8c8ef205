"""Circuits as the QPY files that IBM's machines read."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
from qiskit import QuantumCircuit, qpy

from ketbridge import Format, Program

from ..errors import CircuitError
from ..translate.layout import json_metadata, readout_of

VERSION = min(17, qpy.QPY_VERSION)
"""The newest version of the format that the service reads, or that this Qiskit writes."""


def encode_qpy(circuit: QuantumCircuit) -> Program:
    """Write a circuit as a QPY file of its own; parameters may be free.

    The readout names, for each classical bit, the last qubit that is measured into it outside of
    control flow; the service puts outcomes into the registers by itself.

    Raises:
        CircuitError: its metadata cannot be written, or Qiskit cannot write one of its gates.
    """
    file = io.BytesIO()
    try:
        qpy.dump(circuit, file, metadata_serializer=_Metadata, version=VERSION)
    except (qpy.QpyError, TypeError) as error:
        raise CircuitError(f"circuit {circuit.name!r} cannot be written: {error}") from error
    return Program(
        Format.QISKIT_QPY,
        file.getvalue(),
        readout_of(circuit, _sources(circuit)),
        circuit.num_qubits,
        circuit.name,
        json_metadata(circuit.metadata),
    )


def _sources(circuit: QuantumCircuit) -> dict[int, int]:
    """Find the last measurement into each classical bit, from the end, where most circuits end."""
    sources: dict[int, int] = {}
    left = circuit.count_ops().get("measure", 0) if circuit.num_clbits else 0
    data = circuit.data
    place = len(data)
    while left and len(sources) < circuit.num_clbits:
        place -= 1
        instruction = data[place]
        if instruction.name == "measure":
            left -= 1
            bit = circuit.find_bit(instruction.clbits[0]).index
            sources.setdefault(bit, circuit.find_bit(instruction.qubits[0]).index)
    return sources


class _Metadata(json.JSONEncoder):
    """Writes the values that metadata of circuits may have beside those of JSON."""

    def default(self, o: Any) -> Any:
        from ketbridge.clouds.ibm_shared import encoding

        if isinstance(o, np.ndarray) and o.dtype != object:
            return encoding.array(o)
        if isinstance(o, np.generic) and not isinstance(o, np.complexfloating):
            return o.item()
        if isinstance(o, complex):
            return {"__type__": "complex", "__value__": [o.real, o.imag]}
        raise TypeError(f"metadata holds a {type(o).__name__}, which JSON has no form for")
