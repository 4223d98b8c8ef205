"""What the contract of IBM Direct Access allows as an answer is read."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings

from contract.openapi import Contract
from contract.test_ibm_direct_requests import CALLS
from ketbridge.clouds.ibm_direct import models, operations
from ketbridge.clouds.wire import UnknownWordWarning
from ketbridge.transport.operation import Reply

CONTRACT = Contract("ibm_direct_access.json")
SILENT = {"job.create", "job.delete", "job.cancel"}
SHOWING = sorted(CONTRACT.operations.keys() - SILENT)
RUNNING = {
    "id": "x",
    "program_id": "sampler",
    "backend": "b",
    "status": "Running",
    "created_time": "2026-11-21T09:00:00Z",
}


def reply(value: Any, status: int = 200) -> Reply:
    return Reply(status, {"content-type": "application/json"}, json.dumps(value).encode())


@pytest.mark.parametrize("name", SHOWING)
@pytest.mark.filterwarnings("ignore::ketbridge.clouds.wire.UnknownWordWarning")
def test_whatever_the_contract_allows_as_an_answer_is_read(name: str) -> None:
    call, schema = CALLS[name][0], CONTRACT.reply_schema(name)

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(CONTRACT.instances(schema))
    def check(value: Any) -> None:
        assume(not CONTRACT.errors(schema, value, sent=False))  # an if-then is not generated
        call.read(reply(value))

    check()


@given(CONTRACT.instances(CONTRACT.named_schema("HTTPError")))
@settings(max_examples=40, deadline=None)
def test_every_error_that_the_contract_allows_has_a_model(value: Any) -> None:
    read = models.HttpErrorBody.model_validate_json(json.dumps(value))
    assert (read.trace, len(read.errors)) == (value["trace"], len(value["errors"] or ()))


@pytest.mark.parametrize(
    ("name", "member"),
    [("backends.list", "backends"), ("jobs.read", "jobs"), ("versions.list", "versions")],
)
def test_a_null_list_is_read_as_an_empty_one(name: str, member: str) -> None:
    read = CALLS[name][0].read
    assert getattr(read(reply({member: None})), member) == ()
    assert getattr(read(reply({member: []})), member) == ()


@pytest.mark.parametrize("name", sorted(SILENT))
def test_an_answer_without_a_body_is_read_as_nothing(name: str) -> None:
    assert CALLS[name][0].read(Reply(204, {}, b"")) is None


def test_a_new_state_is_kept_and_a_new_member_is_left_out() -> None:
    job = operations.get_job("x").read(reply({**RUNNING, "status": "Queued", "new": 1}))
    assert (job.status, job.status.known) == ("Queued", False)


def test_a_new_status_of_a_machine_is_warned_of() -> None:
    with pytest.warns(UnknownWordWarning, match="warming up"):
        read = operations.get_backend("b").read(reply({"name": "b", "status": "warming up"}))
    assert not read.status.known


def test_a_job_is_read_without_what_signs_its_urls() -> None:
    place = {"type": "s3_compatible", "presigned_url": "https://s3.example.org/?X-Amz-Signature=1"}
    storage = dict.fromkeys(("input", "results", "logs"), place)
    job = operations.get_job("x").read(reply({**RUNNING, "storage": storage}))
    assert job.storage.input.presigned_url == "https://s3.example.org/"
    assert "X-Amz" not in f"{job!r} {job} {pickle.dumps(job)!r} {job.model_dump_json()}"
