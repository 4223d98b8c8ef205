"""Reads a circuit from a file and writes it in the language of the machine that it is for."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ProgramError

if TYPE_CHECKING:
    from ..clouds.base import Cloud
    from ..jobs.submission import Request
    from ..programs import Program

_VERSION = re.compile(r"^\s*OPENQASM\s+(\d+)(?:\.\d+)?\s*;", re.MULTILINE)


def open_backend() -> Any:
    """Return what the Qiskit plugin opens backends with.

    The core does not know the plugins, so it is looked up by name when a command needs it.

    Raises:
        MissingExtraError: Qiskit is not installed.
    """
    return import_module("qiskit_ketbridge").backend


def read(file: Path) -> Any:
    """Read a file in OpenQASM 2 or 3.

    Returns:
        A Qiskit circuit with the file's name.

    Raises:
        MissingExtraError: Qiskit is not installed.
        ProgramError: the file is not OpenQASM; the message has the parser's own words.
    """
    open_backend()
    text = file.read_text(encoding="utf-8", errors="replace")
    version = _VERSION.search(text)
    if version is None or version[1] not in _READERS:
        raise ProgramError(f"{file} does not begin with 'OPENQASM 2.0;' or 'OPENQASM 3.0;'")
    try:
        circuit = _READERS[version[1]](text, file.parent)
    except Exception as error:
        # The parsers raise errors of several unrelated classes.
        raise ProgramError(f"{file} cannot be read as OpenQASM {version[1]}: {error}") from error
    circuit.name = file.stem
    return circuit


def _read2(text: str, folder: Path) -> Any:
    qasm2 = import_module("qiskit.qasm2")
    return qasm2.loads(
        text,
        include_path=(*qasm2.LEGACY_INCLUDE_PATH, folder),
        custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS,
        custom_classical=qasm2.LEGACY_CUSTOM_CLASSICAL,
    )


def _read3(text: str, _: Path) -> Any:
    return import_module("qiskit.qasm3").loads(text)


_READERS = {"2": _read2, "3": _read3}


def request(
    file: Path, address: str, shots: int, *, seed: int | None = None, name: str | None = None
) -> tuple[Cloud, Request]:
    """Make a request of a file.

    Args:
        file: a circuit in OpenQASM 2 or 3.
        address: the machine.
        shots: how many.
        seed: seed of simulation and sampling.
        name: name of the job; None for the name of the file.

    Returns:
        The cloud of the address, and the request in the machine's language.

    Raises:
        ProgramError: the file is not OpenQASM, or the machine cannot run its circuit.
        UnknownBackendError: the cloud has no such machine.
    """
    from ..jobs.submission import Request

    machine = open_backend()(address)
    program = _encode(read(file), machine)
    asked = Request(machine.name, [program], shots, name=name or file.stem, seed=seed, sdk="qiskit")
    return machine.cloud, asked


def _encode(circuit: Any, machine: Any) -> Program:
    """Write a circuit as it is, or else as Qiskit transpiles it for the machine.

    Args:
        circuit: a Qiskit circuit.
        machine: a backend of the Qiskit plugin.

    Raises:
        ProgramError: the machine cannot run it; the reason is that of the circuit as it is where
            there is nothing to transpile for.
    """
    try:
        return machine.encode([circuit])[0]  # type: ignore[no-any-return]
    except ProgramError as error:
        refused = error
    try:
        transpiled = import_module("qiskit").transpile(circuit, machine)
    except (ProgramError, import_module("qiskit.transpiler").TranspilerError):
        raise refused from None
    return machine.encode([transpiled])[0]  # type: ignore[no-any-return]
