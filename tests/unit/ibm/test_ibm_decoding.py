"""Results as RuntimeEncoder writes them: what is read, and what is refused unread."""

from __future__ import annotations

import base64
import io
import json
import pickle
import zlib
from datetime import datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketbridge.clouds.ibm.models import TensorModel
from ketbridge.clouds.ibm_shared import decoding, encoding, sampled
from ketbridge.programs import Readout, Register
from ketbridge.results import Measurements


def tagged(kind: str, value: Any) -> dict[str, Any]:
    return {"__type__": kind, "__value__": value}


def packed(data: bytes) -> dict[str, str]:
    return tagged("ndarray", base64.b64encode(zlib.compress(data)).decode())


def bits(array: Any, num_bits: int) -> dict[str, Any]:
    held = encoding.array(array) if isinstance(array, np.ndarray) else array
    return tagged("BitArray", {"array": held, "num_bits": num_bits})


def result(*pubs: dict[str, Any]) -> str:
    found = [
        tagged(
            "SamplerPubResult",
            {
                "data": tagged(
                    "DataBin", {"field_names": list(fields), "shape": [], "fields": fields}
                ),
                "metadata": {},
            },
        )
        for fields in pubs
    ]
    return json.dumps(tagged("PrimitiveResult", {"pub_results": found, "metadata": {}}))


SHOTS = np.array([[3], [3], [1]], dtype=np.uint8)


# Sampler results --------------------------------------------------------------------------------


def test_shots_of_one_register_become_measurements() -> None:
    [measured] = sampled.measurements(result({"meas": bits(SHOTS, 2)}))

    assert measured == Measurements.from_shots([3, 3, 1], 2)


def test_counts_that_were_kept_become_measurements() -> None:
    kept = bits({"counts": {"0011": 2, "0101": 1}}, 4)
    [measured] = sampled.measurements(result({"c": kept}))

    assert (measured.counts, measured.bits) == ({"0011": 2, "0101": 1}, None)


def test_registers_go_where_the_readout_has_them() -> None:
    fields = {"b": bits(SHOTS, 2), "a": bits(np.array([[0], [1], [1]], dtype=np.uint8), 1)}
    readout = Readout((0, 0, 0, 0), (Register("a", (3,)), Register("b", (1, 0))))
    [measured] = sampled.measurements(result(fields), [readout])

    assert measured == Measurements.from_shots([0b0011, 0b1011, 0b1010], 4)


def test_registers_without_a_readout_follow_each_other() -> None:
    fields = {"b": bits(SHOTS, 2), "a": bits(np.array([[0], [1], [1]], dtype=np.uint8), 1)}
    [measured] = sampled.measurements(result(fields))

    assert measured == Measurements.from_shots([0b011, 0b111, 0b101], 3)


@given(st.lists(st.integers(0, 2**19 - 1), min_size=1, max_size=20), st.permutations(range(19)))
def test_a_wide_register_is_put_bit_by_bit(outcomes: list[int], places: list[int]) -> None:
    raw = b"".join(one.to_bytes(3, "big") for one in outcomes)
    array = np.frombuffer(raw, dtype=np.uint8).reshape(-1, 3)
    readout = Readout((0,) * 19, (Register("r", tuple(places)),))
    [measured] = sampled.measurements(result({"r": bits(array, 19)}), [readout])
    moved = [sum((one >> i & 1) << place for i, place in enumerate(places)) for one in outcomes]

    assert measured == Measurements.from_shots(moved, 19)


@pytest.mark.parametrize(
    ("text", "readouts", "message"),
    [
        ("{}", None, "no result of a primitive"),
        (result({"m": bits(SHOTS, 2)}), [], "1 results; 0 circuits"),
        (result({}), None, "no register"),
        (result({"evs": encoding.array(np.zeros(2))}), None, "no outcomes of shots"),
        (
            result({"m": bits(SHOTS, 2)}),
            [Readout((0,), (Register("m", (0,)),))],
            "has 2 bits; the circuit gave it 1",
        ),
        (result({"a": bits(SHOTS, 2), "b": bits(SHOTS[:2], 2)}), None, "different numbers"),
        (
            result({"a": bits({"counts": {"1": 1}}, 1), "b": bits({"counts": {"1": 1}}, 1)}),
            None,
            "joint outcomes",
        ),
    ],
)
def test_what_does_not_fit_is_a_value_error(text: str, readouts: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        sampled.measurements(text, readouts)


# Values -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0).reshape(2, 3),
        np.asfortranarray(np.arange(6).reshape(2, 3)),
        np.array([1 + 2j]),
        np.zeros((0, 4), dtype=np.uint8),
        np.array(5.0),
        np.array([True, False]),
    ],
)
def test_an_array_comes_back_as_it_was_sent(array: Any) -> None:
    read = decoding.loads(json.dumps(encoding.array(array)))

    assert read.dtype == array.dtype
    assert np.array_equal(read, array)


