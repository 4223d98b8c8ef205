"""Machines behind IBM Direct Access as Braket devices: inputs and results go through a bucket."""

import dataclasses

import numpy as np
import pytest
from braket.circuits import Circuit, FreeParameter, Observable

from braket_ketbridge import KetbridgeDevice, KetbridgeQuantumTask
from braket_ketbridge.options import RunOptions
from ketbridge import connect, errors, sandbox
from ketbridge.clouds.ibm_direct import IbmDirectCloud
from ketbridge.sandbox import DirectChoices, Timing

MACHINE, SLOW = "ibm_lagos", "ibmq_manila"


@pytest.fixture(scope="module")
def server(running):
    """A sandbox of its own, where one machine has a queue and three take no jobs."""
    from concurrent.futures import ThreadPoolExecutor

    closed = {"ibm_fez": "reserved", "ibm_torino": "paused", "ibm_sherbrooke": "offline"}
    with (
        ThreadPoolExecutor(2) as executor,
        sandbox.start(
            executor=executor,
            timing={SLOW: Timing(queue_s=60)},
            direct=DirectChoices(status=closed),
        ) as started,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("KETBRIDGE_SANDBOX_URL", started.url)
        yield started
        cloud = connect("sandbox:ibm-direct")
        cloud.close()
        cloud.ledger.close()


@pytest.fixture
def device(server):
    return KetbridgeDevice(f"sandbox:ibm-direct/{MACHINE}")


@pytest.fixture
def elsewhere(server, tmp_path):
    """The cloud on a computer that has the account and no record of anything."""
    account = dataclasses.replace(server.accounts["ibm-direct"], ledger=tmp_path / "empty.sqlite3")
    cloud = IbmDirectCloud(account)
    yield cloud
    cloud.close()
    cloud.ledger.close()


# running ----------------------------------------------------------------------------------------


def test_a_bell_pair_is_sampled(device):
    result = device.run(Circuit().h(7).cnot(7, 3), shots=200).result()
    assert result.measured_qubits == [3, 7]
    assert set(result.measurement_counts) == {"00", "11"}
    assert sum(result.measurement_counts.values()) == 200


def test_expectations_and_variances_of_a_bell_pair_are_estimated(device):
    circuit = Circuit().h(0).cnot(0, 1)
    circuit.expectation(Observable.Z() @ Observable.Z(), [0, 1]).variance(Observable.Z(), 0)
    circuit.probability(1)
    result = device.run(circuit, shots=400).result()
    assert result.values[0] == 1.0
    assert result.values[1] == pytest.approx(1.0, abs=0.1)
    assert result.values[2] == pytest.approx([0.5, 0.5], abs=0.15)


def test_parameters_get_their_values(device):
    circuit = Circuit().rx(0, FreeParameter("a"))
    result = device.run(circuit, shots=20, inputs={"a": np.pi}).result()
    assert result.measurement_counts == {"1": 20}


def test_measurements_are_in_the_order_of_their_bits(device):
    result = device.run(Circuit().x(0).i(2).measure([2, 0]), shots=5).result()
    assert result.measured_qubits == [2, 0]
    assert result.measurement_counts == {"01": 5}


def test_a_batch_is_one_job_of_several_circuits(device, server):
    before = len(server.jobs())
    batch = device.run_batch([Circuit().x(0), Circuit().i(0), Circuit().x(8).i(1)], shots=7)
    counts = [result.measurement_counts for result in batch.results()]
    assert counts == [{"1": 7}, {"0": 7}, {"01": 7}]
    assert len(server.jobs()) - before == 1


# tasks ------------------------------------------------------------------------------------------


def test_a_task_is_opened_on_another_computer_with_qubits_values_and_tags(device, elsewhere):
    circuit = Circuit().h(3).cnot(3, 9).expectation(Observable.Z(), target=9)
    task = device.run(circuit, shots=50, tags={"run": "7"})
    there = KetbridgeQuantumTask.of(elsewhere.job(task.job.id), None, RunOptions())
    assert np.array_equal(there.result().measurements, task.result().measurements)
    assert there.result().measured_qubits == [3, 9]
    assert there.result().values == task.result().values
    assert there.metadata()["tags"] == {"run": "7"}


def test_a_task_costs_the_nanoseconds_of_the_machine_and_leaves_a_log(device):
    task = device.run(Circuit().x(0), shots=20)
    task.result()
    cost = task.cost()
    assert (cost.unit, cost.estimated) == ("nanoseconds", False)
    assert cost.value > 0
    assert "Completed" in device.cloud.run(device.cloud.logs_flow(task.job.id, wait_s=10))


def test_a_task_is_cancelled(server):
    task = KetbridgeDevice(f"sandbox:ibm-direct/{SLOW}").run(Circuit().x(0), shots=20)
    task.cancel()
    assert task.state() == "CANCELLED"


def test_a_deleted_task_is_gone_from_the_service(device, server):
    task = device.run(Circuit().x(0), shots=20)
    task.result()
    task.job.delete()
    assert task.job.id not in {seen.id for seen in server.jobs()}


def test_the_longest_time_is_an_option(server):
    slow = KetbridgeDevice(f"sandbox:ibm-direct/{SLOW}")
    task = slow.run(Circuit().x(0), shots=20, max_execution_time=77)
    cost = task.cost()
    task.cancel()
    assert (cost.value, cost.estimated) == (77e9, True)


# refusals ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ibm_fez", "reserved for somebody else"),
        ("ibm_torino", "is paused"),
        ("ibm_sherbrooke", "is offline"),
    ],
)
def test_a_machine_that_takes_no_jobs_says_so(server, name, words):
    with pytest.raises(errors.RequestRefused, match=words):
        KetbridgeDevice(f"sandbox:ibm-direct/{name}").run(Circuit().x(0), shots=20)


def test_an_account_without_a_bucket_says_what_to_set(device, monkeypatch):
    own = device.cloud.account
    bare = {name: value for name, value in own.settings.items() if name != "bucket"}
    monkeypatch.setattr(device.cloud, "account", dataclasses.replace(own, settings=bare))
    monkeypatch.setattr(device.cloud, "_store", None)
    with pytest.raises(errors.CredentialError, match=r"bucket=\.\.\., access_key=.*accounts\.toml"):
        device.run(Circuit().x(0), shots=20)
