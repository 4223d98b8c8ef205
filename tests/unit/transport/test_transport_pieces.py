"""Bodies, rates, quotas and operations by themselves."""

from __future__ import annotations

import gzip
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketbridge.errors import TransportError
from ketbridge.transport.body import BodyReader, decode_json
from ketbridge.transport.limits import RateKeeper, RetryQuota
from ketbridge.transport.operation import RateLimit


def read_body(raw: bytes, sizes: list[int], cap: int = 10**6) -> bytes:
    reader = BodyReader(200, {"content-encoding": "gzip"}, cap)
    at = 0
    for size in [*sizes, len(raw)]:
        reader.feed(raw[at : at + size])
        at += size
    return reader.finish()


SIZES = st.lists(st.integers(1, 50), max_size=10)


@given(st.binary(max_size=5000), SIZES)
def test_a_gzip_body_comes_out_whole_however_it_is_cut_into_pieces(data, sizes):
    assert read_body(gzip.compress(data), sizes) == data


@given(st.binary(max_size=500), SIZES, st.data())
def test_a_gzip_body_without_its_end_is_never_whole(data, sizes, draw):
    raw = gzip.compress(data)
    with pytest.raises(TransportError):
        read_body(raw[: draw.draw(st.integers(1, len(raw) - 1))], sizes)


@given(st.integers(0, 3000))
def test_the_cap_is_exact(size):
    raw = gzip.compress(bytes(size))
    if size <= 1000:
        assert read_body(raw, [], cap=1000) == bytes(size)
    else:
        with pytest.raises(TransportError, match="1000"):
            read_body(raw, [], cap=1000)


@given(st.binary(max_size=300))
def test_any_bytes_are_json_or_a_value_error(data):
    try:
        decode_json(data)
    except ValueError as error:
        assert str(error)


@given(st.lists(st.floats(0, 30), max_size=40))
def test_no_window_holds_more_calls_than_the_rate(gaps):
    keeper, limit = RateKeeper(), RateLimit("submits", 5, 60.0)
    now, starts = 0.0, []
    for gap in gaps:
        now += gap
        while wait_s := keeper.claim(limit, now):
            now += wait_s
        starts.append(now)
    for later, earlier in zip(starts[5:], starts, strict=False):
        assert later - earlier >= 60.0 - 1e-6


def test_rates_of_different_names_do_not_share():
    keeper = RateKeeper()
    assert keeper.claim(RateLimit("a", 1, 60.0), 0.0) == 0.0
    assert keeper.claim(RateLimit("b", 1, 60.0), 0.0) == 0.0
    assert keeper.claim(RateLimit("a", 1, 60.0), 10.0) == 50.0


def test_the_quota_runs_dry_and_comes_back_with_success():
    quota = RetryQuota()
    assert [quota.spend() for _ in range(21)] == [True] * 20 + [False]
    quota.succeeded(2)
    assert [quota.spend() for _ in range(3)] == [True, True, False]
    for _ in range(5):
        quota.succeeded(0)
    assert quota.spend()


def test_making_a_client_loads_no_http_library():
    code = """
import sys
from ketbridge.transport import ApiKey, Client
from ketbridge.secret import Secret
Client("https://api.ionq.co/v0.4", ApiKey("Authorization", "apiKey ", Secret("k")))
print(sorted({"httpx", "httpcore", "h11", "certifi", "pydantic"} & set(sys.modules)))
"""
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
