"""What the IonQ contract shows and allows as an answer is read."""

from __future__ import annotations

import json
import warnings
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from contract.openapi import HERE, Contract
from contract.test_ionq_requests import CALLS
from ketbridge.clouds.ionq import models, operations
from ketbridge.clouds.wire import UnknownWordWarning
from ketbridge.transport.operation import Reply

CONTRACT = Contract("ionq.json")
EXAMPLES = json.loads((HERE / "ionq_examples.json").read_text())
REPLIES = {name: CONTRACT.reply_schema(name) for name in CONTRACT.operations}


def reply(value: Any) -> Reply:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return Reply(200, {}, body)


def examples(place: str) -> list[Any]:
    return [one["value"] for one in EXAMPLES["bodies"][place]]


@pytest.mark.parametrize("name", sorted(REPLIES))
def test_whatever_the_contract_allows_as_an_answer_is_read(name: str) -> None:
    call = CALLS[name][0]

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(CONTRACT.instances(REPLIES[name]))
    def check(value: Any) -> None:
        assert CONTRACT.errors(REPLIES[name], value, sent=False) == []
        call.read(reply(value))

    check()


@pytest.mark.parametrize(
    ("place", "call"),
    [
        ("GET /jobs resp 200", operations.get_jobs()),
        ("GET /jobs/{UUID} resp 200", operations.get_job("j")),
        ("GET /sessions/{session_id}/jobs resp 200", operations.get_session_jobs("s")),
    ],
)
def test_the_documented_examples_of_answers_are_read(place: str, call: Any) -> None:
    for value in examples(place):
        read = call.read(reply(value))
        job = read if isinstance(read, models.GetJobResponse) else read.jobs[0]

        assert job.status is models.JobStatus.COMPLETED
        assert job.noise == models.Noise(model=models.NoiseModel.IDEAL)
        assert (job.shots, job.metadata) == (1000, None)


@pytest.mark.parametrize("code", ["400", "401", "404", "500"])
def test_the_documented_examples_of_errors_are_read(code: str) -> None:
    for value in examples(f"* (any) resp {code}"):
        assert models.Error.model_validate_json(json.dumps(value)).statusCode == int(code)


def test_the_documented_examples_of_jobs_to_create_are_sent_as_they_are() -> None:
    adapter: TypeAdapter[models.JobCreationPayload] = TypeAdapter(models.JobCreationPayload)
    values = examples("POST /jobs req")

    assert len(values) >= 4
    for value in values:
        sent = operations.create_job(adapter.validate_json(json.dumps(value))).body
        assert json.loads(sent or b"") == value


def test_the_documented_example_values_of_members_are_read() -> None:
    backend: dict[str, Any] = {"status": "available"}
    for one in EXAMPLES["properties"]:
        if one["at"].startswith("components/schemas/Backend/properties/"):
            backend[one["at"].rsplit("/", 1)[1]] = one["value"]

    read = operations.get_backend("qpu.aria-1").read(reply(backend))

    assert (read.backend, read.qubits, read.kw) == ("qpu.aria-1", 25, 4902.81)
    assert read.average_queue_time == 1181215


def test_a_characterization_as_in_the_documented_values_is_read() -> None:
    value = {
        "fidelity": {"spam": {"median": 0.9962, "stderr": None}, "1q": {"median": 0.9998}},
        "timing": {"readout": 0.00013, "reset": 2e-05, "t1": 10, "t2": 1, "1q": 0.000135},
        "connectivity": [[0, 1], [0, 2], [10, 9]],
    }
    read = operations.get_characterization("qpu.aria-1", "c").read(reply(value))

    assert read.fidelity is not None and read.fidelity.spam is not None
    assert (read.fidelity.spam.median, read.fidelity.spam.stderr) == (0.9962, None)
    assert read.fidelity.one_qubit is not None and read.fidelity.one_qubit.median == 0.9998
    assert read.timing is not None and read.timing.one_qubit == 0.000135


def test_a_word_that_the_contract_does_not_list_is_kept_and_warned_of_once() -> None:
    value = {"id": "a", "status": "failed", "failure": {"code": "Hiccup", "message": "m"}}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        reads = [operations.get_job("a").read(reply(value)).failure for _ in range(3)]

    assert [one.category for one in caught] == [UnknownWordWarning]
    assert {(one.code.name, one.code.value, one.code.known) for one in reads if one} == {
        ("UNKNOWN", "Hiccup", False)
    }


def test_an_unlisted_state_of_a_job_is_left_to_the_wait_to_warn_of() -> None:
    read = operations.create_job(b"{}").read(reply({"id": "a", "status": "marinating"}))

    assert (read.status.name, read.status.value) == ("UNKNOWN", "marinating")


def test_one_backend_that_cannot_be_read_does_not_hide_the_others() -> None:
    good = {"backend": "simulator", "status": "available", "qubits": 29}
    with pytest.warns(UnknownWordWarning, match="backend 1 of the list is left out"):
        read = operations.get_backends().read(reply([good, {"backend": 5}, good]))

    assert [one.backend for one in read] == ["simulator", "simulator"]


MISSHAPEN = [b"", b"null", b"[]", b"5", b"<html>", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 50_000]
LISTS = ("getBackends", "GetVariantShots")


@pytest.mark.parametrize("name", sorted(REPLIES))
def test_a_misshapen_answer_is_a_value_error(name: str) -> None:
    for body in MISSHAPEN:
        if body == b"[]" and name in LISTS:
            continue
        with pytest.raises(ValueError):
            CALLS[name][0].read(reply(body))


@pytest.mark.parametrize(
    "body",
    [b'{"0":NaN}', b'{"0":1e999}', b'{"0":"0.5"}', b'{"0":true}', b'{"0":null}', b'{"0":{"0":1}}'],
)
def test_a_map_with_anything_but_finite_numbers_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):
        operations.get_job_probabilities("j").read(reply(body))


def test_the_probabilities_of_several_circuits_are_a_map_of_maps() -> None:
    value = {"a": {"0": 1.0}, "b": {"1": 0.5, "2": 0.5}}

    assert operations.get_result_map("/v0.4/x").read(reply(value)) == value


@pytest.mark.parametrize(
    ("body", "outcomes"),
    [
        (b"[0,3,3]", [0, 3, 3]),
        (b'["0","3"]', [0, 3]),
        (b"[]", []),
        (b'{"0":3,"1":0}', {"0": 3, "1": 0}),
    ],
)
def test_shots_are_read_in_each_known_form(body: bytes, outcomes: Any) -> None:
    assert operations.get_result_shots("/v0.4/x").read(reply(body)) == outcomes


@pytest.mark.parametrize(
    "body", [b"[0,true]", b"[0.5]", b'["0",1]', b'["-1"]', b'["x"]', b"[null]"]
)
def test_shots_that_are_no_states_are_refused(body: bytes) -> None:
    with pytest.raises(ValueError):
        operations.get_result_shots("/v0.4/x").read(reply(body))


@given(st.lists(st.integers(0, 2**64), max_size=20))
@settings(deadline=None)
def test_shots_written_as_numbers_or_as_text_are_the_same(outcomes: list[int]) -> None:
    read = operations.get_variant_shots("j", "v").read

    assert read(reply(outcomes)) == read(reply([str(one) for one in outcomes])) == outcomes
