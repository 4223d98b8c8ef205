"""What cannot run is refused with a clear message before a byte is sent: the two plugins."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Parameter
from qiskit.exceptions import QiskitError
from support.cloud_cases import ALL

from ketbridge.errors import AddressError, ProgramError, UnknownOptionError

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from braket.circuits import Circuit, FreeParameter

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning:pydantic"),
    pytest.mark.filterwarnings("ignore::UserWarning:braket"),
]

CLOUDS = ALL


@pytest.fixture
def spent(server, case):
    """How much has been sent since the test began, but for the question what the machine is.

    The bucket is left out, where jobs of other tests write when they have ended.
    """
    server.faults.clear()

    def count() -> int:
        return sum(
            number
            for name, number in server.requests().items()
            if name not in {*case.describing, case.exchange} and not name.startswith("s3.")
        )

    before = count()
    return lambda: count() - before


# Circuits of gates that every machine has, because those of IBM are to be transpiled before.


def measured(qubits: int = 1) -> QuantumCircuit:
    circuit = QuantumCircuit(qubits)
    circuit.sx(0)
    circuit.measure_all()
    return circuit


def turned(angle: Any) -> QuantumCircuit:
    circuit = QuantumCircuit(1, 1)
    circuit.sx(0)
    circuit.rz(angle, 0)
    circuit.measure(0, 0)
    return circuit


QISKIT = {
    "nan": (lambda: turned(math.nan), r"instruction 1\b.*rz"),
    "infinite": (lambda: turned(math.inf), r"instruction 1\b.*rz"),
    "minus infinite": (lambda: turned(-math.inf), r"instruction 1\b.*rz"),
    "numpy nan": (lambda: turned(np.float64("nan")), r"instruction 1\b.*rz"),
    "unbound": (lambda: turned(Parameter("θ")), "θ"),
    "no qubits": (lambda: QuantumCircuit(0, 1), "qubits"),
    "no measurement": (lambda: QuantumCircuit(1), "measure"),
    "too wide": (lambda: measured(300), "qubits"),
    "no circuit": (lambda: "circuit", "circuit"),
    "nothing": (list, "no circuit"),
}


@pytest.mark.parametrize("name", QISKIT)
def test_a_qiskit_circuit_that_cannot_run_is_refused(case, spent, name):
    from qiskit_ketbridge import backend

    make, words = QISKIT[name]
    machine = backend(case.machine)
    with pytest.raises((ProgramError, TypeError), match=f"(?i){words}") as caught:
        machine.run(make())
    assert isinstance(caught.value, QiskitError | TypeError | ProgramError)
    assert spent() == 0


@pytest.mark.parametrize("shots", [0, -1, True, 1.5, "100", 10**7])
def test_shots_out_of_range_are_refused_by_qiskit(case, spent, shots):
    from qiskit_ketbridge import backend

    machine = backend(case.machine)
    with pytest.raises(ProgramError, match=r"shots is .*whole number"):
        machine.run(measured(), shots=shots)
    assert spent() == 0


@pytest.mark.parametrize("option", ["shots", "memory", "of the cloud"])
def test_an_option_with_a_typo_is_refused_by_qiskit(case, spent, option):
    from qiskit_ketbridge import backend

    machine = backend(case.machine)
    right = next(iter(case.make.options)) if option == "of the cloud" else option
    with pytest.raises(UnknownOptionError, match=f"Did you mean .*'{right}'"):
        machine.run(measured(), **{right[:-1]: 1})
    assert spent() == 0


@pytest.mark.parametrize("name", ["ü", "😀", "x" * 10_000, "a\r\nX: 1", "a\x00b"])
def test_names_of_registers_and_circuits_survive_qiskit(case, spent, name):
    from qiskit_ketbridge import backend

    qubits, bits = QuantumRegister(2, "q"), ClassicalRegister(2, name)
    circuit = QuantumCircuit(qubits, bits, name=name)
    circuit.x(qubits[0])
    circuit.measure(qubits, bits)
    machine = backend(case.machine)
    if case.identifiers and not name.isidentifier():
        with pytest.raises(ProgramError, match="a name that Python cannot use"):
            machine.run(circuit, shots=10)
        assert spent() == 0
        return
    found = machine.run(circuit, shots=10).result()
    assert found.get_counts() == {"01": 10}
    assert found.results[0].header["name"] == name
    assert found.results[0].header["creg_sizes"] == [[name, 2]]


BRAKET = {
    "nan": (lambda: Circuit().h(0).rx(0, math.nan), "index 1"),
    "infinite": (lambda: Circuit().h(0).rx(0, math.inf), "index 1"),
    "unbound": (lambda: Circuit().h(0).rx(0, FreeParameter("theta")), "theta"),
    "no qubits": (Circuit, "no qubits"),
    "no circuit": (lambda: "circuit", "cannot be run"),
}


@pytest.mark.parametrize("name", BRAKET)
def test_a_braket_circuit_that_cannot_run_is_refused(case, spent, name):
    from braket_ketbridge import KetbridgeDevice

    make, words = BRAKET[name]
    device = KetbridgeDevice(case.machine)
    with pytest.raises(ProgramError, match=words):
        device.run(make(), shots=10)
    assert spent() == 0


@pytest.mark.parametrize("shots", [0, -1, True, 1.5, 10**7])
def test_shots_out_of_range_are_refused_by_braket(case, spent, shots):
    from braket_ketbridge import KetbridgeDevice

    device = KetbridgeDevice(case.machine)
    with pytest.raises(ProgramError, match="shots"):
        device.run(Circuit().h(0), shots=shots)
    assert spent() == 0


def test_an_option_with_a_typo_is_refused_by_braket(case, spent):
    from braket_ketbridge import KetbridgeDevice

    device = KetbridgeDevice(case.machine)
    right = next(iter(case.make.options))
    with pytest.raises(TypeError, match=f"Did you mean .*'{right}'"):
        device.run(Circuit().h(0), shots=10, **{right[:-1]: 1})
    assert spent() == 0


@pytest.mark.parametrize("job_id", ["..", "../x", "a/b", "x?y", "%2e%2e", "@host", "", "x" * 4096])
def test_a_job_id_that_could_lead_elsewhere_is_refused(case, spent, job_id):
    from braket_ketbridge import KetbridgeQuantumTask
    from qiskit_ketbridge import KetbridgeProvider, job

    at = case.machine.partition("/")[0]
    for open_it in (
        lambda: KetbridgeProvider(at).job(job_id),
        lambda: job(f"{at}/{job_id}"),
        lambda: KetbridgeQuantumTask(f"{at}/{job_id}"),
    ):
        with pytest.raises(AddressError):
            open_it()
    assert spent() == 0
