"""Large results are read like small ones, in little more memory than they take."""

from __future__ import annotations

import base64
import gc
import io
import json
import tracemalloc
import zlib
from typing import Any

import numpy as np
import pytest

from ketbridge.clouds.ibm_shared import decoding, lifting

NOISE = np.random.default_rng(5)


def packed(array: np.ndarray) -> str:
    file = io.BytesIO()
    np.save(file, array)
    return base64.b64encode(zlib.compress(file.getvalue(), 1)).decode()


def tagged(text: str) -> dict[str, Any]:
    return {"__type__": "ndarray", "__value__": text}


def noise(size: int) -> np.ndarray:
    return NOISE.integers(0, 256, size=(size, 1), dtype=np.uint8)


def test_arrays_of_every_size_are_read_from_bytes_as_from_text():
    arrays = [noise(size) for size in (1, 1000, 50_000, 3_000_000)]
    text = json.dumps([tagged(packed(one)) for one in arrays])
    for document in (text, text.encode()):
        assert all(map(np.array_equal, decoding.loads(document), arrays))
    assert len(lifting.lift(text.encode()).taken) == 2


@pytest.mark.parametrize(
    "long", ["A" * 70_000, 'x\\"' + "A" * 70_000, "\\\\" + "A" * 70_000, "A" * 70_000 + "é"]
)
def test_long_strings_that_are_no_arrays_stay_as_they_are(long):
    text = (
        f'{{"note": "{long}", "{long}": 1, "array": {json.dumps(tagged(packed(noise(90_000))))}}}'
    )
    found, expected = decoding.loads(text.encode()), decoding.loads(text)
    assert found.keys() == expected.keys()
    assert found["note"] == expected["note"]
    assert np.array_equal(found["array"], expected["array"])


def test_a_large_array_cannot_be_written_to():
    (found,) = decoding.loads(json.dumps([tagged(packed(noise(90_000)))]).encode())
    with pytest.raises(ValueError, match="read-only"):
        found[0] = 1


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda text: text[:-80_000], "cut|damaged"),
        (lambda text: "AAAA" + text, "damaged"),
        (lambda text: text[:100_001], "damaged"),
    ],
)
def test_a_damaged_large_array_is_an_error(spoil, words):
    text = json.dumps([tagged(spoil(packed(noise(200_000))))])
    with pytest.raises(ValueError, match=words):
        decoding.loads(text.encode())


def test_what_large_arrays_decompress_to_counts_against_the_cap():
    both = json.dumps([tagged(packed(noise(100_000)))] * 2).encode()
    assert len(decoding.loads(both, max_bytes=210_000)) == 2
    with pytest.raises(ValueError, match="larger than"):
        decoding.loads(both, max_bytes=190_000)
    bomb = base64.b64encode(zlib.compress(bytes(200_000_000), 9)).decode()
    with pytest.raises(ValueError, match="larger than"):
        decoding.loads(json.dumps([tagged(bomb)]).encode(), max_bytes=1_000_000)


def test_reading_takes_little_more_memory_than_the_array():
    array = noise(20_000_000)
    document = json.dumps([tagged(packed(array))]).encode()
    gc.collect()
    tracemalloc.start()
    try:
        (found,) = decoding.loads(document)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert np.array_equal(found, array)
    assert peak < 1.5 * array.nbytes
