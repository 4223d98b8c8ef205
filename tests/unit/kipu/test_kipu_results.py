"""Results of every family, in the circuit's classical bits."""

from __future__ import annotations

import base64
import io
import json
import zlib
from typing import Any

import numpy as np
import pytest

from ketbridge.clouds.document import Document
from ketbridge.clouds.kipu import results, states
from ketbridge.clouds.kipu.models import Job, Provider
from ketbridge.errors import ProgramError, ProtocolError
from ketbridge.jobs.submission import Request
from ketbridge.programs import Format, Program, Readout, Register, iqm_json
from ketbridge.results import Measurements

AWS = {"name": "braket.task_result.gate_model_task_result", "version": "1"}
TWISTED = Readout((2, 0), (Register("a", (0,)), Register("b", (1,))))
"""Classical bit 0 reads qubit 2, classical bit 1 qubit 0."""


def read(
    data: Any,
    *readouts: Readout,
    form: Format = Format.OPENQASM2,
    qubits: int = 3,
    provider: Provider | None = None,
    shots: int = 4,
    params: dict[str, Any] | None = None,
    body: bytes = b"x",
    **options: Any,
) -> list[Measurements]:
    job = Job(id="j-1", provider=provider, shots=shots, input_params=params)
    programs = tuple(Program(form, body, readout, qubits) for readout in readouts)
    document = Document(data if isinstance(data, bytes) else json.dumps(data).encode())
    return results.measurements(document, job, Request("m", programs, shots, options=options))


# AWS ---------------------------------------------------------------------------------------------


def test_shots_of_braket_are_read_by_the_measured_qubits() -> None:
    data = {
        "braketSchemaHeader": AWS,
        "measurements": [[0, 0, 1], [1, 0, 0], [1, 1, 1]],
        "measuredQubits": [0, 1, 2],
    }
    [measured] = read(data, TWISTED)

    assert measured.counts == {"01": 1, "10": 1, "11": 1}
    assert measured.bits is not None
    assert measured.bits.tolist() == [[1, 0], [0, 1], [1, 1]]


def test_measured_qubits_may_be_named_in_any_order_and_with_gaps() -> None:
    data = {"braketSchemaHeader": AWS, "measurements": [[1, 0]], "measuredQubits": [7, 4]}
    [measured] = read(data, Readout.of_qubits([4, 7]), qubits=8)

    assert measured.counts == {"10": 1}


def test_probabilities_of_braket_are_counts_where_they_are_whole_numbers_of_shots() -> None:
    table = {"000": 0.6666666666666666, "001": 0.3333333333333333}
    data = {
        "braketSchemaHeader": AWS,
        "measurementProbabilities": table,
        "measuredQubits": [0, 1, 2],
    }
    [measured] = read(data, TWISTED, shots=3)

    assert measured.counts == {"00": 2, "01": 1}


def test_more_than_eight_measured_qubits_keep_their_order() -> None:
    row = [1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]
    data = {"braketSchemaHeader": AWS, "measurements": [row], "measuredQubits": list(range(11))}
    [measured] = read(data, Readout.of_qubits(range(11)), qubits=11)

    assert measured.counts == {"11000000001": 1}


def test_a_qubit_that_was_not_measured_is_not_guessed() -> None:
    data = {"braketSchemaHeader": AWS, "measurements": [[0]], "measuredQubits": [0]}
    with pytest.raises(ProtocolError, match="qubit 2 is not among"):
        read(data, TWISTED)


def test_a_result_of_ahs_is_said_to_be_no_counts() -> None:
    name = "braket.task_result.analog_hamiltonian_simulation_task_result"
    with pytest.raises(ProgramError, match=r"analog_hamiltonian.*job\.raw_result\(\)"):
        read({"braketSchemaHeader": {"name": name}, "measurements": []}, TWISTED)


# Azure -------------------------------------------------------------------------------------------


