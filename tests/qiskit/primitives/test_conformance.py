"""Our primitives and Qiskit's reference ones: the same shapes, fields, metadata and values."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from qiskit.primitives import StatevectorEstimator, StatevectorSampler
from qiskit.primitives.containers.observables_array import ObservablesArray
from qiskit.quantum_info import SparseObservable, SparsePauliOp
from scipy.stats import chi2_contingency
from support.qiskit_pubs import estimator_pubs, sampler_pubs

from qiskit_ketbridge import EstimatorV2, SamplerV2

SMALLEST_P_VALUE = 1e-6
SIGMAS = 5
EXAMPLES, PUBS = 30, 10

many = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def same_kinds(ours, reference):
    """Metadata of the reference with the same types; ours may say more."""
    assert {key: type(value) for key, value in reference.items()} == {
        key: type(ours[key]) for key in reference
    }


def same_distribution(ours, reference):
    """Compare two samples by chi squared; rare outcomes are taken together."""
    outcomes = sorted({*ours, *reference})
    table = np.array([[one.get(key, 0) for key in outcomes] for one in (ours, reference)])
    common = table.sum(axis=0) >= 20
    table = np.column_stack([table[:, common], table[:, ~common].sum(axis=1)])
    table = table[:, table.sum(axis=0) > 0]
    return table.shape[1] < 2 or chi2_contingency(table).pvalue >= SMALLEST_P_VALUE


def in_paulis(observables):
    """Write projectors as Paulis, because Qiskit's reference estimator takes no projectors."""
    array = ObservablesArray.coerce(observables)
    found = np.empty(array.shape, dtype=object)
    for place in np.ndindex(array.shape):
        sparse = SparseObservable.from_list(list(array[place].items()))
        found[place] = SparsePauliOp.from_sparse_observable(sparse.as_paulis()).simplify()
    return found.tolist() if found.size else found


@given(pubs=st.lists(sampler_pubs(), min_size=PUBS, max_size=PUBS), seed=st.integers(0, 2**31))
@many
def test_sampler(simulator, pubs, seed):
    shots = 200 + seed % 2 * 100
    ours = SamplerV2(mode=simulator, options={"seed": seed}).run(pubs, shots=shots).result()
    reference = StatevectorSampler(seed=seed).run(pubs, shots=shots).result()

    same_kinds(ours.metadata, reference.metadata)
    assert len(ours) == len(reference)
    for mine, known in zip(ours, reference, strict=True):
        same_kinds(mine.metadata, known.metadata)
        assert mine.metadata["circuit_metadata"] == known.metadata["circuit_metadata"]
        assert mine.metadata["shots"] == known.metadata["shots"]
        assert list(mine.data) == list(known.data)
        assert mine.data.shape == known.data.shape
        for name in known.data:
            bits, known_bits = mine.data[name], known.data[name]
            assert bits.num_bits == known_bits.num_bits
            assert bits.shape == known_bits.shape
            assert bits.array.dtype == known_bits.array.dtype
            assert bits.array.shape == known_bits.array.shape
        joined, known_joined = mine.join_data(), known.join_data()
        for place in np.ndindex(known.data.shape):
            assert same_distribution(
                joined[place].get_counts() if place else joined.get_counts(),
                known_joined[place].get_counts() if place else known_joined.get_counts(),
            )


@given(pubs=st.lists(estimator_pubs(), min_size=PUBS, max_size=PUBS), seed=st.integers(0, 2**31))
@many
def test_estimator(simulator, pubs, seed):
    precision = 0.03 + seed % 2 * 0.01
    options = {"seed": seed}
    ours = EstimatorV2(mode=simulator, options=options).run(pubs, precision=precision).result()
    without_projectors = [(circuit, in_paulis(many), *rest) for circuit, many, *rest in pubs]
    sharp_pubs = [(*pub[:3], 0) for pub in without_projectors]
    exact = StatevectorEstimator().run(sharp_pubs).result()
    reference = StatevectorEstimator().run(without_projectors, precision=precision).result()

    same_kinds(ours.metadata, reference.metadata)
    assert len(ours) == len(reference)
    for mine, known, sharp in zip(ours, reference, exact, strict=True):
        same_kinds(mine.metadata, known.metadata)
        assert mine.metadata["circuit_metadata"] == known.metadata["circuit_metadata"]
        assert mine.metadata["target_precision"] == known.metadata["target_precision"]
        assert list(mine.data) == list(known.data)
        assert mine.data.shape == known.data.shape
        for name in known.data:
            assert mine.data[name].shape == known.data[name].shape
            assert mine.data[name].dtype == known.data[name].dtype
        # A few shots more, for outcomes so rare that none was seen and the error looks like 0.
        slack = 40 / mine.metadata["shots"]
        assert np.all(np.abs(mine.data.evs - sharp.data.evs) <= SIGMAS * mine.data.stds + slack)
