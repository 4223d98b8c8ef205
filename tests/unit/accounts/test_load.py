from __future__ import annotations

import json
from pathlib import Path

import pytest

from ketbridge import accounts, accounts_file, foreign_accounts
from ketbridge.address import CloudAddress
from ketbridge.errors import AddressError, CredentialError
from ketbridge.secret import Secret

IONQ = CloudAddress("ionq")
WORK = CloudAddress("ionq", "work")


def token_of(at: CloudAddress, **given: str) -> str:
    account = accounts.load(at, **given)
    assert account.token is not None
    return account.token.reveal()


def write_private(file: Path, data: object) -> None:
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(data))
    file.chmod(0o600)


def test_an_argument_wins_over_the_environment_and_that_over_the_file(monkeypatch):
    accounts_file.add(IONQ, Secret("from-file"))
    assert token_of(IONQ) == "from-file"
    monkeypatch.setenv("IONQ_API_TOKEN", "from-environment")
    assert token_of(IONQ) == "from-environment"
    assert token_of(IONQ, token="from-argument") == "from-argument"


@pytest.mark.parametrize(
    "variables",
    [
        ["KETBRIDGE_IONQ_TOKEN", "IONQ_API_KEY", "QISKIT_IONQ_API_TOKEN", "IONQ_API_TOKEN"],
    ],
)
def test_our_own_variable_comes_first_and_then_the_clouds_own(variables, monkeypatch):
    for variable in reversed(variables):
        monkeypatch.setenv(variable, f"from-{variable}")
        assert token_of(IONQ) == f"from-{variable}"


def test_an_empty_variable_is_none(monkeypatch):
    monkeypatch.setenv("KETBRIDGE_IONQ_TOKEN", "")
    monkeypatch.setenv("IONQ_API_KEY", "real")
    assert token_of(IONQ) == "real"


def test_variables_of_one_cloud_serve_no_other(monkeypatch):
    monkeypatch.setenv("IONQ_API_KEY", "ionq-key")
    with pytest.raises(CredentialError):
        accounts.load(CloudAddress("kipu"))


def test_a_url_in_the_environment_goes_with_a_token_in_the_file(monkeypatch):
    accounts_file.add(IONQ, Secret("kept"), url="https://kept.example")
    monkeypatch.setenv("IONQ_API_URL", "https://other.example")
    assert accounts.load(IONQ).url == "https://other.example"


def test_a_token_that_is_given_does_not_go_to_the_url_in_the_file():
    accounts_file.add(IONQ, Secret("kept"), url="https://kept.example")
    assert accounts.load(IONQ, token="given").url is None


def test_without_an_account_the_message_names_three_ways_and_the_sandbox():
    with pytest.raises(CredentialError) as error:
        accounts.load(IONQ)
    for way in ("token=", "KETBRIDGE_IONQ_TOKEN", "accounts add ionq", "sandbox:ionq/simulator"):
        assert way in str(error.value)


def test_a_named_account_never_falls_back_to_the_environment(monkeypatch):
    monkeypatch.setenv("IONQ_API_KEY", "somebody-elses")
    with pytest.raises(CredentialError, match="no account 'work' for ionq"):
        accounts.load(WORK)


def test_a_named_account_belongs_to_one_cloud():
    accounts_file.add(WORK, Secret("kept"))
    assert token_of(WORK) == "kept"
    with pytest.raises(CredentialError):
        accounts.load(CloudAddress("ibm", "work"))


def test_the_sandbox_is_not_loaded():
    with pytest.raises(AddressError):
        accounts.load(CloudAddress("ionq", "sandbox"))


def test_settings_that_are_secrets_are_wrapped():
    account = accounts.load(CloudAddress("kipu"), token="t", password="canary-9f")
    assert account.settings["password"] == Secret("canary-9f")
    assert "canary" not in repr(account)


def test_the_default_account_of_the_ibm_client_is_read(home):
    write_private(
        home / ".qiskit/qiskit-ibm.json",
        {
            "other": {"token": "a"},
            "mine": {"token": "b", "instance": "c", "is_default_account": True},
        },
    )
    account = accounts.load(CloudAddress("ibm"))
    assert (account.token, account.settings["instance"]) == (Secret("b"), "c")


