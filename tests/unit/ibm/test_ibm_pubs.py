"""PUBs on the wire, and what can be recovered from them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from support.ibm_service import decode

from ketbridge.clouds.ibm import models, recall, tags
from ketbridge.clouds.ibm_shared import encoding
from ketbridge.errors import ProgramError
from ketbridge.jobs.submission import Request, Submission
from ketbridge.programs import Format, Program, Readout

QPY = b"QISKIT\x0d a circuit, as far as this test is concerned"
PLAIN = Program(Format.QISKIT_QPY, QPY, Readout((0,)), 1)


def job(**changes: Any) -> models.JobResponse:
    given = {
        "id": "j",
        "status": "Completed",
        "state": {"status": "Completed"},
        "program": {"id": "sampler"},
        "created": "2026-02-01T12:00:00Z",
        "backend": "ibm_fez",
    }
    return models.JobResponse.model_validate_json(json.dumps(given | changes))


def test_a_plain_circuit_is_sampled_as_often_as_the_request_says() -> None:
    [[circuit, values, shots]] = json.loads(encoding.pubs([PLAIN], 7))

    assert circuit["__type__"] == "QuantumCircuit"
    assert (decode(values).size, shots) == (0, 7)


def test_an_estimators_pub_has_its_four_parts() -> None:
    text = encoding.estimator_arguments([{"ZZ": 1.0}, {"XI": 0.5}], np.array([0.25]), 0.01)
    [pub] = json.loads(encoding.pubs([replace(PLAIN, arguments=text)], 0))

    assert pub[1] == [{"ZZ": 1.0}, {"XI": 0.5}]
    assert np.array_equal(decode(pub[2]), [0.25]) and pub[3] == 0.01


def test_equal_circuits_are_compressed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[bytes] = []
    real = encoding.circuit
    monkeypatch.setattr(encoding, "circuit", lambda qpy: counted.append(qpy) or real(qpy))
    other = replace(PLAIN, body=QPY + b"2")
    pubs = json.loads(encoding.pubs([PLAIN, other] * 50, 1))

    assert counted == [QPY, QPY + b"2"]
    assert len(pubs) == 100 and pubs[0] == pubs[98] != pubs[99]


def test_an_array_of_objects_is_refused() -> None:
    with pytest.raises(ValueError):
        encoding.array(np.array([{}], dtype=object))


def test_what_was_asked_is_recovered_from_the_jobs_input() -> None:
    pub = replace(PLAIN, arguments=encoding.sampler_arguments(np.array([[0.5]]), 9))
    options = {"default_shots": 5, "twirling": {"enable_gates": True}}
    params = json.loads(encoding.params([pub, PLAIN], 3, options))
    found = recall.request(job(params=params, tags=["mine"], session_id="s"))

    assert [one.body for one in found.programs] == [QPY, QPY]
    assert encoding.pubs(found.programs, 0) == encoding.pubs([pub, PLAIN], 3)
    assert (found.shots, found.tags, found.session) == (9, ("mine",), "s")
    assert found.options == {"primitive_options": options}


@pytest.mark.parametrize(
    ("pub", "language", "body"),
    [
        (["OPENQASM 3.0; bit c;"], Format.OPENQASM3, b"OPENQASM 3.0; bit c;"),
        (["OPENQASM 2.0; creg c[1];"], Format.OPENQASM2, b"OPENQASM 2.0; creg c[1];"),
        ([{"__type__": "QuantumCircuit", "__value__": "eJw="}], Format.QISKIT_QPY, b""),
        ([5], Format.QISKIT_QPY, b""),
        ([], Format.QISKIT_QPY, b""),
    ],
)
def test_circuits_of_other_clients_are_recovered_as_far_as_they_can_be(
    pub: list[Any], language: Format, body: bytes
) -> None:
    [found] = recall.request(job(params={"pubs": [pub]})).programs

    assert (found.format, found.body) == (language, body)


def test_a_private_job_has_no_circuits_and_another_program_its_input() -> None:
    private = recall.request(job(private=True))
    other = recall.request(job(program={"id": "executor"}, params={"a": 1}))

    assert (private.programs, private.options) == ((), {"private": True})
    assert other.options == {"program": "executor", "params": '{"a": 1}'}


def test_a_submission_is_told_by_a_tag_of_24_characters() -> None:
    one, two = (Submission(Request("b", (PLAIN,), 1), "ibm") for _ in range(2))

    assert len(tags.of(one)) == 24 and tags.of(one) != tags.of(two)
    assert tags.users(["kbd", tags.of(one), "kb" + "x" * 22]) == ("kbd", "kb" + "x" * 22)


def test_the_newer_version_takes_more_and_longer_tags() -> None:
    seven = ["x" * 86] * 7
    tags.check(seven, "2026-03-15")
    with pytest.raises(ProgramError, match="7 tags"):
        tags.check([*seven, "y"], "2026-03-15")
    with pytest.raises(ProgramError, match="1 to 24"):
        tags.check(["x" * 25], "2026-02-01")
