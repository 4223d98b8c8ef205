"""Base URLs, and where requests of a client may go."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.operations import get

from ketbridge.errors import AddressError, ProtocolError
from ketbridge.transport.origin import Origin


@pytest.mark.parametrize(
    ("url", "shown", "path"),
    [
        ("https://api.ionq.co/v0.4", "https://api.ionq.co", "/v0.4"),
        ("https://api.ionq.co:443/v0.4/", "https://api.ionq.co", "/v0.4"),
        ("https://api.ionq.co:8443", "https://api.ionq.co:8443", ""),
        ("http://127.0.0.1:8484/v0.4", "http://127.0.0.1:8484", "/v0.4"),
        ("http://localhost:8484", "http://localhost:8484", ""),
        ("http://[::1]:8484", "http://[::1]:8484", ""),
    ],
)
def test_a_base_url_is_an_origin_and_a_path(url, shown, path):
    origin = Origin.parse(url)
    assert (str(origin), origin.base_path) == (shown, path)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.ionq.co/v0.4",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "https://user:password@api.ionq.co",
        "https://@api.ionq.co",
        "https://\u0430pi.ionq.co",
        "https://api.ionq.co/?key=1",
        "https://api.ionq.co/#x",
        "https://api.ionq.co/a/../b",
        "https://api.ionq.co/%2e%2e",
        "ftp://api.ionq.co",
        "api.ionq.co",
        "",
        "https://",
        "https://a b",
        "https://api.ionq.co:x",
        "https://api.ionq.co:99999",
        "https://api.ionq.co\r\nHost: x",
        "//x",
    ],
)
def test_other_base_urls_are_refused(url):
    with pytest.raises(AddressError) as caught:
        Origin.parse(url)
    assert "password" not in str(caught.value).replace("or password", "")


def test_the_target_is_below_the_base_path_and_its_query_is_encoded():
    origin = Origin.parse("https://api.ionq.co/v0.4")
    operation = get("/jobs", query=(("tag", "a b&c"), ("tag", "ü")))
    assert origin.target(operation) == "/v0.4/jobs?tag=a%20b%26c&tag=%C3%BC"


@pytest.mark.parametrize("path", ["jobs", "/jobs/../keys", "//evil.example", "/jobs/a b", "/x?y"])
def test_an_operation_with_a_path_that_changes_the_request_is_refused(path):
    with pytest.raises(AddressError):
        Origin.parse("https://api.ionq.co/v0.4").target(get(path))


@given(st.text(alphabet="/.%25e\\@:?#h x\u2025", max_size=12))
def test_whatever_the_service_supplies_stays_on_its_origin(url):
    try:
        path = Origin.parse("https://api.ionq.co").follow(url)
    except ProtocolError:
        return
    place = path.partition("?")[0]
    assert place.startswith("/")
    assert not place.startswith("//")
    assert ".." not in place.split("/")
