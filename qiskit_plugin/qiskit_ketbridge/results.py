"""What was measured as a Qiskit `Result`: counts and memory in hex, headers that say the layout."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from qiskit.result import Result
from qiskit.result.models import ExperimentResult, ExperimentResultData

from ketbridge import Measurements, Program, Readout


def build(
    backend_name: str,
    job_id: str,
    programs: Sequence[Program],
    measured: Iterable[Measurements],
    *,
    memory: bool,
    seed: int | None = None,
    metadata: Sequence[Mapping[str, Any]] | None = None,
) -> Result:
    """Make a Qiskit result.

    Args:
        backend_name: name of the backend.
        job_id: id of the job; it orders the shots where the service gives only counts.
        programs: what ran; names, registers and metadata come from here.
        measured: what was measured for each program, in classical bits.
        memory: whether the outcome of each shot is wanted.
        seed: the seed that was asked for.
        metadata: metadata of each circuit, where there is more of it than the program holds.

    Returns:
        The result. ``data(i)`` has ``counts`` and, with ``memory``, ``memory``, hexadecimal with
        classical bit 0 the least significant; and ``probabilities`` where the service gives them.
    """
    experiments = []
    for index, (program, one) in enumerate(zip(programs, measured, strict=True)):
        given = program.metadata if metadata is None else metadata[index]
        experiments.append(
            ExperimentResult(
                shots=one.shots,
                success=True,
                data=_data(one, f"{job_id}:{index}" if memory else None),
                status="DONE",
                seed=seed,
                header=header(program.name, program.readout, given),
            )
        )
    return Result(
        backend_name=backend_name,
        backend_version="",
        job_id=job_id,
        success=True,
        status="COMPLETED",
        results=experiments,
    )


def header(name: str, readout: Readout, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Make the header of one circuit's result.

    Qiskit puts spaces between registers by their sizes alone. So the sizes are given only where
    the registers, one after the other, are the classical bits; where registers share bits or bits
    belong to none, outcomes are one word with classical bit 0 rightmost.
    """
    labels = [["", bit] for bit in range(readout.num_bits)]
    for register in readout.registers:
        for place, bit in enumerate(register.bits):
            labels[bit] = [register.name, place]
    in_order = [bit for register in readout.registers for bit in register.bits]
    sizes = [[register.name, register.size] for register in readout.registers]
    return {
        "name": name,
        "memory_slots": readout.num_bits,
        "creg_sizes": sizes if in_order == list(range(readout.num_bits)) else [],
        "clbit_labels": labels,
        "metadata": dict(metadata),
    }


def _data(measured: Measurements, order: str | None) -> ExperimentResultData:
    """Make the data of one circuit; ``order`` seeds the order of shots, None for no shots."""
    fields: dict[str, Any] = {}
    keys = _hex(measured.states)
    if measured.frequencies is not None:
        counts = zip(keys, measured.frequencies.tolist(), strict=True)
        fields["counts"] = {key: count for key, count in counts if count}
        if order is not None:
            shots = measured.shuffled(order).memory
            fields["memory"] = [] if shots is None else _hex(shots)
    if measured.weights is not None:
        fields["probabilities"] = dict(zip(keys, measured.weights.tolist(), strict=True))
    return ExperimentResultData(**fields)


def _hex(packed: np.ndarray) -> list[str]:
    """Write packed big-endian rows as hexadecimal numbers, ``0x0`` for a row of no bytes."""
    rows, size = packed.shape
    if size > 8:
        return [hex(int.from_bytes(row.tobytes(), "big")) for row in packed]
    wide = np.zeros((rows, 8), dtype=np.uint8)
    wide[:, 8 - size :] = packed
    return list(map(hex, wide.view(">u8").reshape(rows).tolist()))
