"""Perceval's own algorithms on machines of the Hub: their code, with one line changed."""

from __future__ import annotations

import time

import perceval as pcvl
import pytest
from perceval.algorithm import Analyzer, Sampler

from ketbridge import job, photonic, sandbox
from ketbridge.errors import JobCancelled, JobFailed

STATE = pcvl.BasicState([1, 1, 0])


@pytest.fixture
def circuit():
    return pcvl.Circuit(3) // (0, pcvl.BS(0.7)) // (1, pcvl.BS(theta=pcvl.P("theta")))


def bound(processor, circuit, theta=1.1):
    circuit.get_parameters()[0].set_value(theta)
    processor.set_circuit(circuit)
    processor.min_detected_photons_filter(2)
    processor.with_input(STATE)
    return processor


@pytest.fixture
def local(circuit):
    return bound(pcvl.Processor("SLOS", 3), circuit.copy())


@pytest.fixture
def remote(simulator, circuit):
    return bound(photonic.processor(simulator), circuit.copy())


def near(one, other):
    assert set(one) == set(other)
    assert all(value == pytest.approx(other[state], abs=1e-6) for state, value in one.items())


def test_it_is_a_remote_processor_with_the_limits_of_the_machine(remote):
    assert isinstance(remote, pcvl.RemoteProcessor)
    assert remote.constraints["max_mode_count"] == 24
    assert remote.available_commands == ["probs", "sample_count", "samples"]
    assert remote.status == "available"


def test_probabilities_are_the_local_ones(remote, local):
    there = Sampler(remote, max_shots_per_call=1000).probs()
    near(there["results"], Sampler(local).probs()["results"])
    assert isinstance(there["results"], pcvl.BSDistribution)


def test_counts_add_up_to_the_samples(remote):
    found = Sampler(remote, max_shots_per_call=1000).sample_count(321)["results"]
    assert isinstance(found, pcvl.BSCount)
    assert sum(found.values()) == 321


def test_single_samples_come_in_a_list(remote):
    found = Sampler(remote, max_shots_per_call=1000).samples(9)["results"]
    assert isinstance(found, pcvl.BSSamples)
    assert len(found) == 9


def test_no_more_samples_come_than_shots(remote):
    assert len(Sampler(remote, max_shots_per_call=5).samples(9)["results"]) == 5


def test_iterations_are_the_local_ones(simulator, circuit):
    steps = [
        {"circuit_params": {"theta": 0.3}},
        {"circuit_params": {"theta": 2.0}, "input_state": pcvl.BasicState([0, 1, 1])},
        {"circuit_params": {"theta": 2.0}, "postselect": pcvl.PostSelect("[2] == 1")},
        {"circuit_params": {"theta": 1.0}, "noise": pcvl.NoiseModel(indistinguishability=0.8)},
        {"circuit_params": {"theta": 1.0}, "min_detected_photons": 1},
    ]
    answers = []
    for made in (photonic.processor(simulator), pcvl.Processor("SLOS", 3)):
        made.set_circuit(circuit.copy())
        made.min_detected_photons_filter(2)
        made.with_input(STATE)
        sampler = Sampler(made, max_shots_per_call=1000)
        sampler.add_iteration_list(steps)
        answers.append(sampler.probs()["results_list"])

    for there, here in zip(*answers, strict=True):
        near(there["results"], here["results"])
        assert there["iteration"].keys() == here["iteration"].keys()


def test_iterations_of_samples_have_limits_of_their_own(remote):
    sampler = Sampler(remote, max_shots_per_call=1000)
    sampler.add_iteration(max_samples=7)
    sampler.add_iteration(max_samples=11)

    found = sampler.sample_count(50)["results_list"]

    assert [sum(one["results"].values()) for one in found] == [7, 11]


def test_a_machine_that_only_counts_gives_probabilities_of_counts(qpu, circuit, local):
    machine = bound(photonic.processor(qpu), circuit.copy())
    assert machine.available_commands == ["sample_count", "samples"]

    found = Sampler(machine, max_shots_per_call=10_000).probs()["results"]

    expected = Sampler(local).probs()["results"]
    assert sum(found.values()) == pytest.approx(1)
    assert all(value == pytest.approx(expected[state], abs=0.03) for state, value in found.items())


@pytest.fixture
def noisy():
    here = pcvl.Processor("SLOS", 3, noise=pcvl.NoiseModel(brightness=0.8, g2=0.02))
    here.add(0, pcvl.BS()).add(1, pcvl.BS())
    here.min_detected_photons_filter(1)
    here.set_postselection(pcvl.PostSelect("[0] > 0"))
    return here


def test_a_local_processor_moves_with_its_noise_and_filters(simulator, noisy):
    noisy.with_input(STATE)

    there = pcvl.RemoteProcessor.from_local_processor(
        noisy, rpc_handler=photonic.RpcHandler(simulator)
    )
    found = Sampler(there, max_shots_per_call=100).probs()

    expected = Sampler(noisy).probs()
    near(found["results"], expected["results"])
    assert found["global_perf"] == pytest.approx(expected["global_perf"])


def test_a_local_processor_runs_with_its_noise_heralds_and_filters(simulator, noisy):
    noisy.add_herald(2, 0)
    noisy.with_input(pcvl.BasicState([1, 1]))

    found = photonic.run(noisy, simulator, "probs", shots=100).result(60)

    expected = Sampler(noisy).probs()
    near(found["results"], expected["results"])
    assert found["global_perf"] == pytest.approx(expected["global_perf"])


def lossy():
    return pcvl.Processor("SLOS", 2).add(0, pcvl.BS()).add(0, pcvl.LC(0.3))


