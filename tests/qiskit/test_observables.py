"""Grouping of observables and estimates from counts, against exact expectation values."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.quantum_info import Pauli, Statevector, random_statevector

from ketbridge import Measurements
from qiskit_ketbridge.primitives.observables import (
    basis_of,
    estimate,
    group,
    measured_qubits,
    term_values,
)

PROJECTORS = {
    "0": [[1, 0], [0, 0]],
    "1": [[0, 0], [0, 1]],
    "+": [[0.5, 0.5], [0.5, 0.5]],
    "-": [[0.5, -0.5], [-0.5, 0.5]],
    "r": [[0.5, -0.5j], [0.5j, 0.5]],
    "l": [[0.5, 0.5j], [-0.5j, 0.5]],
}


def matrix_of(term):
    """The operator of a term; the rightmost character acts on qubit 0."""
    matrix = np.eye(1)
    for character in term:
        one = PROJECTORS.get(character)
        matrix = np.kron(matrix, Pauli(character).to_matrix() if one is None else np.array(one))
    return matrix


def outcomes_of(state, basis, shots, rng):
    """Shots of a state measured in a basis, as a machine would give them."""
    turned = QuantumCircuit(state.num_qubits)
    for qubit, letter in enumerate(reversed(basis)):
        if letter == "X":
            turned.h(qubit)
        elif letter == "Y":
            turned.sdg(qubit)
            turned.h(qubit)
    exact = state.evolve(turned).probabilities(measured_qubits(basis))
    drawn = rng.multinomial(shots, exact / exact.sum())
    return Measurements.from_counts(dict(enumerate(drawn.tolist())), len(measured_qubits(basis)))


def estimates(state, observable, shots, rng):
    grouping = group(observable)
    needed = {
        number: outcomes_of(state, grouping.bases[number], shots, rng)
        for number in grouping.needed(observable)
    }
    return estimate(observable, grouping, needed)


def terms(width):
    return st.text("IXYZ01+-rl", min_size=width, max_size=width)


@st.composite
def observables(draw):
    width = draw(st.integers(1, 4))
    coefficients = st.floats(-3, 3).filter(lambda c: abs(c) > 1e-3)
    return draw(st.dictionaries(terms(width), coefficients, min_size=1, max_size=12))


@given(observables(), st.integers(0, 2**32))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_estimates_are_within_five_standard_errors(observable, seed):
    rng = np.random.default_rng(seed)
    width = len(next(iter(observable)))
    state = random_statevector(2**width, seed=seed)
    exact = sum(c * np.vdot(state.data, matrix_of(t) @ state.data) for t, c in observable.items())
    value, error = estimates(state, observable, 4000, rng)
    assert abs(value - exact.real) <= 5 * error + 1e-9


@given(st.lists(terms(5), min_size=1, max_size=40))
@settings(deadline=None)
def test_every_term_is_covered_by_its_group_and_groups_do_not_outnumber_bases(many):
    grouping = group(many)
    for term, number in grouping.group_of.items():
        pairs = zip(basis_of(term), grouping.bases[number], strict=True)
        assert all(own in ("I", measured) for own, measured in pairs)
    assert set(many) - set(grouping.group_of) == {t for t in many if set(t) == {"I"}}
    assert len(grouping.bases) <= len({basis_of(term) for term in many})


def test_standard_errors_count_the_covariance_of_terms_measured_together():
    """Z0 and Z1 of a Bell pair agree in every shot: the error of their sum is twice one's."""
    bell = Statevector([2**-0.5, 0, 0, 2**-0.5])
    rng = np.random.default_rng(5)
    runs = [estimates(bell, {"IZ": 1.0, "ZI": 1.0}, 1000, rng) for _ in range(400)]
    spread = np.std([value for value, _ in runs])
    claimed = np.mean([error for _, error in runs])
    assert claimed == pytest.approx(2 / np.sqrt(1000), rel=0.01)
    assert spread == pytest.approx(claimed, rel=0.15)


def test_qubitwise_commuting_terms_share_one_basis():
    assert group(["ZZI", "IZZ", "ZIZ", "0II"]).bases == ("ZZZ",)
    assert len(group(["XX", "ZZ"]).bases) == 2


def test_a_constant_needs_no_measurement():
    assert estimate({"II": 2.5}, group(["II"]), {}) == (2.5, 0.0)


def test_values_of_a_term_are_signs_and_projections():
    states = np.array([[0b00], [0b01], [0b10], [0b11]], dtype=np.uint8)
    assert term_values("ZZ", "ZZ", states).tolist() == [1, -1, -1, 1]
    assert term_values("1Z", "ZZ", states).tolist() == [0, 0, 1, -1]
