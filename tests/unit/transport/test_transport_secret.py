"""A secret is checked when it is made and shown by nothing but `reveal`."""

from __future__ import annotations

import copy
import json
import pickle

import pytest

from ketbridge.errors import CredentialError
from ketbridge.secret import Secret
from ketbridge.transport import AccessToken

TEXT = "s3cret-value"


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_newline_at_the_end_is_dropped(ending):
    assert Secret(TEXT + ending).reveal() == TEXT


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "two words",
        " lead",
        "a\nb",
        "a\r\nX: y",
        "a\0b",
        "a\tb",
        "schlüssel",
        "k\u202ey",
        "x" * 100_000,
    ],
    ids=repr,
)
def test_what_cannot_be_a_token_is_refused_without_being_shown(text):
    with pytest.raises(CredentialError) as caught:
        Secret(text, "IonQ API key")
    assert "IonQ API key" in str(caught.value)
    assert len(text) < 2 or text not in str(caught.value)


@pytest.mark.parametrize("text", [None, b"bytes", 7])
def test_what_is_no_string_is_refused(text):
    with pytest.raises(CredentialError, match=type(text).__name__):
        Secret(text)


@pytest.mark.parametrize("show", [repr, str, "{}".format, "{:>40}".format, "%s %r".__mod__])
def test_no_way_of_printing_shows_it(show):
    secret = Secret(TEXT)
    argument = (secret, secret) if show == "%s %r".__mod__ else secret
    assert TEXT not in show(argument)


@pytest.mark.parametrize("holder", [lambda s: s, lambda s: {"k": s}, lambda s: AccessToken(s, 1.0)])
def test_what_holds_it_does_not_show_it(holder):
    assert TEXT not in repr(holder(Secret(TEXT)))
    assert TEXT not in str(copy.deepcopy(holder(Secret(TEXT))))


@pytest.mark.parametrize("dump", [pickle.dumps, json.dumps])
def test_it_cannot_be_written(dump):
    with pytest.raises(TypeError) as caught:
        dump(Secret(TEXT))
    assert TEXT not in str(caught.value)


def test_it_has_no_attributes_to_look_into():
    assert not hasattr(Secret(TEXT), "__dict__")


def test_equal_texts_make_equal_secrets():
    assert {Secret(TEXT), Secret(TEXT + "\n")} == {Secret(TEXT)}
    assert Secret(TEXT) != Secret("other")
    assert Secret(TEXT) != TEXT
