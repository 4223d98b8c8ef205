"""Results that are documents with a ``schema_version``: of executor and of noise learner v3.

They are read without IBM's schema package, so also in versions that it does not know: every tensor
becomes an array, and every other member stays as it came.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from qiskit.quantum_info import PauliLindbladMap

from ketbridge.clouds.ibm_shared.decoding import MAX_BYTES, inflate, unbase64

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DTYPES = {
    "f16": "<f2", "f32": "<f4", "f64": "<f8", "i8": "i1", "i16": "<i2", "i32": "<i4", "i64": "<i8",
    "u8": "u1", "u16": "<u2", "u32": "<u4", "u64": "<u8", "c64": "<c8", "c128": "<c16",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class QuantumProgramItem(Mapping[str, Any]):
    """The arrays of one item of a program by the names of registers; bool, shots and bits last.

    Attributes:
        arrays: the arrays.
        metadata: what the service says of the item.
    """

    arrays: Mapping[str, NDArray[Any]]
    metadata: Any = None

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.arrays[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.arrays)

    def __len__(self) -> int:
        return len(self.arrays)


@dataclass(frozen=True, eq=False)
class QuantumProgramResult(Sequence[QuantumProgramItem]):
    """What ``executor`` gave: one entry an item of the program.

    Attributes:
        data: the items.
        metadata: how the run was divided, with times.
        passthrough_data: what the program brought along.
        document: the whole document, tensors as arrays.
    """

    data: Sequence[QuantumProgramItem]
    metadata: Any
    passthrough_data: Any
    document: Mapping[str, Any]

    def __getitem__(self, index: Any) -> Any:
        return self.data[index]

    def __len__(self) -> int:
        return len(self.data)


@dataclass(frozen=True, eq=False)
class LearntNoise:
    """What noise learner v3 has learnt of one instruction.

    Attributes:
        generators: Paulis that share a rate, for each rate: ``(letters, qubits)``.
        num_qubits: number of qubits.
        rates: rate of each generator.
        rates_std: its standard error.
        metadata: how it was learnt.
    """

    generators: Sequence[Sequence[tuple[str, Sequence[int]]]]
    num_qubits: int
    rates: NDArray[np.float64]
    rates_std: NDArray[np.float64]
    metadata: Any

    def to_pauli_lindblad_map(self) -> PauliLindbladMap:
        """Return the noise as one map; Paulis that share a rate each have it."""
        terms = [
            (letters, list(qubits), float(rate))
            for shared, rate in zip(self.generators, self.rates, strict=True)
            for letters, qubits in shared
        ]
        return PauliLindbladMap.from_sparse_list(terms, num_qubits=self.num_qubits)


@dataclass(frozen=True, eq=False)
class NoiseLearnerV3Result(Sequence[LearntNoise]):
    """What noise learner v3 gave: one entry an instruction.

    Attributes:
        data: the entries.
        document: the whole document, tensors as arrays.
    """

    data: Sequence[LearntNoise]
    document: Mapping[str, Any]

    def __getitem__(self, index: Any) -> Any:
        return self.data[index]

    def __len__(self) -> int:
        return len(self.data)


def read(content: bytes) -> QuantumProgramResult | NoiseLearnerV3Result | None:
    """Read such a document; None where it is another kind of result.

    Raises:
        ValueError: it is one, and a tensor or an entry in it cannot be read.
    """
    try:
        found = json.loads(content)
    except RecursionError:
        raise ValueError("the result is nested too deeply") from None
    except ValueError:
        return None
    kind = _kind(found)
    if kind is None:
        return None
    document = _Tensors().arrays(found)
    try:
        if kind is NoiseLearnerV3Result:
            return NoiseLearnerV3Result([_learnt(item) for item in document["data"]], document)
        return QuantumProgramResult(
            [QuantumProgramItem(one["results"], one.get("metadata")) for one in document["data"]],
            document.get("metadata"),
            document.get("passthrough_data"),
            document,
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"an entry of the result is of another form: {error!r}") from None


def _kind(found: Any) -> type | None:
    """Tell the documents apart by what their entries have, as versions share their names."""
    entries = found.get("data") if isinstance(found, dict) else None
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        return None
    if entries and all("generators_sparse" in one for one in entries):
        return NoiseLearnerV3Result
    if all("results" in one for one in entries) and (entries or "schema_version" in found):
        return QuantumProgramResult
    return None


def _learnt(item: Mapping[str, Any]) -> LearntNoise:
    return LearntNoise(
        item["generators_sparse"],
        item["num_qubits"],
        item["rates"],
        item["rates_std"],
        item.get("metadata"),
    )


class _Tensors:
    """Turns tensors into arrays and keeps the account of the bytes that they unpack to."""

    def __init__(self) -> None:
        self._left = MAX_BYTES

    def arrays(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.arrays(one) for one in value]
        if not isinstance(value, dict):
            return value
        if {"data", "shape"} <= value.keys() <= {"data", "shape", "dtype"}:
            return self._array(value)
        return {name: self.arrays(one) for name, one in value.items()}

    def _array(self, value: Mapping[str, Any]) -> Any:
        """Read a tensor: base64, little-endian, C order, from v1.0 on compressed with zlib.

        The elements of ``bool`` are packed, the first in the low bit of a byte. A tensor of a type
        that is not known stays as it came.
        """
        shape, dtype = tuple(value["shape"]), value.get("dtype", "f64")
        if not all(isinstance(size, int) and size >= 0 for size in shape):
            raise ValueError(f"a tensor has the shape {list(shape)}")
        if dtype != "bool" and dtype not in _DTYPES:
            return dict(value)
        count = int(np.prod(shape, dtype=object))
        size = (count + 7) // 8 if dtype == "bool" else count * np.dtype(_DTYPES[dtype]).itemsize
        data = self._unpacked(unbase64(value["data"]), size)
        if dtype == "bool":
            flat = np.unpackbits(np.frombuffer(data, np.uint8), count=count, bitorder="little")
            return flat.astype(bool).reshape(shape)
        return np.frombuffer(data, _DTYPES[dtype]).reshape(shape)

    def _unpacked(self, data: bytes, size: int) -> bytes:
        if size > self._left:
            raise ValueError(f"the tensors of a result have more than {MAX_BYTES} bytes")
        self._left -= size
        try:
            found = inflate(data, size + 1)
        except ValueError:
            found = data
        for candidate in (found, data):
            if len(candidate) == size:
                return candidate
        raise ValueError(f"a tensor that is to have {size} bytes has {len(found)}")
