"""Results written to text and read again, by us and by IBM's own client."""

import json
from datetime import UTC, datetime

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.primitives import BitArray, DataBin, PrimitiveResult, PubResult, SamplerPubResult
from qiskit.quantum_info import PauliLindbladMap, PauliList

from qiskit_ketbridge.ibm import (
    LayerError,
    NoiseLearnerResult,
    PauliLindbladError,
    RuntimeDecoder,
    RuntimeEncoder,
)
from qiskit_ketbridge.ibm.spans import ExecutionSpan, ExecutionSpans, Part

public = pytest.importorskip("qiskit_ibm_runtime")

START, STOP = datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 2, 1, 0, 0, 5, tzinfo=UTC)
PARTS = {
    "SliceSpan": Part((10,), slice(2, 7)),
    "DoubleSliceSpan": Part((2, 10), slice(0, 1), slice(3, 10)),
    "TwirledSliceSpan": Part((4, 2, 10), slice(0, 8), slice(0, 10), 0),
    "TwirledSliceSpanV2": Part((2, 4, 10), slice(1, 8), slice(2, 10), -2, 35),
}


def sampled(part):
    bits = BitArray(np.random.default_rng(3).integers(0, 4, (2, 10, 1), dtype=np.uint8), 2)
    pub = SamplerPubResult(DataBin(c=bits, shape=(2,)), {"circuit_metadata": {"a": 1}})
    spans = ExecutionSpans([ExecutionSpan(START, STOP, {0: part})])
    return PrimitiveResult([pub], {"execution": {"execution_spans": spans}, "version": 2})


def estimated():
    data = DataBin(evs=np.array([0.5, -1.0]), stds=np.array([0.1, 0.2]), shape=(2,))
    return PrimitiveResult([PubResult(data, {"target_precision": 0.1})], {"version": 2})


def learnt():
    layer = QuantumCircuit(2)
    layer.cx(0, 1)
    error = PauliLindbladError(PauliList(["XX", "IZ"]), np.array([0.25, 0.5]))
    return NoiseLearnerResult([LayerError(layer, [4, 3], error)], {"backend": "ibm_x"})


def saved(value):
    return json.loads(json.dumps(value, cls=RuntimeEncoder), cls=RuntimeDecoder)


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_a_result_of_the_sampler_comes_back(part):
    written = sampled(part)

    found = saved(written)

    assert type(found[0]) is SamplerPubResult
    assert np.array_equal(found[0].data.c.array, written[0].data.c.array)
    assert (found[0].data.shape, found[0].metadata) == ((2,), written[0].metadata)
    assert found.metadata == written.metadata


@pytest.mark.parametrize(("kind", "part"), PARTS.items())
def test_the_public_client_reads_a_result_of_the_sampler(kind, part):
    text = json.dumps(sampled(part), cls=RuntimeEncoder)

    found = json.loads(text, cls=public.RuntimeDecoder)

    (span,) = found.metadata["execution"]["execution_spans"]
    assert type(span).__name__ == kind
    assert np.array_equal(span.mask(0), part.mask())
    assert found[0].data.c.get_counts() == sampled(part)[0].data.c.get_counts()
    again = json.loads(json.dumps(found, cls=public.RuntimeEncoder), cls=RuntimeDecoder)
    assert again.metadata == sampled(part).metadata


def test_a_result_of_the_estimator_comes_back_there_and_here():
    text = json.dumps(estimated(), cls=RuntimeEncoder)

    for decoder in (RuntimeDecoder, public.RuntimeDecoder):
        found = json.loads(text, cls=decoder)
        assert type(found[0]) is PubResult
        assert np.array_equal(found[0].data.evs, [0.5, -1.0])
        assert found[0].metadata == {"target_precision": 0.1}


@pytest.mark.filterwarnings("ignore:.*:DeprecationWarning")
def test_learnt_noise_comes_back_there_and_here():
    text = json.dumps(learnt(), cls=RuntimeEncoder)

    for decoder in (RuntimeDecoder, public.RuntimeDecoder):
        found = json.loads(text, cls=decoder)
        (layer,) = found.data
        assert (list(layer.qubits), found.metadata) == ([4, 3], {"backend": "ibm_x"})
        assert layer.circuit == learnt().data[0].circuit
        assert layer.error.generators == PauliList(["XX", "IZ"])
        assert list(layer.error.rates) == [0.25, 0.5]


def test_other_values_come_back():
    noise = PauliLindbladMap.from_list([("XX", 0.5)])
    value = {"a": {1, 2}, "b": 1 + 2j, "c": np.float64(0.5), "d": START, "e": noise}

    assert saved(value) == {**value, "c": 0.5}
    with pytest.raises(TypeError, match="not JSON serializable"):
        json.dumps(object(), cls=RuntimeEncoder)
    with pytest.raises(ValueError, match="damaged"):
        json.loads('{"__type__": "ndarray", "__value__": "AAAA"}', cls=RuntimeDecoder)
