"""From the result documents of each family to `Measurements`, in the circuit's classical bits.

The contract leaves results open, so a document is recognised by its members. What is read here
was read in results of real machines; where one of them says less than it could, the function says
what it takes for granted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...errors import ProgramError
from ...jobs.submission import Request
from ...programs import Program, iqm_json
from ...results import Measurements
from ..document import Document, unreadable
from ..ibm_shared import sampled
from ..wire import are_decimal, finite_numbers
from .models import Job, Provider

_HEADER = "braketSchemaHeader"
_GATE_MODEL = "gate_model_task_result"
_PHOTONIC = {"results", "results_type"}
_ROUNDING = 1e-4
"""What a probability may have lost by being written with four digits."""


def measurements(document: Document, job: Job, request: Request) -> list[Measurements]:
    """Read what was measured, one entry a program.

    Args:
        document: the result as it came.
        job: the job that it is of.
        request: what was asked.

    Raises:
        ProgramError: the job gives something else than counts; ``Job.raw_result`` has it.
        ProtocolError: the result cannot be one of these programs.
    """
    try:
        data = document.json()
        if not isinstance(data, dict):
            raise ValueError("it is no JSON object")
        if "__type__" in data:
            return _primitive(document, job, request)
        read = _reader(data, job)
        return read(data, job, request)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        if isinstance(error, ProgramError):
            raise
        broken = unreadable(job.id, "getJobResult", document.content, error, document.request_id)
    raise broken


Reader = Callable[[Mapping[str, Any], Job, Request], list[Measurements]]


def _reader(data: Mapping[str, Any], job: Job) -> Reader:
    if _GATE_MODEL in str((data.get(_HEADER) or {}).get("name", "")):
        return _braket
    for member, read in _READERS.items():
        if member in data:
            return read
    if data.keys() >= _PHOTONIC:
        raise ProgramError(
            f"the result of job {job.id} is Perceval's: ketbridge.photonic.PhotonicJob(job) reads "
            "it, and job.raw_result() has it as it came"
        )
    kind = str((data.get(_HEADER) or {}).get("name") or next(iter(data), "empty"))
    raise ProgramError(
        f"the result of job {job.id} ({kind}) is no table of counts: job.raw_result() has it"
    )


def _single(job: Job, request: Request) -> Program:
    if len(request.programs) != 1:
        raise ValueError(f"it is of one circuit; {len(request.programs)} were submitted")
    return request.programs[0]


def _primitive(document: Document, job: Job, request: Request) -> list[Measurements]:
    """Read the result of a sampler of IBM."""
    program = request.options.get("program", "sampler")
    if program != "sampler":
        raise ProgramError(
            f"job {job.id} ran {program!r}, whose result is no counts: job.raw_result() has it"
        )
    readouts = [one.readout for one in request.programs] or None
    return sampled.measurements(document.content, readouts)


# AWS ---------------------------------------------------------------------------------------------


def _braket(data: Mapping[str, Any], job: Job, request: Request) -> list[Measurements]:
    """Read a task result: column ``k`` of a shot, or character ``k``, is ``measuredQubits[k]``."""
    program = _single(job, request)
    columns = [int(qubit) for qubit in data["measuredQubits"]]
    shots = data.get("measurements")
    if shots:
        measured = _of_rows(shots, len(columns))
    else:
        table = finite_numbers(data["measurementProbabilities"])
        states = {_reversed(key, len(columns)): value for key, value in table.items()}
        measured = _of_probabilities(states, len(columns), job, request)
    place = {qubit: column for column, qubit in enumerate(columns)}
    if len(place) < len(columns):
        raise ValueError("a qubit is measured twice")
    return [measured.select(_columns(program, place))]


def _columns(program: Program, place: Mapping[int, int]) -> list[int | None]:
    """Return the column of each classical bit, by the qubit that it reads."""
    sources = program.readout.sources
    missing = [one for one in sources if one is not None and one not in place]
    if missing:
        raise ValueError(f"qubit {missing[0]} is not among those that were measured")
    return [None if one is None else place[one] for one in sources]


def _of_rows(rows: Sequence[Sequence[int]], width: int) -> Measurements:
    """Make measurements of shots, each a list of 0 and 1; column ``i`` becomes bit ``i``.

    Braket's own simulator writes the bits as digits in strings.
    """
    import numpy as np

    table = np.asarray(rows)
    if table.dtype.kind == "U":
        table = table.astype(np.int64)
    if table.ndim != 2 or table.shape[1] != width or table.dtype.kind not in "iub":
        raise ValueError(f"the shots are not lists of {width} bits")
    if ((table != 0) & (table != 1)).any():
        raise ValueError("a shot has something else than 0 and 1")
    packed = np.packbits(_padded(table.astype(np.uint8))[:, ::-1], axis=1)
    return Measurements.from_memory(packed, width)


def _padded(table: Any) -> Any:
    import numpy as np

    missing = -table.shape[1] % 8
    return np.pad(table, ((0, 0), (0, missing))) if missing else table


# Azure -------------------------------------------------------------------------------------------


def _histogram(data: Mapping[str, Any], job: Job, request: Request) -> list[Measurements]:
    """Read probabilities by decimal state; qubit ``i`` is bit ``i``."""
    program = _single(job, request)
    stated = (job.input_params or {}).get("qubits")
    width = max(program.num_qubits, stated if isinstance(stated, int) else 1)
    given = finite_numbers(data["histogram"])
    if not are_decimal(given.keys()):
        raise ValueError("a state is no decimal number")
    table = {int(key): value for key, value in given.items()}
    if len(table) < len(given):
        raise ValueError("a state is there twice")
    measured = _of_probabilities(table, width, job, request)
    return [measured.read(program.readout)]


def _of_probabilities(
    table: Mapping[int, float], width: int, job: Job, request: Request
) -> Measurements:
    """Make measurements of probabilities.

    Where each is a whole number of shots they are taken as measured frequencies. Otherwise shots
    are drawn from them with the request's seed or the job's id, the same at every fetch.
    """
    shots = request.shots or job.shots or 0
    counts = {state: round(value * shots) for state, value in table.items()}
    whole = all(abs(counts[state] - value * shots) < 1e-3 for state, value in table.items())
    if whole and shots and sum(counts.values()) == shots:
        return Measurements.from_counts(counts, width)
    total = sum(table.values())
    if not abs(total - 1) <= 1e-3 + _ROUNDING * len(table):
        raise ValueError(f"probabilities that sum to {total:.6g} are no distribution")
    exact = {state: value / total for state, value in table.items()}
    seed = job.id if request.seed is None else request.seed
    return Measurements.from_probabilities(exact, width).sampled(shots, seed)


# IQM ---------------------------------------------------------------------------------------------


def _iqm(data: Mapping[str, Any], job: Job, request: Request) -> list[Measurements]:
    """Read counts by measurement key: character ``k`` of a state is ``measurement_keys[k]``.

    Keys that the circuit has no classical bit for, as of measurements for decisions, are left out.
    """
    entries = data["measurement_counts"]
    if len(entries) != len(request.programs):
        raise ValueError(f"it is of {len(entries)} circuits; {len(request.programs)} were run")
    return [
        _keyed(entry, program) for entry, program in zip(entries, request.programs, strict=True)
    ]


def _keyed(entry: Mapping[str, Any], program: Program) -> Measurements:
    keys = entry["measurement_keys"]
    memory = entry.get("memory")
    if memory:
        measured = Measurements.from_shots([_state(one, len(keys)) for one in memory], len(keys))
    else:
        counts = {_state(key, len(keys)): count for key, count in entry["counts"].items()}
        measured = Measurements.from_counts(counts, len(keys))
    column = {key: len(keys) - 1 - place for place, key in enumerate(keys)}
    bits = iqm_json.bits_of_keys(program.readout)
    if bits.keys().isdisjoint(keys):
        bits = _bits_of_other_keys(program)
    places: list[int | None] = [None] * program.readout.num_bits
    for key, bit in bits.items():
        places[bit] = column.get(key)
        if places[bit] is None and program.readout.sources[bit] is not None:
            raise ValueError(f"it has nothing for the measurement with the key {key!r}")
    return measured.select(places)


def _bits_of_other_keys(program: Program) -> dict[str, int]:
    """Return the classical bit of each key that another client chose: in the order of measuring.

    Raises:
        ValueError: the circuit has other keys than classical bits.
    """
    circuit = iqm_json.read(program.body)
    shown = [one.key for one in circuit.measurements if not iqm_json.is_hidden(one.key)]
    if len(shown) != program.readout.num_bits:
        raise ValueError("its measurement keys are not those of the circuit")
    return {key: bit for bit, key in enumerate(shown)}


# Counts ------------------------------------------------------------------------------------------


def _counts(data: Mapping[str, Any], job: Job, request: Request) -> list[Measurements]:
    """Read counts by bit string: classical bit 0 rightmost, from Kipu's simulator leftmost."""
    program = _single(job, request)
    width = _width(data)
    memory = data.get("memory")
    if memory:
        measured = Measurements.from_shots([_state(one, width) for one in memory], width)
    else:
        counts = {_state(key, width): count for key, count in data["counts"].items()}
        measured = Measurements.from_counts(counts, width)
    if job.provider is Provider.KIPU:
        measured = measured.select(range(width - 1, -1, -1))
    return [_fitted(measured, program)]


