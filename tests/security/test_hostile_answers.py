"""A service that lies: nothing is followed elsewhere, nothing grows without bound."""

from __future__ import annotations

import base64
import io
import json
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from support.cloud_cases import DIRECT, IBM, KIPU
from support.operations import CANARY
from support.rawserver import RawServer, reply
from support.submissions import request

import ketbridge
from ketbridge.clouds.base import Cloud
from ketbridge.errors import JobError, KetbridgeError, ProtocolError, ResponseTooLarge
from ketbridge.sandbox import Fault, Sandbox

MEGABYTE = 2**20

WRONG = {
    "huge number": b'{"0": 1' + b"0" * 4000 + b"}",
    "huge number of digits": b'{"0": ' + b"9" * 100_000 + b"}",
    "huge exponent": b'{"0": 1e999999}',
    "huge state": b'{"' + b"9" * 4000 + b'": 1}',
    "nan": b'{"0": NaN, "3": 0.5}',
    "infinity": b'{"0": Infinity}',
    "nested": b'{"0":' * 50_000 + b"1" + b"}" * 50_000,
    "negative": b'{"0": -0.5, "3": 1.5}',
    "above one": b'{"0": 2.0}',
    "sum below one": b'{"0": 0.25, "3": 0.25}',
    "sum above one": b'{"0": 1.0, "3": 1.0}',
    "state out of range": b'{"4": 1.0}',
    "negative state": b'{"-1": 1.0}',
    "signed state": b'{"+1": 1.0}',
    "spaced state": b'{" 1": 1.0}',
    "other digits": '{"\u0663": 1.0}'.encode(),
    "state with underscore": b'{"1_0": 1.0}',
    "same state twice": b'{"0": 0.5, "00": 0.5}',
    "text": b'{"0": "1.0"}',
    "true": b'{"0": true}',
    "null": b'{"0": null}',
    "nothing": b"{}",
    "a million states": json.dumps({str(n): 1e-6 for n in range(1_000_000)}).encode(),
    "surrogate": b'{"\\ud800": 1.0}',
    "nul": b'{"\\u0000": 1.0}',
}


def _tagged(kind: str, value: Any) -> dict[str, Any]:
    return {"__type__": kind, "__value__": value}


def _result(array: bytes, num_bits: Any = 2) -> bytes:
    """Write a sampler's result whose only register holds a file of an array."""
    packed = _tagged("ndarray", base64.b64encode(zlib.compress(array, 9)).decode())
    bits = _tagged("BitArray", {"array": packed, "num_bits": num_bits})
    data = _tagged("DataBin", {"field_names": ["meas"], "shape": [], "fields": {"meas": bits}})
    pub = _tagged("SamplerPubResult", {"data": data, "metadata": {}})
    return json.dumps(_tagged("PrimitiveResult", {"pub_results": [pub], "metadata": {}})).encode()


def _npy(array: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=True)
    return file.getvalue()


_HUGE = _npy(np.zeros(1)).replace(b"(1,)", b"(9999999999,)")

SAMPLES = {
    "pickled": _result(_npy(np.array([{"a": 1}], dtype=object))),
    "shape that is not there": _result(_HUGE),
    "bits of another register": _result(_npy(np.zeros((100, 9), dtype=np.uint8))),
    "no bytes": _result(_npy(np.zeros((100, 1)))),
    "bits beyond the register": _result(_npy(np.full((100, 1), 255, dtype=np.uint8)), 3),
    "bits that are no number": _result(_npy(np.zeros((100, 1), dtype=np.uint8)), "2"),
    "no register": json.dumps(_tagged("PrimitiveResult", {"pub_results": []})).encode(),
    "another type": json.dumps(_tagged("os.system", "rm")).encode(),
    "nested": b'{"__type__":' * 50_000 + b"1" + b"}" * 50_000,
    "cut": _result(_npy(np.zeros((100, 1), dtype=np.uint8)))[:-40],
}


@pytest.fixture
def cloud(server: Sandbox, home: object) -> Iterator[Cloud]:
    made = ketbridge.connect("ionq", sleep=lambda _: None)
    yield made
    made.client.close()
    made.ledger.close()


@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG)
def test_probabilities_that_cannot_be_are_a_protocol_error(cloud, server, body):
    job = cloud.submit(request())
    job.wait(30)
    server.faults.add(Fault.body(body), on="GetJobProbabilities")
    with _bounded(len(body)), pytest.raises(ProtocolError) as caught:
        job.result(30)
    assert len(str(caught.value)) < 1000
    assert job.id in str(caught.value)


HUBS = {name: body for name, body in WRONG.items() if name != "a million states"}


@pytest.mark.parametrize("body", HUBS.values(), ids=HUBS)
def test_probabilities_of_the_hub_that_cannot_be_are_a_protocol_error(server, home, body):
    cloud = ketbridge.connect("kipu", sleep=lambda _: None)
    job = cloud.submit(KIPU.request())
    job.wait(30)
    server.faults.add(Fault.body(b'{"histogram": %b}' % body), on=KIPU.result)
    with _bounded(len(body)), pytest.raises(ProtocolError) as caught:
        job.result(30)
    _close(cloud)
    assert len(str(caught.value)) < 1000
    assert job.id in str(caught.value)


