"""Well-known algorithms have their known outcome in the payload, and Qiskit's own."""

import pytest
from support.qiskit_algorithms import ALGORITHMS
from support.qiskit_circuits import assert_same, expected, written

from qiskit_ketbridge.translate import Format, encode


@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=lambda algorithm: algorithm.__name__)
def test_an_algorithm_gives_what_it_should(algorithm):
    circuit, known = algorithm()
    found = written(encode(circuit, Format.IONQ_QIS))

    assert_same(found, expected(circuit))
    for state, probability in (known or {}).items():
        assert found[state] == pytest.approx(probability, abs=1e-9)
