"""Photonic machines in the sandbox: each form of payload, sizes, and what fails a job."""

from __future__ import annotations

import json

import perceval as pcvl
import pytest
from contract.hub import EXAMPLES
from perceval.serialization import OutputArchive, Serialization, deserialize, serialize

SIMULATOR, QPU = "quandela.sim.altair", "quandela.qpu.belenos"
HOM = {"|2,0>": 0.5, "|0,2>": 0.5}
STATE = pcvl.BasicState([1, 1])


def experiment(circuit=None, state=STATE, fewest=2):
    made = pcvl.Experiment(circuit or pcvl.BS())
    made.min_detected_photons_filter(fewest)
    made.with_input(state)
    return made


def given(command="probs", made=None, **changes):
    return serialize({"command": command, "experiment": made or experiment(), **changes})


def results(document):
    return deserialize(json.loads(document["results"]), strict=False)


def plain(found):
    return {str(state): pytest.approx(value) for state, value in found["results"].items()}


def test_the_contracts_own_example_runs(client):
    [example] = EXAMPLES["bodies"]["POST /jobs req .input (Quandela_JobInput)"]

    found = results(client.result(SIMULATOR, example["value"]))

    assert sum(found["results"].values()) == 1000
    assert all(sum(state) == 2 for state in found["results"])


def test_an_experiment_runs(client):
    assert plain(results(client.result(SIMULATOR, given()))) == HOM


def test_a_payload_may_be_where_public_clients_put_it(client):
    wrapped = {"value": given(), "backendId": SIMULATOR}
    assert plain(results(client.result(SIMULATOR, wrapped))) == HOM


def test_the_reason_of_a_failure_is_also_where_public_clients_look_for_it(client):
    job_id = client.submit(SIMULATOR, {"command": "play"})
    assert client.ended(job_id)["status"] == "FAILED"
    answer = client.get(f"/jobs/{job_id}/result").json()
    assert answer["results"] == answer["reason"]


def test_a_circuit_with_its_settings_beside_it_runs(client):
    payload = serialize(
        {
            "command": "probs",
            "circuit": pcvl.Circuit(3) // pcvl.BS(),
            "input_state": STATE,
            "heralds": {"2": 0},
            "postselect": pcvl.PostSelect("[0] == 2"),
            "parameters": {"min_detected_photons": 2},
        }
    )
    assert plain(results(client.result(SIMULATOR, payload))) == {"|2,0>": 1}


def test_a_computation_of_the_newest_perceval_runs(client):
    computer = pcvl.SimulatedComputer("SLOS")
    factory = pcvl.ExecutionFactory(computer, experiment())
    factory.add_iteration(input_state=pcvl.BasicState([2, 0]))
    factory.add_iteration(min_detected_photons=1)
    payload = {"command": "probs", "computation": serialize_one(factory.build_computation("probs"))}

    found = results(client.result(SIMULATOR, payload))["results_list"]

    assert plain(found[1]) == HOM
    assert found[0]["results"][pcvl.BasicState([1, 1])] == pytest.approx(0.5)


def serialize_one(computation):
    archive = OutputArchive()
    Serialization.serialize(computation, archive)
    return archive.to_text()


def test_samples_are_drawn_without_all_probabilities_where_there_are_too_many(client):
    wide = pcvl.Unitary(pcvl.Matrix.random_unitary(24))
    made = experiment(wide, pcvl.BasicState([1, 0, 0] * 8), 8)

    found = results(client.result(SIMULATOR, given("samples", made, max_samples=20), shots=50))

    assert len(found["results"]) == 20
    assert all(sum(state) == 8 for state in found["results"])


def test_a_machine_ignores_a_noise_model(client):
    made = experiment()
    made.noise = pcvl.NoiseModel(indistinguishability=0)

    found = results(client.result(QPU, given("sample_count", made), shots=50))

    assert set(map(str, found["results"])) == set(HOM)


def test_a_simulator_simulates_a_noise_model(client):
    made = experiment()
    made.noise = pcvl.NoiseModel(indistinguishability=0)

    found = results(client.result(SIMULATOR, given("probs", made)))

    assert plain(found) == {"|2,0>": 0.25, "|0,2>": 0.25, "|1,1>": 0.5}


def test_the_payloads_number_of_shots_goes_before_the_jobs(client):
    payload = given("sample_count", max_shots=7, max_samples=9)
    assert sum(results(client.result(SIMULATOR, payload, shots=50))["results"].values()) == 7


WIDE = experiment(pcvl.Circuit(25), pcvl.BasicState([1] + [0] * 24), 1)
FULL = experiment(pcvl.Circuit(20), pcvl.BasicState([1] * 10 + [0] * 10), 10)
FREE = experiment(pcvl.BS(theta=pcvl.P("theta")))


@pytest.mark.parametrize(
    ("machine", "payload", "reason"),
    [
        (SIMULATOR, {"command": "play"}, '"command" must be one of probs'),
        (SIMULATOR, {}, '"command" must be one of probs'),
        (QPU, given(), "must be one of sample_count, samples"),
        (SIMULATOR, {"command": "probs"}, 'needs an "experiment" or a "circuit"'),
        (SIMULATOR, given(made=pcvl.Experiment(pcvl.BS())), 'needs an "input_state"'),
        (SIMULATOR, given(made=WIDE), "too many: quandela.sim.altair takes 12 photons in 24"),
        (SIMULATOR, given(made=FULL), "at most 200000 output states"),
        (SIMULATOR, given(made=FREE), "parameters must be defined"),
        (SIMULATOR, {"command": "probs", "experiment": ":PCVL:Experiment:x"}, "Error"),
        (SIMULATOR, given(iterator=[{"steps": 1}]), "steps"),
    ],
)
def test_what_cannot_run_fails_the_job_with_the_reason(client, machine, payload, reason):
    assert reason in client.reason(machine, payload)


def test_the_document_of_a_machine_is_a_platform_of_perceval(client):
    simulator, machine = (client.get(f"/backends/{one}/config").json() for one in (SIMULATOR, QPU))

    specs = pcvl.PlatformSpecs(simulator["specs"])
    assert specs.available_commands == ["probs", "sample_count", "samples"]
    assert specs.constraints["max_photon_count"] == 12
    assert machine["specs"]["available_commands"] == ["sample_count", "samples"]
    limits = client.get(f"/backends/{QPU}").json()["configuration"]["photonic_properties"]
    assert limits["max_modes"] == machine["specs"]["constraints"]["max_mode_count"]
