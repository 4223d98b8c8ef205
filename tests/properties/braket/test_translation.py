"""Random Braket circuits mean the same on the wire as in Braket's simulator."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from support.braket_circuits import build, circuits, read, simulated, spelled_out

from braket_ketbridge.translate import encode


@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@given(circuits())
def test_a_random_circuit_has_the_distribution_of_brakets_simulator(drawn):
    gates, labels, measured = drawn
    program = encode(build(gates, labels, measured))
    columns = measured or range(len(labels))
    expected = simulated(build(spelled_out(gates)), columns)
    assert np.abs(read(program) - expected).max() < 1e-9
    assert list(program.readout.labels or program.readout.sources) == [labels[q] for q in columns]