def fed_forward():
    turned = pcvl.FFCircuitProvider(2, 0, pcvl.Circuit(2))
    turned.add_configuration([0, 1], pcvl.BS())
    made = pcvl.Processor("SLOS", 4).add(0, pcvl.BS())
    return made.add(0, pcvl.Detector.pnr()).add(1, pcvl.Detector.pnr()).add(0, turned)


def controlled():
    return pcvl.Processor("SLOS", pcvl.catalog["postprocessed cnot"].build_experiment())


def expressed():
    angle = pcvl.P("a")
    angle.set_value(0.3)
    return pcvl.Processor("SLOS", pcvl.BS(theta=pcvl.Expression("2*a", {angle})))


@pytest.mark.parametrize(
    ("make", "state", "fewest"),
    [
        (lossy, pcvl.BasicState([1, 1]), 1),
        (fed_forward, pcvl.BasicState([1, 0, 1, 0]), 2),
        (controlled, pcvl.LogicalState([1, 0]), 2),
        (expressed, pcvl.BasicState([2, 1]), 3),
        (expressed, pcvl.StateVector("|1,0>") + pcvl.StateVector("|0,1>"), 1),
    ],
    ids=["loss", "feed-forward", "logical state", "expression", "superposition"],
)
def test_what_perceval_simulates_here_runs_there_alike(simulator, make, state, fewest):
    here = make()

    found = photonic.run(
        here, simulator, "probs", shots=10, input_state=state, min_detected_photons=fewest
    ).result(60)

    here.min_detected_photons_filter(fewest)
    here.with_input(state)
    expected = here.probs()
    near(found["results"], expected["results"])
    assert found["global_perf"] == pytest.approx(expected["global_perf"])


def test_the_analyzer_fills_its_table(simulator):
    processor = photonic.processor(simulator)
    processor.set_circuit(pcvl.BS())
    processor.min_detected_photons_filter(1)
    states = [pcvl.BasicState([1, 0]), pcvl.BasicState([0, 1])]

    table = Analyzer(processor, states, states, max_shots_per_call=100)
    table.compute()

    assert table.distribution.real == pytest.approx(0.5)


def test_a_job_is_opened_again_by_its_id_and_by_its_address(remote, simulator):
    sent = Sampler(remote, max_shots_per_call=1000).sample_count
    found = sent(50)["results"]

    resumed = photonic.processor(simulator).resume_job(sent.id)
    opened = photonic.PhotonicJob(job(f"sandbox:kipu/{sent.id}"))

    assert resumed.get_results()["results"] == found
    assert opened.result(60)["results"] == found
    assert opened.job.request().name == "sample_count"


def test_a_session_gives_processors(simulator, circuit):
    with photonic.Session(simulator) as session:
        processor = bound(session.build_remote_processor(), circuit)
        assert isinstance(session, pcvl.ISession)
        assert (
            sum(Sampler(processor, max_shots_per_call=9).sample_count(9)["results"].values()) == 9
        )


def test_a_remote_computer_executes(simulator, circuit, local):
    experiment = bound(pcvl.Experiment(3), circuit)
    factory = pcvl.ExecutionFactory(photonic.computer(simulator), experiment, 1000)

    near(factory.probs()["results"], Sampler(local).probs()["results"])
    factory.add_iteration(circuit_params={"theta": 0.4})
    factory.add_iteration(input_state=pcvl.BasicState([0, 0, 2]))
    assert [sum(one["results"].values()) for one in factory.sample_count(30)["results_list"]] == [
        30,
        30,
    ]


def test_an_execution_is_kept_in_a_file_and_read_again(simulator, circuit, tmp_path):
    factory = pcvl.ExecutionFactory(
        photonic.computer(simulator), bound(pcvl.Experiment(3), circuit), max_shots_per_call=1000
    )
    group = pcvl.ExecutionGroup("kept", str(tmp_path))
    group.add(factory.sample_count.execute_async(40))

    [again] = pcvl.ExecutionGroup("kept", str(tmp_path)).executions
    while not again.is_complete:
        time.sleep(0.05)

    assert sum(again.get_results()["results"].values()) == 40


def test_a_failed_job_says_why(simulator, remote):
    handler = remote.get_rpc_handler()
    data = remote.prepare_job_payload("probs")
    data["payload"].update({"max_shots": 10})
    large = pcvl.Experiment(pcvl.Unitary(pcvl.Matrix.random_unitary(24)))
    large.min_detected_photons_filter(12)
    large.with_input(pcvl.BasicState([1, 0] * 12))
    data["payload"]["experiment"] = pcvl.serialization.serialize(large)

    job_id = handler.create_job(data)

    status = handler.get_job_status(job_id)
    assert status["status"] == "error"
    assert "output states" in status["status_message"]
    with pytest.raises(JobFailed, match="output states"):
        handler.get_job_results(job_id)


def test_a_waiting_job_is_cancelled(running, monkeypatch, circuit):
    slow = {"quandela.qpu.belenos": sandbox.Timing(queue_s=60)}
    with sandbox.start(timing=slow) as server:
        monkeypatch.setenv("KETBRIDGE_SANDBOX_URL", server.url)
        machine = bound(photonic.processor("sandbox:kipu/quandela.qpu.belenos"), circuit)
        sent = Sampler(machine, max_shots_per_call=100).sample_count.execute_async(10)
        assert sent.is_waiting

        sent.cancel()

        opened = photonic.job(f"sandbox:kipu/{sent.id}")
        deadline = time.monotonic() + 10
        while not opened.status().final and time.monotonic() < deadline:
            time.sleep(0.02)
        with pytest.raises(JobCancelled):
            opened.result(10)
        again = machine.get_rpc_handler().get_job_status(sent.id)
        assert again["status"] == "canceled"
