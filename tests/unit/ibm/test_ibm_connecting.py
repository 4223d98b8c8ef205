"""Where an account's requests go, and which accounts are refused."""

from __future__ import annotations

from typing import Any

import pytest

from ketbridge.accounts import Account, Secret
from ketbridge.address import CloudAddress
from ketbridge.clouds.ibm import connecting
from ketbridge.clouds.ibm_shared import iam
from ketbridge.clouds.ibm_shared.places import place
from ketbridge.connection import connect
from ketbridge.errors import AddressError, CredentialError
from ketbridge.transport.operation import Reply

CRN = "crn:v1:bluemix:public:quantum-computing:{}:a/b947c1c5a9378d64aed96696e4d76e8e:a3a::"


def account(url: str | None = None, **settings: Any) -> Account:
    return Account(CloudAddress("ibm"), url, Secret("key"), settings)


@pytest.mark.parametrize(
    ("region", "settings", "url"),
    [
        ("us-east", {}, "https://quantum.cloud.ibm.com"),
        ("eu-de", {}, "https://eu-de.quantum.cloud.ibm.com"),
        ("us-east", {"region": "eu-de"}, "https://eu-de.quantum.cloud.ibm.com"),
    ],
)
def test_the_region_is_that_of_the_instance_unless_told(
    region: str, settings: dict[str, Any], url: str
) -> None:
    client = connecting.client(account(instance=CRN.format(region), **settings))

    assert (str(client.origin), client.origin.base_path) == (url, "/api")


def test_another_place_needs_no_known_region() -> None:
    client = connecting.client(account("http://127.0.0.1:9/api", instance=CRN.format("moon")))

    assert str(client.origin) == "http://127.0.0.1:9"


def test_instance_and_version_go_with_every_request_but_not_to_iam() -> None:
    crn = CRN.format("us-east")
    client = connecting.client(account(instance=crn, api_version="2026-03-15"))

    assert client.settings.headers == (("Service-CRN", crn), ("IBM-API-Version", "2026-03-15"))
    assert client.auth._client.settings.headers == ()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"instance": "crn:v1:bluemix"}, "is no CRN"),
        ({"instance": "my\ninstance"}, "is no CRN"),
        ({"instance": "ibm-q/open/main"}, "former service"),
        ({"instance": CRN.format("us-east") + "\r\nX: y"}, "is no CRN"),
        ({"instance": 5}, "is no CRN"),
    ],
)
def test_an_instance_that_can_be_none_is_refused_before_anything_is_sent(
    settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(CredentialError, match=message):
        connecting.client(account(**settings))


def test_an_account_without_key_and_instance_says_how_to_give_it() -> None:
    with pytest.raises(CredentialError, match="QISKIT_IBM_INSTANCE"):
        connecting.client(Account(CloudAddress("ibm"), None, None, {}))


def test_an_unknown_region_is_refused_with_the_nearest() -> None:
    with pytest.raises(AddressError, match="Did you mean 'us-east'"):
        connecting.client(account(instance=CRN.format("us-eas")))


@pytest.mark.parametrize("version", ["20260201", "latest", "2026-02-01\r\n"])
def test_a_version_is_a_date(version: str) -> None:
    with pytest.raises(AddressError, match="YYYY-MM-DD"):
        connecting.api_version(account(api_version=version))


@pytest.mark.parametrize("variable", ["GLOBAL_SEARCH_URL", "GLOBAL_CATALOG_URL"])
def test_the_environment_may_move_what_gets_a_token_only_to_this_computer(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "https://search.example.org")
    with pytest.raises(AddressError, match="would get an access token"):
        place(None, variable, "https://usual", gets="an access token", setting="search_url")


def test_the_environment_may_move_iam_only_to_this_computer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("IAM_URL", raising=False)
    assert iam.place() == "https://iam.cloud.ibm.com"
    monkeypatch.setenv("IAM_URL", "http://127.0.0.1:5")
    assert iam.place() == "http://127.0.0.1:5"
    monkeypatch.setenv("IAM_URL", "https://iam.example.org")
    with pytest.raises(AddressError, match="would get the API key"):
        iam.place()
    assert iam.place("https://iam.example.org") == "https://iam.example.org"


def test_neither_key_nor_token_is_printed() -> None:
    exchange = iam._get_token(Secret("canary"))
    token = iam.IamToken(access_token="canary", expires_in=5)

    assert b"canary" in (exchange.body or b"")
    assert "canary" not in f"{exchange!r} {token!r} {token}"


@pytest.mark.parametrize("body", [b"{}", b"null", b'{"access_token": "a b", "expires_in": 5}'])
def test_an_answer_of_iam_without_a_usable_token_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):
        iam._read(Reply(200, {}, body))


def test_connecting_sends_nothing_and_gives_the_cloud() -> None:
    cloud = connect("ibm", token="key", instance=CRN.format("eu-de"))

    assert (cloud.name, type(cloud).__name__) == ("ibm", "IbmCloud")
