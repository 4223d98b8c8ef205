"""Who asks the Hub: a token, or a user name and a password, for an organisation or for none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.hub_service import PASSWORD, TOKEN, HubService

from ketbridge import accounts
from ketbridge.accounts import Account, Secret
from ketbridge.address import CloudAddress
from ketbridge.clouds.kipu import KipuCloud, operations
from ketbridge.errors import (
    AddressError,
    AuthenticationFailed,
    CredentialError,
    UnknownOptionError,
)

KIPU = CloudAddress("kipu")
Make = Callable[..., KipuCloud]
USER = {"username": "ada", "password": Secret(PASSWORD)}


@pytest.fixture(scope="module")
def hub() -> Any:
    with HubService() as service:
        yield service


@pytest.fixture
def cloud(hub: HubService) -> Iterator[Make]:
    """Makes clouds, and closes them at the end."""
    hub.reset()
    made: list[KipuCloud] = []

    def make(token: Secret | None = None, **settings: Any) -> KipuCloud:
        account = Account(KIPU, hub.url, token, {"login_url": hub.root} | settings)
        made.append(KipuCloud(account))
        return made[-1]

    yield make
    for one in made:
        if one._client is not None:
            one.client.close()


def test_a_token_goes_in_its_header_with_the_organisation(hub: HubService, cloud: Make) -> None:
    cloud(Secret(TOKEN), organization="org-1").send(operations.search_jobs())

    [seen] = hub.seen
    assert (seen["x-auth-token"], seen["x-organizationid"]) == (TOKEN, "org-1")
    assert "authorization" not in seen


def test_a_password_goes_to_the_login_and_nowhere_else(hub: HubService, cloud: Make) -> None:
    one = cloud(organization="org-1", client_id="app", **USER)
    one.send(operations.search_jobs())
    one.send(operations.search_jobs())

    assert hub.logins == [
        {
            "grant_type": "password",
            "username": "ada",
            "password": PASSWORD,
            "scope": "profile",
            "client_id": "app",
        }
    ]
    assert [seen["authorization"] for seen in hub.seen] == ["Bearer token-1"] * 2
    assert all(PASSWORD not in str(seen) and "x-auth-token" not in seen for seen in hub.seen)


def test_a_token_that_is_refused_is_renewed_by_its_refresh_token(
    hub: HubService, cloud: Make
) -> None:
    one = cloud(**USER)
    one.send(operations.search_jobs())
    hub.expire_tokens()
    one.send(operations.search_jobs())

    assert hub.logins[1] == {"grant_type": "refresh_token", "refresh_token": "refresh-1"}
    assert len(hub.logins) == 2


def test_a_refused_refresh_token_is_followed_by_the_password(hub: HubService, cloud: Make) -> None:
    one = cloud(**USER)
    one.send(operations.search_jobs())
    hub.expire_tokens()
    hub._refresh = "another"
    one.send(operations.search_jobs())

    assert [form["grant_type"] for form in hub.logins] == ["password", "refresh_token", "password"]


def test_a_wrong_password_is_said_without_showing_it(hub: HubService, cloud: Make) -> None:
    with pytest.raises(AuthenticationFailed) as caught:
        cloud(username="ada", password=Secret("wrong-canary")).send(operations.search_jobs())
    assert "wrong-canary" not in str(caught.value)


def test_without_a_credential_the_message_says_how_to_give_one(
    hub: HubService, cloud: Make
) -> None:
    with pytest.raises(CredentialError, match="KQH_PERSONAL_ACCESS_TOKEN"):
        cloud().send(operations.search_jobs())
    with pytest.raises(CredentialError, match="both username and password"):
        cloud(username="ada").send(operations.search_jobs())


def test_a_setting_with_a_typo_and_an_unusable_organisation_are_refused(
    hub: HubService, cloud: Make
) -> None:
    with pytest.raises(UnknownOptionError, match="organization"):
        cloud(Secret(TOKEN), organisation="o").send(operations.search_jobs())
    with pytest.raises(AddressError, match="organization id"):
        cloud(Secret(TOKEN), organization="a\r\nb").send(operations.search_jobs())


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """No accounts but those that a test makes."""
    for variables in accounts._ENVIRONMENT["kipu"].values():
        for variable in variables:
            monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return monkeypatch


def test_a_user_name_and_a_password_stand_in_for_a_token(alone: pytest.MonkeyPatch) -> None:
    found = accounts.load(KIPU, username="ada", password=PASSWORD)

    assert found.token is None
    assert found.settings == {"username": "ada", "password": Secret(PASSWORD)}


def test_a_given_password_is_not_overruled_by_a_kept_token(alone: pytest.MonkeyPatch) -> None:
    alone.setenv("KQH_PERSONAL_ACCESS_TOKEN", TOKEN)
    alone.setenv("KQH_ORGANIZATION_ID", "org-1")
    found = accounts.load(KIPU, username="ada", password=PASSWORD)

    assert found.token is None
    assert found.settings["organization"] == "org-1"


def test_a_given_token_is_not_joined_by_a_kept_password(alone: pytest.MonkeyPatch) -> None:
    alone.setenv("KETBRIDGE_KIPU_USERNAME", "ada")
    alone.setenv("KETBRIDGE_KIPU_PASSWORD", PASSWORD)

    assert accounts.load(KIPU).settings.keys() == {"username", "password"}
    assert accounts.load(KIPU, token=TOKEN).settings == {}
