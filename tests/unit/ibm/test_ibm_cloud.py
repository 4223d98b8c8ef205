"""IBM Qiskit Runtime as a cloud, over HTTP against a small service that runs jobs with Qiskit."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister, qpy
from qiskit.circuit import Parameter
from starlette.responses import JSONResponse, Response
from support.ibm_service import CRN, KEY, IbmService, decode

from ketbridge.accounts import Account, Secret
from ketbridge.address import CloudAddress
from ketbridge.clouds.ibm import IbmCloud, models, operations
from ketbridge.clouds.ibm_shared import decoding, encoding
from ketbridge.clouds.sessions import SessionLimits
from ketbridge.errors import (
    AmbiguousSubmissionError,
    AuthenticationFailed,
    DeadlineExceeded,
    JobCancelled,
    JobFailed,
    KetbridgeError,
    ProgramError,
    UnknownBackendError,
    UnknownOptionError,
)
from ketbridge.jobs.state import Cost, JobStatus
from ketbridge.jobs.submission import Request, Submission
from ketbridge.programs import Format, Program, Readout, Register

FAST: dict[str, Any] = {"settle_s": 0.0, "jobs_per_minute": 0}


@pytest.fixture(scope="module")
def running() -> Iterator[IbmService]:
    with IbmService() as service:
        yield service


@pytest.fixture
def server(running: IbmService) -> IbmService:
    running.reset()
    return running


def account(server: IbmService, ledger: Path, **settings: Any) -> Account:
    places = {"instance": CRN, "iam_url": server.root}
    at = CloudAddress("ibm", "lab")
    return Account(at, server.url, Secret(KEY), places | FAST | settings, ledger)


@pytest.fixture
def cloud(server: IbmService, tmp_path: Path) -> Iterator[IbmCloud]:
    one = IbmCloud(account(server, tmp_path / "ledger.sqlite"))
    yield one
    one.client.close()
    one.ledger.close()


@pytest.fixture
def stranger(server: IbmService, tmp_path: Path) -> Iterator[IbmCloud]:
    """The same cloud on a computer that knows nothing of earlier jobs."""
    one = IbmCloud(account(server, tmp_path / "other.sqlite"))
    yield one
    one.client.close()
    one.ledger.close()


def packed(circuit: QuantumCircuit) -> bytes:
    file = io.BytesIO()
    qpy.dump(circuit, file, version=13)
    return file.getvalue()


def program(circuit: QuantumCircuit, arguments: str = "") -> Program:
    registers = tuple(
        Register(reg.name, tuple(circuit.find_bit(bit).index for bit in reg))
        for reg in circuit.cregs
    )
    readout = Readout((0,) * circuit.num_clbits, registers)
    return Program(
        Format.QISKIT_QPY,
        packed(circuit),
        readout,
        circuit.num_qubits,
        circuit.name,
        arguments=arguments,
    )


def bell() -> QuantumCircuit:
    circuit = QuantumCircuit(2, name="bell")
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure_all()
    return circuit


def flipped() -> QuantumCircuit:
    circuit = QuantumCircuit(3, 3, name="flipped")
    circuit.x(0)
    circuit.measure(0, 2)
    circuit.measure(1, 0)
    return circuit


BELL = program(bell())


def request(*programs: Program, **changes: Any) -> Request:
    return Request(**({"backend": "ibm_tiny", "programs": programs, "shots": 200} | changes))


# Running ----------------------------------------------------------------------------------------


def test_from_cold_a_bell_job_costs_six_requests(cloud: IbmCloud, server: IbmService) -> None:
    cloud.run(cloud.machine_flow("ibm_tiny"))
    [measured] = cloud.submit(request(BELL)).result(30)

    assert measured.counts is not None and measured.counts.keys() == {"00", "11"}
    assert measured.shots == 200 and measured.bits is not None
    assert len(server.iam_seen) + server.calls.total() == 6


def test_bits_come_back_where_the_circuit_has_them(cloud: IbmCloud) -> None:
    [measured] = cloud.submit(request(program(flipped()))).result(30)

    assert measured.counts == {"100": 200}


def test_several_circuits_and_registers_are_one_job(cloud: IbmCloud, server: IbmService) -> None:
    two = QuantumCircuit(
        QuantumRegister(2), ClassicalRegister(1, "low"), ClassicalRegister(9, "hi")
    )
    two.x(1)
    two.measure(1, 9)
    results = cloud.submit(request(program(flipped()), program(two))).result(30)

    assert [one.counts for one in results] == [{"100": 200}, {"1000000000": 200}]
    assert len(server.bodies) == 1


def test_a_pub_brings_its_parameters_and_shots(cloud: IbmCloud) -> None:
    angle = Parameter("t")
    circuit = QuantumCircuit(1, 1)
    circuit.rx(angle, 0)
    circuit.measure(0, 0)
    values = np.array([[0.0], [np.pi], [np.pi]])
    pub = program(circuit, encoding.sampler_arguments(values, 10))
    [measured] = cloud.submit(request(pub)).result(30)

    assert measured.counts == {"0": 10, "1": 20}


def test_the_result_is_the_same_on_another_computer(cloud: IbmCloud, stranger: IbmCloud) -> None:
    job = cloud.submit(request(BELL, program(flipped()), seed=5, tags=("mine",)))
    elsewhere = stranger.job(job.id)

    assert elsewhere.result(30) == job.result(30)
    recalled = elsewhere.request()
    assert (recalled.shots, recalled.tags, recalled.backend) == (200, ("mine",), "ibm_tiny")
    assert [one.body for one in recalled.programs] == [BELL.body, packed(flipped())]


def test_the_seed_steers_the_simulation(cloud: IbmCloud) -> None:
    first, second, other = (
        cloud.submit(request(BELL, seed=seed)).result(30)[0] for seed in (7, 7, 8)
    )

    assert first == second != other


async def test_the_same_works_asynchronously(cloud: IbmCloud) -> None:
    job = await cloud.asubmit(request(program(flipped())))

    assert (await job.aresult(30))[0].counts == {"100": 200}
    await cloud.client.aclose()


def test_the_body_has_what_was_asked_and_the_submissions_tag(
    cloud: IbmCloud, server: IbmService
) -> None:
    options = {
        "primitive_options": {"twirling": {"enable_gates": True}},
        "max_execution_time": 60,
        "private": True,
        "log_level": "info",
    }
    cloud.submit(request(BELL, seed=3, session="s1", tags=("a",), options=options))
    [body] = server.bodies
    tags = body.pop("tags")
    params = body.pop("params")

    assert body == {
        "program_id": "sampler",
        "backend": "ibm_tiny",
        "session_id": "s1",
        "cost": 60,
        "log_level": "info",
        "private": True,
    }
    assert tags[0] == "a" and len(tags) == 2 and len(tags[1]) <= 24
    [[circuit, values, shots]] = params.pop("pubs")
    assert (decode(circuit), decode(values).shape, shots) == (bell(), (0,), 200)
    assert params == {
        "options": {"twirling": {"enable_gates": True}, "simulator": {"seed_simulator": 3}},
        "version": 2,
        "support_qiskit": True,
    }


# Once only --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer", [lambda: Response(status_code=502), lambda: JSONResponse({"surprise": 1})]
)
def test_a_job_whose_answer_is_lost_is_adopted_by_its_tag(
    cloud: IbmCloud, server: IbmService, answer: Any
) -> None:
    server.answer_create = answer
    job = cloud.submit(request(program(flipped())))

    assert len(server.jobs) == 1
    assert job.result(30)[0].counts == {"100": 200}


def test_a_submission_that_surely_did_not_arrive_is_sent_again(
    cloud: IbmCloud, server: IbmService
) -> None:
    def not_taken() -> Response:
        server.jobs.clear()
        return Response(status_code=502)

    server.answer_create = not_taken
    cloud.submit(request(BELL))

    assert (len(server.jobs), server.calls["POST /jobs"]) == (1, 2)


def test_an_unclear_submission_that_cannot_be_looked_up_is_settled_later(
    cloud: IbmCloud, server: IbmService
) -> None:
    server.answer_create = lambda: Response(status_code=502)
    server.refuse_listing = True
    with pytest.raises(AmbiguousSubmissionError) as caught:
        cloud.submit(request(BELL))
    server.refuse_listing = False
    job = cloud.settle(str(caught.value.submission_id))

    assert job is not None and [job.id] == list(server.jobs)
    assert server.calls["POST /jobs"] == 1


def test_a_submission_that_never_arrived_settles_to_nothing(cloud: IbmCloud) -> None:
    submission = Submission(request(BELL), "lab:ibm")
    cloud.ledger.begin(submission)
    cloud.ledger.failed(submission.id, DeadlineExceeded("no time was left"))

    assert cloud.settle(submission.id) is None


def test_five_jobs_go_out_in_a_minute_and_the_sixth_waits(
    server: IbmService, tmp_path: Path
) -> None:
    waits: list[float] = []
    ticks = iter(range(10**6))
    settings = {
        "jobs_per_minute": None,
        "on_wait": lambda seconds, why: waits.append(seconds),
        "sleep": lambda seconds: None,
        "clock": lambda: next(ticks) / 100,
        "timeout_s": 3600.0,
        "io_timeout_s": 3600.0,
    }
    one = IbmCloud(account(server, tmp_path / "l.sqlite", **settings))
    for _ in range(6):
        one.submit(request(BELL))
    one.client.close()
    one.ledger.close()

    assert len(server.jobs) == 6
    assert waits and all(0 < wait <= 60 for wait in waits)


# Private jobs and late results ------------------------------------------------------------------


def test_the_result_of_a_private_job_is_kept_before_it_is_used(
    cloud: IbmCloud, server: IbmService, tmp_path: Path
) -> None:
    job = cloud.submit(request(BELL, options={"private": True}))
    first = job.result(30)
    restarted = IbmCloud(account(server, tmp_path / "ledger.sqlite"))
    again = restarted.job(job.id).result(30)
    restarted.client.close()

    assert first == again
    assert server.calls["GET /jobs/{id}/results"] == 1


def test_a_result_that_comes_late_is_waited_for(cloud: IbmCloud, server: IbmService) -> None:
    server.late_results = 1

    assert cloud.submit(request(program(flipped()))).result(30)[0].counts == {"100": 200}
    assert server.calls["GET /jobs/{id}/results"] == 2


def test_the_bytes_of_a_result_are_there_for_other_readers(cloud: IbmCloud) -> None:
    job = cloud.submit(request(BELL, seed=1))
    body = cloud.run(cloud.result_body_flow(job.id))
    assert job.raw_result().content == body.content
    result = decoding.loads(body.content)

    assert isinstance(result, decoding.PrimitiveResult)
    assert result.pubs[0].data.fields["meas"].shots.shape == (200, 1)


def test_an_estimators_result_is_no_counts(cloud: IbmCloud, server: IbmService) -> None:
    pub = replace(BELL, arguments=encoding.estimator_arguments({"ZZ": 1.0}, None, 0.1))
    server.late_results = 0
    job = cloud.submit(request(pub, options={"program": "estimator", "resilience_level": 1}))
    server.jobs[job.id]["params"]["pubs"] = []

    assert server.bodies[0]["params"]["resilience_level"] == 1
    with pytest.raises(ProgramError, match="result_body_flow"):
        job.result(30)


# States -----------------------------------------------------------------------------------------


def test_a_queued_job_says_where_it_is_in_the_queue(cloud: IbmCloud, server: IbmService) -> None:
    server.queued_polls = 1
    server.start_time = "2126-02-01T12:00:00Z"
    job = cloud.submit(request(BELL))
    state = job.state()
    server.start_time = ""

    assert (state.status, state.raw, state.queue_position) == (JobStatus.QUEUED, "Queued", 4)
    assert state.expected_wait_s is not None and state.expected_wait_s > 1e9
    assert (state.expected_run_s, job.wait(30).status) == (2.5, JobStatus.DONE)


def test_the_newer_version_is_not_asked_for_a_place_in_the_queue(
    server: IbmService, tmp_path: Path
) -> None:
    server.queued_polls = 1
    one = IbmCloud(account(server, tmp_path / "l.sqlite", api_version="2026-03-15"))
    state = one.submit(request(BELL)).state()
    one.client.close()
    one.ledger.close()

    assert (state.status, state.queue_position) == (JobStatus.QUEUED, None)
    assert server.calls["GET /jobs/{id}/metrics"] == 0
    assert {headers["ibm-api-version"] for headers in server.seen} == {"2026-03-15"}


def test_a_failed_job_says_why(cloud: IbmCloud, server: IbmService) -> None:
    job = cloud.submit(request(BELL))
    server.jobs[job.id]["status"] = "Failed"
    server.fail_with = {"reason": "no ecr", "reason_code": 1517, "reason_solution": "Transpile."}
    with pytest.raises(JobFailed) as caught:
        job.result(30)

    assert (caught.value.code, caught.value.reason) == ("1517", "no ecr Transpile.")


def test_a_job_that_ran_too_long_is_cancelled_and_says_so(
    cloud: IbmCloud, server: IbmService
) -> None:
    job = cloud.submit(request(BELL))
    server.jobs[job.id]["status"] = "Cancelled - Ran too long"
    with pytest.raises(JobCancelled, match="Ran too long"):
        job.result(30)


def test_cancel_delete_and_cost(cloud: IbmCloud, server: IbmService) -> None:
    server.queued_polls = 100
    job = cloud.submit(request(BELL))

    assert job.cost() == Cost(3.0, "seconds", estimated=True)
    job.cancel()
    assert job.state().status is JobStatus.CANCELLED
    assert job.cost() == Cost(3.0, "seconds", estimated=False)
    job.cancel()
    job.delete()
    assert server.jobs == {}


# Machines and lists -----------------------------------------------------------------------------


def test_the_machines_are_one_request(cloud: IbmCloud, server: IbmService) -> None:
    tiny, rest = cloud.backends()

    assert (tiny.name, tiny.num_qubits, tiny.online, tiny.queue_length) == ("ibm_tiny", 3, True, 7)
    assert (tiny.queue_time_s, rest.online, rest.status) == (90.0, False, "paused")
    assert server.calls.total() == 1


def test_a_machine_is_described_by_its_documents(cloud: IbmCloud) -> None:
    info = cloud.backend("ibm_tiny")

    assert (info.num_qubits, info.shots, info.max_circuits) == (3, (1, 1000), 300)
    assert info.connectivity == ((0, 1), (1, 0), (1, 2), (2, 1))
    assert info.gates[Format.QISKIT_QPY][-3:] == ("measure", "reset", "delay")
    assert (info.status, info.queue_length) == ("active", 7)
    measured = info.calibration
    assert measured is not None
    assert measured.fidelity_1q == pytest.approx(1 - 2e-4)
    assert measured.fidelity_2q == pytest.approx(1 - 3e-3)
    assert (measured.t1_s, measured.time_2q_s) == (pytest.approx(1e-4), pytest.approx(68e-9))


def test_documents_are_kept_until_refreshed(cloud: IbmCloud, server: IbmService) -> None:
    route = "GET /backends/{id}/configuration"
    cloud.backend("ibm_tiny")
    cloud.backend("ibm_tiny")
    assert (server.calls[route], server.calls["GET /backends/{id}/status"]) == (1, 2)
    cloud.refresh("ibm_tiny")
    cloud.backend("ibm_tiny")
    assert server.calls[route] == 2


@pytest.mark.parametrize("ask", ["describe", "submit"])
def test_a_machine_that_does_not_exist_is_named_with_the_nearest(cloud: IbmCloud, ask: str) -> None:
    with pytest.raises(UnknownBackendError, match="Did you mean 'ibm_tiny'"):
        if ask == "describe":
            cloud.backend("ibm_tinny")
        else:
            cloud.submit(request(BELL, backend="ibm_tinny"))


def test_all_jobs_are_gone_through_page_by_page(cloud: IbmCloud, server: IbmService) -> None:
    ids = [cloud.submit(request(BELL, tags=("run",))).id for _ in range(5)]
    listed = list(cloud.all_jobs(limit=2, tags=["run"]))

    assert [one.id for one in listed] == ids[::-1]
    assert {one.tags for one in listed} == {("run",)}
    assert server.calls["GET /jobs"] == 3


def test_workloads_follow_the_cursor_in_the_link(cloud: IbmCloud) -> None:
    assert [one.id for one in cloud.workloads(limit=2)] == ["w0", "w1", "w2", "w3", "w4"]


def test_an_unknown_filter_is_refused(cloud: IbmCloud) -> None:
    with pytest.raises(UnknownOptionError, match="Did you mean 'backend'"):
        list(cloud.all_jobs(backnd="x"))


@pytest.mark.parametrize(("batch", "mode"), [(False, "dedicated"), (True, "batch")])
def test_a_session_opens_drains_and_closes(cloud: IbmCloud, batch: bool, mode: str) -> None:
    opened = cloud.run(cloud.open_session_flow("ibm_tiny", SessionLimits(max_time_s=600), batch))
    drained = cloud.run(cloud.close_session_flow(opened.id))
    closed = cloud.run(cloud.close_session_flow(opened.id, cancel=True))

    assert opened.detail.mode == mode
    assert (opened.active, opened.limits.max_time_s) == (True, 600.0)
    assert (drained.active, drained.status, closed.status) == (False, "open", "closed")


# Credentials ------------------------------------------------------------------------------------


def test_the_key_goes_to_iam_and_nowhere_else(cloud: IbmCloud, server: IbmService) -> None:
    cloud.submit(request(BELL)).result(30)

    assert [KEY in body for _, body in server.iam_seen] == [True]
    assert not any("service-crn" in headers for headers, _ in server.iam_seen)
    assert not any(KEY in json.dumps(headers) for headers in server.seen)
    assert {headers["service-crn"] for headers in server.seen} == {CRN}


def test_a_token_that_expires_in_mid_poll_is_renewed_once(
    cloud: IbmCloud, server: IbmService
) -> None:
    server.queued_polls = 2
    job = cloud.submit(request(BELL))
    job.state()
    server.expire_tokens()

    assert job.result(30)
    assert len(server.iam_seen) == 2


def test_a_key_that_iam_refuses_never_reaches_the_service(
    server: IbmService, tmp_path: Path
) -> None:
    bad = replace(account(server, tmp_path / "l.sqlite"), token=Secret("other-canary"))
    one = IbmCloud(bad)
    with pytest.raises(AuthenticationFailed) as caught:
        one.backends()
    one.client.close()

    assert server.calls.total() == 0
    assert "other-canary" not in f"{caught.value!r} {one.client!r} {one!r} {bad!r}"


def test_without_a_key_only_public_operations_go_out(server: IbmService, tmp_path: Path) -> None:
    one = IbmCloud(replace(account(server, tmp_path / "l.sqlite"), token=None))
    with pytest.raises(KetbridgeError, match="QISKIT_IBM_TOKEN"):
        one.send(operations.get_instance())
    one.client.close()
    assert server.calls.total() == 0


# Refused before anything is sent ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"shots": 0}, "shots is a whole number from 1"),
        ({"shots": True}, "shots"),
        ({"programs": ()}, "no circuit"),
        ({"programs": (replace(BELL, format=Format.IONQ_QIS),)}, "ionq.qis"),
        ({"programs": (replace(BELL, body=b""),)}, "is empty"),
        ({"programs": (replace(BELL, arguments="{"),)}, "no JSON array"),
        ({"tags": ("x" * 25,)}, "1 to 24 characters"),
        ({"tags": ("a", "b", "c", "d", "e")}, "4 tags"),
        ({"seed": -1}, "seed"),
        ({"options": {"privat": True}}, "Did you mean 'private'"),
        ({"options": {"private": 1}}, "True or False"),
        ({"options": {"log_level": "inf"}}, "Did you mean 'info'"),
        ({"options": {"max_execution_time": 10_801}}, "10800"),
        ({"options": {"resilience_level": 1}}, "estimator only"),
        ({"options": {"program": "estimator"}}, "no observables"),
        ({"options": {"program": "executor"}}, "JSON text in params"),
        ({"options": {"program": "executor", "params": "[]"}}, "JSON object"),
        ({"options": {"params": "{}"}}, "other programs"),
        ({"options": {"primitive_options": {"twirlin": {}}}}, "Did you mean 'twirling'"),
        (
            {"options": {"primitive_options": {"twirling": {"enable_gate": True}}}},
            "'twirling.enable_gate'.*Did you mean 'enable_gates'",
        ),
        (
            {"options": {"primitive_options": {"twirling": {"num_randomizations": 0}}}},
            "twirling.num_randomizations",
        ),
    ],
)
def test_what_cannot_run_is_refused_before_anything_is_sent(
    cloud: IbmCloud, server: IbmService, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ProgramError, match=message):
        cloud.submit(replace(request(BELL), **changes))
    assert (server.calls.total(), cloud.ledger.pending()) == (0, [])


def test_the_machines_limits_count_once_they_are_known(cloud: IbmCloud) -> None:
    cloud.backend("ibm_tiny")
    with pytest.raises(ProgramError, match="1 to 1000"):
        cloud.submit(request(BELL, shots=1001))
    with pytest.raises(ProgramError, match="4 qubits; ibm_tiny has 3"):
        cloud.submit(request(replace(BELL, num_qubits=4)))


def test_another_program_is_sent_its_input_as_it_is(cloud: IbmCloud, server: IbmService) -> None:
    text = '{"schema_version": "v2.0",  "x": [1, 2]}'
    cloud.submit(request(shots=0, options={"program": "executor", "params": text}))

    assert server.bodies[0]["program_id"] == "executor"
    assert server.bodies[0]["params"] == json.loads(text)


def test_every_model_that_is_listed_exists() -> None:
    assert [name for name in models.__all__ if not hasattr(models, name)] == []
