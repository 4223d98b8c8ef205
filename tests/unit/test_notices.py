"""What takes long is shown where somebody looks, and nowhere else."""

from __future__ import annotations

import io
from contextlib import redirect_stderr

import pytest

from ketbridge import notices
from ketbridge.transport import Client, Settings
from ketbridge.transport.operation import Pause


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Show what takes no time at all."""
    monkeypatch.setattr(notices, "FIRST_S", 0.0)
    monkeypatch.setattr(notices, "EVERY_S", 0.0)


def moved() -> None:
    with notices.transfer("results.json of ibm-direct/1") as told:
        told(50_000_000, 200_000_000)
        told(200_000_000, 200_000_000)


def test_a_transfer_is_a_line_in_a_terminal():
    with redirect_stderr(Terminal()) as screen:
        moved()
    assert "results.json of ibm-direct/1: 200.0 of 200.0 MB" in screen.getvalue()


def test_nothing_is_shown_where_nobody_looks():
    with redirect_stderr(io.StringIO()) as screen:
        moved()
    assert screen.getvalue() == ""


def test_what_is_over_soon_is_not_shown(monkeypatch):
    monkeypatch.setattr(notices, "FIRST_S", 1.0)
    with redirect_stderr(Terminal()) as screen:
        moved()
    assert screen.getvalue() == ""


def test_whoever_shows_a_line_already_takes_the_others_over():
    told = []
    with redirect_stderr(Terminal()) as screen:
        with notices.told_by(lambda line, fraction: told.append((line, fraction))):
            moved()
        with notices.told_by(None):
            moved()
    assert [fraction for _, fraction in told] == [0.25, 1.0]
    assert screen.getvalue() == ""


def waiting(on_wait=None) -> str:
    def flow():
        yield Pause(7.0, "ibm_fez holds as many jobs as it may")

    client = Client("http://127.0.0.1:9", settings=Settings(sleep=lambda _: None, on_wait=on_wait))
    with redirect_stderr(Terminal()) as screen:
        client.run(flow())
    client.close()
    return screen.getvalue()


def test_a_wait_says_why_and_how_long():
    assert "ibm_fez holds as many jobs as it may: waiting for 7 s" in waiting()


def test_a_wait_is_told_to_who_asked_for_it_and_to_nobody_else():
    told = []
    assert waiting(lambda seconds, why: told.append((seconds, why))) == ""
    assert told == [(7.0, "ibm_fez holds as many jobs as it may")]
