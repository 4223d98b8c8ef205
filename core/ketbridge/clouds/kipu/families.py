"""Kinds of machines behind the Hub: what each reads, and which kind a machine is.

The service says of a machine who provides it and which input formats it reads. The contract's
table of backend ids stands in where it does not say that.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping

from ...programs import Format
from .models import Backend, BackendType, InputFormat, Provider


class Family(enum.Enum):
    """Machines whose jobs are written in the same way."""

    IBM = "IBM"
    AWS_QASM = "AWS OpenQASM 3"
    AWS_AHS = "AWS analog Hamiltonian simulation"
    AZURE_IONQ = "Azure IonQ"
    IQM = "IQM"
    QUDORA = "Qudora"
    KIPU = "Kipu simulator"
    QUANDELA = "Quandela"
    TEXT = "OpenQASM"
    """A machine that reads OpenQASM and of whose parameters the contract says nothing."""

    @property
    def takes_several(self) -> bool:
        """Whether a job can hold several circuits."""
        return self in (Family.IBM, Family.IQM)

    @property
    def samples(self) -> bool:
        """Whether its programs are circuits of gates whose qubits are measured."""
        return self not in (Family.AWS_AHS, Family.QUANDELA)


WORDS: Mapping[InputFormat, Format] = {
    InputFormat.OPEN_QASM_V2: Format.OPENQASM2,
    InputFormat.OPEN_QASM_V3: Format.OPENQASM3,
    InputFormat.BRAKET_OPEN_QASM_V3: Format.BRAKET_OPENQASM3,
    InputFormat.BRAKET_AHS_PROGRAM: Format.BRAKET_AHS,
    InputFormat.IONQ_CIRCUIT_V1: Format.IONQ_QIS,
    InputFormat.QISKIT_QPY: Format.QISKIT_QPY,
    InputFormat.PERCEVAL: Format.PERCEVAL,
    InputFormat.IQM_JOB_INPUT_V1: Format.IQM,
}
"""The Hub's words for the formats that are written here."""

NAMES: Mapping[Format, InputFormat] = {form: word for word, form in WORDS.items()}

_OF_FORMAT = {
    Format.QISKIT_QPY: Family.IBM,
    Format.BRAKET_OPENQASM3: Family.AWS_QASM,
    Format.BRAKET_AHS: Family.AWS_AHS,
    Format.IONQ_QIS: Family.AZURE_IONQ,
    Format.IQM: Family.IQM,
    Format.PERCEVAL: Family.QUANDELA,
}
_OF_TEXT = {Provider.QUDORA: Family.QUDORA, Provider.KIPU: Family.KIPU}
_TEXTS = (Format.OPENQASM2, Format.OPENQASM3)
_NO_TEXT = (Provider.IBM, Provider.AWS)
"""Providers to which a circuit is written in a format of their own, whatever else they list."""

DOCUMENTED: Mapping[str, Family] = {
    "azure.ionq.simulator": Family.AZURE_IONQ,
    "quandela.sim.altair": Family.QUANDELA,
    "quandela.qpu.belenos": Family.QUANDELA,
    "aws.quera.aquila": Family.AWS_AHS,
    "qudora.sim.xg1": Family.QUDORA,
    "kipu.sim.qsim": Family.KIPU,
    **dict.fromkeys(
        (
            "ibm.qpu.fez",
            "ibm.qpu.boston",
            "ibm.qpu.marrakesh",
            "ibm.qpu.pittsburgh",
            "ibm.qpu.aachen",
            "ibm.qpu.berlin",
            "ibm.qpu.miami",
            "ibm.qpu.kingston",
        ),
        Family.IBM,
    ),
    "iqm.qpu.emerald": Family.IQM,
    "iqm.qpu.garnet": Family.IQM,
    "aws.sim.dm1": Family.AWS_QASM,
    "aws.sim.sv1": Family.AWS_QASM,
    "aws.rigetti.cepheus": Family.AWS_QASM,
    "aws.ionq.forte": Family.AWS_QASM,
}
"""The contract's table of backend ids, for a machine that does not say what it reads."""

FORMATS: Mapping[Family, tuple[Format, ...]] = {
    **{family: (form,) for form, family in _OF_FORMAT.items()},
    Family.QUDORA: (Format.OPENQASM2, Format.OPENQASM3),
    Family.KIPU: (Format.OPENQASM2,),
    Family.TEXT: _TEXTS,
}
"""What the contract documents as input of each family."""


def family_of(form: Format, provider: Provider | None, backend: str = "") -> Family | None:
    """Return the family of a job, None where its format is not written for such a machine.

    Args:
        form: format of its programs.
        provider: who provides the machine, as the service says; None where that is not known.
        backend: id of the machine, which the contract's table may have.
    """
    if form not in _TEXTS:
        return _OF_FORMAT.get(form)
    if provider is not None:
        return None if provider in _NO_TEXT else _OF_TEXT.get(provider, Family.TEXT)
    documented = DOCUMENTED.get(backend)
    if documented is not None:
        return documented if form in FORMATS[documented] else None
    return Family.TEXT


def formats_of(backend: Backend) -> tuple[Format, ...]:
    """Return what a machine reads and what is written here, in the service's order.

    A machine without gates (``ANNEALER``) reads AHS programs, also where the service lists the
    OpenQASM of its provider instead.
    """
    listed = backend.configuration.supported_input_formats if backend.configuration else None
    if not listed:
        documented = DOCUMENTED.get(backend.id)
        return FORMATS[documented] if documented else ()
    found = [WORDS[word] for word in listed if word in WORDS]
    if backend.type is BackendType.ANNEALER and Format.BRAKET_OPENQASM3 in found:
        found = [Format.BRAKET_AHS]
    written = [form for form in found if family_of(form, backend.provider, backend.id)]
    return tuple(dict.fromkeys(written))
