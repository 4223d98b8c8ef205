"""Ketbridge's own client against the sandbox: submit, wait, results, sessions, faults."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import pytest
from qiskit import QuantumCircuit
from sandbox.kipu.conftest import BELL2
from support.ibm_programs import qpy_of

from ketbridge.clouds.kipu import KipuCloud
from ketbridge.jobs.submission import Request
from ketbridge.programs import Format, Program, Readout
from ketbridge.sandbox import Fault

FLIP2 = BELL2.replace("h q[0]; cx q[0], q[1];", "x q[0];")
FLIP3 = "OPENQASM 3.0;\nqubit[2] q;\nbit[2] b;\nx q[0];\nb[0] = measure q[0];\nb[1] = measure q[1];"
IONQ = '{"qubits":2,"gateset":"qis","circuit":[{"gate":"x","targets":[0]}]}'
IQM = (
    '{"name":"c","instructions":['
    '{"name":"prx","qubits":["QB1"],"args":{"angle_t":0.5,"phase_t":0.0}},'
    '{"name":"measure","qubits":["QB1"],"args":{"key":"c_2_0_0"}},'
    '{"name":"measure","qubits":["QB2"],"args":{"key":"c_2_0_1"}}]}'
)


def program(form, text):
    body = text if isinstance(text, bytes) else text.encode()
    return Program(form, body, Readout.of_qubits([0, 1], "c"), 2)


def ibm():
    circuit = QuantumCircuit(2, 2)
    circuit.x(0)
    circuit.measure([0, 1], [0, 1])
    return qpy_of(circuit)


FLIPS = {
    "kipu.sim.qsim": (Format.OPENQASM2, FLIP2),
    "qudora.sim.xg1": (Format.OPENQASM2, FLIP2),
    "aws.sim.sv1": (Format.BRAKET_OPENQASM3, FLIP3),
    "aws.rigetti.cepheus": (Format.BRAKET_OPENQASM3, FLIP3),
    "azure.ionq.simulator": (Format.IONQ_QIS, IONQ),
    "iqm.qpu.garnet": (Format.IQM, IQM),
    "ibm.qpu.marrakesh": (Format.QISKIT_QPY, ibm()),
}


@pytest.fixture
def cloud(hub):
    with closing(KipuCloud(hub.accounts["kipu"])) as found:
        yield found


@pytest.mark.parametrize("backend", FLIPS)
def test_bit_0_of_every_family_is_the_first_classical_bit(cloud, backend):
    job = cloud.submit(Request(backend, (program(*FLIPS[backend]),), 40))

    (measured,) = job.result(60)

    assert measured.counts == {"01": 40}


def test_machines_have_calibrations_and_neighbours(cloud):
    garnet, fez = cloud.backend("iqm.qpu.garnet"), cloud.backend("ibm.qpu.fez")

    assert garnet.qubit_names[0] == "QB1"
    assert len(garnet.connectivity) == 30
    assert garnet.calibration.fidelity_2q == pytest.approx(0.994)
    assert 0.9 < fez.calibration.fidelity_2q < 1


def test_a_job_whose_answer_is_lost_is_found_again_and_not_sent_twice(hub, cloud):
    before = len(hub.jobs())
    hub.faults.add(Fault.reset_after(), on="createJob", times=1)
    request = Request("kipu.sim.qsim", (program(*FLIPS["kipu.sim.qsim"]),), 40)

    job = cloud.submit(request)

    assert job.result(60)[0].counts == {"01": 40}
    assert len(hub.jobs()) == before + 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault.rate_limited("0"),
        Fault.status(503),
        Fault.reset_before(),
        Fault.reset_after(),
        Fault.short_body(),
        Fault.cut_gzip(),
    ],
    ids=lambda fault: fault.name,
)
def test_polling_outlives_a_fault(hub, cloud, fault):
    hub.faults.add(fault, on="getJob", times=1)
    request = Request("kipu.sim.qsim", (program(*FLIPS["kipu.sim.qsim"]),), 40)
    try:
        assert cloud.submit(request).result(60)[0].counts == {"01": 40}
    finally:
        hub.faults.clear()


def test_polling_outlives_a_state_that_is_not_known(hub, cloud):
    hub.faults.add(Fault.unknown_status(), on="getJob", times=1)
    request = Request("kipu.sim.qsim", (program(*FLIPS["kipu.sim.qsim"]),), 40)
    with pytest.warns(UserWarning, match="calibrating"):
        assert cloud.submit(request).result(60)[0].counts == {"01": 40}


def test_a_user_name_and_a_password_are_enough(hub):
    account = hub.accounts["kipu"]
    settings = {**account.settings, "username": "ada", "password": "secret"}
    with closing(KipuCloud(replace(account, token=None, settings=settings))) as cloud:
        job = cloud.submit(Request("kipu.sim.qsim", (program(*FLIPS["kipu.sim.qsim"]),), 40))
        assert job.result(60)[0].counts == {"01": 40}
