"""The noise learner: what a machine's properties say of each layer, instead of experiments.

A gate's error is spread evenly over the generators that act on its qubits; reading a qubit flips
it at the rate that its readout error gives. All rates are 0 where the machine has no noise.
"""

from __future__ import annotations

import base64
import io
import json
import math
import zlib
from importlib import import_module
from itertools import product
from typing import TYPE_CHECKING, Any

from .. import fleet
from . import decode, noise
from .isa import instructions
from .options import check
from .task import Outcome, Task

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

VERSIONS = ("v0.1", "v0.2", "v0.3")
AS_JSON = ("v0.1", "v0.2")
QPY_VERSION = 13
PAULIS = "XYZ"
LAYERS = 4
DEFAULT_DEPTHS = (0, 1, 2, 4, 16, 32)
SHOTS_OF_A_LAYER = 32 * 128 * 6

Generator = tuple[str, tuple[int, ...]]
Gate = tuple[str, tuple[int, ...]]


def run(task: Task) -> Outcome:
    """Run a noise learner job, of version 2 or 3.

    Raises:
        WorkError: the input is not usable or a circuit is not for this machine.
    """
    if "schema_version" in task.params:
        return _boxes(task)
    options = check("noise-learner", task.params.get("options"))
    circuits = [decode.circuit(value) for value in task.params["circuits"]]
    found: dict[frozenset[Gate], None] = {}
    for circuit in circuits:
        instructions(task.snapshot).check(circuit)
        found |= dict.fromkeys(_layers(circuit))
    most = int(options.get("max_layers_to_learn", LAYERS))
    return _layer_errors(list(found)[:most], task)


def _layers(circuit: QuantumCircuit) -> list[frozenset[Gate]]:
    """List the sets of two-qubit gates that a circuit does at the same time."""
    from qiskit.converters import circuit_to_dag

    dag = circuit_to_dag(circuit)
    found = []
    for layer in dag.layers():
        graph = layer["graph"]
        gates = frozenset(
            (node.op.name, tuple(dag.find_bit(qubit).index for qubit in node.qargs))
            for node in graph.two_qubit_ops()
        )
        if gates:
            found.append(gates)
    return found


def _layer_errors(layers: list[frozenset[Gate]], task: Task) -> Outcome:
    """Write layers with their errors as the second version does."""
    from qiskit import QuantumCircuit
    from qiskit.circuit.library import get_standard_gate_name_mapping
    from qiskit.quantum_info import PauliList
    from qiskit_ibm_runtime import RuntimeEncoder
    from qiskit_ibm_runtime.results.noise_learner import LayerError, PauliLindbladError

    standard = get_standard_gate_name_mapping()
    errors = []
    for layer in layers:
        qubits = sorted(place for _, places in layer for place in places)
        circuit = QuantumCircuit(len(qubits))
        for name, places in sorted(layer):
            circuit.append(standard[name], [qubits.index(place) for place in places])
        rates = _gate_rates(layer, qubits, task)
        labels = [_label(generator, len(qubits)) for generator in rates]
        error = PauliLindbladError(PauliList(labels), list(rates.values()))
        errors.append(LayerError(circuit, qubits, error))
    metadata = {"backend": fleet.read(task.snapshot).name, "version": 2}

    class Encoder(RuntimeEncoder):  # type: ignore[misc]
        """Writes circuits so that clients with an older Qiskit can read them."""

        def default(self, obj: Any) -> Any:
            if isinstance(obj, QuantumCircuit):
                return {"__type__": "QuantumCircuit", "__value__": _packed(obj)}
            return super().default(obj)

    text = json.dumps({"data": errors, "metadata": metadata}, cls=Encoder)
    return Outcome(text, len(layers) * SHOTS_OF_A_LAYER)


def _packed(circuit: QuantumCircuit) -> str:
    from qiskit import qpy

    with io.BytesIO() as file:
        qpy.dump(circuit, file, version=QPY_VERSION)
        return base64.b64encode(zlib.compress(file.getvalue())).decode()