def test_other_known_values_are_read_and_unknown_ones_kept() -> None:
    value = [
        tagged("complex", [1.0, -2.0]),
        tagged("datetime", "2025-09-10T13:22:56.214353"),
        tagged("os.system", "rm"),
        {"__type__": 5, "x": 1},
    ]

    assert decoding.loads(json.dumps(value)) == [
        1 - 2j,
        datetime(2025, 9, 10, 13, 22, 56, 214353),
        decoding.Tagged("os.system", "rm"),
        {"__type__": 5, "x": 1},
    ]


def npy(header: str, data: bytes = b"") -> bytes:
    text = header.encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + data


def pickled() -> bytes:
    file = io.BytesIO()
    np.save(file, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    return file.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        pickled(),
        pickle.dumps([1]),
        b"",
        b"\x93NUMPY",
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }"),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }", b"12345678"),
        npy("{'descr': '|S8', 'fortran_order': False, 'shape': (1,), }", b"12345678"),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", b"123456789"),
        npy("__import__('os')"),
    ],
)
def test_an_array_that_is_not_what_it_says_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        decoding.loads(json.dumps(packed(data)))


def test_arrays_that_expand_too_far_are_refused_before_they_do() -> None:
    bomb = json.dumps([encoding.array(np.zeros(10**6))] * 3)

    assert len(bomb) < 50_000
    with pytest.raises(ValueError, match="larger than"):
        decoding.loads(bomb, max_bytes=20 * 10**6)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[" * 100_000,
        json.dumps(tagged("ndarray", None)),
        json.dumps(tagged("ndarray", "%%%")),
        json.dumps(tagged("ndarray", base64.b64encode(zlib.compress(b"x" * 99)[:-3]).decode())),
        json.dumps(tagged("ndarray", [{"a": 1}])),
        json.dumps(tagged("PrimitiveResult", {"pub_results": [1], "metadata": {}})),
        json.dumps(tagged("PrimitiveResult", None)),
        json.dumps(tagged("PubResult", {"data": 1})),
        json.dumps(tagged("DataBin", {"fields": {}, "field_names": ["a"]})),
        json.dumps(tagged("BitArray", {"array": 1, "num_bits": 1})),
        json.dumps(tagged("BitArray", {"array": encoding.array(SHOTS), "num_bits": 9})),
        json.dumps(tagged("BitArray", {"array": {"counts": {"2": 1}}, "num_bits": 2})),
        json.dumps(tagged("BitArray", {"array": {"counts": {"111": 1}}, "num_bits": 2})),
        json.dumps(tagged("BitArray", {"array": {"counts": {"11": -1}}, "num_bits": 2})),
        json.dumps(tagged("BitArray", {"array": {"counts": {}}, "num_bits": True})),
        json.dumps(tagged("datetime", "yesterday")),
        json.dumps(tagged("complex", [])),
    ],
)
def test_a_malformed_document_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):
        decoding.loads(text)


# Tensors ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize(
    ("dtype", "array"),
    [
        ("f64", np.array([[1.5, -2.0]])),
        ("c128", np.array([1 + 1j])),
        ("u8", np.arange(3, dtype=np.uint8)),
        ("bool", np.arange(10).reshape(2, 5) % 3 == 0),
    ],
)
def test_a_tensor_is_read_plain_or_compressed(dtype: Any, array: Any, compress: bool) -> None:
    data = np.packbits(array, bitorder="little") if dtype == "bool" else array
    raw = zlib.compress(data.tobytes()) if compress else data.tobytes()
    tensor = TensorModel(data=base64.b64encode(raw).decode(), shape=array.shape, dtype=dtype)

    assert np.array_equal(tensor.array(), array)
    assert tensor.array().shape == array.shape


def test_the_first_bit_of_a_tensor_is_the_lowest() -> None:
    tensor = TensorModel(data=base64.b64encode(b"\x06\x01").decode(), shape=(3, 3), dtype="bool")

    assert tensor.array().tolist() == [
        [False, True, True],
        [False, False, False],
        [False, False, True],
    ]


@pytest.mark.parametrize(
    ("shape", "data"), [((2,), b"12345678"), ((-1,), b""), ((10**12,), zlib.compress(b"x"))]
)
def test_a_tensor_of_another_length_is_refused(shape: tuple[int, ...], data: bytes) -> None:
    tensor = TensorModel(data=base64.b64encode(data).decode(), shape=shape, dtype="f64")
    with pytest.raises(ValueError):
        tensor.array()
