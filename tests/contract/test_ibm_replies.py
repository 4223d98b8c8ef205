"""What the IBM Runtime contract shows and allows as an answer is read, in both API versions."""

from __future__ import annotations

import json
import warnings
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from contract.openapi import HERE, Contract
from contract.test_ibm_requests import CALLS, JOB, MACHINE
from ketbridge.clouds.ibm import models, operations
from ketbridge.clouds.wire import UnknownWordWarning
from ketbridge.transport.operation import Reply

CONTRACT = Contract("ibm_runtime.json")
EXAMPLES = json.loads((HERE / "ibm_examples.json").read_text())["bodies"]
EMPTY = {
    name
    for name, operation in CONTRACT.operations.items()
    if "204" in operation.spec["responses"] and "200" not in operation.spec["responses"]
}
TEXTS = {"get_jog_logs_jid"}
NEWER = {
    "get_job": "JobResponse_2026_03_15",
    "list_jobs": "JobsResponse_2026_03_15",
    "get_job_metrics_jid": "JobMetrics_2026_03_15",
}
SCHEMAS = [
    (name, CONTRACT.reply_schema(name))
    for name in sorted(CONTRACT.operations.keys() - EMPTY - TEXTS)
] + [(name, CONTRACT.named_schema(schema)) for name, schema in NEWER.items()]
IDS = [*(name for name, _ in SCHEMAS[: -len(NEWER)]), *NEWER.values()]


def reply(value: Any, status: int = 200) -> Reply:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return Reply(status, {"content-type": "application/json; charset=utf-8"}, body)


@pytest.mark.parametrize(("name", "schema"), SCHEMAS, ids=IDS)
@pytest.mark.filterwarnings("ignore::ketbridge.clouds.wire.UnknownWordWarning")
def test_whatever_the_contract_allows_as_an_answer_is_read(
    name: str, schema: dict[str, Any]
) -> None:
    call = CALLS[name][0]

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(CONTRACT.instances(schema))
    def check(value: Any) -> None:
        assert CONTRACT.errors(schema, value, sent=False) == []
        call.read(reply(value))

    check()


RESULTS = [
    "ExecutorV01QuantumProgramResultModel",
    "ExecutorV02QuantumProgramResultModel",
    "NoiseLearnerV3V01NoiseLearnerV3ResultsModel",
    "NoiseLearnerV3V02NoiseLearnerV3ResultsModel",
]


@pytest.mark.parametrize("schema", RESULTS)
def test_whatever_the_contract_allows_as_a_result_becomes_its_model(schema: str) -> None:
    named = CONTRACT.named_schema(schema)
    kind = models.ExecutorResult if "Executor" in schema else models.NoiseLearnerV3Result

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(CONTRACT.instances(named))
    def check(value: Any) -> None:
        body = operations.get_job_results_jid(JOB).read(reply(value))
        assert body is not None
        expected = kind if value["data"] else models.ExecutorResult | models.NoiseLearnerV3Result
        assert isinstance(body.read(), expected)

    check()


SHOWN = [
    ("GET /v1/jobs/{id} resp 200", "get_job"),
    ("GET /v1/jobs resp 200", "list_jobs"),
    ("POST /v1/jobs resp 200", "create_job"),
    ("GET /v1/jobs/{id}/metrics resp 200", "get_job_metrics_jid"),
    ("GET /v1/backends resp 200", "list_backends"),
    ("GET /v1/backends/{id}/properties resp 200", "get_backend_properties"),
    ("GET /v1/backends/{id}/configuration resp 200", "get_backend_configuration"),
    ("GET /v1/backends/{id}/status resp 200", "get_backend_status"),
    ("GET /v1/instance resp 200", "get_instance"),
    ("GET /v1/instances/configuration resp 200", "get_instance_configuration"),
    ("GET /v1/tags resp 200", "list_tags"),
    ("GET /v1/accounts/{id} resp 200", "get_account"),
    ("GET /v1/jobs/{id}/results resp 200", "get_job_results_jid"),
]


@pytest.mark.parametrize(("place", "name"), SHOWN)
def test_every_member_of_a_documented_example_that_a_model_has_is_read(
    place: str, name: str
) -> None:
    assert EXAMPLES[place]
    for one in EXAMPLES[place]:
        read = CALLS[name][0].read(reply(one["value"]))
        if isinstance(read, models.ResultBody):
            read = read.read()
        given = one["value"]
        members = type(read).model_fields.keys() & given.keys()

        assert members
        lost = [key for key in members if given[key] is not None and getattr(read, key) is None]
        assert lost == []


def test_every_documented_example_of_an_answer_is_read_here() -> None:
    assert {place for place in EXAMPLES if "resp 200" in place} == {place for place, _ in SHOWN}


def test_use_is_read_in_the_words_of_both_versions() -> None:
    old, _, new = EXAMPLES["GET /v1/jobs resp 200"]
    read = operations.list_jobs().read

    assert read(reply(old["value"])).jobs[0].usage.charged_s == 1
    assert read(reply(new["value"])).jobs[0].usage.charged_s == 20
    assert read(reply(new["value"])).jobs[0].usage.run_s == pytest.approx(2e-9)


