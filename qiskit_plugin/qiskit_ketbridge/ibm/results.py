"""Results of IBM's sampler, estimator and noise learner as Qiskit's own objects.

They are what qiskit-ibm-runtime's decoder makes of the same text, made without importing it and
without trusting the text: see ``ketbridge.clouds.ibm_shared.decoding``.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from qiskit import qpy
from qiskit.primitives import BitArray, DataBin, PrimitiveResult, PubResult, SamplerPubResult
from qiskit.quantum_info import PauliList

from ketbridge.clouds.ibm_shared import decoding

from .noise_results import LayerError, NoiseLearnerResult, PauliLindbladError
from .spans import KINDS, ExecutionSpans, read_span


def loads(text: str | bytes, program: str) -> Any:
    """Read the text of a result; see `convert`."""
    return convert(decoding.loads(text), program)


def convert(decoded: Any, program: str) -> Any:
    """Make objects of Qiskit.

    Args:
        decoded: what the core's decoder read.
        program: id of the program that gave it; the PUBs of ``sampler`` give `SamplerPubResult`.

    Returns:
        A `PrimitiveResult` or a `NoiseLearnerResult`; data that is neither as it is.

    Raises:
        ValueError: it cannot be read.
    """
    kind = SamplerPubResult if program == "sampler" else PubResult
    try:
        found = _Reader(kind).read(decoded)
        if program == "noise-learner" and isinstance(found, dict) and "data" in found:
            layers = [_layer(one) for one in found["data"]]
            return NoiseLearnerResult(layers, found.get("metadata") or {})
        return found
    except (TypeError, LookupError) as error:
        raise ValueError(f"the result has a value that does not fit its type: {error}") from error


class _Reader:
    """Turns what the decoder knows into objects of Qiskit, from the inside out."""

    def __init__(self, pub_result: type[PubResult]) -> None:
        self._pub_result = pub_result

    def read(self, value: Any) -> Any:
        make = self._makers.get(type(value))
        return value if make is None else make(self, value)

    def _mapping(self, value: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self.read(one) for name, one in value.items()}

    def _list(self, value: list[Any]) -> list[Any]:
        return [self.read(one) for one in value]

    def _result(self, value: decoding.PrimitiveResult) -> PrimitiveResult[Any]:
        pubs = [self._pub(pub) for pub in value.pubs]
        return PrimitiveResult(pubs, self._mapping(value.metadata))

    def _pub(self, value: decoding.PubResult) -> PubResult:
        return self._pub_result(self._data(value.data), self._mapping(value.metadata))

    def _data(self, value: decoding.DataBin) -> DataBin:
        return DataBin(**self._mapping(value.fields), shape=value.shape)

    def _bits(self, value: decoding.Bits) -> BitArray:
        if value.shots is None:
            return BitArray.from_counts(dict(value.counts or {}), value.num_bits)
        return BitArray(value.shots, value.num_bits)

    def _tagged(self, value: decoding.Tagged) -> Any:
        make = _TAGGED.get(value.kind)
        return value if make is None else make(self.read(value.value), value)

    _makers: ClassVar[Mapping[type, Any]] = {
        dict: _mapping,
        list: _list,
        decoding.PrimitiveResult: _result,
        decoding.PubResult: _pub,
        decoding.DataBin: _data,
        decoding.Bits: _bits,
        decoding.Tagged: _tagged,
    }


def _layer(found: Any) -> LayerError:
    """Return a layer, in the older form a pair of dicts, as it is in the newer."""
    if isinstance(found, LayerError):
        return found
    layer, error = found[:2]
    learnt = PauliLindbladError(error["generators"], error["rates"])
    return LayerError(layer["circuit"], layer["qubits"], learnt)


def _circuit(value: str, _: decoding.Tagged) -> Any:
    data = decoding.inflate(decoding.unbase64(value), decoding.MAX_BYTES)
    return qpy.load(io.BytesIO(data))[0]


def _lindblad_map(value: Mapping[str, Any], _: decoding.Tagged) -> Any:
    from qiskit.quantum_info import PauliLindbladMap

    terms = [tuple(term) for term in value["paulis"]]
    return PauliLindbladMap.from_sparse_list(terms, num_qubits=value["num_qubits"])


def _named(value: Any, tagged: decoding.Tagged) -> Any:
    make = _CLASSES.get(tagged.name)
    return tagged if make is None else make(**value)


_CLASSES: Mapping[str, Callable[..., Any]] = {
    "LayerError": LayerError,
    "PauliLindbladError": PauliLindbladError,
    "PauliList": PauliList,
}
_TAGGED: Mapping[str, Callable[[Any, decoding.Tagged], Any]] = {
    **{kind: lambda value, tagged: read_span(tagged.kind, value) for kind in KINDS},
    "ExecutionSpans": lambda value, _: ExecutionSpans(value["spans"]),
    "ExecutionSpanCollection": lambda value, _: ExecutionSpans(value["spans"]),
    "NoiseLearnerResult": lambda value, _: NoiseLearnerResult(**value),
    "PauliLindbladMap": _lindblad_map,
    "QuantumCircuit": _circuit,
    "_json": _named,
    "settings": _named,
    "to_json": lambda value, _: value,
}
