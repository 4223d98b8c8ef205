"""AWS gate-model devices: OpenQASM 3 in Braket's dialect on Braket's local simulators.

Devices other than ``dm1`` are simulated without errors, as a state vector. Two things that the
local simulators get wrong are avoided: controls (``ctrl @``) with idle qubits, and powers of CNot
and Swap. A program with modifiers is first rewritten so that each such gate is a unitary.
"""

from __future__ import annotations

import json
import re
import threading
import warnings
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ...workers import WorkError
from . import qasm
from .plan import INVALID, Plan

if TYPE_CHECKING:
    from braket.circuits import Instruction

DENSITY = "aws.sim.dm1"
WIDEST = {DENSITY: 12}
WIDEST_STATE = 24
"""Most qubits that a program may use here; the devices have more."""
_ALONE = threading.Lock()
"""Numba, which computes for the simulators, ends the process if two threads call it at once."""
_ROUNDING = 1e-9
_MODIFIED = re.compile(r"\b(?:neg)?ctrl\b|\bpow\b|\binv\b")
_PARAMETERS = "braket.device_schema.simulators.gate_model_simulator_device_parameters"


def run(plan: Plan) -> str:
    """Run a job and return a gate-model task result."""
    from braket.default_simulator import DensityMatrixSimulator, StateVectorSimulator
    from braket.ir.openqasm import Program

    text = qasm.text_of(plan.input)
    runnable = _without_modifiers(text) if _MODIFIED.search(text) else text
    _check_width(text, plan)
    kind = DensityMatrixSimulator if plan.machine == DENSITY else StateVectorSimulator
    with _ALONE, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it advises against dm1 for a program without noise
        result = kind().run(Program(source=runnable), shots=plan.shots)
    found = json.loads(result.json(exclude_none=True))
    return json.dumps(_as_the_service_has_it(found, text, plan))


def _check_width(text: str, plan: Plan) -> None:
    from braket.circuits import Circuit

    try:
        used = Circuit.from_ir(text).qubit_count
    except Exception as error:  # noqa: BLE001 - any error of the reader is one of the program
        raise WorkError(INVALID, f"The OpenQASM 3 program is not readable: {error}") from None
    if used > plan.qubits:
        raise WorkError(INVALID, f"The program has {used} qubits, the device {plan.qubits}.")
    if used > WIDEST.get(plan.machine, WIDEST_STATE):
        raise WorkError(INVALID, f"{used} qubits are more than the sandbox simulates here.")


def _without_modifiers(text: str) -> str:
    """Rewrite a program so that gates with controls or powers are unitaries."""
    from braket.circuits import Circuit
    from braket.circuits.serialization import IRType

    circuit = Circuit.from_ir(text)
    plain = Circuit()
    for instruction in circuit.instructions:
        plain.add_instruction(_plain(instruction))
    for result in circuit.result_types:
        plain.add_result_type(result)
    source: str = plain.to_ir(IRType.OPENQASM).source
    return source


def _plain(instruction: Instruction) -> Instruction:
    import numpy as np
    from braket.circuits import Gate
    from braket.circuits import Instruction as New

    if not instruction.control and instruction.power == 1:
        return instruction
    matrix = _power(instruction.operator.to_matrix(), instruction.power)
    controls, size = len(instruction.control), len(matrix)
    whole = np.eye(size << controls, dtype=complex)
    # the controls come first, so they are the most significant bits
    place = int("".join(map(str, instruction.control_state)) or "0", 2) * size
    whole[place : place + size, place : place + size] = matrix
    return New(Gate.Unitary(whole), [*instruction.control, *instruction.target])


def _power(matrix: Any, power: float) -> Any:
    """Raise a unitary to a power; of an eigenvalue's angles the one in (-pi, pi] counts."""
    import numpy as np

    if power == int(power):
        return np.linalg.matrix_power(matrix, int(power))
    values, vectors = np.linalg.eig(matrix)
    angles = np.angle(values)
    angles[angles < -np.pi + _ROUNDING] += 2 * np.pi
    return vectors @ np.diag(np.exp(1j * power * angles)) @ np.linalg.inv(vectors)


def _as_the_service_has_it(data: dict[str, Any], text: str, plan: Plan) -> dict[str, Any]:
    """Write bits as numbers, and say whose task it was."""
    if data.get("measurements"):
        data["measurements"] = [[int(bit) for bit in row] for row in data["measurements"]]
    task = data["taskMetadata"]
    task |= {
        "id": f"arn:aws:braket:us-east-1:000000000000:quantum-task/{plan.job_id}",
        "shots": plan.shots,
        "deviceId": plan.native_id,
        "deviceParameters": {
            "braketSchemaHeader": {"name": _PARAMETERS, "version": "1"},
            "paradigmParameters": {
                "braketSchemaHeader": {
                    "name": "braket.device_schema.gate_model_parameters", "version": "1",
                },
                "qubitCount": len(data.get("measuredQubits") or ()) or 1,
                "disableQubitRewiring": bool(plan.params.get("disable_qubit_rewiring")),
            },
        },
        "createdAt": plan.created,
        "endedAt": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "status": "COMPLETED",
    }  # fmt: skip
    data["additionalMetadata"]["action"] = {
        "braketSchemaHeader": {"name": "braket.ir.openqasm.program", "version": "1"},
        "source": text,
        "inputs": {},
    }
    return data
