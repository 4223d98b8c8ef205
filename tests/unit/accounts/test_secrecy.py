from __future__ import annotations

import copy
import dataclasses
import json
import logging
import pickle

import pytest

from ketbridge.accounts import Account, load
from ketbridge.address import CloudAddress

CANARY = "canary-7d1f"


@pytest.fixture
def account() -> Account:
    return load(CloudAddress("kipu"), token=CANARY, password=CANARY, organization="org")


@pytest.mark.parametrize(
    "show",
    [
        repr,
        str,
        "{}".format,
        lambda account: f"{account!r:>400}",
        lambda account: str(dataclasses.asdict(account)),
        lambda account: repr(copy.deepcopy(account)),
        lambda account: json.dumps(dataclasses.asdict(account), default=str),
        lambda account: str(vars(account)),
    ],
)
def test_no_text_of_an_account_shows_its_secrets(account, show):
    text = show(account)
    assert "***" in text
    assert CANARY not in text


def test_logging_an_account_shows_no_secret(account, caplog):
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("app").debug("using %s %r", account, account.settings)
    assert "***" in caplog.text
    assert CANARY not in caplog.text


def test_an_account_is_not_pickled(account):
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(account)


def test_a_malformed_token_is_not_shown():
    with pytest.raises(ValueError, match="position") as error:
        load(CloudAddress("ionq"), token=f"{CANARY} {CANARY}")
    assert CANARY not in str(error.value)
