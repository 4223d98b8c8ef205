"""Writing PUBs, the units that IBM's primitives run: a circuit and the arguments that go with it.

A circuit goes as zlib-compressed QPY in base64, an array as zlib-compressed ``.npy`` in base64,
each under the ``__type__`` that Qiskit's RuntimeDecoder reads. A `Program` carries one PUB: its
``body`` is the QPY file, its ``arguments`` what follows the circuit. Programs that share a body
share its encoding, so that a hundred PUBs of one circuit compress it once.
"""

from __future__ import annotations

import base64
import io
import json
import zlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ...programs import Program

if TYPE_CHECKING:
    from numpy.typing import NDArray


def circuit(qpy: bytes) -> bytes:
    """Return the JSON of a circuit, from a QPY file that holds it alone."""
    return b'{"__type__":"QuantumCircuit","__value__":"%b"}' % base64.b64encode(zlib.compress(qpy))


def array(values: NDArray[Any]) -> dict[str, str]:
    """Return the JSON data of an array of numbers.

    Raises:
        ValueError: it holds Python objects.
    """
    file = io.BytesIO()
    np.save(file, values, allow_pickle=False)
    packed = base64.b64encode(zlib.compress(file.getvalue()))
    return {"__type__": "ndarray", "__value__": packed.decode("ascii")}


def sampler_arguments(parameter_values: NDArray[Any] | None, shots: int | None) -> str:
    """Write what follows the circuit in a sampler PUB.

    Args:
        parameter_values: shape ``(..., parameters)``, the parameters in the circuit's own order;
            None for a circuit without parameters.
        shots: shots of this PUB; None for the default of the job.
    """
    return _text([_bound(parameter_values), shots])


def estimator_arguments(
    observables: Any, parameter_values: NDArray[Any] | None, precision: float | None
) -> str:
    """Write what follows the circuit in an estimator PUB.

    Args:
        observables: ``{Pauli label: coefficient}``, or nested lists of them; in a label qubit 0 is
            the rightmost character.
        parameter_values: as in `sampler_arguments`.
        precision: wanted standard error; None for the default of the job.
    """
    return _text([observables, _bound(parameter_values), precision])


def pubs(programs: Iterable[Program], shots: int) -> bytes:
    """Return the JSON list of PUBs; a program without arguments is sampled ``shots`` times."""
    plain = sampler_arguments(None, shots)
    encoded: dict[bytes, bytes] = {}
    items = []
    for program in programs:
        if program.body not in encoded:
            encoded[program.body] = circuit(program.body)
        rest = (program.arguments or plain).strip()[1:-1].strip()
        items.append(b"[%b%b]" % (encoded[program.body], f",{rest}".encode() if rest else b""))
    return b"[%b]" % b",".join(items)


def params(
    programs: Iterable[Program], shots: int, options: Mapping[str, Any], **further: Any
) -> bytes:
    """Return the input of a sampler or estimator job, the PUBs spliced in as they are.

    Args:
        programs: one a PUB.
        shots: of programs that bring no arguments.
        options: the primitive's options.
        further: further members, such as ``resilience_level``; None leaves one out.
    """
    tail = {"options": dict(options), "version": 2, "support_qiskit": True}
    tail |= {name: value for name, value in further.items() if value is not None}
    return b'{"pubs":%b,%b' % (pubs(programs, shots), _text(tail).encode()[1:])


def _bound(values: NDArray[Any] | None) -> dict[str, str]:
    return array(np.zeros(0) if values is None else np.asarray(values))


def _text(data: Any) -> str:
    return json.dumps(data, allow_nan=False, separators=(",", ":"))
