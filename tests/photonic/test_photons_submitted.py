"""Photonic jobs on a small Hub: sent once, read safely, without credentials in sight."""

from __future__ import annotations

import asyncio
import json
import pickle
from collections import Counter

import perceval as pcvl
import pytest
import requests
from perceval.algorithm import Sampler
from perceval.serialization import serialize
from starlette.responses import Response
from support.hub_service import MACHINES, TOKEN, HubService

from ketbridge import photonic
from ketbridge.errors import JobFailed, NotFound, ProgramError, ProtocolError
from ketbridge.photonic.handler import StatusUnavailable

SIMULATOR = "quandela.sim.altair"
COUNTS = pcvl.BSCount({pcvl.BasicState([2, 0]): 3, pcvl.BasicState([0, 2]): 5})
ALL = {"shots": 10, "input_state": [1, 1], "min_detected_photons": 2}


def document(found):
    """The result document, as public clients read it."""
    return {
        "duration": 1,
        "job_id": "at-the-provider",
        "results": json.dumps(serialize(found)),
        "results_type": "application/json",
    }


@pytest.fixture
def counted(hub):
    hub.result = document({"results": COUNTS, "physical_perf": 0.5})
    return hub


@pytest.fixture
def sampler(on_hub):
    processor = pcvl.RemoteProcessor(rpc_handler=on_hub)
    processor.set_circuit(pcvl.BS())
    processor.min_detected_photons_filter(2)
    processor.with_input(pcvl.BasicState([1, 1]))
    return Sampler(processor, max_shots_per_call=10)


def test_the_body_has_the_same_shots_twice_and_says_whose_it_is(counted, on_hub):
    photonic.run(pcvl.BS(), on_hub, name="hom", tags=["one"], max_samples=4, **ALL)

    [body] = counted.bodies
    assert body["shots"] == body["input"]["max_shots"] == 10
    assert body["input"]["max_samples"] == 4
    assert body["input"]["command"] == "sample_count"
    assert (body["sdk_provider"], body["input_format"]) == ("PERCEVAL", "PERCEVAL")
    assert (body["name"], body["tags"][0]) == ("hom", "one")
    assert body["input_params"]["pcvl_version"]


def test_perceval_says_which_version_process_and_group_a_job_is_of(counted, sampler):
    sent = sampler.sample_count
    sent.set_job_group_name("scan")
    sent.execute_async(5)

    [body] = counted.bodies
    assert set(body["input_params"]) == {"pcvl_version", "process_id", "job_group_name"}
    assert body["input_params"]["job_group_name"] == "scan"
    assert body["shots"] == body["input"]["max_shots"] == 10
    assert body["input"]["max_samples"] == 5


def test_one_job_takes_four_requests(counted, on_hub):
    photonic.run(pcvl.BS(), on_hub, **ALL).result(10)

    assert sum(counted.calls.values()) == 4


def test_a_submission_whose_answer_is_lost_is_one_job(counted, on_hub, sampler):
    counted.answer_create = lambda: Response(status_code=502)
    one = photonic.run(pcvl.BS(), on_hub, **ALL)
    counted.answer_create = lambda: Response(status_code=502)
    other = sampler.sample_count.execute_async(5)

    assert set(counted.jobs) == {one.id, other.id}
    assert len(counted.bodies) == 2


def test_the_result_is_percevals(counted, on_hub):
    found = photonic.run(pcvl.BS(), on_hub, **ALL).result(10)

    assert found == {"results": COUNTS, "physical_perf": 0.5}
    assert isinstance(found["results"], pcvl.BSCount)


def test_it_comes_asynchronously_too(counted, on_hub):
    async def submitted():
        job = await photonic.arun(pcvl.BS(), on_hub, **ALL)
        return await job.aresult(10)

    assert asyncio.run(submitted())["results"] == COUNTS


def test_results_that_are_no_text_are_read_too(counted, on_hub):
    counted.result["results"] = json.loads(counted.result["results"])

    assert photonic.run(pcvl.BS(), on_hub, **ALL).result(10)["results"] == COUNTS


def test_what_was_asked_for_is_made_of_what_came(hub, on_hub, sampler):
    hub.result = document(
        {
            "results_list": [
                {"results": COUNTS, "iteration": {"max_samples": 5}},
                {"results": COUNTS, "iteration": {}},
            ],
            "job_context": {"result_mapping": ["perceval.utils", "sample_count_to_probs"]},
        }
    )
    expected = {pcvl.BasicState([2, 0]): 0.375, pcvl.BasicState([0, 2]): 0.625}

    ours = photonic.run(pcvl.BS(), on_hub, "probs", **ALL).result(10)
    theirs = sampler.probs()

    for found in (ours, theirs):
        assert [dict(one["results"]) for one in found["results_list"]] == [expected, expected]


@pytest.mark.parametrize(("command", "kind"), [("sample_count", dict), ("samples", list)])
def test_what_is_drawn_of_probabilities_is_the_same_everywhere(hub, on_hub, command, kind):
    context = {
        "result_mapping": ["perceval.utils", f"probs_to_{command}"],
        "mapping_delta_parameters": {"max_samples": 1000, "max_shots": 2000},
    }
    weights = {pcvl.BasicState([2, 0]): 0.3, pcvl.BasicState([0, 2]): 0.7}
    hub.result = document({"results": pcvl.BSDistribution(weights), "job_context": context})
    job = photonic.run(pcvl.BS(), on_hub, command, **ALL)

    one, other = (photonic.PhotonicJob(job.job).result(10)["results"] for _ in range(2))

    assert kind(one) == kind(other)
    counts = dict(one) if command == "sample_count" else Counter(map(str, one))
    assert sum(counts.values()) == 1000
    assert {str(state): count for state, count in counts.items()} == {
        "|2,0>": pytest.approx(300, abs=80),
        "|0,2>": pytest.approx(700, abs=80),
    }


