"""What is refused before anything is sent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ketbridge.clouds.base import BackendInfo
from ketbridge.clouds.ionq.options import check_request
from ketbridge.errors import ProgramError, UnknownOptionError
from ketbridge.jobs.submission import Request
from ketbridge.programs import Format, Program, Readout, ionq_json

BELL = Program(
    Format.IONQ_QIS,
    ionq_json.build([{"gate": "h", "target": 0}, {"gate": "x", "target": 1, "control": 0}]),
    Readout.of_qubits([0, 1]),
    2,
)


def check(info: BackendInfo | None = None, **changes: Any) -> None:
    given = {"backend": "simulator", "programs": (BELL,), "shots": 500} | changes
    check_request(Request(**given), info)


@pytest.mark.parametrize("shots", [1, 100, 1_000_000])
def test_shots_in_the_range_are_taken(shots: int) -> None:
    check(shots=shots)


@pytest.mark.parametrize("shots", [0, -1, True, 1.5, 1_000_001, "5", None])
def test_shots_outside_the_range_are_refused_with_the_range(shots: Any) -> None:
    with pytest.raises(ProgramError, match="from 1 to 1000000"):
        check(shots=shots)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"debiasing": 1}, "debiasing is True or False"),
        ({"dry_run": "no"}, "dry_run is True or False"),
        ({"noise_model": "aria1"}, "Did you mean 'aria-1'"),
        ({"noise_model": "qpu.aria-1"}, "is none of"),
        ({"noise_model": 3}, "is none of"),
        ({"noise_seed": 1}, "without noise_model"),
        ({"noise_model": "ideal", "noise_seed": 2**31}, "-2147483648 to 2147483647"),
        ({"noise_model": "ideal", "noise_seed": True}, "noise_seed is a whole number"),
        ({"compilation_opt": "1"}, "finite number"),
        ({"compilation_opt": float("nan")}, "finite number"),
        ({"compilation_opt": True}, "finite number"),
        ({"compilation_precision": 3}, "is a text"),
    ],
)
def test_an_option_with_a_wrong_value_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ProgramError, match=message):
        check(options=options)


def test_an_unknown_option_is_a_type_error_that_names_the_nearest() -> None:
    with pytest.raises(UnknownOptionError, match="Did you mean 'noise_model'") as caught:
        check(options={"noise_modle": "aria-1"})

    assert isinstance(caught.value, TypeError) and isinstance(caught.value, ProgramError)


def test_noise_is_for_the_simulator_only() -> None:
    with pytest.raises(ProgramError, match="for simulator only"):
        check(backend="qpu.forte-1", options={"noise_model": "aria-1"})


def test_debiasing_needs_five_hundred_shots() -> None:
    check(backend="qpu.forte-1", shots=500, options={"debiasing": True})
    with pytest.raises(ProgramError, match="at least 500 shots, not 499"):
        check(backend="qpu.forte-1", shots=499, options={"debiasing": True})


def test_more_qubits_than_the_machine_has_are_refused_where_it_is_known() -> None:
    check(BackendInfo("simulator", "ionq", 2))
    with pytest.raises(ProgramError, match="uses 2 qubits; simulator has 1"):
        check(BackendInfo("simulator", "ionq", 1))


@pytest.mark.parametrize(
    ("program", "message"),
    [
        (replace(BELL, format=Format.OPENQASM3), "IonQ does not read"),
        (replace(BELL, num_qubits=0), "is empty"),
        (replace(BELL, readout=Readout(())), "measures nothing"),
        (replace(BELL, readout=Readout((None, None))), "measures nothing"),
    ],
)
def test_a_circuit_that_cannot_run_is_refused(program: Program, message: str) -> None:
    with pytest.raises(ProgramError, match=f"circuit 1.*{message}"):
        check(programs=(BELL, replace(program, name="second")))


def test_no_circuit_is_refused() -> None:
    with pytest.raises(ProgramError, match="no circuit"):
        check(programs=())


def test_openqasm_circuits_go_one_at_a_time() -> None:
    qasm = replace(BELL, format=Format.IONQ_QASM3)
    check(programs=(qasm,))
    with pytest.raises(ProgramError, match="one at a time"):
        check(programs=(qasm, BELL))


@pytest.mark.parametrize("metadata", [{"a": 1}, {1: "a"}, {"a": None}])
def test_metadata_that_is_no_string_is_refused(metadata: Any) -> None:
    with pytest.raises(ProgramError, match="strings"):
        check(metadata=metadata)


@pytest.mark.parametrize("key", ["ketbridge.submission", "ketbridge.record"])
def test_metadata_under_our_own_keys_is_refused(key: str) -> None:
    with pytest.raises(ProgramError, match="used by Ketbridge"):
        check(metadata={key: "x"})


@pytest.mark.parametrize("seed", [True, 1.5, "7"])
def test_a_seed_that_is_no_whole_number_is_refused(seed: Any) -> None:
    with pytest.raises(ProgramError, match="seed is a whole number"):
        check(seed=seed)
