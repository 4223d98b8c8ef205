"""Braket circuits as IQM circuit JSON, on the qubits and connections of one machine."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from braket.circuits import Circuit

from ketbridge.errors import ProgramError
from ketbridge.programs import Format, Program, iqm_json

from .compiler import Compiler
from .observe import as_json
from .placed import placed

_TURN = 2 * math.pi


def iqm(circuit: Circuit, inputs: Mapping[str, float], compiler: Compiler | None) -> Program:
    """Write a circuit in PRX and CZ gates of a machine.

    Raises:
        ProgramError: it cannot run there, or no machine is given.
    """
    if compiler is None:
        raise ProgramError("IQM circuits name a machine's own qubits: give a compiler for it")
    built, readout = placed(circuit, inputs, compiler)
    info = compiler.info
    names = info.qubit_names or tuple(map(str, range(info.num_qubits)))
    (register,) = readout.registers
    parts, used = [], set()
    for one in built.data:
        places = [built.find_bit(qubit).index for qubit in one.qubits]
        used.update(places)
        qubits = [names[place] for place in places]
        if one.operation.name == "measure":
            bit = built.find_bit(one.clbits[0]).index
            parts.append(iqm_json.measure(qubits[0], iqm_json.key_of(register, 0, bit)))
        else:
            parts.append(_GATES[one.operation.name](qubits, one.operation.params))
    body = iqm_json.wrap(parts)
    return Program(Format.IQM, body, readout, max(used) + 1, metadata=as_json(circuit))


def _prx(qubits: list[str], parameters: list[Any]) -> str:
    angle, phase = (float(value) / _TURN for value in parameters)
    return iqm_json.PRX % (*qubits, angle, phase)


def _cz(qubits: list[str], _: list[Any]) -> str:
    return iqm_json.CZ % tuple(qubits)


_GATES = {"r": _prx, "cz": _cz}
