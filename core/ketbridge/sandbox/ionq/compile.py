"""The compiled circuit of a job, in native gates or as OpenQASM 3.

Compiled by Qiskit to rz, r and rzz. Rotations about z are then not gates but changes of the frame
in which later gates are written, so that GPI2 and ZZ are all that is left; the frame at the end
does not matter, because everything is measured. The real compiler finds other, shorter circuits.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from ..engine import Stage
from ..service import HttpError
from ..workers import Workers
from .circuits import TURN, build, read_qasm3
from .records import Record

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

LANGUAGES = ("native", "qasm3")


async def compiled(record: Record, language: str, workers: Workers) -> str:
    """Return the compiled circuit of a finished job as text.

    Raises:
        HttpError: the job is not completed, has several circuits, or there is no such language
            (404); OpenQASM programs have no native form (403).
    """
    if language not in LANGUAGES:
        raise HttpError(404, f"There is no compiled form {language[:32]!r}.")
    if record.ticket.stage is not Stage.DONE or record.index is None:
        raise HttpError(404, f"Job {record.id} has no compiled circuit: it is {record.status}.")
    if record.payload["type"] == "ionq.qasm3.v1":
        if language == "native":
            raise HttpError(403, "An OpenQASM 3 job has no native gate list.")
        return str(await workers.run(qasm3_of_text, record.circuit["data"]))
    circuit = record.circuit
    function = {"native": native_of, "qasm3": qasm3_of}[language]
    given = (circuit["circuit"], circuit["qubits"], circuit["gateset"], record.backend)
    return str(await workers.run(function, *given))


def native_of(circuit: list[Any], qubits: int | None, gateset: str, backend: str) -> str:
    """Compile a circuit to native gates; the text is the JSON of a job's ``input``."""
    built = _compiled(build(circuit, qubits, gateset))
    entangle = "ms" if "aria" in backend else "zz"
    lowered = {
        "qubits": built.num_qubits,
        "gateset": "native",
        "circuit": native_gates(built, entangle),
    }
    return json.dumps(lowered)


def qasm3_of(circuit: list[Any], qubits: int | None, gateset: str, backend: str) -> str:
    """Compile a circuit and write it as OpenQASM 3, every qubit measured at the end."""
    from qiskit import qasm3

    built = _compiled(build(circuit, qubits, gateset))
    built.measure_all()
    return str(qasm3.dumps(built))


def qasm3_of_text(text: str) -> str:
    """Compile an OpenQASM 3 program."""
    from qiskit import qasm3

    return str(qasm3.dumps(_compiled(read_qasm3(text))))


def native_gates(circuit: QuantumCircuit, entangle: str) -> list[dict[str, Any]]:
    """Write a circuit of rz, sx, x and cx in native gates.

    ``frames`` holds for each qubit the angle of the rotations about z so far, in radians. A gate
    R(a, f) after RZ(t) equals RZ(t) after R(a, f - t), so every later phase is lowered by t.
    """
    frames = [0.0] * circuit.num_qubits
    gates: list[dict[str, Any]] = []

    def rotate(name: str, angle: float, qubit: int) -> None:
        phase = ((angle - frames[qubit]) / TURN) % 1.0
        gates.append({"gate": name, "target": qubit, "phase": phase})

    def controlled_x(control: int, target: int) -> None:
        """CX = RZ(pi/2) on control, RX(pi/2) on target, after exp(i pi/4 Z X)."""
        if entangle == "zz":
            rotate("gpi2", -math.pi / 2, target)
            gates.append({"gate": "zz", "targets": [control, target], "angle": -0.25})
            rotate("gpi2", math.pi / 2, target)
        else:
            rotate("gpi2", math.pi / 2, control)
            turned = [(-frames[control] / TURN) % 1.0, ((math.pi - frames[target]) / TURN) % 1.0]
            gates.append(
                {"gate": "ms", "targets": [control, target], "phases": turned, "angle": 0.25}
            )
            rotate("gpi2", -math.pi / 2, control)
        rotate("gpi2", 0.0, target)
        frames[control] += math.pi / 2

    for instruction in circuit.data:
        places = [circuit.find_bit(qubit).index for qubit in instruction.qubits]
        name = instruction.operation.name
        if name == "rz":
            frames[places[0]] += float(instruction.operation.params[0])
        elif name == "cx":
            controlled_x(*places)
        else:
            rotate("gpi2" if name == "sx" else "gpi", 0.0, places[0])
    return gates


def _compiled(circuit: QuantumCircuit) -> QuantumCircuit:
    from qiskit import transpile

    return transpile(
        circuit, basis_gates=["rz", "sx", "x", "cx"], optimization_level=1, seed_transpiler=1
    )