def test_a_machine_of_the_list_keeps_what_is_said_of_it() -> None:
    [one] = EXAMPLES["GET /v1/backends resp 200"]
    first, second, third = operations.list_backends().read(reply(one["value"])).devices

    assert first.status.name is models.DeviceStatusName.ONLINE
    assert first.clops == models.Clops(type="virtual", value=150)
    assert (second.clops, second.queue_length) == (None, 0)
    assert (third.status.reason, third.processor_type.revision) == ("Maintenance", "RevB")


def test_one_machine_that_cannot_be_read_does_not_hide_the_others() -> None:
    good = {"name": "ibm_fez", "status": {"name": "online"}, "queue_length": 3}
    with pytest.warns(UnknownWordWarning, match="backend 1 of the list is left out"):
        read = operations.list_backends().read(reply({"devices": [good, {"name": 5}, good]}))

    assert [one.name for one in read.devices] == ["ibm_fez", "ibm_fez"]


def test_a_list_of_machines_of_which_none_can_be_read_is_refused() -> None:
    with (
        pytest.warns(UnknownWordWarning),
        pytest.raises(ValueError, match="no entry of the list"),
    ):
        operations.list_backends().read(reply({"devices": [{"name": 5}]}))


def test_a_configuration_and_properties_are_read_whole() -> None:
    [one] = EXAMPLES["GET /v1/backends/{id}/configuration resp 200"]
    config = operations.get_backend_configuration(MACHINE).read(reply(one["value"]))
    [two] = EXAMPLES["GET /v1/backends/{id}/properties resp 200"]
    measured = operations.get_backend_properties(MACHINE).read(reply(two["value"]))

    assert (config.n_qubits, config.dt) == (5, one["value"]["dt"])
    assert config.coupling_map == tuple(map(tuple, one["value"]["coupling_map"]))
    assert len(measured.gates) == len(two["value"]["gates"])
    assert measured.qubits[0][0].name == two["value"]["qubits"][0][0]["name"]


@pytest.mark.parametrize(
    ("member", "bent"),
    [
        ("timing_constraints", 5),
        ("max_shots", "many"),
        ("processor_type", []),
        ("rep_delay_range", "x"),
    ],
)
def test_a_bent_member_does_not_cost_the_whole_configuration(member: str, bent: Any) -> None:
    [one] = EXAMPLES["GET /v1/backends/{id}/configuration resp 200"]
    read = operations.get_backend_configuration(MACHINE).read(reply(one["value"] | {member: bent}))

    assert getattr(read, member) is None
    assert read.n_qubits == 5


def test_a_word_that_the_contract_does_not_list_is_kept_and_warned_of_once() -> None:
    value = {"id": "s", "mode": "batch", "state": "marinating", "backend_name": None}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        reads = [operations.get_session("s").read(reply(value)).state for _ in range(3)]

    assert [one.category for one in caught] == [UnknownWordWarning]
    assert {(one.name, one.value, one.known) for one in reads if one} == {
        ("UNKNOWN", "marinating", False)
    }


def test_an_unlisted_state_of_a_job_is_left_to_the_wait_to_warn_of() -> None:
    [value, *_] = [one["value"] for one in EXAMPLES["GET /v1/jobs/{id} resp 200"]]
    read = operations.get_job(JOB).read(reply(value | {"status": "Simmering"}))

    assert (read.status.name, read.status.value) == ("UNKNOWN", "Simmering")


def test_no_result_yet_is_none_and_a_text_is_kept_byte_by_byte() -> None:
    read = operations.get_job_results_jid(JOB).read
    text = b'{"__type__": "PrimitiveResult"}\n'

    assert read(Reply(204, {}, b"")) is None
    body = read(Reply(200, {"content-type": "text/plain"}, text))
    assert body == models.ResultBody(text, "text/plain")
    assert body is not None and body.read() == text.decode()


def test_a_result_of_a_newer_version_keeps_every_member() -> None:
    value = {"schema_version": "v2.0", "data": [{"results": {}}], "semantic_role": "sampler_v2"}
    body = operations.get_job_results_jid(JOB).read(reply(value))
    assert body is not None
    read = body.read()

    assert isinstance(read, models.GenericResult)
    assert read.model_dump(exclude_none=True) == value


def test_a_log_is_read_as_text_even_where_it_is_not() -> None:
    assert operations.get_jog_logs_jid(JOB).read(Reply(200, {}, b"a\xffb")) == "a\ufffdb"


MISSHAPEN = [b"", b"null", b"[]", b"5", b"<html>", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 50_000]


@pytest.mark.parametrize("name", sorted({name for name, _ in SCHEMAS} - {"get_job_results_jid"}))
def test_a_misshapen_answer_is_a_value_error(name: str) -> None:
    for body in MISSHAPEN:
        with pytest.raises(ValueError):
            CALLS[name][0].read(reply(body))