def _boxes(task: Task) -> Outcome:
    """Learn the boxes of a circuit, as the third version does."""
    decode.check_packed(task.params)
    version = task.params["schema_version"]
    if version not in VERSIONS:
        raise decode.invalid(f'"schema_version" must be one of {", ".join(VERSIONS)}.')
    name = f"ibm_quantum_schemas.noise_learner_v3.version_{version[1:].replace('.', '_')}"
    schema = import_module(name)
    model = schema.ParamsModel.model_validate(task.params)
    circuit = model.instructions.to_quantum_circuit()
    depths = getattr(model.options, "layer_pair_depths", DEFAULT_DEPTHS)
    index = {qubit: place for place, qubit in enumerate(circuit.qubits)}
    data = [
        _box(instruction.operation, [index[qubit] for qubit in instruction.qubits], task, depths)
        for instruction in circuit.data
        if instruction.operation.name == "box"
    ]
    result = schema.NoiseLearnerV3ResultsModel.model_validate({"data": data})
    media_type = "application/json" if version in AS_JSON else "text/plain"
    return Outcome(result.model_dump_json(), len(data) * SHOTS_OF_A_LAYER, media_type)


def _box(operation: Any, qubits: list[int], task: Task, depths: Any) -> dict[str, Any]:
    import numpy as np
    from ibm_quantum_schemas.common import F64TensorModel

    (body,) = operation.blocks
    order = sorted(qubits)
    reads = "measure" in body.count_ops()
    if reads:
        rates = _readout_rates(order, task)
        kept: dict[str, Any] = {"fraction_kept": 1.0, "success_rates": {}}
    else:
        inner = dict(zip(body.qubits, qubits, strict=True))
        gates = frozenset(
            (one.operation.name, tuple(inner[qubit] for qubit in one.qubits))
            for one in body.data
            if len(one.qubits) == 2 and one.operation.name != "barrier"
        )
        rates = _gate_rates(gates, order, task)
        kept = {
            "fraction_kept": dict.fromkeys(depths, 1.0),
            "success_rates": {depth: {} for depth in depths},
        }
    tensor = F64TensorModel.from_numpy(np.array(list(rates.values()), dtype=float))
    zeros = F64TensorModel.from_numpy(np.zeros(len(rates)))
    return {
        "generators_sparse": [[(letters, list(places))] for letters, places in rates],
        "num_qubits": len(order),
        "rates": tensor.model_dump(),
        "rates_std": zeros.model_dump(),
        "metadata": {
            "learning_protocol": "trex" if reads else "lindblad",
            "post_selection": kept,
        },
    }


def _gate_rates(layer: frozenset[Gate], qubits: list[int], task: Task) -> dict[Generator, float]:
    """Spread the errors of two-qubit gates over the generators on their qubits."""
    rates: dict[Generator, float] = {}
    for place in range(len(qubits)):
        rates |= dict.fromkeys(((letter, (place,)) for letter in PAULIS), 0.0)
    for name, pair in sorted(layer):
        places = tuple(qubits.index(qubit) for qubit in pair)
        both = [(f"{one}{two}", places) for one, two in product(PAULIS, repeat=2)]
        alone = [(letter, (place,)) for place in places for letter in PAULIS]
        # average infidelity e of two qubits is 5/4 e of the process, the sum of all rates
        error = noise.gate_error(task.snapshot, name, pair) if task.noisy else 0.0
        for generator in (*alone, *both):
            rates[generator] = rates.get(generator, 0.0) + 1.25 * error / 15
    return rates


def _readout_rates(qubits: list[int], task: Task) -> dict[Generator, float]:
    """Return the rates of flips that give the readout errors: p = (1 - exp(-2 r)) / 2."""
    rates: dict[Generator, float] = {}
    for place, qubit in enumerate(qubits):
        flip = sum(noise.readout_errors(task.snapshot, qubit)) / 2 if task.noisy else 0.0
        rates["X", (place,)] = -math.log(1 - 2 * min(flip, 0.49)) / 2
    return rates


def _label(generator: Generator, qubits: int) -> str:
    letters, places = generator
    label = ["I"] * qubits
    for letter, place in zip(letters, places, strict=True):
        label[qubits - 1 - place] = letter
    return "".join(label)
