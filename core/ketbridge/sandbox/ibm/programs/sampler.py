"""The sampler: shots of circuits, as the service's ``PrimitiveResult`` in its own JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from ...workers import WorkError
from . import decode
from .aer import Small, simulator, split, squeeze
from .isa import instructions
from .options import check, seed_of
from .task import SHOTS, Outcome, Task

if TYPE_CHECKING:
    import numpy as np
    from qiskit import QuantumCircuit
    from qiskit.primitives import DataBin
    from qiskit.primitives.containers.sampler_pub import SamplerPub

DEFAULT_SHOTS = 4096
MAX_SHOTS = 10_000_000


def run(task: Task) -> Outcome:
    """Run a sampler job.

    Raises:
        WorkError: the input is not usable or a circuit is not for this machine.
    """
    from qiskit.primitives import PrimitiveResult, SamplerPubResult
    from qiskit_ibm_runtime import RuntimeEncoder

    options = check("sampler", task.params.get("options"))
    pubs = [_pub(entry, task.params, options) for entry in task.params["pubs"]]
    begun = datetime.now(UTC)
    measured = str(options.get("execution", {}).get("meas_type", "classified"))
    results = []
    for index, pub in enumerate(pubs):
        instructions(task.snapshot).check(pub.circuit)
        data = sample(pub, task, seed_of(options, index))
        results.append(
            SamplerPubResult(
                _levelled(data, measured), {"circuit_metadata": pub.circuit.metadata or {}}
            )
        )
    spans = _spans(pubs, begun)
    result = PrimitiveResult(results, {"execution": {"execution_spans": spans}, "version": 2})
    executions = sum(pub.parameter_values.size * pub.shots for pub in pubs)
    return Outcome(json.dumps(result, cls=RuntimeEncoder), executions)


def sample(pub: SamplerPub, task: Task, seed: int | None) -> DataBin:
    """Draw the shots of a PUB; its `BitArray` values by register."""
    from qiskit.primitives import DataBin

    parts = split(squeeze(pub.circuit, noisy=task.noisy), task.noisy)
    drawn = [
        _draw(small, pub, task, None if seed is None else seed + index)
        for index, small in enumerate(parts)
    ]
    return DataBin(
        **{name: reduce(or_, (one[name] for one in drawn)) for name in drawn[0]},
        shape=drawn[0].shape,
    )


def _draw(small: Small, pub: SamplerPub, task: Task, seed: int | None) -> DataBin:
    from qiskit.primitives.containers.sampler_pub import SamplerPub
    from qiskit_aer import AerError
    from qiskit_aer.primitives import SamplerV2

    backend = simulator(small, task.snapshot, task.noisy, shots=True)
    column = {parameter: place for place, parameter in enumerate(pub.circuit.parameters)}
    values = pub.parameter_values.as_array(pub.circuit.parameters)
    values = values[..., [column[parameter] for parameter in small.circuit.parameters]]
    reduced = SamplerPub(small.circuit, bindings(small.circuit, values), pub.shots)
    try:
        result = SamplerV2.from_backend(backend, seed=seed).run([reduced]).result()
    except AerError as error:
        raise WorkError("SimulationError", str(error)) from error
    return result[0].data


def _pub(entry: Any, params: Mapping[str, Any], options: Mapping[str, Any]) -> SamplerPub:
    from qiskit.primitives.containers.sampler_pub import SamplerPub

    parts = entry if isinstance(entry, list) else [entry]
    circuit, values, shots = [*parts, None, None][:3]
    read = decode.circuit(circuit)
    bound = bindings(read, decode.parameter_values(values, read))
    shots = shots or params.get("shots") or options.get("default_shots") or DEFAULT_SHOTS
    if isinstance(shots, bool) or not isinstance(shots, int) or not 0 < shots <= MAX_SHOTS:
        raise WorkError(SHOTS, f"Number of shots not allowed: {shots}.")
    return SamplerPub(read, bound, shots)


def bindings(circuit: QuantumCircuit, values: np.ndarray[Any, Any]) -> Any:
    """Put values to the parameters of a circuit.

    Args:
        circuit: the circuit.
        values: an array whose last axis goes over its parameters.
    """
    from qiskit.primitives.containers.bindings_array import BindingsArray

    names = tuple(circuit.parameters)
    return BindingsArray({names: values} if names else {}, shape=values.shape[:-1])


def _levelled(data: DataBin, measured: str) -> DataBin:
    """Turn bits into points of the complex plane where these are asked for."""
    from qiskit.primitives import DataBin

    if measured == "classified":
        return data
    kerneled = {name: points(bits.to_bool_array(order="little")) for name, bits in data.items()}
    if measured == "avg_kerneled":
        kerneled = {name: array.mean(axis=-2) for name, array in kerneled.items()}
    return DataBin(**kerneled, shape=data.shape)


def points(bits: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Turn bits into points of the complex plane: 1 for 0 and -1 for 1."""
    found: np.ndarray[Any, Any] = (1.0 - 2.0 * bits).astype(complex)
    return found


def _spans(pubs: list[SamplerPub], begun: datetime) -> Any:
    from qiskit_ibm_runtime.execution_span import DoubleSliceSpan, ExecutionSpans

    data = {
        index: (
            (*pub.parameter_values.shape, pub.shots),
            slice(0, pub.parameter_values.size),
            slice(0, pub.shots),
        )
        for index, pub in enumerate(pubs)
    }
    return ExecutionSpans([DoubleSliceSpan(begun, datetime.now(UTC), data)])
