"""Every operation of IBM Direct Access is sent as the contract has it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from contract.openapi import Contract
from ketbridge.clouds.ibm_direct import models, operations
from ketbridge.errors import AddressError
from ketbridge.transport.operation import Operation, Repeat

CONTRACT = Contract("ibm_direct_access.json")
DOCUMENTED = Contract("documented/ibm_direct_access.json")
JOB = "6e32f594-189e-4bc5-89a2-3c21e1c7e75b"
MACHINE = "ibm_bromont"
URL = "https://s3.example.org/bucket/key?X-Amz-Signature=0123456789"
PLACE = models.StorageOption(presigned_url=URL)
FULL_PLACE = models.StorageOption(
    presigned_url=URL,
    bucket_crn="crn:v1:b",
    object_name="o",
    region="us-east",
    region_type="regional",
    runtime_instance_crn="crn:v1:i",
)
BODIES = [
    models.RunJobBody(
        id=JOB,
        program_id="estimator",
        backend=MACHINE,
        timeout_secs=10_000,
        storage=models.Storage(input=PLACE, results=PLACE, logs=PLACE),
    ),
    models.RunJobBody(
        id="x",
        program_id="sampler",
        backend=MACHINE,
        timeout_secs=1,
        log_level="debug",
        storage=models.Storage(input=FULL_PLACE, results=FULL_PLACE),
    ),
]
CALLS: dict[str, list[Operation[Any]]] = {
    "backends.list": [operations.list_backends()],
    "backend.read": [operations.get_backend(MACHINE)],
    "backend-configuration.read": [operations.get_backend_configuration(MACHINE)],
    "backend-properties.read": [operations.get_backend_properties(MACHINE)],
    "jobs.read": [operations.list_jobs()],
    "job.create": [operations.create_job(body) for body in BODIES],
    "job.read": [operations.get_job(JOB)],
    "job.delete": [operations.delete_job(JOB)],
    "job.cancel": [operations.cancel_job(JOB)],
    "version.read": [operations.get_version()],
    "versions.list": [operations.get_versions()],
}
EACH = [(name, call) for name, calls in CALLS.items() for call in calls]
IDS = [f"{name}-{index}" for name, calls in CALLS.items() for index in range(len(calls))]
each_call = pytest.mark.parametrize(("name", "call"), EACH, ids=IDS)


def test_every_documented_operation_has_exactly_one_function() -> None:
    assert len(CONTRACT.operations) == 11
    assert CALLS.keys() == CONTRACT.operations.keys()
    assert len(operations.__all__) == 11


@each_call
def test_an_operation_has_the_name_method_and_path_of_the_contract(
    name: str, call: Operation[Any]
) -> None:
    assert (call.name, call.method) == (name, CONTRACT.operations[name].method)
    assert CONTRACT.match_path(name, call.path) is not None
    assert call.query == ()


@each_call
@pytest.mark.parametrize("contract", [CONTRACT, DOCUMENTED], ids=["corrected", "documented"])
def test_the_body_of_an_operation_is_allowed(
    contract: Contract, name: str, call: Operation[Any]
) -> None:
    schema = contract.request_schema(name)
    if schema is None:
        assert call.body is None
        return
    assert contract.errors(schema, json.loads(call.body or b""), sent=True) == []


@each_call
def test_an_operation_accepts_the_documented_success(name: str, call: Operation[Any]) -> None:
    responses = CONTRACT.operations[name].spec["responses"]

    assert {int(code) for code in responses if code[0] == "2"} == call.accept


@each_call
def test_only_creating_a_job_is_keyed_and_all_else_can_be_repeated(
    name: str, call: Operation[Any]
) -> None:
    keyed = name == "job.create"

    assert call.repeat is (Repeat.KEYED if keyed else Repeat.SAFE)


@each_call
def test_the_token_goes_with_everything_but_the_version(name: str, call: Operation[Any]) -> None:
    asks = bool(CONTRACT.operations[name].spec.get("security"))

    assert call.authenticate is (asks or name == "versions.list")  # which documents a 401


@pytest.mark.parametrize("bad", ["..", "../x", "a/b", "x?y", "%2e%2e", "@host", "", "x" * 4096])
def test_an_id_that_could_change_the_path_is_refused(bad: str) -> None:
    for make in (operations.get_job, operations.get_backend, operations.cancel_job):
        with pytest.raises(AddressError):
            make(bad)


@pytest.mark.parametrize(
    "change",
    [{"id": ""}, {"id": "x" * 37}, {"timeout_secs": 0}, {"timeout_secs": True}, {"extra": 1}],
    ids=str,
)
def test_a_body_that_the_contract_refuses_is_not_made(change: dict[str, Any]) -> None:
    whole = BODIES[0].model_dump(exclude_none=True)
    assert models.RunJobBody.model_validate(whole) == BODIES[0]
    with pytest.raises(ValidationError):
        models.RunJobBody.model_validate(whole | change)


def test_storage_of_the_other_kind_that_the_text_names_is_refused() -> None:
    with pytest.raises(ValidationError):
        models.StorageOption.model_validate({"type": "ibmcloud_cos", "presigned_url": URL})


def test_printing_a_body_shows_no_presigned_url() -> None:
    for body in BODIES:
        assert "X-Amz" not in f"{body!r} {body} {operations.create_job(body)!r}"
