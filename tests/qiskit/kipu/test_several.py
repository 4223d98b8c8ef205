"""Circuits of one call on a machine that takes one circuit a job: several jobs, one result."""

from __future__ import annotations

import pytest
from qiskit import QuantumCircuit
from qiskit.providers import JobStatus, JobV1

from ketbridge.errors import ProgramError, RequestRefused
from ketbridge.sandbox import Fault
from qiskit_ketbridge import job


def flipped(place, width=3):
    circuit = QuantumCircuit(width, width, name=f"flip {place}", metadata={"place": place})
    circuit.x(place)
    circuit.measure(range(width), range(width))
    return circuit


@pytest.fixture
def machine(in_sandbox):
    return in_sandbox("aws.sim.sv1")


@pytest.fixture
def server(running):
    return running


def taken(server):
    return [seen.id for seen in server.jobs() if seen.cloud == "kipu"]


def test_results_come_in_the_order_of_the_circuits(machine, server):
    before = len(taken(server))
    sent = machine.run([flipped(place) for place in range(3)], shots=20, memory=True)
    assert isinstance(sent, JobV1)
    assert [one.job_id() for one in sent.jobs] == taken(server)[before:]
    found = sent.result(timeout=60)
    assert found.get_counts() == [{"001": 20}, {"010": 20}, {"100": 20}]
    assert found.get_counts("flip 1") == {"010": 20}
    assert found.get_memory(2) == ["100"] * 20
    assert [one.header["metadata"]["place"] for one in found.results] == [0, 1, 2]
    assert sent.get_counts() == found.get_counts()
    assert (sent.status(), sent.in_final_state()) == (JobStatus.DONE, True)


def test_each_job_has_an_address_of_its_own(machine):
    sent = machine.run([flipped(0), flipped(2)], shots=10)
    assert [job(one).result(60).get_counts() for one in sent.addresses] == [
        {"001": 10},
        {"100": 10},
    ]


def test_one_circuit_is_one_job(machine):
    (found,) = [machine.run([flipped(0)], shots=10)]
    assert found.result(60).get_counts() == {"001": 10}
    assert not hasattr(found, "jobs")


def test_nothing_is_sent_if_one_circuit_cannot_run(machine, server):
    before = taken(server)
    with pytest.raises(ProgramError, match="measures nothing"):
        machine.run([flipped(0), QuantumCircuit(1)], shots=10)
    assert taken(server) == before


def test_the_jobs_before_one_that_is_refused_are_named(machine, server):
    before = len(taken(server))
    server.faults.add(Fault.status(400), on="createJob", times=1, skip=1)
    try:
        with pytest.raises(RequestRefused) as caught:
            machine.run([flipped(0), flipped(1)], shots=10)
    finally:
        server.faults.clear()
    (first,) = taken(server)[before:]
    (note,) = caught.value.__notes__
    assert first in note and "goes on" in note


def test_equal_circuits_draw_different_shots_with_one_seed(machine):
    even = QuantumCircuit(1)
    even.h(0)
    even.measure_all()
    one, other = machine.run([even, even], shots=200, seed=5, memory=True).result(60).results
    assert one.data.memory != other.data.memory
