"""Machines behind IBM Direct Access from Qiskit: inputs and results go through a bucket."""

import dataclasses

import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.quantum_info import SparsePauliOp
from qiskit.transpiler import generate_preset_pass_manager

from ketbridge import errors, sandbox
from ketbridge.clouds.ibm_direct import IbmDirectCloud
from ketbridge.sandbox import DirectChoices, Timing
from qiskit_ketbridge import EstimatorV2, SamplerV2
from qiskit_ketbridge.ibm.backend import DirectBackend
from qiskit_ketbridge.jobs import KetbridgeJob

MACHINE, SLOW = "ibm_lagos", "ibmq_manila"


def serve(executor, **choices):
    timing = {SLOW: Timing(queue_s=60)}
    return sandbox.start(executor=executor, timing=timing, direct=DirectChoices(**choices))


@pytest.fixture(scope="module")
def executor():
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(2) as pool:
        yield pool


@pytest.fixture(scope="module")
def server(executor):
    with serve(executor) as running:
        yield running


@pytest.fixture
def computer(tmp_path):
    """Open the cloud as on a computer that has the account and no record of anything."""
    opened = []

    def open_cloud(server, without=(), **settings):
        own = server.accounts["ibm-direct"]
        merged = {**own.settings, **settings}
        kept = {name: value for name, value in merged.items() if name not in without}
        ledger = tmp_path / f"{len(opened)}.sqlite3"
        opened.append(IbmDirectCloud(dataclasses.replace(own, settings=kept, ledger=ledger)))
        return opened[-1]

    yield open_cloud
    for cloud in opened:
        cloud.close()
        cloud.ledger.close()


@pytest.fixture
def machine(server, computer):
    return DirectBackend(computer(server), MACHINE)


def compiled(machine, circuit):
    return generate_preset_pass_manager(1, machine, seed_transpiler=1).run(circuit)


def bell(measured=True):
    circuit = QuantumCircuit(2, name="bell")
    circuit.h(0)
    circuit.cx(0, 1)
    if measured:
        circuit.measure_all()
    return circuit


def registers():
    """A circuit whose two registers read 01 and 100."""
    circuit = QuantumCircuit(
        QuantumRegister(3, "q"), ClassicalRegister(2, "low"), ClassicalRegister(3, "high")
    )
    circuit.x([0, 2])
    circuit.measure([0, 1, 2], [0, 1, 4])
    return circuit


# running ----------------------------------------------------------------------------------------


def test_the_target_is_that_of_the_machines_documents(machine):
    assert machine.num_qubits == machine.target.num_qubits == 7
    assert {"cx", "rz", "sx", "x", "measure"} <= set(machine.operation_names)


def test_a_bell_pair_is_sampled(machine):
    sampler = SamplerV2(mode=machine, options={"default_shots": 120})
    data = sampler.run([compiled(machine, bell())]).result(timeout=60)[0].data
    assert data.meas.get_counts().keys() == {"00", "11"}
    assert data.meas.num_shots == 120


def test_a_bell_pair_is_estimated(machine):
    isa = compiled(machine, bell(measured=False))
    observables = [SparsePauliOp(word).apply_layout(isa.layout) for word in ("ZZ", "XX", "ZI")]
    estimator = EstimatorV2(mode=machine, options={"default_precision": 0.05, "seed": 3})
    job = estimator.run([(isa, observables)])
    zz, xx, zi = job.result(timeout=60)[0].data.evs
    assert (zz, xx, zi) == (pytest.approx(1, abs=0.2), pytest.approx(1, abs=0.2),
                            pytest.approx(0, abs=0.3))  # fmt: skip
    assert job.primitive_id == "estimator"


def test_several_registers_come_back_by_their_names(machine):
    circuit = compiled(machine, registers())
    data = SamplerV2(mode=machine).run([circuit], shots=40).result(timeout=60)[0].data
    assert data.low.get_counts() == {"01": 40}
    assert data.high.get_counts() == {"100": 40}
    assert machine.run(circuit, shots=40).result(60).get_counts() == {"100 01": 40}