@pytest.mark.parametrize(
    "context",
    [
        {"result_mapping": ["os", "getcwd"]},
        {"result_mapping": ["perceval.utils", "PMetadata"]},
        {"result_mapping": ["perceval.utils"]},
        {"result_mapping": "perceval.utils"},
        {":PCVL:str:x": ["os", "getcwd"]},
        ":PCVL:dict:x",
    ],
)
def test_no_function_that_a_service_names_is_called(hub, on_hub, sampler, context):
    hub.result = document({"results": COUNTS}) | {
        "results": json.dumps({**serialize({"results": COUNTS}), "job_context": context})
    }

    with pytest.raises(ProtocolError):
        photonic.run(pcvl.BS(), on_hub, **ALL).result(10)
    with pytest.raises(ProtocolError):
        sampler.sample_count(5)


@pytest.mark.parametrize(
    "broken",
    [
        {"counts": {"0": 1}},
        {"results": "junk", "results_type": ""},
        {"results": "[]", "results_type": ""},
        {"results": '{"results": ":PCVL:BSCount:junk"}', "results_type": ""},
        {"results": "{}", "results_type": ""},
        {"results": None, "results_type": ""},
        {"results": "[" * 100_000, "results_type": ""},
        [],
    ],
)
def test_another_document_is_a_protocol_error(hub, on_hub, broken):
    hub.result = broken
    job = photonic.run(pcvl.BS(), on_hub, **ALL)

    with pytest.raises(ProtocolError, match=job.id):
        job.result(10)


def test_counts_are_not_made_of_it_and_it_is_said_what_reads_it(counted, on_hub):
    job = photonic.run(pcvl.BS(), on_hub, **ALL).job

    with pytest.raises(ProgramError, match=r"ketbridge\.photonic\.PhotonicJob"):
        job.result(10)


def test_the_reason_of_a_failure_may_be_in_place_of_the_results(hub, on_hub):
    hub.end, hub.result = "FAILED", {"results": "the laser is off", "results_type": None}
    job = photonic.run(pcvl.BS(), on_hub, **ALL)

    with pytest.raises(JobFailed, match="the laser is off"):
        job.result(10)
    assert on_hub.get_job_status(job.id)["status_message"] == "the laser is off"


def test_the_limits_are_those_of_the_hubs_description(hub, on_hub):
    with pytest.raises(ProgramError, match=r"5 modes; quandela\.sim\.altair takes 2 to 4"):
        photonic.run(pcvl.Circuit(5), on_hub, **{**ALL, "input_state": [1, 1, 0, 0, 0]})
    with pytest.raises(ProgramError, match="shots is a whole number from 1 to 1000"):
        photonic.run(pcvl.BS(), on_hub, **{**ALL, "shots": 1001})
    assert hub.bodies == []


def test_a_machine_of_which_nothing_is_said_is_asked(counted, on_hub, monkeypatch):
    bare = {"id": SIMULATOR, "provider": "QUANDELA"}
    monkeypatch.setitem(MACHINES, SIMULATOR, bare)

    assert photonic.run(pcvl.Circuit(40), on_hub, **{**ALL, "input_state": [1, 1] + [0] * 38})
    assert on_hub.fetch_platform_details()["specs"]["constraints"] == {}


def test_what_it_costs_at_most_is_estimated_by_the_list_price(hub, on_hub):
    cost = photonic.estimate(pcvl.BS(), on_hub, iterations=[{"max_samples": 1}] * 3, **ALL)

    assert (cost.value, cost.unit, cost.estimated) == (7.5, "EUR", True)
    assert hub.bodies == []


def test_a_job_has_a_cost(counted, on_hub):
    job = photonic.run(pcvl.BS(), on_hub, **ALL)
    job.wait(10)
    assert job.cost().value == 2.5


def test_a_service_that_is_away_is_asked_again_by_perceval(counted):
    with HubService() as short:
        handler = photonic.RpcHandler(
            f"kipu/{SIMULATOR}", token=TOKEN, url=short.url, timeout_s=0.3, backend_age_s=0.0
        )
        short.result = counted.result
        job_id = photonic.run(pcvl.BS(), handler, **ALL).id

    with pytest.raises(StatusUnavailable) as caught:
        handler.get_job_status(job_id)
    assert isinstance(caught.value, requests.exceptions.ConnectionError)


def test_a_job_that_is_not_there_is_not_asked_for_again(on_hub):
    with pytest.raises(NotFound):
        on_hub.get_job_status("00000000-0000-4000-8000-000000000000")


def test_a_failed_job_runs_again_as_a_new_one(hub, on_hub, sampler):
    hub.end, hub.result = "FAILED", {"results": "the laser is off"}
    failed = sampler.sample_count.execute_async(5)
    assert failed.is_failed

    again = failed.rerun()

    assert again.id != failed.id
    assert hub.bodies[0]["input"] == hub.bodies[1]["input"]


def test_no_credential_is_shown_kept_or_given_to_perceval(counted, on_hub, sampler):
    sent = sampler.sample_count
    sent.execute_async(5)
    job = photonic.PhotonicJob(on_hub.job(sent.id))

    shown = [repr(on_hub), str(on_hub.headers), repr(job), on_hub.url, json.dumps(sent._to_dict())]
    kept = [pickle.dumps(on_hub), pickle.dumps(job)]

    assert not any(TOKEN in text for text in shown)
    assert not any(TOKEN.encode() in data for data in kept)
