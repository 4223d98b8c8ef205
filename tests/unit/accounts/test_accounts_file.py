from __future__ import annotations

import multiprocessing
import os
import stat

import pytest

from ketbridge import accounts_file
from ketbridge.address import CloudAddress
from ketbridge.errors import CredentialError
from ketbridge.secret import Secret

IONQ = CloudAddress("ionq")
WORK = CloudAddress("ionq", "work")


def test_the_file_is_made_for_its_owner_only():
    accounts_file.add(IONQ, Secret("t"))
    assert stat.S_IMODE(accounts_file.path().stat().st_mode) == 0o600
    assert stat.S_IMODE(accounts_file.path().parent.stat().st_mode) == 0o700


def test_adding_and_removing_leaves_the_others_and_the_comments():
    accounts_file.add(IONQ, Secret("one"))
    file = accounts_file.path()
    file.write_text("# mine\n" + file.read_text())
    accounts_file.add(WORK, Secret("two"), url="https://x.example")
    accounts_file.add(CloudAddress("ibm", "lab"), Secret("three"), settings={"instance": "crn:1"})
    accounts_file.remove(IONQ)
    assert file.read_text().startswith("# mine")
    assert accounts_file.read() == {
        "ionq": {"work": {"token": "two", "url": "https://x.example"}},
        "ibm": {"lab": {"token": "three", "instance": "crn:1"}},
    }
    assert accounts_file.listed() == [CloudAddress("ibm", "lab"), WORK]


def test_an_account_is_replaced_only_when_asked():
    accounts_file.add(IONQ, Secret("one"))
    with pytest.raises(CredentialError, match="already"):
        accounts_file.add(IONQ, Secret("two"))
    accounts_file.add(IONQ, Secret("two"), replace=True)
    assert accounts_file.read()["ionq"]["default"]["token"] == "two"


def test_removing_what_is_not_there_names_the_nearest():
    accounts_file.add(WORK, Secret("one"))
    with pytest.raises(CredentialError, match="Did you mean 'work'"):
        accounts_file.remove(CloudAddress("ionq", "wrok"))


def test_the_name_sandbox_is_reserved():
    with pytest.raises(CredentialError, match="built-in"):
        accounts_file.add(CloudAddress("ionq", "sandbox"), Secret("t"))


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_can_read_is_refused(mode):
    accounts_file.add(IONQ, Secret("canary-9f"))
    accounts_file.path().chmod(mode)
    with pytest.raises(CredentialError, match="chmod 600") as error:
        accounts_file.read()
    assert "canary" not in str(error.value)


def test_a_link_is_refused(tmp_path):
    accounts_file.add(IONQ, Secret("t"))
    file = accounts_file.path()
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CredentialError, match="symbolic link"):
        accounts_file.read()


def test_a_file_of_another_user_is_refused():
    if os.getuid() != 0:
        pytest.skip("only root can give a file away")
    accounts_file.add(IONQ, Secret("t"))
    os.chown(accounts_file.path(), 12345, -1)
    with pytest.raises(CredentialError, match="another user"):
        accounts_file.read()


def test_a_file_that_is_no_toml_is_refused_without_showing_it():
    accounts_file.add(IONQ, Secret("t"))
    accounts_file.path().write_text("[ionq.default]\ntoken = canary-9f\n")
    with pytest.raises(CredentialError, match="line 2") as error:
        accounts_file.read()
    assert "canary" not in str(error.value)


def _add(number: int) -> None:
    accounts_file.add(CloudAddress("ionq", f"a{number}"), Secret(f"t{number}"))


def test_processes_that_add_at_once_lose_no_entry():
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        pool.map(_add, range(9))
    assert set(accounts_file.read()["ionq"]) == {f"a{number}" for number in range(9)}


def test_a_lock_that_was_left_is_named(monkeypatch):
    accounts_file.add(IONQ, Secret("t"))
    draft = accounts_file.path().with_name("accounts.toml.draft")
    draft.touch()
    monkeypatch.setattr(accounts_file, "LOCK_WAIT_S", 0.05)
    with pytest.raises(CredentialError, match=r"accounts\.toml\.draft"):
        accounts_file.add(WORK, Secret("t"))
    assert draft.exists()
