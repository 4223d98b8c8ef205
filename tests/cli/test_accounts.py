"""``ketbridge accounts``."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import subprocess
import sys

import pytest

import ketbridge

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


# -- an account that needs more than a token ----------------------------------------------------


DIRECT = ("--url", "https://system.example.org", "--set", "bucket=jobs")
AT_A_TERMINAL = """
import fcntl, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from ketbridge.cli import main
main()
"""
STORE = ("--set", "endpoint=https://s3.example.org")


def kept(tmp_path) -> dict:
    import tomllib

    return tomllib.loads((tmp_path / "home" / "accounts.toml").read_text())["ibm-direct"]


def test_secret_fields_come_from_standard_input(ketbridge_, tmp_path):
    done = ketbridge_(
        *("accounts", "add", "ibm-direct", "--token-stdin", *DIRECT, *STORE),
        *("--set", "delete_finished=true", "--set", "queue_s=3600"),
        stdin=f"{CANARY}\naccess_key=hmac-id\nsecret_key={CANARY}2=\n",
    )
    assert done.exit_code == 0, done.output
    assert CANARY not in done.output
    assert kept(tmp_path)["default"] == {
        "token": CANARY,
        "url": "https://system.example.org",
        "bucket": "jobs",
        "endpoint": "https://s3.example.org",
        "access_key": "hmac-id",
        "secret_key": f"{CANARY}2=",
        "delete_finished": True,
        "queue_s": 3600.0,
    }


def test_a_secret_field_is_not_taken_from_the_command_line(ketbridge_, tmp_path):
    done = ketbridge_(
        *("accounts", "add", "ibm-direct", "--token-stdin", *DIRECT),
        *("--set", f"secret_key={CANARY}"),
        stdin=CANARY,
    )
    assert done.exit_code == 2
    assert "can be read by others" in " ".join(done.stderr.split())
    assert CANARY not in done.output
    assert not (tmp_path / "home" / "accounts.toml").exists()


@pytest.mark.parametrize(
    ("options", "stdin", "words"),
    [
        (DIRECT[2:], "t", "needs url"),
        (DIRECT[:2], "t", "needs bucket"),
        (DIRECT, "t\nsecret_key=x\n", "access_key and secret_key"),
        (("--url", "http://system.example.org", *DIRECT[2:]), "t", "https://"),
        ((*DIRECT, "--set", "buckets=x"), "t", "bucket"),
        ((*DIRECT, "--set", "queue_s=soon"), "t", "number of seconds"),
        ((*DIRECT, "--set", "delete_finished=yes"), "t", "true or false"),
        (DIRECT, f"t\n{CANARY}\n", "NAME=VALUE"),
    ],
    ids=["no url", "no bucket", "half a key", "http", "typo", "no number", "no word", "a line"],
)
def test_an_account_that_could_not_be_used_is_not_kept(ketbridge_, tmp_path, options, stdin, words):
    done = ketbridge_("accounts", "add", "ibm-direct", "--token-stdin", *options, stdin=stdin)
    assert done.exit_code != 0
    assert words in " ".join(done.stderr.replace("│", " ").split())
    assert CANARY not in done.output
    assert not (tmp_path / "home" / "accounts.toml").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_at_a_terminal_everything_is_asked_for_and_no_secret_is_shown(tmp_path):
    ours, theirs = os.openpty()
    typing = subprocess.Popen(
        [sys.executable, "-c", AT_A_TERMINAL, "accounts", "add", "work:ibm-direct"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        env={**os.environ, "KETBRIDGE_HOME": str(tmp_path / "home")},
    )
    os.close(theirs)
    answers = {
        b"Token of": CANARY,
        b"url (": "https://system.example.org",
        b"bucket (": "jobs",
        b"endpoint (": "",
        b"access_key (": f"{CANARY}-id",
        b"secret_key (": f"{CANARY}-key",
    }
    seen = b""
    for question, answer in answers.items():
        while question not in seen or not seen.rstrip().endswith(b":"):
            seen += os.read(ours, 1000)
        os.write(ours, f"{answer}\n".encode())
        seen = seen.replace(question, b"")
    with contextlib.suppress(OSError):
        while more := os.read(ours, 1000):
            seen += more
    os.close(ours)
    assert typing.wait(20) == 0, seen
    assert CANARY.encode() not in seen
    assert kept(tmp_path)["work"] == {
        "token": CANARY,
        "url": "https://system.example.org",
        "bucket": "jobs",
        "access_key": f"{CANARY}-id",
        "secret_key": f"{CANARY}-key",
    }


def test_a_bucket_is_tried_out_too(ketbridge_, sandbox_url):
    own = ketbridge.sandbox.server.RemoteSandbox(sandbox_url).accounts["ibm-direct"]
    for name, bucket in (("good", own.settings["bucket"]), ("bad", "not-there")):
        fields = {"bucket": bucket, "endpoint": own.settings["endpoint"]}
        fields["iam_url"] = own.settings["iam_url"]
        options = [part for pair in fields.items() for part in ("--set", "=".join(pair))]
        done = ketbridge_(
            *("accounts", "add", f"{name}:ibm-direct", "--token-stdin", "--url", own.url, *options),
            stdin="token\naccess_key=sandbox\nsecret_key=sandbox\n",
        )
        assert done.exit_code == 0, done.output
    good = ketbridge_("accounts", "test", "good:ibm-direct")
    assert good.exit_code == 0, good.output
    assert "can be written, read and deleted" in good.stdout
    bad = ketbridge_("accounts", "test", "bad:ibm-direct")
    assert bad.exit_code == 1
    assert "there is no bucket 'not-there'" in " ".join(bad.stderr.split())
