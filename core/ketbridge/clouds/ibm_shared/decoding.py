"""Reading what Qiskit's RuntimeEncoder writes, without Qiskit and without trusting it.

Only the types below are made; any other stays a `Tagged` with its name and its data. Arrays are
read by their declared shape and type: nothing is unpickled, and what they decompress to counts
against a cap before memory is taken.
"""

from __future__ import annotations

import base64
import binascii
import io
import json
import math
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib import format as npy

from .lifting import Lifted, lift, unpack

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_BYTES = 2**30
"""Cap of everything that the arrays of one document decompress to."""

_MAX_HEADER = 10_000
_WORDS = frozenset(
    (
        "linear",
        "exponential",
        "double_exponential",
        "fallback",
        *(f"polynomial_degree_{degree}" for degree in range(1, 8)),
    )
)
"""Names of extrapolations, which stand in an array's place where there is one for all of a PUB."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """A value of a type that is not read here; ``name`` is the class that it names, if it does."""

    kind: str
    value: Any
    name: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Bits:
    """Outcomes of one register.

    Attributes:
        num_bits: size of the register.
        shots: packed outcomes, shape ``(..., shots, ceil(num_bits / 8))``, most significant byte
            first; None where the service kept counts only.
        counts: ``{state: count}``, where the service kept counts only.
    """

    num_bits: int
    shots: NDArray[np.uint8] | None = None
    counts: Mapping[int, int] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class DataBin:
    """The values of one PUB by name; ``shape`` is that of the PUB."""

    fields: Mapping[str, Any]
    shape: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class PubResult:
    """The result of one PUB."""

    data: DataBin
    metadata: Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class PrimitiveResult:
    """The result of a sampler or an estimator, one entry a PUB."""

    pubs: tuple[PubResult, ...]
    metadata: Mapping[str, Any]


def loads(text: str | bytes, max_bytes: int = MAX_BYTES) -> Any:
    """Read a document.

    Args:
        text: the JSON.
        max_bytes: cap of what its arrays decompress to, in total.

    Raises:
        ValueError: it is no JSON, is nested too deeply, passes the cap, or holds a value that
            does not fit its type.
    """
    try:
        lifted = lift(text) if isinstance(text, bytes) else Lifted(text)
        found = json.loads(lifted.text, object_hook=_Decoder(max_bytes, lifted.taken))
        if lifted.taken:  # a long string that is no array
            return json.loads(text, object_hook=_Decoder(max_bytes, {}))
        return found
    except RecursionError:
        raise ValueError("the result is nested too deeply") from None
    except (LookupError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"the result has a value that does not fit its type: {error!r}") from None


def inflate(packed: bytes, max_bytes: int) -> bytes:
    """Decompress zlib data.

    Raises:
        ValueError: it is cut, damaged, or larger than the cap.
    """
    stream = zlib.decompressobj()
    try:
        data = stream.decompress(packed, max(max_bytes, 1))
    except zlib.error as error:
        raise ValueError(f"compressed data is damaged: {error}") from None
    if not stream.eof:
        raise ValueError(f"compressed data is cut or larger than {max_bytes} bytes")
    return data


def unbase64(text: str) -> bytes:
    """Decode base64.

    Raises:
        ValueError: it is none.
    """
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(f"base64 data is damaged: {error}") from None


class _Decoder:
    """Turns tagged objects into values, innermost first, and keeps the account of bytes."""

    def __init__(self, max_bytes: int, taken: dict[str, memoryview]) -> None:
        self._left = max_bytes
        self._taken = taken

    def __call__(self, found: dict[str, Any]) -> Any:
        kind = found.get("__type__")
        if not isinstance(kind, str) or "__value__" not in found:
            return found
        if kind == "ndarray":
            return self._array(found["__value__"])
        read = _READERS.get(kind)
        if read is None:
            return Tagged(kind, found["__value__"], str(found.get("__class__", "")))
        return read(found["__value__"])

    def _array(self, value: Any) -> NDArray[Any] | str:
        if isinstance(value, list | int | float):
            return _plain(value)
        if value in _WORDS:
            return str(value)
        data: bytes | memoryview
        if value in self._taken:
            data = unpack(self._taken.pop(value), self._left)
        else:
            data = inflate(unbase64(value), self._left)
        self._left -= len(data)
        return _npy(data)


def _plain(value: list[Any] | float) -> NDArray[Any]:
    """Read an array that was written as nested lists of numbers or of words."""
    array = np.array(value)
    if array.dtype.kind not in "biufcU":
        raise ValueError("an array holds something else than numbers and words")
    return array


def _npy(data: bytes | memoryview) -> NDArray[Any]:
    """Read an ``.npy`` file whose header says exactly as much as follows it."""
    file = io.BytesIO(data[: 2 * _MAX_HEADER])
    version = npy.read_magic(file)
    readers = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
    if version not in readers:
        raise ValueError(f"an array is of the unknown file version {version}")
    shape, fortran, dtype = readers[version](file, max_header_size=_MAX_HEADER)
    if dtype.kind not in "biufc":
        raise ValueError(f"an array is of type {dtype}, which holds no numbers")
    if any(size < 0 for size in shape):
        raise ValueError("an array has a negative size")
    begin = file.tell()
    if math.prod(shape) * dtype.itemsize != len(data) - begin:
        raise ValueError("an array is not as long as its shape says")
    flat = np.frombuffer(data, dtype, offset=begin)
    return flat.reshape(shape, order="F" if fortran else "C")


def _bit_array(value: dict[str, Any]) -> Bits:
    num_bits, held = value["num_bits"], value["array"]
    if isinstance(num_bits, bool) or not isinstance(num_bits, int) or num_bits < 0:
        raise ValueError("a register has no usable number of bits")
    if isinstance(held, dict):
        return Bits(num_bits, counts=_counts(held["counts"], num_bits))
    if not isinstance(held, np.ndarray) or held.dtype != np.uint8 or held.ndim < 2:
        raise ValueError("the outcomes of a register are no array of bytes")
    if held.shape[-1] != (num_bits + 7) // 8:
        raise ValueError(f"outcomes of {held.shape[-1]} bytes are none of {num_bits} bits")
    return Bits(num_bits, held)


def _counts(given: dict[str, Any], num_bits: int) -> dict[int, int]:
    """Read counts by state; a state is binary digits, spaces between registers, or ``0x``."""
    counts: dict[int, int] = {}
    for key, count in given.items():
        digits = key.replace(" ", "")
        state = int(digits, 16 if digits.startswith("0x") else 2)
        if not 0 <= state < 1 << num_bits or not isinstance(count, int) or count < 0:
            raise ValueError("counts do not fit their register")
        counts[state] = counts.get(state, 0) + count
    return counts


def _data_bin(value: dict[str, Any]) -> DataBin:
    fields = value["fields"]
    names = value.get("field_names") or list(fields)
    return DataBin({name: fields[name] for name in names}, _shape(value.get("shape")))


def _shape(value: Any) -> tuple[int, ...]:
    """Read a shape, which comes as a list or as one number."""
    return tuple(value) if isinstance(value, list | tuple) else () if value is None else (value,)


def _pub_result(value: dict[str, Any]) -> PubResult:
    if not isinstance(value["data"], DataBin):
        raise ValueError("the result of a PUB has no data")
    return PubResult(value["data"], value.get("metadata") or {})


def _primitive_result(value: dict[str, Any]) -> PrimitiveResult:
    found = tuple(value["pub_results"])
    if not all(isinstance(pub, PubResult) for pub in found):
        raise ValueError("a result has entries that are no results of PUBs")
    return PrimitiveResult(found, value.get("metadata") or {})


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "PrimitiveResult": _primitive_result,
    "PubResult": _pub_result,
    "SamplerPubResult": _pub_result,
    "EstimatorPubResult": _pub_result,
    "DataBin": _data_bin,
    "BitArray": _bit_array,
    "complex": lambda value: complex(value[0], value[1]),
    "datetime": datetime.fromisoformat,
    "set": set,
}