IBM = CloudAddress("ibm")
SAVED = {
    "default-ibm-cloud": {"channel": "ibm_cloud", "token": "a", "instance": "crn:a"},
    "default-ibm-quantum": {"channel": "ibm_quantum", "token": "b", "instance": "ibm-q/open/main"},
    "work": {
        "channel": "ibm_quantum_platform",
        "token": "c",
        "instance": "crn:c",
        "region": "eu-de",
        "url": "https://cloud.ibm.com",
    },
}


def test_the_ibm_clients_other_default_is_read_and_the_former_services_is_not(home):
    write_private(home / ".qiskit/qiskit-ibm.json", SAVED)
    assert accounts.load(IBM).token == Secret("a")


def test_the_only_account_of_the_ibm_client_is_read_whatever_its_name(home):
    former = SAVED["default-ibm-quantum"]
    write_private(home / ".qiskit/qiskit-ibm.json", {"old": former, "work": SAVED["work"]})
    account = accounts.load(IBM)
    assert (account.token, account.settings["region"]) == (Secret("c"), "eu-de")


@pytest.mark.parametrize("keeper", ["ours", "theirs"])
def test_an_instance_may_be_the_name_of_a_saved_account(home, monkeypatch, keeper):
    if keeper == "ours":
        accounts_file.add(CloudAddress("ibm", "work"), Secret("c"), settings={"instance": "crn:c"})
    else:
        write_private(home / ".qiskit/qiskit-ibm.json", SAVED)
    monkeypatch.setenv("QISKIT_IBM_TOKEN", "of-another-account")
    account = accounts.load(IBM, instance="work")
    assert (account.token, account.settings["instance"]) == (Secret("c"), "crn:c")
    assert accounts.load(IBM, instance="work", token="given").token == Secret("given")


def test_the_environment_may_name_a_saved_account_as_the_instance(home, monkeypatch):
    write_private(home / ".qiskit/qiskit-ibm.json", SAVED)
    monkeypatch.setenv("QISKIT_IBM_INSTANCE", "work")
    account = accounts.load(IBM)
    assert (account.token, account.settings["instance"]) == (Secret("c"), "crn:c")


def test_the_name_of_no_account_stays_the_name_of_an_instance(home):
    write_private(home / ".qiskit/qiskit-ibm.json", SAVED)
    account = accounts.load(IBM, instance="open-instance")
    assert (account.token, account.settings["instance"]) == (Secret("a"), "open-instance")


def test_the_accounts_of_the_ibm_client_are_listed(home):
    write_private(home / ".qiskit/qiskit-ibm.json", SAVED)
    assert foreign_accounts.names("ibm") == ["default-ibm-cloud", "work"]
    assert foreign_accounts.read("ibm", "work")["token"] == "c"
    assert foreign_accounts.read("ibm", "none") == {}


def test_the_account_of_the_kipu_client_is_read(home):
    write_private(
        home / ".config/qhubctl/config.json", {"auth": {"value": "t"}, "context": {"id": "org"}}
    )
    account = accounts.load(CloudAddress("kipu"))
    assert (account.token, account.settings["organization"]) == (Secret("t"), "org")


def test_a_file_of_another_client_that_others_can_read_is_refused(home):
    write_private(home / ".config/qhubctl/config.json", {"auth": {"value": "canary-9f"}})
    (home / ".config/qhubctl/config.json").chmod(0o644)
    with pytest.raises(CredentialError, match="chmod 600") as error:
        accounts.load(CloudAddress("kipu"))
    assert "canary" not in str(error.value)


def test_a_file_of_another_client_of_an_unknown_form_is_refused(home):
    write_private(home / ".qiskit/qiskit-ibm.json", ["canary-9f"])
    with pytest.raises(CredentialError, match="not of the form") as error:
        accounts.load(CloudAddress("ibm"))
    assert "canary" not in str(error.value)