def test_several_circuits_are_one_job(machine, server):
    before = len(server.jobs())
    circuits = [compiled(machine, circuit) for circuit in (bell(), registers())]
    result = machine.run(circuits, shots=20).result(60)
    assert result.get_counts(1) == {"100 01": 20}
    assert sum(result.get_counts(0).values()) == 20
    assert len(server.jobs()) - before == 1


def test_the_same_seed_gives_the_same_counts(machine):
    isa = compiled(machine, bell())
    counts = [machine.run(isa, shots=100, seed=5).result(60).get_counts() for _ in range(2)]
    assert counts[0] == counts[1]


# jobs -------------------------------------------------------------------------------------------


def test_a_job_is_opened_on_another_computer_with_registers_names_and_shots(
    machine, server, computer
):
    here = machine.run(compiled(machine, registers()), shots=30)
    first = here.result(60)
    there = KetbridgeJob(computer(server).job(here.job_id()))
    again = there.result(60)
    assert again.get_counts() == first.get_counts() == {"100 01": 30}
    assert again.results[0].header == first.results[0].header
    assert again.results[0].shots == 30
    assert there.backend().name == MACHINE


def test_a_sampler_job_is_opened_on_another_computer(machine, server, computer):
    here = SamplerV2(mode=machine).run([compiled(machine, registers())], shots=30)
    there = KetbridgeJob(computer(server).job(here.job_id()))
    assert there.result(60)[0].data.high == here.result(60)[0].data.high


def test_a_job_costs_the_nanoseconds_of_the_machine(machine):
    job = machine.run(compiled(machine, bell()), shots=200)
    job.result(60)
    cost = job.cost()
    assert (cost.unit, cost.estimated) == ("nanoseconds", False)
    assert cost.value > 0


def test_the_log_is_in_the_bucket(machine):
    job = machine.run(compiled(machine, bell()), shots=20)
    job.result(60)
    assert "Completed" in job.logs(wait_s=10)


def test_a_job_says_how_long_it_used_the_machine_and_when_it_was_made(machine):
    job = SamplerV2(mode=machine).run([compiled(machine, bell())], shots=200)
    job.result(60)
    assert job.usage() == pytest.approx(job.cost().value * 1e-9)
    assert job.creation_date == job.state().created
    assert job.error_message() is None


@pytest.mark.parametrize("keep", [False, True])
def test_the_input_leaves_the_bucket_with_the_result_unless_all_is_kept(server, computer, keep):
    machine = DirectBackend(computer(server, keep=keep), MACHINE)
    job = SamplerV2(mode=machine).run([compiled(machine, bell())], shots=20)
    job.result(60)
    assert machine.cloud.run(machine.cloud.folders.has(job.job_id(), "input.json")) is keep


def test_a_result_is_written_to_a_file(machine, tmp_path):
    job = machine.run(compiled(machine, bell()), shots=20)
    job.wait(60)
    path = tmp_path / "result.json"
    assert job.download(path) == path.stat().st_size > 0


def test_a_job_is_cancelled(server, computer):
    machine = DirectBackend(computer(server), SLOW)
    job = machine.run(compiled(machine, bell()), shots=20)
    job.cancel()
    job.cancel()
    assert job.wait(30).name == "CANCELLED"
    with pytest.raises(errors.JobCancelled):
        job.result(30)


def test_a_deleted_job_is_gone_from_service_and_bucket(machine, server):
    job = machine.run(compiled(machine, bell()), shots=20)
    job.result(60)
    machine.cloud.run(machine.cloud.logs_flow(job.job_id(), wait_s=10))
    job.delete()
    assert job.job_id() not in {seen.id for seen in server.jobs()}
    folders = machine.cloud.folders
    assert not any(
        machine.cloud.run(folders.has(job.job_id(), name))
        for name in ("request.json", "results.json", "logs.txt")
    )