def _width(data: Mapping[str, Any]) -> int:
    widths = {len(key.replace(" ", "")) for key in data["counts"]}
    if len(widths) != 1:
        raise ValueError("the counts have bit strings of different lengths, or none")
    return widths.pop()


def _fitted(measured: Measurements, program: Program) -> Measurements:
    """Put the bits of a bit string into the classical bits of the circuit.

    They are all classical bits; or only those that are written, in their order; or all qubits.
    Which of them a machine answers is not documented, so the length decides.
    """
    readout, width = program.readout, measured.num_bits
    written = [bit for bit, source in enumerate(readout.sources) if source is not None]
    if width == readout.num_bits:
        return measured
    if width == len(written):
        place = {bit: column for column, bit in enumerate(written)}
        return measured.select([place.get(bit) for bit in range(readout.num_bits)])
    if width == program.num_qubits:
        return measured.read(readout)
    if not readout.num_bits:
        return measured
    raise ValueError(f"its states have {width} bits; the circuit has {readout.num_bits}")


def _state(text: str, width: int) -> int:
    """Read a state in binary digits, with spaces between registers, or in ``0x`` digits."""
    digits = text.replace(" ", "")
    if digits.startswith("0x"):
        return int(digits, 16)
    if len(digits) != width or set(digits) - {"0", "1"}:
        raise ValueError(f"{text!r} is no state of {width} bits")
    return int(digits, 2)


def _reversed(text: str, width: int) -> int:
    return _state(text[::-1], width)


_READERS: Mapping[str, Reader] = {
    "histogram": _histogram,
    "measurement_counts": _iqm,
    "counts": _counts,
}
