"""Learnt noise as the estimator of the service reads it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from qiskit.quantum_info import PauliList

from ketbridge.errors import ProgramError

from .qpy import encode_qpy

HOME = "qiskit_ibm_runtime.utils.noise_learner_result"
"""Where the service expects the classes of layers and errors to be from."""


def model_data(model: Any) -> Any:
    """Return the JSON data of a noise learner's result, or of a list of layer errors.

    Results of qiskit-ibm-runtime do as well as ours: they have the same members.

    Raises:
        ProgramError: it is neither.
    """
    if isinstance(model, list | tuple):
        return [_layer(one) for one in model]
    if not hasattr(model, "data") or not hasattr(model, "metadata"):
        raise ProgramError(
            "layer_noise_model is the result of a noise learner or a list of layer errors, not "
            f"{type(model).__name__}"
        )
    data = [_layer(one) for one in model.data]
    value = {"data": data, "metadata": _jsonable(model.metadata)}
    return {"__type__": "NoiseLearnerResult", "__value__": value}


def _layer(layer: Any) -> Any:
    if not hasattr(layer, "circuit") or not hasattr(layer, "error"):
        raise ProgramError(f"layer_noise_model holds a {type(layer).__name__}, no layer error")
    from ketbridge.clouds.ibm_shared import encoding

    circuit = json.loads(encoding.circuit(encode_qpy(layer.circuit).body))
    qubits = [int(qubit) for qubit in layer.qubits]
    error = None if layer.error is None else _error(layer.error)
    return _member("LayerError", {"circuit": circuit, "qubits": qubits, "error": error})


def _error(error: Any) -> Any:
    from ketbridge.clouds.ibm_shared import encoding

    paulis = {
        "__type__": "settings",
        "__module__": PauliList.__module__,
        "__class__": "PauliList",
        "__value__": {"data": error.generators.to_labels()},
    }
    rates = encoding.array(np.asarray(error.rates))
    return _member("PauliLindbladError", {"generators": paulis, "rates": rates})


def _member(name: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"__type__": "_json", "__module__": HOME, "__class__": name, "__value__": value}


def _jsonable(metadata: Any) -> dict[str, Any]:
    """Leave out what the service adds to results and does not need back, such as arrays."""
    from ..translate.layout import json_metadata

    return json_metadata(metadata)
