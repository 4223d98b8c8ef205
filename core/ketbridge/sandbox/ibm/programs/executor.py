"""The executor: circuits with their arguments, or circuits that a samplex randomizes.

Input and result are read and written by IBM's own schemas, in the version of the input; the
samplex is sampled by the samplomatic library, as the service does it.
"""

from __future__ import annotations

import json
import math
import typing
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from . import decode
from .isa import instructions
from .sampler import MAX_SHOTS, bindings, points, sample
from .task import Outcome, Task

if TYPE_CHECKING:
    import numpy as np
    from qiskit import QuantumCircuit
    from qiskit.primitives import DataBin

    Array = np.ndarray[typing.Any, typing.Any]

VERSIONS = ("v0.1", "v0.2", "v1.0", "v1.1", "v2.0")
AS_JSON = ("v0.1", "v0.2")
"""Results of these versions have a schema in the contract; the others are texts for it."""
OUTSIDE = "parameter_values"
"""What a samplex gives for the circuit; the rest of it goes into the result."""


def run(task: Task) -> Outcome:
    """Run an executor job.

    Raises:
        WorkError: the input is not usable or a circuit is not for this machine.
    """
    import numpy as np

    decode.check_packed(task.params)
    schema = _schema(task.params.get("schema_version"))
    model = schema.ParamsModel.model_validate(task.params)
    program = model.quantum_program
    if program.shots > MAX_SHOTS:
        raise decode.invalid(f"At most {MAX_SHOTS} shots are possible.")
    seed = _seed(task.params)
    chance = np.random.default_rng(seed)
    begun = datetime.now(UTC)
    results, shapes = [], []
    for index, (item, circuit) in enumerate(zip(program.items, _circuits(program), strict=True)):
        instructions(task.snapshot).check(circuit)
        values, extra = _arguments(item, circuit, chance)
        own = None if seed is None else seed + index
        drawn = sample(_pub(circuit, values, program.shots), task, own)
        results.append({**extra, **_measured(drawn, getattr(program, "meas_level", "classified"))})
        shapes.append(values.shape[:-1])
    text = _text(schema, model, results, _timing(begun, shapes))
    executions = sum(math.prod(shape) for shape in shapes) * program.shots
    media_type = "application/json" if model.schema_version in AS_JSON else "text/plain"
    return Outcome(text, executions, media_type)


def _schema(version: Any) -> ModuleType:
    if version not in VERSIONS:
        raise decode.invalid(f'"schema_version" must be one of {", ".join(VERSIONS)}.')
    return import_module(f"ibm_quantum_schemas.executor.version_{version[1:].replace('.', '_')}")


def _seed(params: Mapping[str, Any]) -> int | None:
    """Return the seed of a primitive that runs on the client, which it leaves for itself."""
    place: Any = params.get("quantum_program")
    for name in ("passthrough_data", "post_processor", "options", "simulator", "seed_simulator"):
        place = place.get(name) if isinstance(place, dict) else None
    return place % (1 << 30) if isinstance(place, int) else None


def _circuits(program: Any) -> list[QuantumCircuit]:
    if hasattr(program, "circuits"):
        return list(program.circuits.to_python())
    return [item.circuit.to_quantum_circuit(use_cached=True) for item in program.items]


def _arguments(
    item: Any, circuit: QuantumCircuit, chance: np.random.Generator
) -> tuple[Array, dict[str, Array]]:
    """Return the circuit's arguments, by their item's shape, and what goes into the result."""
    import numpy as np

    if item.item_type == "circuit":
        given = item.circuit_arguments.to_numpy()
        leading = np.broadcast_shapes(given.shape[:-1], tuple(getattr(item, "shape", ())))
        values = np.broadcast_to(given, (*leading, given.shape[-1] if given.shape else 0))
        return np.ascontiguousarray(values), {}
    drawn = _randomized(item, tuple(item.shape), chance)
    values = drawn.pop(OUTSIDE, np.zeros((*item.shape, 0)))
    return values, drawn


def _randomized(item: Any, shape: tuple[int, ...], chance: np.random.Generator) -> dict[str, Array]:
    """Draw from a samplex: axes that its arguments do not have are randomizations."""
    import numpy as np

    samplex = item.samplex.to_samplex(use_cached=True).finalize()
    arguments = samplex.inputs().make_broadcastable()
    for name, value in item.samplex_arguments.items():
        arguments[name] = _python(value)
    new_axes = len(shape) - arguments.ndim
    swept = (1,) * new_axes + tuple(arguments.shape)
    block = tuple(1 if size > 1 else shape[axis] for axis, size in enumerate(swept))
    found: dict[str, Array] = {}
    for place in np.ndindex(*swept):
        drawn = samplex.sample(
            arguments[place[new_axes:]], num_randomizations=math.prod(block), rng=chance
        )
        where = tuple(
            slice(one, one + 1) if size > 1 else slice(None)
            for one, size in zip(place, swept, strict=True)
        )
        for name, values in dict(drawn).items():
            rest = values.shape[1:]
            whole = found.setdefault(name, np.empty((*shape, *rest), values.dtype))
            whole[where] = values.reshape(*block, *rest)
    return found


def _python(value: Any) -> Any:
    for method in ("to_numpy", "to_pauli_lindblad_map"):
        if hasattr(value, method):
            return getattr(value, method)()
    return value


def _pub(circuit: QuantumCircuit, values: Array, shots: int) -> Any:
    from qiskit.primitives.containers.sampler_pub import SamplerPub

    return SamplerPub(circuit, bindings(circuit, values), shots)


def _measured(data: DataBin, level: str) -> dict[str, Array]:
    bits: dict[str, Array] = {
        name: register.to_bool_array(order="little") for name, register in data.items()
    }
    if level == "classified":
        return bits
    kerneled = {name: points(array) for name, array in bits.items()}
    if level == "avg_kerneled":
        return {name: array.mean(axis=-2) for name, array in kerneled.items()}
    return kerneled


def _timing(begun: datetime, shapes: Sequence[tuple[int, ...]]) -> dict[str, Any]:
    parts = [
        {
            "idx_item": index,
            "size": math.prod(shape),
            "permutation": list(range(len(shape))),
            "element_range": (0, math.prod(shape), 1),
        }
        for index, shape in enumerate(shapes)
    ]
    return {"chunk_timing": [{"start": begun, "stop": datetime.now(UTC), "parts": parts}]}


def _text(
    schema: ModuleType,
    model: Any,
    results: Sequence[Mapping[str, Array]],
    metadata: Mapping[str, Any],
) -> str:
    """Write the result by the schema of the input's version."""
    items = schema.QuantumProgramResultItemModel.model_fields
    (_, tensor) = typing.get_args(items["results"].annotation)
    own: dict[str, Any] | None = None if model.schema_version == "v0.1" else {}
    program = model.quantum_program
    kept = {name: getattr(program, name, None) for name in ("passthrough_data", "semantic_role")}
    result = schema.QuantumProgramResultModel.model_validate(
        {
            "data": [
                {
                    "results": {name: tensor.from_numpy(array) for name, array in one.items()},
                    "metadata": own,
                }
                for one in results
            ],
            "metadata": metadata,
            **{name: value for name, value in kept.items() if value is not None},
        }
    )
    data = result.model_dump(mode="json")
    for entry in data["data"]:
        if entry["metadata"] is not None:
            entry["metadata"] = {
                name: value for name, value in entry["metadata"].items() if value is not None
            }
    return json.dumps(data)