@pytest.mark.parametrize("body", SAMPLES.values(), ids=SAMPLES)
@pytest.mark.parametrize("case", [IBM, DIRECT], ids=str)
def test_samples_that_cannot_be_are_a_protocol_error(server, home, case, body):
    cloud = ketbridge.connect(case.name, sleep=lambda _: None)
    job = cloud.submit(case.request())
    job.wait(30)
    server.faults.add(Fault.body(body), on=case.result)
    with _bounded(len(body)), pytest.raises(ProtocolError) as caught:
        job.result(30)
    _close(cloud)
    assert len(str(caught.value)) < 1000
    assert job.id in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        b"[0, 4]",
        b"[-1]",
        b'["0", 0]',
        b"[0.5]",
        b"[true]",
        b'["1' + b"0" * 5000 + b'"]',
        b"[" + b"9" * 5000 + b"]",
        b'[["0"]]',
        b'{"0": {"0": 1}}',
        b'"0"',
    ],
    ids=lambda body: body[:12].decode(),
)
def test_shots_that_cannot_be_are_a_protocol_error(cloud, server, body):
    job = cloud.submit(request(options={"noise_model": "aria-1"}))
    job.wait(30)
    server.faults.add(Fault.body(body), on="x-GetJobShots")
    with pytest.raises(ProtocolError) as caught:
        job.result(30)
    assert job.id in str(caught.value)


@pytest.mark.parametrize("kind", ["probabilities", "shots", "histogram"])
@pytest.mark.parametrize(
    "place",
    [
        "{other}/v0.4/jobs/x",
        "//{host}/v0.4/jobs/x",
        "http://user@{host}/x",
        "https://{host}/x",
        "/v0.4/../../x",
        "/v0.4/%2e%2e/whoami",
        "/v0.4/jobs\\x",
        "/v0.4/x\r\nHost: evil",
        "file:///etc/passwd",
        "",
    ],
)
def test_a_result_elsewhere_is_not_fetched(cloud, server, kind, place):
    noise = {} if kind == "probabilities" else {"noise_model": "aria-1"}
    job = cloud.submit(request(options=noise))
    job.wait(30)
    with RawServer(reply(200, {"0": 1.0})) as other:
        url = place.format(other=other.url, host=f"127.0.0.1:{other.port}")
        server.faults.add(Fault.edit(results={kind: {"url": url}}), on="GetJob")
        before = sum(server.requests().values())
        with pytest.raises(ProtocolError, match="URL"):
            cloud.job(job.id).result(30)
        asked = sum(server.requests().values()) - before
        assert (other.connections, asked) == (0, 1)


def test_a_list_of_jobs_that_never_ends_is_an_error(cloud, server):
    server.faults.add(Fault.body(b'{"jobs": [], "next": "again"}'), on="GetJobs")
    with pytest.raises(ProtocolError, match="never end"):
        list(cloud.all_jobs())


def test_a_record_in_the_metadata_that_is_no_record_is_not_unpacked_without_bound(cloud, server):
    """Metadata comes from the service, so what we find there under our name may be anybody's."""
    import base64
    import zlib

    job = cloud.submit(request())
    job.wait(30)
    cloud.ledger.forget("ionq", job.id)
    bomb = base64.b85encode(zlib.compress(b"[" * 200 * MEGABYTE, 9)).decode()
    forged = {"ketbridge.submission": "x", "ketbridge.record": f"1:{bomb}"}
    server.faults.add(Fault.edit(metadata=forged), on="GetJob")
    with _bounded(64 * MEGABYTE):
        try:
            cloud.job(job.id).result(30)
        except (KetbridgeError, JobError) as error:
            assert str(error)


@pytest.mark.parametrize("fault", [Fault.bomb(600), Fault.huge(600)])
def test_a_body_beyond_the_cap_never_fills_the_memory(cloud, server, fault):
    server.faults.add(fault, on="getBackends")
    with _bounded(64 * MEGABYTE), pytest.raises(ResponseTooLarge):
        cloud.backends()


def test_a_warning_of_a_strange_word_shows_no_more_than_its_beginning(cloud, server):
    word = f"{CANARY[:6]}" * 5000
    job = cloud.submit(request())
    server.faults.add(Fault.unknown_status(word), on="GetJob")
    state = job.state()
    assert len(state.raw) <= 200


def _close(cloud: Cloud) -> None:
    cloud.client.close()
    cloud.close()
    cloud.ledger.close()


class _bounded:  # noqa: N801 - reads as a statement
    """Fails if the memory grows by more than twice a size and a margin, or it takes too long."""

    def __init__(self, size: int) -> None:
        self._size = size

    def __enter__(self) -> None:
        tracemalloc.start()
        self._began = time.monotonic()

    def __exit__(self, *_: Any) -> None:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak <= 12 * self._size + 64 * MEGABYTE
        assert time.monotonic() - self._began < 20
