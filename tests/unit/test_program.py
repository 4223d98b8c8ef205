"""Programs and readouts as plain data."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketbridge import Format, Program, Readout, Register, errors
from ketbridge.transport.operation import path, query

indices = st.integers(0, 300)
readouts = st.builds(
    Readout,
    st.lists(st.none() | indices, max_size=40).map(tuple),
    st.lists(
        st.builds(Register, st.text(max_size=20), st.lists(indices, max_size=10).map(tuple)),
        max_size=4,
    ).map(tuple),
    st.none() | st.lists(indices, max_size=10).map(tuple),
)


@given(readouts)
def test_a_readout_survives_json(readout):
    assert Readout.from_json(readout.to_json()) == readout


@given(readouts, st.binary(max_size=50), st.text(max_size=30), st.sampled_from(Format))
def test_a_program_survives_its_text(readout, body, name, language):
    program = Program(language, body, readout, 7, name, {"π": [1, None]})
    assert Program.loads(program.dumps()) == program


@pytest.mark.parametrize(
    "data", [None, 7, [], [[0]], [[0], 5], [{"n": [0, 10**9]}, []], [["a"], []], [[0], [["c"]]]]
)
def test_what_is_no_readout_is_refused(data):
    with pytest.raises(ValueError, match="readout"):
        Readout.from_json(data)


@pytest.mark.parametrize("text", ["{}", "[]", "null"])
def test_what_is_no_program_is_refused(text):
    with pytest.raises(ValueError, match="program"):
        Program.loads(text)


def test_query_writes_lists_bools_and_leaves_none_out():
    assert query(ids=["a", "b"], sharpen=True, next=None, limit=3) == (
        ("ids", "a"),
        ("ids", "b"),
        ("sharpen", "true"),
        ("limit", "3"),
    )


def test_path_refuses_an_id_that_climbs():
    assert path("/jobs/{job_id}/cost", job_id="a-1") == "/jobs/a-1/cost"
    with pytest.raises(errors.AddressError, match="job id"):
        path("/jobs/{job_id}/cost", job_id="../whoami")


@pytest.mark.parametrize(
    "error",
    [
        errors.MissingExtraError("qiskit", "qiskit"),
        errors.RateLimited("slow down", status=429, retry_after_s=3600.0, code="x"),
        errors.AmbiguousSubmissionError("unclear", submission_id="u-1"),
        errors.JobFailed("failed", job="ionq/1", code="NotEnoughQubits", reason="too few"),
    ],
)
def test_errors_survive_a_process_pool(error):
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert again.__dict__ == error.__dict__


def test_the_arguments_of_a_pub_survive_being_written_down():
    program = Program(Format.QISKIT_QPY, b"QISKIT", Readout(()), 1, arguments="[[0.5],100]")
    assert Program.loads(program.dumps()) == program
