"""Words that several parts of the Hub's API share."""

from __future__ import annotations

from ...wire import OpenEnum


class Provider(OpenEnum):
    """Who gives the Hub access to a machine."""

    AZURE = "AZURE"
    AWS = "AWS"
    IBM = "IBM"
    QRYD = "QRYD"
    QUDORA = "QUDORA"
    QUANDELA = "QUANDELA"
    IQM = "IQM"
    KIPU = "KIPU"


class InputFormat(OpenEnum):
    """Language of a job's input."""

    OPEN_QASM_V1 = "OPEN_QASM_V1"
    OPEN_QASM_V2 = "OPEN_QASM_V2"
    OPEN_QASM_V3 = "OPEN_QASM_V3"
    QIR_V1 = "QIR_V1"
    BRAKET_OPEN_QASM_V3 = "BRAKET_OPEN_QASM_V3"
    BRAKET_AHS_PROGRAM = "BRAKET_AHS_PROGRAM"
    IONQ_CIRCUIT_V1 = "IONQ_CIRCUIT_V1"
    QISKIT_QPY = "QISKIT_QPY"
    QOQO = "QOQO"
    PERCEVAL = "PERCEVAL"
    IQM_JOB_INPUT_V1 = "IQM_JOB_INPUT_V1"


class SdkProvider(OpenEnum):
    """What a job was written with."""

    QISKIT = "QISKIT"
    BRAKET = "BRAKET"
    PERCEVAL = "PERCEVAL"
    CLIENT = "CLIENT"
