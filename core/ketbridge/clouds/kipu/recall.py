"""What was asked, from the job and the input that the service keeps with it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ...errors import ProgramError
from ...jobs.submission import Request
from ...programs import Format, Program, Readout, iqm_json, qasm_text
from ..ibm_shared import circuits
from . import tags
from .families import DOCUMENTED, FORMATS, WORDS
from .models import Job, SdkProvider
from .options import RUN

_SDKS = {SdkProvider.QISKIT: "qiskit", SdkProvider.BRAKET: "braket"}
_OPTIONS = {"program_id": "program"}
"""Parameters of a job whose option has another name; those without an option are our own."""
_SILENT = Readout(())


def request(job: Job, given: Mapping[str, Any], qubits: tuple[str, ...] = ()) -> Request:
    """Recover what was asked.

    Registers come back from the measurements in OpenQASM text and from IQM's measurement keys, or
    from what was noted beside them. An IonQ circuit has none: they are in a tag, and without one
    every qubit reads into one register. Those of IBM are in the result.

    Args:
        job: the job.
        given: its input.
        qubits: names of the machine's qubits in order, for IQM.
    """
    form = _format(job)
    programs = _READERS[form](given, qubits) if form else ()
    noted = tags.readout_in(job.tags) if form is Format.IONQ_QIS else None
    if noted is not None:
        programs = tuple(replace(program, readout=noted) for program in programs)
    options = {
        _OPTIONS.get(name, name): value
        for name, value in (job.input_params or {}).items()
        if value is not None and _OPTIONS.get(name, name) in RUN
    }
    return Request(
        job.backend_id or "",
        programs,
        job.shots or 0,
        job.name or "",
        tags.users(job.tags),
        session=job.session_id,
        options=options,
        sdk=_SDKS.get(job.sdk_provider, "") if job.sdk_provider else "",
    )


def _format(job: Job) -> Format | None:
    if job.input_format is not None and job.input_format in WORDS:
        return WORDS[job.input_format]
    documented = DOCUMENTED.get(job.backend_id or "")
    return FORMATS[documented][0] if documented else None


def _text(form: Format) -> Callable[[Mapping[str, Any], tuple[str, ...]], tuple[Program, ...]]:
    def read(given: Mapping[str, Any], _: tuple[str, ...]) -> tuple[Program, ...]:
        text = given.get("qasm")
        if not isinstance(text, str):
            return ()
        try:
            readout = qasm_text.readout(text)
        except ValueError:
            readout = _SILENT
        highest = max((one for one in readout.sources if one is not None), default=0)
        return (Program(form, text.encode(), readout, highest + 1),)

    return read


def _iqm(given: Mapping[str, Any], qubits: tuple[str, ...]) -> tuple[Program, ...]:
    found = []
    for data in given.get("circuits") or ():
        try:
            circuit = iqm_json.read(data)
        except ProgramError:
            return ()
        names = qubits or circuit.qubits
        readout = iqm_json.readout(circuit, names)
        body = _dumped(data)
        found.append(Program(Format.IQM, body, readout, max(len(names), 1), circuit.name))
    return tuple(found)


def _ionq(given: Mapping[str, Any], _: tuple[str, ...]) -> tuple[Program, ...]:
    count = given.get("qubits")
    qubits = count if isinstance(count, int) and count > 0 else 1
    readout = Readout.of_qubits(range(qubits))
    return (Program(Format.IONQ_QIS, _dumped(given), readout, qubits),)


def _ahs(given: Mapping[str, Any], _: tuple[str, ...]) -> tuple[Program, ...]:
    program = given.get("ahs_program")
    return (Program(Format.BRAKET_AHS, _dumped(program), _SILENT, 1),) if program else ()


def _perceval(given: Mapping[str, Any], _: tuple[str, ...]) -> tuple[Program, ...]:
    return (Program(Format.PERCEVAL, _dumped(given), _SILENT, 1),)


def _ibm(given: Mapping[str, Any], _: tuple[str, ...]) -> tuple[Program, ...]:
    return circuits.programs(given)


def _dumped(data: Any) -> bytes:
    return json.dumps(data, separators=(",", ":")).encode()


_READERS: Mapping[Format, Callable[[Mapping[str, Any], tuple[str, ...]], tuple[Program, ...]]] = {
    Format.OPENQASM2: _text(Format.OPENQASM2),
    Format.OPENQASM3: _text(Format.OPENQASM3),
    Format.BRAKET_OPENQASM3: _text(Format.BRAKET_OPENQASM3),
    Format.IQM: _iqm,
    Format.IONQ_QIS: _ionq,
    Format.BRAKET_AHS: _ahs,
    Format.PERCEVAL: _perceval,
    Format.QISKIT_QPY: _ibm,
}
