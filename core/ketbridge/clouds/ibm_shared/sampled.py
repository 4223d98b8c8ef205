"""From a sampler's result to `Measurements`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...programs import Readout, Register
from ...results import Measurements
from .decoding import Bits, PrimitiveResult, PubResult, loads

if TYPE_CHECKING:
    from numpy.typing import NDArray


def measurements(
    text: str | bytes, readouts: Sequence[Readout] | None = None
) -> list[Measurements]:
    """Read the JSON of a sampler's result, one entry a circuit.

    Registers go where the circuit's readout has them; where it has none, they follow each other
    in the order of the result, the first one least significant. The shots of a PUB with several
    sets of parameters follow each other in C order of its shape.

    Args:
        text: the result.
        readouts: one a circuit; None where they are not known.

    Raises:
        ValueError: it is no sampler's result, or not one of these circuits.
    """
    result = loads(text)
    if not isinstance(result, PrimitiveResult):
        raise ValueError("this is no result of a primitive")
    return of_result(result, readouts)


def of_result(
    result: PrimitiveResult, readouts: Sequence[Readout] | None = None
) -> list[Measurements]:
    """Make measurements of a sampler's result that has been read; see `measurements`."""
    if readouts is None:
        readouts = [Readout(())] * len(result.pubs)
    if len(result.pubs) != len(readouts):
        raise ValueError(f"it has {len(result.pubs)} results; {len(readouts)} circuits were run")
    return [_measured(*pair) for pair in zip(result.pubs, readouts, strict=True)]


def registers(pub: PubResult) -> tuple[Register, ...]:
    """Return the classical registers that a sampler's result names, in its order."""
    found, begin = [], 0
    for name, bits in _bits(pub).items():
        found.append(Register(name, tuple(range(begin, begin + bits.num_bits))))
        begin += bits.num_bits
    return tuple(found)


def _measured(pub: PubResult, readout: Readout) -> Measurements:
    fields = _bits(pub)
    layout = {register.name: register.bits for register in readout.registers}
    width = readout.num_bits
    if any(layout.get(name) is None for name in fields):
        layout = {register.name: register.bits for register in registers(pub)}
        width = sum(bits.num_bits for bits in fields.values())
    for name, bits in fields.items():
        if len(layout[name]) != bits.num_bits:
            raise ValueError(
                f"register {name!r} has {bits.num_bits} bits; the circuit gave it "
                f"{len(layout[name])}"
            )
    if any(bits.shots is None for bits in fields.values()):
        return _counted(fields, layout, width)
    return Measurements.from_memory(_joined(fields, layout, width), width)


def _bits(pub: PubResult) -> dict[str, Bits]:
    fields = pub.data.fields
    other = [name for name, value in fields.items() if not isinstance(value, Bits)]
    if other:
        raise ValueError(f"{other[0]!r} holds no outcomes of shots: this is no sampler's result")
    if not fields:
        raise ValueError("the result has no register: the circuit measured nothing")
    return dict(fields)


def _counted(
    fields: dict[str, Bits], layout: dict[str, tuple[int, ...]], width: int
) -> Measurements:
    """Make measurements of counts; those of several registers do not say what came together."""
    if len(fields) > 1:
        raise ValueError("counts were kept by register, so joint outcomes are not known")
    ((name, bits),) = fields.items()
    measured = Measurements.from_counts(bits.counts or {}, bits.num_bits)
    sources: list[int | None] = [None] * width
    for source, column in enumerate(layout[name]):
        sources[column] = source
    return measured.select(sources)


def _joined(
    fields: dict[str, Bits], layout: dict[str, tuple[int, ...]], width: int
) -> NDArray[np.uint8]:
    """Put the registers' packed shots into packed shots of all classical bits."""
    packed = {name: _rows(bits) for name, bits in fields.items()}
    rows = {len(shots) for shots in packed.values()}
    if len(rows) != 1:
        raise ValueError("the registers of one circuit have different numbers of shots")
    if len(fields) == 1:
        ((name, only),) = packed.items()
        if layout[name] == tuple(range(width)):
            return only
    columns = np.zeros((rows.pop(), 8 * ((width + 7) // 8)), dtype=np.uint8)
    for name, shots in packed.items():
        unpacked = np.unpackbits(shots, axis=1)[:, ::-1]
        columns[:, list(layout[name])] = unpacked[:, : fields[name].num_bits]
    return np.packbits(columns[:, ::-1], axis=1)


def _rows(bits: Bits) -> NDArray[Any]:
    assert bits.shots is not None
    return bits.shots.reshape(-1, bits.shots.shape[-1]) if bits.num_bits else _empty(bits)


def _empty(bits: Bits) -> NDArray[Any]:
    assert bits.shots is not None
    return np.zeros((int(np.prod(bits.shots.shape[:-1])), 0), dtype=np.uint8)
