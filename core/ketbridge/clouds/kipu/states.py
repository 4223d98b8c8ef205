"""State vectors and amplitudes, which Kipu's simulator gives instead of counts.

The service has qubit 0 as the most significant bit of an index and leftmost in a bit string; here
it is turned round: qubit 0 is the least significant bit, as everywhere in Ketbridge.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..document import Document

if TYPE_CHECKING:
    from numpy.typing import NDArray


def statevector(document: Document) -> NDArray[np.complex128]:
    """Return the state vector of a job in mode ``statevector``.

    Returns:
        Shape ``(2**qubits,)``; bit ``i`` of an index is qubit ``i``.

    Raises:
        ValueError: the result has no state vector, or one of another length than a power of two.
    """
    pairs = np.asarray(_member(document, "statevector"), dtype=np.float64)
    if pairs.ndim != 2 or pairs.shape[1] != 2:
        raise ValueError("the state vector is no list of pairs of numbers")
    amplitudes = np.ascontiguousarray(pairs).view(np.complex128).reshape(-1)
    qubits = len(amplitudes).bit_length() - 1
    if len(amplitudes) != 1 << qubits:
        raise ValueError(f"{len(amplitudes)} amplitudes are no state of qubits")
    return amplitudes.reshape((2,) * qubits).transpose().reshape(-1)


def amplitudes(document: Document) -> dict[str, complex]:
    """Return the amplitudes of a job in mode ``amplitudes``, by bit string, qubit 0 rightmost.

    Raises:
        ValueError: the result has no amplitudes.
    """
    table = _member(document, "amplitudes")
    if not isinstance(table, Mapping):
        raise ValueError("the amplitudes are no table by bit string")
    try:
        return {state[::-1]: complex(*pair) for state, pair in table.items()}
    except TypeError as error:
        raise ValueError(f"an amplitude is no pair of numbers: {error}") from None


def _member(document: Document, name: str) -> Any:
    data = document.json()
    if not isinstance(data, Mapping) or name not in data:
        raise ValueError(f"the result has no {name}")
    return data[name]
