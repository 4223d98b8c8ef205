"""``backend.run`` on IBM machines: through the sampler, with an ordinary result."""

import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Clbit

from ketbridge import connect
from qiskit_ketbridge import KetbridgeProvider, job
from qiskit_ketbridge.errors import CircuitError

from .conftest import bell


def test_counts_come_back_by_circuit_and_register(lagos, compiled):
    odd = QuantumCircuit(QuantumRegister(2), ClassicalRegister(1, "a"), ClassicalRegister(2, "b"))
    odd.name, odd.metadata = "odd", {"note": 7}
    odd.x(0)
    odd.measure([0, 1], [2, 0])
    first, second = compiled(odd), compiled(bell())

    result = lagos.run([first, second], shots=40, memory=True, seed=1).result()

    assert result.get_counts("odd") == {"10 0": 40}
    assert result.results[0].header["metadata"] == {"note": 7}
    assert len(result.get_memory(1)) == 40 and set(result.get_memory(1)) <= {"00", "11"}
    assert result.results[1].shots == 40


def test_bits_of_no_register_come_back_too(lagos, compiled):
    circuit = QuantumCircuit(QuantumRegister(2), [Clbit(), Clbit()], ClassicalRegister(1, "c"))
    circuit.x([0, 1])
    circuit.measure([0, 1], [1, 2])

    counts = lagos.run(compiled(circuit), shots=5).result().get_counts()

    assert counts == {"110": 5}


def test_the_result_is_the_same_on_another_machine(lagos, compiled, monkeypatch, tmp_path):
    circuit = bell()
    circuit.name, circuit.metadata = "pair", {"k": [1]}
    sent = lagos.run(compiled(circuit), shots=30, memory=True)
    here = sent.result()
    monkeypatch.setattr(connect("sandbox:ibm").ledger, "find", lambda *_: None)

    there = job(sent.address, memory=True).result()

    assert there.to_dict()["results"] == here.to_dict()["results"]


def test_a_circuit_that_was_not_transpiled_is_refused_by_its_first_wrong_instruction(lagos):
    circuit = QuantumCircuit(7, 1, name="raw")
    circuit.x(0)
    circuit.h(2)
    circuit.measure(2, 0)

    with pytest.raises(
        CircuitError, match=r"instruction 1 of circuit 'raw' is h on qubits 2.*pass"
    ):
        lagos.run(circuit)


def test_the_least_busy_machine_comes_of_one_listing(running):
    provider = KetbridgeProvider("sandbox:ibm")
    before = sum(running.requests().values())

    chosen = provider.least_busy(min_num_qubits=100, filters=lambda one: one.name != "ibm_torino")

    assert chosen.name != "ibm_torino"
    assert sum(running.requests().values()) - before <= 2  # one of them may be for a token


def test_jobs_are_listed_with_filters(lagos, compiled):
    isa = compiled(bell())
    sent = lagos.run(isa, shots=1, tags=["find-me"])
    sent.result()

    found = list(KetbridgeProvider("sandbox:ibm").jobs(tags=["find-me"]))

    assert [one.job_id() for one in found] == [sent.job_id()]
    assert type(found[0]).__name__ == "IbmJob"


def test_a_job_is_cancelled_and_deleted(lagos, compiled):
    sent = lagos.run(compiled(bell()), shots=1)
    sent.result()
    sent.delete()

    assert not [
        one for one in KetbridgeProvider("sandbox:ibm").jobs() if one.job_id() == sent.job_id()
    ]


def test_what_an_instance_is_and_has_used(running):
    provider = KetbridgeProvider("sandbox:ibm")

    assert provider.active_instance() == running.accounts["ibm"].settings["instance"]
    assert provider.usage()["usage_consumed_seconds"] >= 0
    assert "plan_id" in provider.instance()
    assert provider.backend("ibm_lagos").num_qubits == 7