def test_states_of_ionq_have_qubit_0_as_bit_0() -> None:
    [measured] = read({"histogram": {"1": 0.25, "4": 0.75}}, TWISTED, form=Format.IONQ_QIS)

    assert measured.counts == {"10": 1, "01": 3}


def test_rounded_probabilities_are_drawn_from_and_always_give_the_same_counts() -> None:
    data = {"histogram": {str(state): 0.0312 for state in range(32)}}
    every = Readout.of_qubits(range(5))
    one, two = (read(data, every, qubits=5, shots=1000)[0] for _ in range(2))

    assert one == two and one.shots == 1000
    assert one.counts is not None and sum(one.counts.values()) == 1000
    assert one.probabilities is not None
    assert sum(one.probabilities.values()) == pytest.approx(1)


def test_a_seed_of_the_request_is_kept_to() -> None:
    data = {"histogram": {"0": 0.333, "1": 0.667}}
    job = Job(id="j-1", shots=100)
    program = Program(Format.IONQ_QIS, b"x", Readout.of_qubits([0]), 1)
    document = Document(json.dumps(data).encode())
    found = [
        results.measurements(document, job, Request("m", (program,), 100, seed=seed))[0].counts
        for seed in (1, 1, 2)
    ]
    assert found[0] == found[1] != found[2]


def test_probabilities_that_are_no_distribution_are_refused() -> None:
    with pytest.raises(ProtocolError, match="no distribution"):
        read({"histogram": {"0": 0.7, "1": 0.7}}, Readout.of_qubits([0]), qubits=1)


# IQM ---------------------------------------------------------------------------------------------


def test_iqm_counts_are_read_by_measurement_key() -> None:
    registers = (Register("a", (0,)), Register("b", (1, 2)))
    readout = Readout((0, 1, 2), registers)
    entry = {
        "measurement_keys": ["b_2_1_1", "a_1_0_0", "b_2_1_0"],
        "counts": {"100": 3, "010": 1},
    }
    [measured] = read({"measurement_counts": [entry]}, readout, form=Format.IQM)

    assert measured.counts == {"100": 3, "001": 1}


def test_iqm_memory_is_read_where_there_is_one() -> None:
    readout = Readout((0, 1), (Register("m", (0, 1)),))
    entry = {
        "measurement_keys": ["m_2_0_1", "m_2_0_0"],
        "counts": {"10": 2, "01": 1},
        "memory": ["0x2", "0x1", "0x2"],
    }
    [measured] = read({"measurement_counts": [entry]}, readout, form=Format.IQM)

    assert measured.bits is not None
    assert measured.bits.tolist() == [[0, 1], [1, 0], [0, 1]]


def test_several_iqm_circuits_give_several_measurements() -> None:
    readout = Readout((0,), (Register("m", (0,)),))
    entries = [
        {"measurement_keys": ["m_1_0_0"], "counts": {"0": 4}},
        {"measurement_keys": ["m_1_0_0"], "counts": {"1": 4}},
    ]
    found = read({"measurement_counts": entries}, readout, readout, form=Format.IQM)

    assert [one.counts for one in found] == [{"0": 4}, {"1": 4}]
    with pytest.raises(ProtocolError, match="2 circuits; 1 were run"):
        read({"measurement_counts": entries}, readout, form=Format.IQM)


def test_a_bit_that_is_not_measured_on_iqm_is_0() -> None:
    readout = Readout((0, None), (Register("m", (0, 1)),))
    entry = {"measurement_keys": ["m_2_0_0"], "counts": {"1": 4}}

    assert read({"measurement_counts": [entry]}, readout)[0].counts == {"01": 4}


def test_a_measurement_that_iqm_says_nothing_of_is_an_error() -> None:
    readout = Readout((0, 1), (Register("m", (0, 1)),))
    entry = {"measurement_keys": ["m_2_0_0"], "counts": {"1": 4}}

    with pytest.raises(ProtocolError, match="nothing for the measurement with the key 'm_2_0_1'"):
        read({"measurement_counts": [entry]}, readout)