@pytest.mark.parametrize(
    ("options", "limit_s"),
    [({}, 300), ({"default_shots": 400_000}, 400), ({"max_execution_time": 77}, 77)],
    ids=["least", "estimated", "given"],
)
def test_the_longest_time_is_given_or_estimated(server, computer, options, limit_s):
    machine = DirectBackend(computer(server), SLOW)
    job = SamplerV2(mode=machine, options=options).run([compiled(machine, bell())])
    cost = job.cost()
    job.cancel()
    assert (cost.value, cost.estimated) == (limit_s * 1e9, True)


# refusals ---------------------------------------------------------------------------------------


def test_a_full_machine_is_waited_for(executor, computer):
    with serve(executor, most_jobs=1) as server:
        first = DirectBackend(computer(server), MACHINE)
        isa = compiled(first, bell())
        job = first.run(isa, shots=20)
        job.result(60)
        waits = []

        def room(seconds, why):
            waits.append(why)
            job.delete()

        second = DirectBackend(computer(server, on_wait=room), MACHINE)
        assert sum(second.run(isa, shots=20).result(60).get_counts().values()) == 20
        assert waits == [f"{MACHINE} holds as many jobs as it may"]


def test_finished_jobs_make_room_if_the_account_says_so(executor, computer):
    with serve(executor, most_jobs=1) as server:
        machine = DirectBackend(computer(server, delete_finished=True), MACHINE)
        isa = compiled(machine, bell())
        first = machine.run(isa, shots=20)
        first.wait(60)
        second = machine.run(isa, shots=20)
        assert [seen.id for seen in server.jobs()] == [second.job_id()]
        assert sum(first.result(60).get_counts().values()) == 20


@pytest.mark.parametrize(
    ("status", "words"),
    [("reserved", "reserved for somebody else"), ("paused", "is paused"), ("offline", "offline")],
)
def test_a_machine_that_takes_no_jobs_says_so(executor, computer, status, words):
    with serve(executor, status={MACHINE: status}) as server:
        machine = DirectBackend(computer(server), MACHINE)
        with pytest.raises(errors.RequestRefused, match=words):
            machine.run(compiled(machine, bell()), shots=20)
        assert server.jobs() == []
        assert machine.status().operational is (status == "reserved")


def test_an_account_without_a_bucket_says_what_to_set(server, computer):
    machine = DirectBackend(computer(server, without=["bucket"]), MACHINE)
    isa = compiled(machine, bell())
    before = server.jobs()
    with pytest.raises(errors.CredentialError, match=r"bucket=\.\.\., access_key=.*accounts\.toml"):
        machine.run(isa, shots=20)
    with pytest.raises(errors.CredentialError, match="needs a bucket"):
        SamplerV2(mode=machine).run([isa])
    assert server.jobs() == before


def test_without_the_extra_the_install_command_is_said(machine, monkeypatch):
    isa = compiled(machine, bell())
    monkeypatch.setitem(__import__("sys").modules, "boto3", None)
    with pytest.raises(errors.MissingExtraError, match=r"ketbridge\[direct\]"):
        machine.run(isa, shots=20)


# documents that leave something out -------------------------------------------------------------


@pytest.mark.parametrize("properties", [True, False], ids=["properties", "no properties"])
def test_gates_that_the_configuration_leaves_out_are_placed_all_the_same(
    server, computer, properties
):
    from ketbridge.sandbox import Fault

    server.faults.add(Fault.edit(gates=[]), on="backend-configuration.read", times=1)
    if not properties:
        server.faults.add(Fault.not_found(), on="backend-properties.read", times=1)
    machine = DirectBackend(computer(server), MACHINE)
    pairs = set(machine.target["cx"])
    server.faults.clear()
    assert (
        pairs
        == set(machine.coupling_map.get_edges())
        == {
            *((0, 1), (1, 0), (1, 2), (2, 1), (1, 3), (3, 1)),
            *((3, 5), (5, 3), (4, 5), (5, 4), (5, 6), (6, 5)),
        }
    )
    assert sum(machine.run(compiled(machine, bell()), shots=20).result(60).get_counts().values())
