"""Reading a job's input without trust: sizes are bounded, nothing is unpickled or imported."""

from __future__ import annotations

import base64
import binascii
import io
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ...workers import WorkError
from .task import INVALID

if TYPE_CHECKING:
    import numpy as np
    from qiskit import QuantumCircuit

    Array = np.ndarray[Any, Any]

MAX_UNPACKED_BYTES = 512 << 20
CHUNK_BYTES = 1 << 20
PACKED = ("data", "b64_data", "circuit_b64")
"""Members of the schemas' objects that may be compressed."""


def invalid(message: str) -> WorkError:
    """Make the failure of a job whose input cannot be used."""
    return WorkError(INVALID, f"Job not valid. {message}")


def unzip(text: str) -> bytes:
    """Unpack base64 of zlib, up to `MAX_UNPACKED_BYTES`.

    Raises:
        WorkError: it is not that, or too large.
    """
    try:
        machine = zlib.decompressobj()
        data = machine.decompress(base64.b64decode(text, validate=True), MAX_UNPACKED_BYTES)
    except (binascii.Error, zlib.error, ValueError) as error:
        raise invalid(f"A compressed value cannot be unpacked: {error}") from error
    if machine.unconsumed_tail:
        raise invalid(f"A value unpacks to more than {MAX_UNPACKED_BYTES} bytes.")
    if not machine.eof:
        raise invalid("A compressed value ends too early.")
    return data


def circuit(value: Any) -> QuantumCircuit:
    """Read a circuit: QPY in its JSON wrapping or as base64, or a text of OpenQASM.

    Raises:
        WorkError: it is none of these.
    """
    if isinstance(value, dict) and value.get("__type__") == "QuantumCircuit":
        (found,) = qpy(unzip(str(value.get("__value__"))))
        return found
    if not isinstance(value, str):
        raise invalid("A circuit must be QPY or a text of OpenQASM.")
    if value.lstrip().startswith("OPENQASM"):
        return _qasm(value)
    try:
        raw = base64.b64decode(value, validate=True)
    except binascii.Error:
        return _qasm(value)
    (found,) = qpy(raw if raw.startswith(b"QISKIT") else unzip(value))
    return found


def qpy(raw: bytes) -> list[QuantumCircuit]:
    """Read circuits from QPY.

    Raises:
        WorkError: it is none.
    """
    from qiskit import qpy as format_
    from qiskit.exceptions import QiskitError

    try:
        return list(format_.load(io.BytesIO(raw), annotation_factories=_annotations()))
    except (QiskitError, ValueError, KeyError, TypeError, EOFError) as error:
        raise invalid(f"The circuit's QPY cannot be read: {error}") from error


@lru_cache
def _annotations() -> dict[str, Any]:
    """Return how the annotations of boxes are read."""
    from ibm_quantum_schemas.common.annotation_serializer import AnnotationSerializer

    return {"samplomatic": AnnotationSerializer}


def _qasm(text: str) -> QuantumCircuit:
    from qiskit import QuantumCircuit, qasm2, qasm3
    from qiskit.exceptions import QiskitError

    try:
        if "OPENQASM 3" in text:
            return qasm3.loads(text)
        return QuantumCircuit.from_qasm_str(text)
    except (QiskitError, qasm2.QASM2ParseError) as error:
        raise invalid(f"The circuit's OpenQASM cannot be read: {error}") from error


def array(value: Any) -> Array:
    """Read an array of numbers, wrapped or as nested lists.

    Raises:
        WorkError: it is none.
    """
    import numpy as np

    if isinstance(value, dict) and value.get("__type__") == "ndarray":
        inner = value.get("__value__")
        if isinstance(inner, str):
            try:
                found: Array = np.load(io.BytesIO(unzip(inner)), allow_pickle=False)
            except (ValueError, EOFError) as error:
                raise invalid(f"An array cannot be read: {error}") from error
            return found
        value = inner
    try:
        return np.asarray(value, dtype=float)
    except (TypeError, ValueError) as error:
        raise invalid(f"An array cannot be read: {error}") from error


def parameter_values(value: Any, circuit: QuantumCircuit) -> Array:
    """Read the parameters' values of a circuit.

    Returns:
        An array whose last axis goes over the circuit's parameters in their order.

    Raises:
        WorkError: their number is not that of the circuit's parameters.
    """
    import numpy as np

    count = circuit.num_parameters
    if isinstance(value, dict) and "__type__" not in value:
        value = _by_name(value, circuit)
    values = np.zeros(0) if value is None else array(value)
    if count == 0:
        # without parameters an empty last axis is left out in some bodies
        shape = values.shape[:-1] if values.shape[-1:] == (0,) else values.shape
        return np.zeros((*shape, 0))
    if values.shape[-1:] != (count,):
        raise invalid(f"The circuit has {count} parameters, the values {values.shape}.")
    return values.astype(float)


def _by_name(values: dict[str, Any], circuit: QuantumCircuit) -> Array:
    """Put values that are given by the parameters' names in the parameters' order."""
    import numpy as np

    columns: dict[str, Array] = {}
    for name, column in values.items():
        names = name.split(",") if "," in name else [name]
        data = array(column)
        if len(names) == 1 and data.shape[-1:] != (1,):
            data = data[..., None]
        for place, one in enumerate(names):
            columns[one.strip()] = data[..., place]
    try:
        return np.stack([columns[one.name] for one in circuit.parameters], axis=-1)
    except KeyError as error:
        raise invalid(f"The parameter {error} has no value.") from error


def check_packed(value: Any) -> None:
    """Refuse packed tensors and circuits in a schema's JSON that unpack to too much.

    Raises:
        WorkError: one does.
    """
    if isinstance(value, dict):
        for name in PACKED:
            if isinstance(value.get(name), str):
                _check_size(value[name])
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for entry in inner:
        check_packed(entry)


def _check_size(text: str) -> None:
    machine, left = zlib.decompressobj(), MAX_UNPACKED_BYTES
    try:
        data = base64.b64decode(text)
        while data and left > 0:
            left -= len(machine.decompress(data, CHUNK_BYTES))
            data = machine.unconsumed_tail
    except (binascii.Error, zlib.error):
        return  # it is not packed; whether it is right is for its schema to say
    if data:
        raise invalid(f"A value unpacks to more than {MAX_UNPACKED_BYTES} bytes.")
