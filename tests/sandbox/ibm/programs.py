"""Inputs of the executor and of the noise learner, written by IBM's own schemas."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
from ibm_quantum_schemas.common import (
    CompressedQpyDataModel,
    F64CompressedTensorModel,
    F64TensorModel,
    QpyDataV13ToV17Model,
    QpyModelV13ToV16,
    QpyModelV13ToV17,
    SamplexModel,
)
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from samplomatic import Twirl, build
from sandbox.ibm.conftest import bell_circuit

SHOTS = 50


def executor_params(version: str, shape: tuple[int, ...] = (2, 3)) -> dict[str, Any]:
    """Ask for a Bell pair, once for each element of a shape."""
    schema = import_module(f"ibm_quantum_schemas.executor.version_{version[1:].replace('.', '_')}")
    packed = version >= "v2"
    tensor = F64CompressedTensorModel if packed else F64TensorModel
    circuit = bell_circuit()
    item: dict[str, Any] = {"circuit_arguments": tensor.from_numpy(np.zeros((*shape, 0)))}
    program: dict[str, Any] = {"shots": SHOTS}
    if version < "v1":
        model = QpyModelV13ToV16 if version == "v0.1" else QpyModelV13ToV17
        item["circuit"] = model.from_quantum_circuit(circuit, qpy_version=16)
    else:
        circuits = CompressedQpyDataModel if packed else QpyDataV13ToV17Model
        program["circuits"] = circuits.from_python([circuit], qpy_version=17)
        item["shape"] = []
    if version != "v0.1":
        program["passthrough_data"] = {"kept": [1, None, "two"]}
    program["items"] = [schema.CircuitItemModel(**item)]
    params = schema.ParamsModel(
        quantum_program=schema.QuantumProgramModel(**program), options=schema.OptionsModel()
    )
    return params.model_dump(mode="json")


def twirled_params(randomizations: int = 3) -> dict[str, Any]:
    """Ask for a randomized Bell pair, gates and measurements twirled."""
    schema = import_module("ibm_quantum_schemas.executor.version_2_0")
    template, samplex = build(boxed_bell())
    item = schema.SamplexItemModel(
        samplex=SamplexModel.from_samplex(samplex),
        samplex_arguments={},
        shape=[randomizations],
    )
    program = schema.QuantumProgramModel(
        shots=SHOTS,
        circuits=CompressedQpyDataModel.from_python([template], qpy_version=17),
        items=[item],
    )
    params = schema.ParamsModel(quantum_program=program, options=schema.OptionsModel())
    return params.model_dump(mode="json")


def learner_params(version: str) -> dict[str, Any]:
    """Ask for the noise of the boxes of a Bell pair."""
    name = f"ibm_quantum_schemas.noise_learner_v3.version_{version[1:].replace('.', '_')}"
    schema = import_module(name)
    model = QpyModelV13ToV16 if version == "v0.1" else QpyModelV13ToV17
    instructions = model.from_quantum_circuit(boxed_bell(), qpy_version=16)
    params = schema.ParamsModel(instructions=instructions, options=schema.OptionsModel())
    return {**params.model_dump(mode="json"), "version": 3}


def boxed_bell() -> QuantumCircuit:
    """Put the gates of a Bell pair into one box and its measurements into another."""
    circuit = QuantumCircuit(QuantumRegister(7), ClassicalRegister(2, "meas"))
    with circuit.box([Twirl()]):
        circuit.rz(np.pi / 2, 0)
        circuit.sx(0)
        circuit.rz(np.pi / 2, 0)
        circuit.cx(0, 1)
    with circuit.box([Twirl()]):
        circuit.measure([0, 1], [0, 1])
    return circuit
