"""What a job gives: the bytes, and the typed documents of executor and noise learner.

Sampler and estimator give a text of their own, which ``clouds.ibm_shared.decoding`` reads. The
others give a document with a ``schema_version``. v0.1 and v0.2 are those of the contract; of
another version only what all have in common is fixed, and the rest is kept as it came.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import ConfigDict, Field

from ...ibm_shared.decoding import MAX_BYTES, inflate, unbase64
from ...wire import Answer, Int

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DTYPES = {"f64": "<f8", "c128": "<c16", "u8": "u1", "bool": "u1"}


class TensorModel(Answer):
    """An array: base64, little-endian, C order; ``bool`` packed, first element in the low bit.

    The contract states neither the order of the bits nor that newer versions compress the data
    with zlib; both were seen in results of real machines.
    """

    data: str
    shape: tuple[Int, ...]
    dtype: Literal["f64", "bool", "u8", "c128"] = "f64"

    def array(self, max_bytes: int = MAX_BYTES) -> NDArray[Any]:
        """Return the array.

        Raises:
            ValueError: the data does not have the length that the shape asks for.
        """
        import numpy as np

        if any(size < 0 for size in self.shape):
            raise ValueError("a tensor has a negative size")
        dtype = np.dtype(_DTYPES[self.dtype])
        count = math.prod(self.shape)
        size = (count + 7) // 8 if self.dtype == "bool" else count * dtype.itemsize
        data = _plain(unbase64(self.data), min(size, max_bytes))
        if len(data) != size:
            raise ValueError(f"a tensor of shape {list(self.shape)} has {len(data)} bytes")
        flat = np.frombuffer(data, dtype)
        if self.dtype == "bool":
            flat = np.unpackbits(flat, count=count, bitorder="little").astype(bool)
        return flat.reshape(self.shape)


def _plain(data: bytes, size: int) -> bytes:
    """Decompress what is compressed: data that is not has no checksum that fits by chance."""
    try:
        found = inflate(data, size + 1)
    except ValueError:
        return data
    return found if len(found) == size else data


class F64TensorModel(TensorModel):
    """An array of doubles."""

    dtype: Literal["f64"] = "f64"


class ChunkPart(Answer):
    """Which item of a program a chunk of the run belongs to."""

    idx_item: Int
    size: Int


class ChunkSpan(Answer):
    """When a chunk of the run began and ended."""

    start: str
    stop: str
    parts: tuple[ChunkPart, ...]


class ChunkMetadata(Answer):
    """How the run was divided."""

    chunk_timing: tuple[ChunkSpan, ...] = ()


class SchedulerTiming(Answer):
    """How a circuit was scheduled; durations in units of ``dt``."""

    timing: str
    circuit_duration: Int


class StretchValue(Answer):
    """What a stretch was resolved to, in units of ``dt``."""

    name: str
    value: Int
    remainder: Int
    expanded_values: tuple[tuple[Any, ...], ...] = ()


class ItemMetadata(Answer):
    """What is said of one item of a program."""

    scheduler_timing: SchedulerTiming | None = None
    stretch_values: tuple[StretchValue, ...] | None = None


class ExecutorItem(Answer):
    """The arrays of one item of a program, by register or by name.

    The contract fixes ``metadata`` for v0.2 only; of another shape it is kept as it came.
    """

    results: dict[str, TensorModel]
    metadata: Annotated[ItemMetadata | Any, Field(union_mode="left_to_right")] = None


class ExecutorResult(Answer):
    """The result of ``executor``, v0.1 and v0.2; ``passthrough_data`` only in v0.2."""

    schema_version: Literal["v0.1", "v0.2"] = "v0.1"
    data: tuple[ExecutorItem, ...]
    metadata: ChunkMetadata
    passthrough_data: Any = None


class PostSelection(Answer):
    """What post-selection kept; maps by protocol parameter in the Lindblad form."""

    fraction_kept: float | dict[str, float]
    success_rates: dict[str, float | dict[str, float]] | None = None


class LearningMetadata(Answer):
    """How noise was learnt: ``trex`` or ``lindblad``."""

    learning_protocol: str | None = None
    post_selection: PostSelection


class LearntNoise(Answer):
    """A Pauli-Lindblad model; a generator is a sparse list of ``[Pauli, qubit]`` pairs."""

    generators_sparse: tuple[tuple[tuple[Any, ...], ...], ...]
    num_qubits: Int
    rates: F64TensorModel
    rates_std: F64TensorModel
    metadata: LearningMetadata


class NoiseLearnerV3Result(Answer):
    """The result of ``noise-learner`` version 3, v0.1 and v0.2."""

    schema_version: Literal["v0.1", "v0.2"] = "v0.1"
    data: tuple[LearntNoise, ...]


class GenericResult(Answer):
    """A document of a version that is newer than the contract: every member as it came."""

    model_config = ConfigDict(
        frozen=True, extra="allow", allow_inf_nan=False, strict=True, populate_by_name=True
    )

    schema_version: str | None = None
    data: Any = None
    metadata: Any = None


JobResults: TypeAlias = ExecutorResult | NoiseLearnerV3Result | GenericResult | str
"""A typed document, or the text of a sampler's or estimator's result."""

_CONTRACT = ("v0.1", "v0.2")


@dataclass(frozen=True, slots=True, repr=False)
class ResultBody:
    """A result as it arrived; ``request_id`` is the service's own, where it gave one."""

    content: bytes
    media_type: str = "text/plain"
    request_id: str | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        return f"ResultBody({len(self.content)} bytes, {self.media_type})"

    def read(self) -> JobResults:
        """Read the result by its ``schema_version``, or by its members where it has none.

        Raises:
            ValueError: it is a document of a version of the contract and does not fit it.
        """
        text = self.content.decode()
        try:
            found = json.loads(text)
        except RecursionError:
            raise ValueError("the result is nested too deeply") from None
        except ValueError:
            return text
        if isinstance(found, str):
            return found
        if not isinstance(found, dict) or not isinstance(found.get("data"), list):
            return text
        if found.get("schema_version", "v0.1") not in _CONTRACT:
            return GenericResult.model_validate_json(text)
        learnt = "metadata" not in found or any(
            isinstance(item, dict) and "generators_sparse" in item for item in found["data"]
        )
        kind = NoiseLearnerV3Result if learnt else ExecutorResult
        return kind.model_validate_json(text)
