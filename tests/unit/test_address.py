"""Addresses: what is accepted, what is refused, and that refusals come before any request."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketbridge.address import Address, CloudAddress, check_segment
from ketbridge.errors import AddressError


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("ionq/simulator", ("ionq", "simulator", None)),
        ("sandbox:ionq/qpu.forte-1", ("ionq", "qpu.forte-1", "sandbox")),
        ("work:ibm/ibm_fez", ("ibm", "ibm_fez", "work")),
        ("ibm-direct/ibm_bromont", ("ibm-direct", "ibm_bromont", None)),
        ("kipu/aws.sim.sv1", ("kipu", "aws.sim.sv1", None)),
    ],
)
def test_an_address_reads_and_prints_the_same(text, parts):
    address = Address.parse(text)
    assert (address.cloud, address.name, address.account) == parts
    assert str(address) == text


def test_an_unknown_cloud_names_the_nearest():
    with pytest.raises(AddressError, match="Did you mean 'ionq'"):
        CloudAddress.parse("inoq")


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "ionq",
        "ionq/",
        "/simulator",
        "ionq/a/b",
        ":ionq/x",
        "a b:ionq/x",
        "x:y:ionq/z",
        "IONQ/x",
    ],
)
def test_what_is_no_address_is_refused(bad):
    with pytest.raises(AddressError):
        Address.parse(bad)


@pytest.mark.parametrize(
    "bad",
    ["..", "../x", "a/b", "x?y", "%2e%2e", "@host", "", "a" * 4096, ".hidden", "a\n", "a b", "é"],
)
def test_an_id_that_could_change_a_path_is_refused(bad):
    with pytest.raises(AddressError):
        check_segment(bad, "job id")


@given(st.text(max_size=300))
def test_whatever_passes_is_one_plain_path_segment(text):
    try:
        segment = check_segment(text)
    except AddressError:
        return
    assert segment == text
    assert not set(segment) & set("/?#%@\\\r\n\0 ")
    assert segment not in (".", "..")
