"""Results as JSON text and back, in the form that the service and its own client use.

``json.dumps(job.result(), cls=RuntimeEncoder)`` writes, ``json.loads(text, cls=RuntimeDecoder)``
reads; the text is one that the public client reads and writes too.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.primitives import BitArray, DataBin, PrimitiveResult, PubResult, SamplerPubResult
from qiskit.quantum_info import PauliLindbladMap, PauliList

from .noise_results import LayerError, NoiseLearnerResult, PauliLindbladError
from .noise_wire import HOME
from .spans import ExecutionSpan, ExecutionSpans, Part


class RuntimeEncoder(json.JSONEncoder):
    """Writes results of sampler, estimator and noise learner, arrays and circuits."""

    def default(self, o: Any) -> Any:
        """Return JSON data of a value.

        Raises:
            TypeError: there is no form of it.
        """
        for kind, write in _WRITERS:
            if isinstance(o, kind):
                return write(o)
        return super().default(o)


class RuntimeDecoder(json.JSONDecoder):
    """Reads what `RuntimeEncoder` and the public client write, without trusting the text."""

    def decode(self, s: str) -> Any:  # type: ignore[override]  # pyright: ignore
        """Return the value of a text.

        Raises:
            ValueError: it cannot be read.
        """
        from . import results

        return results.loads(s, "sampler" if '"SamplerPubResult"' in s else "")


def _tagged(kind: str, value: Any) -> dict[str, Any]:
    return {"__type__": kind, "__value__": value}


def _array(found: np.ndarray[Any, Any]) -> Any:
    from ketbridge.clouds.ibm_shared import encoding

    return encoding.array(found)


def _circuit(circuit: QuantumCircuit) -> Any:
    from ketbridge.clouds.ibm_shared import encoding

    from .qpy import encode_qpy

    return json.loads(encoding.circuit(encode_qpy(circuit).body))


def _data(found: DataBin) -> Any:
    fields = dict(found.items())
    return _tagged("DataBin", {"field_names": list(fields), "shape": found.shape, "fields": fields})


def _pub(found: PubResult) -> Any:
    kind = "SamplerPubResult" if isinstance(found, SamplerPubResult) else "PubResult"
    return _tagged(kind, {"data": found.data, "metadata": found.metadata})


def _span(span: ExecutionSpan) -> Any:
    rows = {str(index): _row(part) for index, part in span.parts.items()}
    kind = next((_kind(part) for part in span.parts.values()), "ExecutionSpan")
    return _tagged(kind, {"start": span.start, "stop": span.stop, "data_slices": rows})


def _kind(part: Part) -> str:
    if part.shots is None:
        return "ExecutionSpan"
    if part.twirling is None:
        return "DoubleSliceSpan"
    return "TwirledSliceSpan" if part.pub_shots is None else "TwirledSliceSpanV2"


def _row(part: Part) -> list[Any]:
    row: list[Any] = [list(part.shape)]
    if part.twirling is not None:
        row.append(part.twirling == 0)
    row += [part.elements.start, part.elements.stop]
    if part.shots is not None:
        row += [part.shots.start, part.shots.stop]
    return row if part.pub_shots is None else [*row, part.pub_shots]


def _member(name: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"__type__": "_json", "__module__": HOME, "__class__": name, "__value__": value}


def _paulis(paulis: PauliList) -> Any:
    value = {"data": paulis.to_labels()}
    home = PauliList.__module__
    return {
        "__type__": "settings",
        "__module__": home,
        "__class__": "PauliList",
        "__value__": value,
    }


_WRITERS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (np.ndarray, _array),
    (np.generic, lambda value: value.item()),
    (complex, lambda value: _tagged("complex", [value.real, value.imag])),
    (datetime, lambda value: _tagged("datetime", value.isoformat())),
    ((set, frozenset), lambda value: _tagged("set", list(value))),
    (QuantumCircuit, _circuit),
    (BitArray, lambda v: _tagged("BitArray", {"array": v.array, "num_bits": v.num_bits})),
    (DataBin, _data),
    (PubResult, _pub),
    (PrimitiveResult, lambda v: _tagged(
        "PrimitiveResult", {"pub_results": list(v), "metadata": v.metadata})),
    (ExecutionSpans, lambda v: _tagged("ExecutionSpans", {"spans": list(v)})),
    (ExecutionSpan, _span),
    (PauliList, _paulis),
    (PauliLindbladError, lambda v: _member(
        "PauliLindbladError", {"generators": v.generators, "rates": v.rates})),
    (LayerError, lambda v: _member(
        "LayerError", {"circuit": v.circuit, "qubits": list(v.qubits), "error": v.error})),
    (NoiseLearnerResult, lambda v: _tagged(
        "NoiseLearnerResult", {"data": list(v), "metadata": dict(v.metadata)})),
    (PauliLindbladMap, lambda v: _tagged(
        "PauliLindbladMap", {"paulis": v.to_sparse_list(), "num_qubits": v.num_qubits})),
)  # fmt: skip
"""How a value of each type is written; what is in it is written by the same table."""
