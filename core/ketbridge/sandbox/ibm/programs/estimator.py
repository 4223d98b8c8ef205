"""The estimator: expectation values of observables, as the service's own JSON.

Expectation values are computed, with the machine's noise where that is on, and then drawn from a
normal distribution whose width is the precision that was asked for: as many shots would give.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from itertools import product
from typing import TYPE_CHECKING, Any

from ...workers import WorkError
from . import decode
from .aer import simulator, squeeze
from .isa import instructions
from .options import check, seed_of
from .sampler import bindings
from .task import Outcome, Task

if TYPE_CHECKING:
    import numpy as np
    from qiskit.primitives import PrimitiveResult, PubResult
    from qiskit.primitives.containers.estimator_pub import EstimatorPub

DEFAULT_PRECISION = 1 / 64
NUM_RANDOMIZATIONS = 32
NOISY_TRAJECTORIES = 2048
PROJECTORS: Mapping[str, tuple[tuple[str, float], ...]] = {
    "0": (("I", 0.5), ("Z", 0.5)),
    "1": (("I", 0.5), ("Z", -0.5)),
    "+": (("I", 0.5), ("X", 0.5)),
    "-": (("I", 0.5), ("X", -0.5)),
    "r": (("I", 0.5), ("Y", 0.5)),
    "l": (("I", 0.5), ("Y", -0.5)),
}

Observable = dict[str, float]


def run(task: Task) -> Outcome:
    """Run an estimator job.

    Raises:
        WorkError: the input is not usable or a circuit is not for this machine.
    """
    from qiskit.primitives import PrimitiveResult
    from qiskit_ibm_runtime import RuntimeEncoder

    options = check("estimator", task.params.get("options"))
    results, executions = [], 0
    for index, entry in enumerate(task.params["pubs"]):
        found, shots = _estimate(entry, task, options, index)
        results.append(found)
        executions += shots
    level = task.params.get("resilience_level", 1)
    metadata = {
        "dynamical_decoupling": {"enable": False},
        "twirling": {"enable_gates": False, "enable_measure": level > 0},
        "resilience": {"measure_mitigation": False, "zne_mitigation": False},
        "version": 2,
    }
    result: PrimitiveResult[PubResult] = PrimitiveResult(results, metadata)
    return Outcome(json.dumps(result, cls=RuntimeEncoder), executions)


def _estimate(
    entry: Any, task: Task, options: Mapping[str, Any], index: int
) -> tuple[PubResult, int]:
    """Compute one PUB; return it and how many executions it stands for."""
    from qiskit.primitives import DataBin, PubResult
    from qiskit_aer import AerError

    if not isinstance(entry, list) or len(entry) < 2:
        raise decode.invalid("A PUB of the estimator has a circuit and observables.")
    precision = float([*entry, None, None][3] or _default_precision(options))
    if not precision > 0:
        raise decode.invalid(f"The precision must be above 0, not {precision}.")
    pub, small_run = _reduced(entry, task, precision)
    try:
        found = small_run(pub, seed_of(options, index))
    except AerError as error:
        raise WorkError("SimulationError", str(error)) from error
    shots = math.ceil(1 / precision**2)
    data = DataBin(
        evs=found.evs, stds=found.stds, ensemble_standard_error=found.stds, shape=found.evs.shape
    )
    metadata = {
        "shots": shots,
        "target_precision": precision,
        "circuit_metadata": pub.circuit.metadata or {},
        "resilience": {},
        "num_randomizations": NUM_RANDOMIZATIONS,
    }
    return PubResult(data, metadata), shots * pub.parameter_values.size


def _reduced(entry: list[Any], task: Task, precision: float) -> tuple[EstimatorPub, Any]:
    """Read a PUB, leave out the qubits that it does not use, and make what runs it."""
    from qiskit.primitives.containers.estimator_pub import EstimatorPub
    from qiskit_aer.primitives import EstimatorV2

    circuit = decode.circuit(entry[0])
    instructions(task.snapshot).check(circuit)
    observables = _observables(entry[1], circuit.num_qubits)
    values = decode.parameter_values([*entry, None][2], circuit)
    support = {
        circuit.num_qubits - 1 - place
        for one in observables.ravel()
        for pauli in one
        for place, letter in enumerate(pauli)
        if letter != "I"
    }
    circuit.remove_final_measurements(inplace=True)
    small = squeeze(circuit, support, task.noisy)
    reduced = _picked(observables, small.places, circuit.num_qubits)
    pub = EstimatorPub.coerce(
        (small.circuit, reduced.tolist(), bindings(small.circuit, values)), precision
    )
    backend = simulator(small, task.snapshot, task.noisy, shots=False)

    def compute(pub: EstimatorPub, seed: int | None) -> Any:
        chosen = {"shots": NOISY_TRAJECTORIES if task.noisy else 1}
        if seed is not None:
            chosen["seed_simulator"] = seed
        estimator = EstimatorV2.from_backend(backend, options={"run_options": chosen})
        return estimator.run([pub]).result()[0].data

    return pub, compute


def _default_precision(options: Mapping[str, Any]) -> float:
    if options.get("default_shots"):
        return 1 / math.sqrt(int(options["default_shots"]))
    return float(options.get("default_precision") or DEFAULT_PRECISION)


def _observables(value: Any, qubits: int) -> np.ndarray[Any, Any]:
    """Read observables: an array of maps from Pauli strings to coefficients."""
    import numpy as np

    while isinstance(value, dict) and value.get("__type__") in ("ObservablesArray", "ndarray"):
        value = value["__value__"]
    shape: list[int] = []
    inner = value
    while isinstance(inner, list):
        shape.append(len(inner))
        if not inner:
            raise decode.invalid("A list of observables is empty.")
        inner = inner[0]
    found = np.empty(shape, dtype=object)
    for place in np.ndindex(*shape):
        one = value
        for step in place:
            one = one[step]
        found[place] = _observable(one, qubits)
    return found


def _observable(one: Any, qubits: int) -> Observable:
    terms = {one: 1.0} if isinstance(one, str) else one
    if not isinstance(terms, dict) or not terms:
        raise decode.invalid("An observable must be a map from Pauli strings to numbers.")
    total: Observable = {}
    for label, coefficient in terms.items():
        if len(label) != qubits:
            raise decode.invalid(
                f"An observable has {len(label)} qubits, its circuit has {qubits}."
            )
        for pauli, share in _paulis(label):
            total[pauli] = total.get(pauli, 0.0) + float(coefficient) * share
    return total


def _paulis(label: str) -> list[tuple[str, float]]:
    """Write a string with projectors as Pauli strings."""
    choices = [PROJECTORS.get(letter, ((letter, 1.0),)) for letter in label]
    return [
        ("".join(letter for letter, _ in chosen), math.prod(share for _, share in chosen))
        for chosen in product(*choices)
    ]


def _picked(
    observables: np.ndarray[Any, Any], places: tuple[int, ...], qubits: int
) -> np.ndarray[Any, Any]:
    """Leave the letters of some qubits only; the others are identities."""
    import numpy as np

    picked = np.empty(observables.shape, dtype=object)
    for index, terms in np.ndenumerate(observables):
        picked[index] = {
            "".join(pauli[qubits - 1 - place] for place in reversed(places)): coefficient
            for pauli, coefficient in terms.items()
        }
    return picked
