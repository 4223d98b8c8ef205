"""``ketbridge accounts``."""

from __future__ import annotations

import json
import stat

CANARY = "canary-1f0c9d7e"


def test_a_token_from_standard_input_is_kept_privately_and_never_shown(ketbridge_, tmp_path):
    added = ketbridge_("accounts", "add", "work:ionq", "--token-stdin", stdin=f"{CANARY}\n")
    listed = ketbridge_("accounts", "list", "--json")
    file = tmp_path / "home" / "accounts.toml"
    assert json.loads(listed.stdout) == [{"account": "work:ionq", "url": None}]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert CANARY in file.read_text()
    assert CANARY not in added.output + listed.output


def test_a_token_is_not_an_argument(ketbridge_):
    assert ketbridge_("accounts", "add", "ionq", CANARY).exit_code == 2


def test_without_a_terminal_a_token_is_not_asked_for(ketbridge_):
    done = ketbridge_("accounts", "add", "ionq", stdin=f"{CANARY}\n")
    assert done.exit_code == 2
    assert "--token-stdin" in done.stderr


def test_an_account_is_forgotten(ketbridge_):
    ketbridge_("accounts", "add", "ionq", "--token-stdin", stdin=CANARY)
    assert ketbridge_("accounts", "remove", "ionq").exit_code == 0
    assert json.loads(ketbridge_("accounts", "list", "--json").stdout) == []


def test_a_good_and_a_wrong_token_are_told_apart(ketbridge_, sandbox_url):
    for account, token in (("good:ionq", CANARY), ("bad:ionq", "invalid")):
        ketbridge_(
            *("accounts", "add", account, "--token-stdin", "--url", f"{sandbox_url}/v0.4"),
            stdin=token,
        )
    assert ketbridge_("accounts", "test", "good:ionq").exit_code == 0
    refused = ketbridge_("accounts", "test", "bad:ionq")
    assert refused.exit_code == 1
    assert "401" in refused.stderr
