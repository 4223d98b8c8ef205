"""What an error and a log line may say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.operations import get

from ketbridge.errors import NotFound, RequestRefused, ServiceError
from ketbridge.transport.failures import service_error
from ketbridge.transport.operation import Reply, json_body
from ketbridge.transport.redact import quiet_target, request_id, scrub


@pytest.mark.parametrize(
    ("body", "code", "detail"),
    [
        (
            {"statusCode": 400, "error": "Bad Request", "message": "too many qubits"},
            "Bad Request",
            "too many qubits",
        ),
        (
            {"errors": [{"code": 1211, "message": "no such job"}], "trace": "t"},
            "1211",
            "no such job",
        ),
        (
            {"errorCode": "BXNIM0415E", "errorMessage": "no such key"},
            "BXNIM0415E",
            "no such key",
        ),
        ({"error": "invalid_grant", "error_description": "expired"}, "invalid_grant", "expired"),
        ({"error": {"code": "X", "message": "nested"}}, "X", "nested"),
        ({"error": "only this"}, None, "only this"),
        ({"detail": "not here"}, None, "not here"),
        ("plain text", None, "plain text"),
        ({"message": {"not": "text"}}, None, ""),
        ([], None, ""),
        (None, None, ""),
    ],
)
def test_the_services_code_and_words_are_found(body, code, detail):
    error = service_error(get(), Reply(400, {}, json_body(body)), now=0.0)
    assert isinstance(error, RequestRefused)
    assert (error.code, error.detail) == (code, detail)


def test_the_ids_by_which_a_service_can_find_the_request_are_in_the_error():
    body = {"status_code": 422, "trace": "t-1", "correlation_id": "c-2", "errors": None}
    error = service_error(get(), Reply(422, {}, json_body(body)), now=0.0)
    assert "(trace t-1, correlation id c-2)" in str(error)
    assert error.request_id == "t-1"


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"<html>x</html>", b"[" * 100_000, b"not json"])
def test_a_body_that_is_no_json_is_still_that_error(body):
    error = service_error(get(), Reply(404, {}, body), now=0.0)
    assert isinstance(error, NotFound)
    assert "404" in str(error)


@given(st.binary(max_size=3000), st.integers(400, 599))
def test_any_error_body_makes_a_short_message_without_control_characters(body, status):
    error = service_error(get(), Reply(status, {}, body), now=0.0)
    assert isinstance(error, ServiceError)
    assert len(str(error)) < 1000
    assert str(error).isprintable() or not any(ord(c) < 32 for c in str(error))


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: apiKey SeCrEt99",
        "Authorization: Bearer SeCrEt99",
        '{"apikey": "SeCrEt99"}',
        "token=SeCrEt99&x=1",
        "https://s3.example/x?X-Amz-Signature=SeCrEt99",
        "api_key: SeCrEt99",
        "cookie: SeCrEt99",
        "eyJhbGciOi.SeCrEt99.abc",
        '"password":"SeCrEt99"',
    ],
)
def test_credentials_are_taken_out(text):
    assert "SeCrEt99" not in scrub(f"before {text} after")


def test_a_known_secret_is_taken_out_wherever_it_stands():
    assert scrub("xxK3Yxx", ("K3Y",)) == "xx[redacted]xx"


def test_ordinary_words_stay():
    text = "NotEnoughQubits: circuit has 40 qubits, device has 36"
    assert scrub(text) == text


def test_the_values_of_a_query_are_not_logged():
    assert quiet_target("/jobs?tag=mine&key=abc") == "/jobs?tag=&key="
    assert quiet_target("/jobs") == "/jobs"


def test_the_request_id_is_bounded_and_clean():
    assert request_id({"x-request-id": "r\x00" + "1" * 500}).startswith("r 1")
    assert len(request_id({"x-request-id": "1" * 500})) == 128
    assert request_id({}) is None
