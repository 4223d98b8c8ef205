"""Braket's result objects, made of what was measured.

They are put together directly: Braket's own way over its JSON schema checks every single bit and
takes seconds for 100 000 shots.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from braket.circuits.observables import observable_from_ir
from braket.device_schema import GateModelParameters
from braket.device_schema.common.gate_model_device_parameters_v1 import GateModelDeviceParameters
from braket.ir import jaqcd
from braket.task_result import AdditionalMetadata, ResultTypeValue, TaskMetadata
from braket.tasks import GateModelQuantumTaskResult
from braket.tasks.measurement_utils import samples_from_measurements, selected_measurements

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ketbridge import JobState, Measurements, Program

_KINDS = {
    "expectation": jaqcd.Expectation,
    "probability": jaqcd.Probability,
    "sample": jaqcd.Sample,
    "variance": jaqcd.Variance,
}


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """What Braket's result says of a task besides what was measured.

    Attributes:
        id: the task's id.
        device: the device's address.
        status: Braket's word.
        state: what the service says of the job.
        action: the program as the user gave it, or None where it is not known.
    """

    id: str
    device: str
    status: str
    state: JobState
    action: Any = None


def build(measured: Measurements, program: Program, facts: TaskFacts) -> GateModelQuantumTaskResult:
    """Make the result of one circuit.

    Args:
        measured: counts of its classical bits.
        program: what was run; it has the qubits' labels and the result types.
        facts: what is known of the task.

    Returns:
        The result. Column ``i`` of ``measurements`` is qubit ``measured_qubits[i]``, and the
        leftmost character of a key of ``measurement_counts``; there is one row a shot.
    """
    if measured.memory is None:
        measured = measured.shuffled(facts.id)
    readout = program.readout
    known = readout.labels or readout.sources or range(measured.num_bits)
    qubits = [int(qubit) for qubit in known if qubit is not None]
    rows = np.asarray(measured.bits, dtype=int)
    counts = _counts(measured)
    types = [_value(kind, rows, qubits) for kind in program.metadata.get("result_types", ())]
    return GateModelQuantumTaskResult(
        task_metadata=_task_metadata(facts, len(rows), program.num_qubits),
        additional_metadata=AdditionalMetadata.construct(action=facts.action),
        result_types=types,
        values=[one.value for one in types],
        measurements=rows,
        measured_qubits=qubits,
        measurement_counts=counts,
        measurement_probabilities={key: count / len(rows) for key, count in counts.items()},
        measurements_copied_from_device=True,
        measurement_counts_copied_from_device=False,
        measurement_probabilities_copied_from_device=False,
    )


def _counts(measured: Measurements) -> Counter[str]:
    """Counts by bit string, classical bit 0 leftmost."""
    frequencies = measured.frequencies
    if frequencies is None:
        raise ValueError("there are no counts to make a result of")
    seen = frequencies > 0
    states = replace(measured, memory=measured.states[seen]).bits
    text = (np.ascontiguousarray(states) + ord("0")).astype(np.uint8).view(f"S{measured.num_bits}")
    keys = text.reshape(-1).astype(str).tolist()
    return Counter(dict(zip(keys, frequencies[seen].tolist(), strict=True)))


def _task_metadata(facts: TaskFacts, shots: int, num_qubits: int) -> TaskMetadata:
    return TaskMetadata(
        id=facts.id,
        shots=shots,
        deviceId=facts.device,
        deviceParameters=GateModelDeviceParameters(
            paradigmParameters=GateModelParameters(qubitCount=num_qubits)
        ),
        createdAt=moment(facts.state.created),
        endedAt=moment(facts.state.ended),
        status=facts.status,
    )


def moment(time: datetime | None) -> str | None:
    """Write a time in UTC in the 24 characters that Braket's schema allows."""
    if time is None:
        return None
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


# Result types ------------------------------------------------------------------------------------


def _value(kind: Mapping[str, Any], rows: NDArray[Any], qubits: list[int]) -> ResultTypeValue:
    """Compute one result type from the shots, as Braket's own devices do."""
    name, targets = kind["type"], kind.get("targets")
    typed = _KINDS[name](**{key: value for key, value in kind.items() if key != "type"})
    if name == "probability":
        value: Any = _probabilities(rows, qubits, targets)
    else:
        observable = observable_from_ir(kind["observable"])
        if targets is None:
            value = [_of(name, rows, qubits, observable, [qubit]) for qubit in qubits]
        else:
            value = _of(name, rows, qubits, observable, targets)
    return ResultTypeValue.construct(type=typed, value=value)


def _probabilities(
    rows: NDArray[Any], qubits: list[int], targets: Sequence[int] | None
) -> NDArray[np.float64]:
    """Share of the shots in each state of the targets; the first target is most significant."""
    chosen = selected_measurements(rows, qubits, targets)
    weights = 1 << np.arange(chosen.shape[1])[::-1]
    return np.bincount(chosen @ weights, minlength=1 << chosen.shape[1]) / len(chosen)


def _of(
    name: str, rows: NDArray[Any], qubits: list[int], observable: Any, targets: list[int]
) -> Any:
    samples = samples_from_measurements(rows, qubits, observable, targets)
    if name == "sample":
        return samples
    return float(np.mean(samples) if name == "expectation" else np.var(samples))