def test_measurements_for_decisions_are_left_out_and_equal_states_put_together() -> None:
    entry = {
        "measurement_keys": ["hidden_1", "m_1_0_0", "hidden_0"],
        "counts": {"010": 3, "111": 1, "000": 2},
    }
    [measured] = read({"measurement_counts": [entry]}, Readout((0,), (Register("m", (0,)),)))

    assert measured.counts == {"0": 2, "1": 4}


def test_keys_of_another_client_are_bits_in_the_order_of_measuring() -> None:
    body = iqm_json.wrap([iqm_json.measure("QB1", "x"), iqm_json.measure("QB2", "y")])
    entry = {"measurement_keys": ["x", "y"], "counts": {"10": 4}}
    [measured] = read({"measurement_counts": [entry]}, Readout.of_qubits([0, 1]), body=body)

    assert measured.counts == {"01": 4}


def test_keys_that_are_not_of_the_circuit_are_refused() -> None:
    entry = {"measurement_keys": ["m_2_0_0"], "counts": {"1": 4}}
    body = iqm_json.wrap([iqm_json.measure("QB1", "x")])

    with pytest.raises(ProtocolError, match="key"):
        read({"measurement_counts": [entry]}, Readout((0,), (Register("x", (0,)),)), body=body)


# Counts ------------------------------------------------------------------------------------------

ASYMMETRIC = {"counts": {"011": 3, "001": 1}}
THREE = Readout.of_qubits(range(3))


def test_counts_have_bit_0_rightmost_but_from_kipus_simulator_leftmost() -> None:
    [qudora] = read(ASYMMETRIC, THREE, provider=Provider.QUDORA)
    [kipu] = read(ASYMMETRIC, THREE, provider=Provider.KIPU)

    assert qudora.counts == {"011": 3, "001": 1}
    assert kipu.counts == {"110": 3, "100": 1}


def test_memory_comes_in_digits_or_in_hexadecimal_and_registers_may_be_parted_by_spaces() -> None:
    plain = {"counts": {"0 11": 1, "1 00": 1}, "memory": ["011", "100"]}
    hexed = plain | {"memory": ["0x3", "0x4"]}

    for data in (plain, hexed):
        [measured] = read(data, THREE, provider=Provider.QUDORA)
        assert measured.bits is not None
        assert measured.bits.tolist() == [[1, 1, 0], [0, 0, 1]]


def test_only_written_bits_are_put_where_they_belong() -> None:
    readout = Readout((1, None, 0), (Register("c", (0, 1, 2)),))
    [measured] = read({"counts": {"10": 4}}, readout, provider=Provider.QUDORA)

    assert measured.counts == {"100": 4}


def test_states_of_all_qubits_are_read_by_the_readout() -> None:
    [measured] = read({"counts": {"001": 4}}, Readout((2,)), provider=Provider.KIPU)

    assert measured.counts == {"1": 4}


def test_states_of_another_length_are_refused() -> None:
    with pytest.raises(ProtocolError, match="5 bits; the circuit has 3"):
        read({"counts": {"00000": 4}}, THREE)
    with pytest.raises(ProtocolError, match="different lengths"):
        read({"counts": {"0": 4, "00": 4}}, THREE)


# IBM ---------------------------------------------------------------------------------------------


def sampler_result(shots: np.ndarray, num_bits: int) -> dict[str, Any]:
    file = io.BytesIO()
    np.save(file, shots)
    packed = base64.b64encode(zlib.compress(file.getvalue())).decode()
    bits = {
        "__type__": "BitArray",
        "__value__": {"array": {"__type__": "ndarray", "__value__": packed}, "num_bits": num_bits},
    }
    data = {"__type__": "DataBin", "__value__": {"field_names": ["c"], "fields": {"c": bits}}}
    pub = {"__type__": "SamplerPubResult", "__value__": {"data": data, "metadata": {}}}
    return {"__type__": "PrimitiveResult", "__value__": {"pub_results": [pub], "metadata": {}}}


