"""Results become the objects that the public decoder makes of the same text."""

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.primitives import BitArray, DataBin, PrimitiveResult, PubResult, SamplerPubResult
from qiskit.quantum_info import PauliLindbladMap, PauliList

from qiskit_ketbridge.ibm import noise_wire, results

runtime = pytest.importorskip("qiskit_ibm_runtime")
execution_span = pytest.importorskip("qiskit_ibm_runtime.execution_span")

START = datetime(2026, 2, 1, 12, tzinfo=UTC)
STOP = START + timedelta(seconds=3)


def both(value, program="sampler"):
    text = json.dumps(value, cls=runtime.RuntimeEncoder)
    return results.loads(text, program), json.loads(text, cls=runtime.RuntimeDecoder)


def test_bits_and_metadata_of_a_sampler():
    rng = np.random.default_rng(1)
    bits = BitArray(rng.integers(0, 256, (2, 3, 50, 2), dtype=np.uint8), 16)
    data = DataBin(c=bits, kerneled=rng.normal(size=(2, 3)) * 1j, shape=(2, 3))
    given = PrimitiveResult(
        [SamplerPubResult(data, {"circuit_metadata": {"a": 1}, "when": START, "z": 1 + 2j})],
        {"version": 2, "names": {1}},
    )

    found, expected = both(given)

    assert found[0].data.c == expected[0].data.c == bits
    assert np.array_equal(found[0].data.kerneled, expected[0].data.kerneled)
    assert found[0].data.shape == expected[0].data.shape
    assert found[0].metadata == expected[0].metadata
    assert found.metadata == expected.metadata
    assert type(found[0]) is SamplerPubResult


def test_values_of_an_estimator_with_extrapolations():
    from qiskit_ibm_runtime.results.estimator_pub import EstimatorPubResult

    data = DataBin(evs=np.array([[0.5, np.nan]]), stds=np.ones((1, 2)), shape=(1, 2))
    metadata = {
        "resilience": {"zne": {"extrapolator": np.array([["linear", "fallback"]], dtype=object)}}
    }
    given = PrimitiveResult([EstimatorPubResult(data, metadata)], {})

    found, expected = both(given, "estimator")

    assert np.array_equal(found[0].data.evs, expected[0].data.evs, equal_nan=True)
    assert isinstance(found[0], PubResult)
    ours, theirs = (one[0].metadata["resilience"]["zne"] for one in (found, expected))
    assert np.array_equal(ours["extrapolator"], theirs["extrapolator"])


def test_an_extrapolator_in_an_arrays_place_stays_a_word():
    text = '{"__type__":"ndarray","__value__":"exponential"}'

    assert results.loads(text, "estimator") == "exponential"


@pytest.mark.parametrize(
    ("kind", "slices"),
    [
        ("SliceSpan", ((2, 3, 10), slice(4, 9))),
        ("DoubleSliceSpan", ((2, 3, 10), slice(1, 4), slice(0, 5))),
        ("TwirledSliceSpan", ((4, 2, 10), True, slice(1, 4), slice(0, 5))),
        ("TwirledSliceSpan", ((2, 4, 10), False, slice(1, 4), slice(0, 5))),
        ("TwirledSliceSpanV2", ((4, 2, 10), True, slice(1, 4), slice(0, 5), 33)),
    ],
)
def test_spans_of_execution(kind, slices):
    span = getattr(execution_span, kind)(START, STOP, {1: slices, 0: slices})
    later = getattr(execution_span, kind)(STOP, STOP, {3: slices})
    given = PrimitiveResult(
        [], {"execution": {"execution_spans": execution_span.ExecutionSpans([later, span])}}
    )

    found, expected = both(given)

    ours, theirs = (one.metadata["execution"]["execution_spans"] for one in (found, expected))
    assert (ours.start, ours.stop, ours.duration) == (theirs.start, theirs.stop, theirs.duration)
    assert ours.pub_idxs == theirs.pub_idxs == [0, 1, 3]
    assert [one.size for one in ours] == [one.size for one in theirs]
    assert ours[1].duration == 3
    assert np.array_equal(ours[1].mask(1), theirs[1].mask(1))
    assert ours.filter_by_pub(3)[0].contains_pub([3]) and len(ours) == 2
    assert ours.filter_by_pub(3)[1].pub_idxs == []
    assert [one.start for one in ours.sort()] == [one.start for one in theirs.sort()]


def test_learnt_noise_there_and_back():
    from qiskit_ibm_runtime.results.noise_learner import (
        LayerError,
        NoiseLearnerResult,
        PauliLindbladError,
    )

    circuit = QuantumCircuit(2)
    circuit.cz(0, 1)
    error = PauliLindbladError(PauliList(["XI", "ZZ"]), [0.1, 0.2])
    given = NoiseLearnerResult(
        [LayerError(circuit, [4, 7], error), LayerError(circuit, [0, 1])], {}
    )

    found, expected = both(given, "noise-learner")
    sent = json.loads(json.dumps(noise_wire.model_data(found)), cls=runtime.RuntimeDecoder)

    for one in (found, sent):
        assert one[0].circuit == expected[0].circuit and list(one[0].qubits) == [4, 7]
        assert one[0].error.generators == expected[0].error.generators
        assert np.array_equal(one[0].error.rates, expected[0].error.rates)
        assert one[1].error is None
    assert found[0].error.restrict_num_bodies(1).generators == PauliList(["XI"])


def test_a_map_of_noise():
    given = {"map": PauliLindbladMap.from_list([("XZ", 0.5)])}

    found, expected = both(given)

    assert found["map"] == expected["map"]


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        '{"__type__":"ExecutionSpan","__value__":{"start":1}}',
        '{"__type__":"ExecutionSpans","__value__":{}}',
        '{"__type__":"_json","__class__":"LayerError","__value__":{"circuit":1}}',
        '{"__type__":"QuantumCircuit","__value__":"AAAA"}',
    ],
)
def test_what_cannot_be_read_is_a_value_error(text):
    with pytest.raises(ValueError):
        results.loads(text, "sampler")
