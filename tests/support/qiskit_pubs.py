"""Random PUBs: circuits, sets of parameter values in every form that Qiskit takes, observables."""

import numpy as np
from hypothesis import strategies as st
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Parameter, ParameterVector
from qiskit.circuit.random import random_circuit
from qiskit.primitives.containers.bindings_array import BindingsArray
from qiskit.quantum_info import SparseObservable, SparsePauliOp

SHAPES = ((), (), (1,), (3,), (0,), (2, 0), (2, 2), (2, 1, 3))

seeds = st.integers(0, 2**31)


@st.composite
def ansatzes(draw):
    """A circuit on 1 to 4 qubits with up to 5 parameters, single ones and those of a vector."""
    width = draw(st.integers(1, 4))
    singles = [Parameter(name) for name in draw(st.sampled_from(["", "a", "ba", "bac"]))]
    vector = list(ParameterVector("v", draw(st.integers(0, 2))))
    circuit = QuantumCircuit(QuantumRegister(width, "q"), metadata={"note": draw(seeds)})
    for parameter in draw(st.permutations([*singles, *vector])):
        circuit.compose(random_circuit(width, 1, max_operands=2, seed=draw(seeds)), inplace=True)
        gate = draw(st.sampled_from(["rx", "ry", "p"]))
        getattr(circuit, gate)(draw(st.sampled_from([1, 0.5])) * parameter, draw(_one_of(width)))
    circuit.compose(random_circuit(width, 2, max_operands=2, seed=draw(seeds)), inplace=True)
    return circuit


def _one_of(width):
    return st.integers(0, width - 1)


@st.composite
def sampler_pubs(draw):
    """PUBs with up to 3 registers, any of whose bits may be written by any qubit or by none."""
    circuit = draw(ansatzes())
    for number in range(draw(st.integers(1, 3))):
        circuit.add_register(ClassicalRegister(draw(st.integers(1, 10)), f"c{number}"))
    read = draw(st.lists(_one_of(circuit.num_qubits), unique=True, min_size=1))
    bits = draw(st.permutations(range(circuit.num_clbits)))
    circuit.barrier()
    for qubit, bit in zip(read, bits, strict=False):
        circuit.measure(qubit, bit)
    shots = draw(st.sampled_from([None, 100, 400]))
    values = draw(parameter_values(circuit, draw(st.sampled_from(SHAPES))))
    if values is None and shots is None and draw(st.booleans()):
        return circuit
    return circuit, values, shots


@st.composite
def estimator_pubs(draw):
    """PUBs whose observables and parameter values broadcast against each other."""
    circuit = draw(ansatzes())
    shape = draw(st.sampled_from(SHAPES))
    values = draw(parameter_values(circuit, draw(_broadcastable_to(shape))))
    many = draw(_broadcastable_to(shape))
    flat = [draw(observables(circuit.num_qubits)) for _ in range(int(np.prod(many)))]
    array = np.empty(many, dtype=object)
    for place, one in zip(np.ndindex(many), flat, strict=True):
        array[place] = one
    precision = draw(st.sampled_from([None, 0.1, 0.05]))
    return circuit, array.tolist() if array.size else array, values, precision


@st.composite
def _broadcastable_to(draw, shape):
    """A shape that broadcasts to the given one: leading sides left out, others 1."""
    kept = shape[draw(st.integers(0, len(shape))) :]
    return tuple(draw(st.sampled_from([side, 1])) for side in kept)


@st.composite
def parameter_values(draw, circuit, shape):
    """Values for all parameters of a circuit, None where it has none."""
    parameters = list(circuit.parameters)
    if not parameters:
        return None if shape == () else BindingsArray({}, shape=shape)
    rng = np.random.default_rng(draw(seeds))
    table = rng.uniform(-np.pi, np.pi, (*shape, len(parameters)))
    form = draw(st.sampled_from(["array", "nested", "dict", "names", "groups", "bindings"]))
    if form == "nested" and table.size:
        return table.tolist()
    if form in ("array", "nested"):
        return table
    columns = {one: table[..., place] for place, one in enumerate(parameters)}
    if form == "dict":
        return columns
    if form == "names":
        return {one.name: column.tolist() for one, column in columns.items()}
    order = draw(st.permutations(range(len(parameters))))
    cut = draw(st.integers(0, len(order)))
    groups = {
        tuple(parameters[place].name for place in part): table[..., list(part)]
        for part in (order[:cut], order[cut:])
        if part
    }
    return groups if form == "groups" else BindingsArray(groups, shape=shape)


@st.composite
def observables(draw, width):
    """One observable in any of the forms that Qiskit takes for one."""
    rng = np.random.default_rng(draw(seeds))
    form = draw(st.sampled_from(["word", "paulis", "projectors", "sparse"]))
    letters = list("IXYZ01+-rl" if form in ("projectors", "sparse") else "IXYZ")
    words = ["".join(rng.choice(letters, width)) for _ in range(draw(st.integers(1, 4)))]
    if form == "word":
        return words[0]
    table = {word: float(rng.uniform(-2, 2)) for word in words}
    if form == "paulis":
        return SparsePauliOp.from_list(list(table.items()))
    if form == "sparse":
        return SparseObservable.from_list(list(table.items()))
    return table