def test_a_sampler_result_of_ibm_is_read_by_its_registers() -> None:
    data = sampler_result(np.array([[1], [3], [1]], dtype=np.uint8), 2)
    readout = Readout((0, 1), (Register("c", (0, 1)),))
    [measured] = read(data, readout, form=Format.QISKIT_QPY)

    assert measured.counts == {"01": 2, "11": 1}


def test_the_result_of_an_estimator_is_said_to_be_no_counts() -> None:
    with pytest.raises(ProgramError, match=r"'estimator'.*raw_result"):
        read(sampler_result(np.zeros((1, 1), dtype=np.uint8), 1), THREE, program="estimator")


# States ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        {"statevector": [[1, 0], [0, 0]]},
        {"amplitudes": {"0": [1, 0]}},
        {"duration": 1, "job_id": "j", "results": "{}", "results_type": "sample_count"},
    ],
)
def test_what_is_no_counts_says_where_it_is(data: dict[str, Any]) -> None:
    with pytest.raises(ProgramError, match="raw_result"):
        read(data, THREE)


def test_a_state_vector_is_turned_so_that_qubit_0_is_the_low_bit() -> None:
    values = [[0, 0], [0.6, 0], [0, 0], [0, 0], [0, 0.8], [0, 0], [0, 0], [0, 0]]
    found = states.statevector(Document(json.dumps({"statevector": values}).encode()))

    assert found.tolist() == [0, 0.8j, 0, 0, 0.6, 0, 0, 0]


def test_amplitudes_are_turned_so_that_qubit_0_is_rightmost() -> None:
    data = {"amplitudes": {"001": [0.6, 0.0], "110": [0.0, 0.8]}}

    assert states.amplitudes(Document(json.dumps(data).encode())) == {"100": 0.6, "011": 0.8j}


@pytest.mark.parametrize(
    "data", [{}, [], {"statevector": [[1, 0]] * 3}, {"statevector": [1, 0]}, {"statevector": "x"}]
)
def test_what_is_no_state_vector_is_refused(data: Any) -> None:
    with pytest.raises(ValueError):
        states.statevector(Document(json.dumps(data).encode()))


# Malformed ---------------------------------------------------------------------------------------

MALFORMED: list[Any] = [
    b"",
    b"null",
    b"[]",
    b"<html>",
    b"[" * 100_000,
    {"braketSchemaHeader": AWS},
    {"braketSchemaHeader": AWS, "measurements": [[0, 2, 0]], "measuredQubits": [0, 1, 2]},
    {"braketSchemaHeader": AWS, "measurements": [[0, 1]], "measuredQubits": [0, 1, 2]},
    {"braketSchemaHeader": AWS, "measurements": [["a"]], "measuredQubits": [0]},
    {"braketSchemaHeader": AWS, "measurements": [["2"]], "measuredQubits": [0]},
    {"braketSchemaHeader": AWS, "measurements": [[0, 0]], "measuredQubits": [0, 0]},
    {"histogram": {"x": 1.0}},
    {"histogram": {"9": 1.0}},
    {"histogram": []},
    {"measurement_counts": 5},
    {"measurement_counts": [{"counts": {}}]},
    {"measurement_counts": [{"measurement_keys": ["m_1_0_0"], "counts": {"2": 1}}]},
    {"counts": {}},
    {"counts": {"00x": 1}},
    {"counts": {"000": -1}},
    {"counts": {"000": "many"}},
    {"__type__": "PrimitiveResult", "__value__": {"pub_results": []}},
]


@pytest.mark.parametrize("data", MALFORMED, ids=lambda data: str(data)[:60])
def test_a_malformed_result_is_a_protocol_error(data: Any) -> None:
    with pytest.raises(ProtocolError, match="the result of job j-1 cannot be read"):
        read(data, THREE)
