"""From an address to a cloud: kept, shared, forgotten, in threads and forked children."""

from __future__ import annotations

import os
import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest

import ketbridge
from ketbridge import connection
from ketbridge.connection import MOST_CLOUDS, connect, resolve
from ketbridge.errors import AddressError, CredentialError, UnknownOptionError

URL = "http://127.0.0.1:1/v0.4"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("KETBRIDGE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in list(os.environ):
        if "IONQ" in name:
            monkeypatch.delenv(name)
    monkeypatch.setattr(connection, "_clouds", [])


def test_equal_calls_give_the_same_cloud():
    assert connect("ionq", token="a", url=URL) is connect("ionq", token="a", url=URL)


@pytest.mark.parametrize(
    "other",
    [{"token": "b"}, {"url": "http://127.0.0.1:2"}, {"timeout_s": 5.0}, {"settle_s": 0.0}],
    ids=lambda other: next(iter(other)),
)
def test_another_credential_place_or_setting_gives_another_cloud(other):
    known = {"token": "a", "url": URL}
    assert connect("ionq", **known) is not connect("ionq", **known | other)


def test_a_cloud_that_was_closed_is_not_given_again():
    cloud = connect("ionq", token="a", url=URL)
    cloud.client.close()
    again = connect("ionq", token="a", url=URL)
    assert again is not cloud
    assert not again.closed


def test_the_cloud_that_was_longest_not_asked_for_is_forgotten_first():
    first, second = (connect("ionq", token=name, url=URL) for name in ("first", "second"))
    for number in range(MOST_CLOUDS - 2):
        connect("ionq", token=f"t{number}", url=URL)
    connect("ionq", token="first", url=URL)
    connect("ionq", token="one-more", url=URL)
    assert connect("ionq", token="first", url=URL) is first
    assert connect("ionq", token="second", url=URL) is not second


def test_threads_that_ask_at_once_share_one_cloud():
    with ThreadPoolExecutor(32) as threads:
        found = set(threads.map(lambda _: connect("ionq", token="a", url=URL), range(64)))
    assert len(found) == 1


def test_a_forked_child_can_connect():
    connect("ionq", token="a", url=URL)
    child = os.fork()
    if child == 0:
        same = connect("ionq", token="a", url=URL).account.token.reveal() == "a"
        os._exit(0 if same else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0


@pytest.mark.parametrize(
    ("setting", "meant"),
    [("timeout", "timeout_s"), ("settle", "settle_s"), ("io_timout_s", "io_timeout_s")],
)
def test_a_setting_with_a_typo_is_refused_with_the_nearest(setting, meant):
    with pytest.raises(UnknownOptionError, match=f"{setting!r}. Did you mean .*{meant!r}"):
        connect("ionq", token="a", **{setting: 5})


def test_a_kept_account_with_a_typo_is_refused_too(tmp_path):
    from ketbridge import accounts_file
    from ketbridge.address import CloudAddress
    from ketbridge.secret import Secret

    accounts_file.add(CloudAddress("ionq", "work"), Secret("a"), settings={"timeout": 5})
    with pytest.raises(UnknownOptionError, match="'timeout_s'"):
        connect("work:ionq")


def test_an_empty_url_does_not_lead_to_the_usual_place():
    with pytest.raises(AddressError, match="empty"):
        connect("ionq", token="a", url="")


def test_an_address_is_parted_into_cloud_and_name(monkeypatch):
    monkeypatch.setenv("IONQ_API_KEY", "a")
    cloud, name = resolve("ionq/qpu.forte-1")
    assert (cloud.name, str(cloud.account.at), name) == ("ionq", "ionq", "qpu.forte-1")


@pytest.mark.parametrize("address", ["ionq", "ionq/", "/x", "ionq/../x", "nowhere/x", "a:b:ionq/x"])
def test_what_is_no_address_is_refused(address):
    with pytest.raises(AddressError):
        resolve(address)


def test_without_an_account_nothing_is_connected():
    with pytest.raises(CredentialError, match="IONQ"):
        connect("ionq")


def test_the_sandbox_takes_no_credential():
    with pytest.raises(AddressError, match="of its own"):
        connect("sandbox:ionq", token="a")


def test_a_pickled_job_is_opened_with_the_credentials_of_where_it_is_read(monkeypatch):
    written = pickle.dumps(connect("ionq", token="here", url=URL).job("job-1"))
    assert b"here" not in written
    monkeypatch.setenv("IONQ_API_KEY", "there")
    read = pickle.loads(written)
    assert (read.address, read.cloud.account.token.reveal()) == ("ionq/job-1", "there")


def test_a_job_is_opened_without_a_request(monkeypatch):
    monkeypatch.setenv("IONQ_API_KEY", "a")
    monkeypatch.setenv("IONQ_API_URL", URL)
    assert ketbridge.job("ionq/job-1").id == "job-1"
