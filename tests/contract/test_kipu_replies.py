"""What the Kipu Hub contract allows as an answer is read, and what services send beside it."""

from __future__ import annotations

import json
import warnings
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from contract.hub import HubContract
from contract.test_kipu_requests import CALLS, JOB, MACHINE, SESSION
from ketbridge.clouds.document import Document
from ketbridge.clouds.kipu import models, operations
from ketbridge.clouds.wire import UnknownWordWarning
from ketbridge.transport.operation import Reply

CONTRACT = HubContract("kipu_hub.json", strict=True)
EMPTY = {
    name
    for name, operation in CONTRACT.operations.items()
    if "204" in operation.spec["responses"] and "200" not in operation.spec["responses"]
}
FILES = {"getJobResultStream", "getServiceExecutionJobResultStream"}
TYPED = sorted(CONTRACT.operations.keys() - EMPTY - FILES)
CALIBRATIONS = (
    "getBackendCalibration",
    "getJobCalibration",
    "getServiceExecutionJobCalibration",
)


def reply(value: Any, status: int = 200) -> Reply:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return Reply(status, {"content-type": "application/json; charset=utf-8"}, body)


@pytest.mark.parametrize("name", TYPED)
def test_whatever_the_contract_allows_as_an_answer_is_read(name: str) -> None:
    call, schema = CALLS[name][0], CONTRACT.reply_schema(name)

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(CONTRACT.instances(schema))
    def check(value: Any) -> None:
        assert CONTRACT.errors(schema, value, sent=False) == []
        call.read(reply(value))

    check()


@pytest.mark.parametrize("name", sorted(EMPTY))
def test_a_cancelled_job_and_a_closed_session_are_nothing_to_read(name: str) -> None:
    assert CALLS[name][0].read(reply(b"", 204)) is None


@pytest.mark.parametrize("name", CALIBRATIONS)
def test_no_calibration_is_none(name: str) -> None:
    assert CALLS[name][0].read(reply(b"", 204)) is None


@pytest.mark.parametrize("name", ["getJobResult", *sorted(FILES)])
def test_a_result_is_kept_byte_by_byte(name: str) -> None:
    text = b'{"counts": {"0": 1e0}}\n'

    assert CALLS[name][0].read(reply(text)) == Document(text, "application/json")


def test_explicit_nulls_are_like_absent_members() -> None:
    for kind, make in ((models.Job, operations.get_job), (models.Session, operations.get_session)):
        nulls = dict.fromkeys(kind.model_fields) | {"id": JOB}
        assert make(JOB).read(reply(nulls)) == kind(id=JOB)
    inner = {"configuration": dict.fromkeys(models.Configuration.model_fields)}
    read = operations.get_backend(MACHINE).read(reply({"id": MACHINE} | inner))
    assert read.configuration == models.Configuration()


def test_the_jobs_of_a_session_come_as_a_list_or_as_one() -> None:
    read = operations.get_session_jobs(SESSION).read

    assert [job.id for job in read(reply([{"id": "a"}, {"id": "b"}]))] == ["a", "b"]
    assert [job.id for job in read(reply({"id": "a"}))] == ["a"]


def test_one_machine_that_cannot_be_read_does_not_hide_the_others() -> None:
    good, odd = {"id": MACHINE}, {"id": 5, "configuration": "none"}
    with pytest.warns(UnknownWordWarning, match="backend 1 of the list is left out"):
        read = operations.get_backends().read(reply([good, odd, good]))

    assert [one.id for one in read] == [MACHINE, MACHINE]


ODD = {
    "costs": [{"granularity": "shot"}],
    "documentation": "https://x",
    "availability": ["always"],
    "queue_size": "5",
    "provider": 5,
    "configuration": "none",
}
ODD_CONFIGURATION = {
    "qubits": ["0"],
    "connectivity": [["0", "1"]],
    "gates": ["h"],
    "shots_range": [1, 10],
    "supported_input_formats": "OPEN_QASM_V2",
    "qubit_count": "20",
}


@pytest.mark.parametrize("name", ODD)
def test_a_member_that_cannot_be_read_does_not_hide_its_machine(name: str) -> None:
    value = {"id": MACHINE, "name": "n", name: ODD[name]}
    words = rf"of backend '{MACHINE}' this cannot be read and is left out: {name}"
    with pytest.warns(UnknownWordWarning, match=words):
        one = operations.get_backend(MACHINE).read(reply(value))
    with pytest.warns(UnknownWordWarning, match=words):
        (listed,) = operations.get_backends().read(reply([value]))

    assert (one.name, getattr(one, name), listed) == ("n", None, one)


@pytest.mark.parametrize("name", ODD_CONFIGURATION)
def test_the_rest_of_a_configuration_is_read(name: str) -> None:
    configuration = {"instructions": ["h"], name: ODD_CONFIGURATION[name]}
    with pytest.warns(UnknownWordWarning, match=rf"left out: configuration\.{name}"):
        read = operations.get_backend(MACHINE).read(
            reply({"id": MACHINE, "configuration": configuration})
        )

    assert read.configuration == models.Configuration(instructions=("h",))


def test_a_list_of_machines_of_which_none_can_be_read_is_refused() -> None:
    with pytest.warns(UnknownWordWarning), pytest.raises(ValueError, match="no entry of the list"):
        operations.get_backends().read(reply([{"id": 5}]))


def test_sdks_are_read_as_documented_words_and_as_answered_objects() -> None:
    for sdks in (["QISKIT", "PLANQK"], [{"type": "QISKIT", "url": "https://x"}]):
        value = {"id": MACHINE, "documentation": {"sdks": sdks}}
        read = operations.get_backend(MACHINE).read(reply(value))
        assert read.documentation is not None and read.documentation.sdks == tuple(sdks)


def test_a_word_that_the_contract_does_not_list_is_kept_and_warned_of_once() -> None:
    value = {"id": MACHINE, "provider": "UNHEARD_OF"}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        reads = [operations.get_backend(MACHINE).read(reply(value)).provider for _ in range(3)]

    assert [one.category for one in caught] == [UnknownWordWarning]
    assert {(one.value, one.known) for one in reads if one} == {("UNHEARD_OF", False)}


def test_the_services_own_unknown_is_a_word_of_the_contract() -> None:
    read = operations.get_job(JOB).read(reply({"id": JOB, "status": "UNKNOWN"}))

    assert read.status is not None and read.status.known


def test_an_unlisted_state_of_a_job_is_left_to_the_wait_to_warn_of() -> None:
    read = operations.get_job(JOB).read(reply({"id": JOB, "status": "SIMMERING"}))

    assert read.status is not None
    assert (read.status.known, read.status.value) == (False, "SIMMERING")


MISSHAPEN = [b"", b"null", b"5", b"<html>", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 50_000]


@pytest.mark.parametrize("name", sorted(set(TYPED) - {"getJobResult"}))
def test_a_misshapen_answer_is_a_value_error(name: str) -> None:
    for body in MISSHAPEN:
        with pytest.raises(ValueError):
            CALLS[name][0].read(reply(body))
