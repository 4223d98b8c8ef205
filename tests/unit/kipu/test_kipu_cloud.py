"""The Kipu Hub as a cloud, over HTTP against a small Hub."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import Response
from support.hub_service import EXECUTION, MACHINES, TOKEN, HubService, machine

import ketbridge
from ketbridge.accounts import Account, Secret
from ketbridge.address import CloudAddress
from ketbridge.clouds.kipu import KipuCloud, operations, states
from ketbridge.clouds.kipu.describing import HubMachine
from ketbridge.clouds.sessions import SessionLimits
from ketbridge.errors import (
    AmbiguousSubmissionError,
    JobCancelled,
    JobFailed,
    ProgramError,
    RequestRefused,
    UnknownBackendError,
    UnknownOptionError,
)
from ketbridge.jobs.state import JobStatus
from ketbridge.jobs.submission import Request
from ketbridge.programs import Format, Program, Readout, Register, iqm_json

pytestmark = pytest.mark.filterwarnings("ignore::ketbridge.clouds.wire.UnknownWordWarning")

BELL2 = b'OPENQASM 2.0; include "qelib1.inc"; qreg q[3]; creg c[3]; h q[0]; measure q -> c;'
BELL3 = b"OPENQASM 3.0; bit[3] c; qubit[3] q; h q[0]; c = measure q;"
THREE = Readout((0, 1, 2), (Register("c", (0, 1, 2)),))
NOON = datetime(2026, 2, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def running() -> Iterator[HubService]:
    with HubService() as service:
        yield service


@pytest.fixture
def hub(running: HubService) -> HubService:
    running.reset()
    return running


@pytest.fixture
def account(hub: HubService, tmp_path: Path) -> Account:
    return Account(
        CloudAddress("kipu"),
        hub.url,
        Secret(TOKEN),
        {"settle_s": 0.0},
        tmp_path / "ledger.sqlite",
    )


@pytest.fixture
def cloud(account: Account) -> Iterator[KipuCloud]:
    one = KipuCloud(account)
    yield one
    one.client.close()
    one.ledger.close()


@pytest.fixture
def stranger(account: Account, tmp_path: Path) -> Iterator[KipuCloud]:
    """The same cloud on a computer that knows nothing of earlier jobs."""
    one = KipuCloud(replace(account, ledger=tmp_path / "other.sqlite"))
    yield one
    one.client.close()


@pytest.fixture
def execution(account: Account, tmp_path: Path) -> Iterator[KipuCloud]:
    """The cloud as a service execution."""
    settings = {"service_execution": EXECUTION}
    one = KipuCloud(replace(account, settings=settings, ledger=tmp_path / "third.sqlite"))
    yield one
    one.client.close()


def text(body: bytes = BELL2, form: Format = Format.OPENQASM2, readout: Readout = THREE) -> Program:
    return Program(form, body, readout, 3, "bell")


def iqm(name: str = "one") -> Program:
    register = Register("m", (0,))
    body = iqm_json.wrap([iqm_json.measure("QB2", iqm_json.key_of(register, 0, 0))], name)
    return Program(Format.IQM, body, Readout((1,), (register,)), 2, name)


def request(*programs: Program, **changes: Any) -> Request:
    fixed = {"backend": "kipu.sim.qsim", "programs": programs or (text(),), "shots": 4}
    return Request(**(fixed | changes))


# Submitting --------------------------------------------------------------------------------------


def test_a_job_runs_in_three_requests_and_says_where_it_comes_from(
    cloud: KipuCloud, hub: HubService
) -> None:
    job = cloud.submit(request(sdk="qiskit", tags=("mine",)))
    [measured] = job.result()

    assert measured.counts == {"110": 3, "100": 1}
    assert hub.calls == {"POST /jobs": 1, "GET /jobs/{id}": 1, "GET /jobs/{id}/result": 1}
    [body] = hub.bodies
    tags = body.pop("tags")
    assert (tags[0], len(tags)) == ("mine", 2)
    assert body == {
        "name": "bell",
        "backend_id": "kipu.sim.qsim",
        "shots": 4,
        "input_format": "OPEN_QASM_V2",
        "sdk_provider": "QISKIT",
        "input": {"qasm": BELL2.decode()},
    }


def test_a_machine_out_of_the_contracts_table_is_asked_what_it_reads(
    cloud: KipuCloud, hub: HubService
) -> None:
    program = text(BELL3, Format.OPENQASM3)
    cloud.submit(request(program, backend="qudora.sim.new"))

    assert hub.calls["GET /backends/{id}"] == 1
    assert hub.bodies[0]["input_params"] == {"language": "OpenQASM3"}
    assert hub.bodies[0]["input_format"] == "OPEN_QASM_V3"


def test_a_format_that_a_machine_does_not_read_is_refused_before_it_is_sent(
    cloud: KipuCloud, hub: HubService
) -> None:
    with pytest.raises(ProgramError, match=r"does not read openqasm\.2; it reads openqasm\.3"):
        cloud.submit(request(backend="qudora.sim.new"))
    with pytest.raises(ProgramError, match=r"does not read openqasm\.2"):
        cloud.submit(request(backend="aws.sim.sv1"))
    assert hub.bodies == []


def test_circuits_for_iqm_go_together_with_their_settings(
    cloud: KipuCloud, hub: HubService
) -> None:
    entry = {"measurement_keys": ["m_1_0_0"], "counts": {"1": 4}}
    hub.result = {"measurement_counts": [entry, entry]}
    wish = request(iqm(), iqm("two"), backend="iqm.qpu.new", options={"dd_mode": "enabled"})
    found = cloud.submit(wish).result()

    assert [one.counts for one in found] == [{"1": 4}, {"1": 4}]
    sent = hub.bodies[0]["input"]
    assert [one["name"] for one in sent["circuits"]] == ["one", "two"]
    assert sent["dd_mode"] == "enabled" and "input_params" not in hub.bodies[0]


def test_an_unknown_backend_is_named_with_the_nearest(cloud: KipuCloud) -> None:
    with pytest.raises(UnknownBackendError, match=r"nearest|kipu\.sim\.qsim"):
        cloud.submit(request(backend="kipu.sim.qsin"))


def test_a_job_whose_answer_was_lost_is_found_by_its_tag(cloud: KipuCloud, hub: HubService) -> None:
    for _ in range(5):
        cloud.submit(request())
    hub.answer_create = lambda: Response("gateway", 502)
    job = cloud.submit(request(name="lost"))

    assert len(hub.jobs) == 6
    assert hub.jobs[job.id]["name"] == "lost"


def test_an_answer_that_cannot_be_read_does_not_make_a_second_job(
    cloud: KipuCloud, hub: HubService
) -> None:
    hub.answer_create = lambda: Response("<html>", 201, media_type="text/html")
    job = cloud.submit(request())

    assert list(hub.jobs) == [job.id]


def test_a_lost_answer_is_ambiguous_where_the_list_cannot_be_read(
    cloud: KipuCloud, hub: HubService
) -> None:
    hub.answer_create = lambda: Response("gateway", 502)
    hub.refuse_listing = True
    with pytest.raises(AmbiguousSubmissionError) as caught:
        cloud.submit(request())
    hub.refuse_listing = False
    job = cloud.settle(caught.value.submission_id)

    assert job is not None and list(hub.jobs) == [job.id]


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"shots": 0}, "shots is a whole number from 1"),
    ({"shots": True}, "shots is a whole number"),
    ({"programs": ()}, "no circuit"),
    ({"programs": (text(), text())}, "takes one circuit a job"),
    ({"programs": (text(b""),)}, "is empty"),
    ({"programs": (text(readout=Readout((None,))),)}, "measures nothing"),
    ({"options": {"mode": "guess"}}, "option mode"),
    ({"options": {"bitstrings": ["2"]}}, "option bitstrings"),
    ({"options": {"dd_mode": "enabled"}}, "dd_mode is not for a job of the kind Kipu simulator"),
    ({"tags": ("",)}, "no text"),
    ({"programs": (text(), iqm())}, "different formats"),
]


@pytest.mark.parametrize(("changes", "message"), REFUSED)
def test_what_cannot_run_is_refused_before_anything_is_sent(
    cloud: KipuCloud, hub: HubService, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ProgramError, match=message):
        cloud.submit(request(**changes))
    assert not hub.calls


def test_an_option_with_a_typo_is_named_with_the_nearest(cloud: KipuCloud) -> None:
    with pytest.raises(UnknownOptionError, match="dd_mode"):
        cloud.submit(request(options={"dd_mod": "enabled"}))


def test_the_limits_of_a_machine_that_was_asked_for_are_kept_to(cloud: KipuCloud) -> None:
    cloud.backend("kipu.sim.qsim")
    with pytest.raises(ProgramError, match="from 1 to 1000"):
        cloud.submit(request(shots=1001))
    with pytest.raises(ProgramError, match="uses 4 qubits"):
        cloud.submit(request(replace(text(), num_qubits=4)))


# States and results ------------------------------------------------------------------------------


def test_times_without_a_zone_are_utc_and_the_run_time_is_in_seconds(cloud: KipuCloud) -> None:
    state = cloud.submit(request()).wait()

    assert (state.created, state.run_s) == (NOON, 1.5)
    assert state.ended == datetime(2026, 2, 1, 12, 0, 2, tzinfo=UTC)


STATES = {
    "PENDING": JobStatus.QUEUED,
    "RUNNING": JobStatus.RUNNING,
    "CANCELLING": JobStatus.RUNNING,
    "COMPLETED": JobStatus.DONE,
    "FAILED": JobStatus.FAILED,
    "ABORTED": JobStatus.FAILED,
    "CANCELLED": JobStatus.CANCELLED,
    "UNKNOWN": JobStatus.UNKNOWN,
    "SIMMERING": JobStatus.UNKNOWN,
}


@pytest.mark.parametrize("word", STATES)
def test_every_word_of_the_service_has_a_state(
    cloud: KipuCloud, hub: HubService, word: str
) -> None:
    job = cloud.submit(request())
    hub.jobs[job.id]["status"] = word
    if word == "PENDING":
        hub.jobs[job.id]["polls"] = 1
    state = job.state()

    assert (state.status, state.raw) == (STATES[word], word)


def test_a_failed_job_says_why_as_its_result_does(cloud: KipuCloud, hub: HubService) -> None:
    hub.end, hub.result = "FAILED", {"reason": "no such gate", "reason_code": 1517}
    with pytest.raises(JobFailed, match="1517: no such gate") as caught:
        cloud.submit(request()).result()
    assert (caught.value.code, caught.value.reason) == ("1517", "no such gate")


def test_a_failed_job_without_a_result_is_failed_all_the_same(
    cloud: KipuCloud, hub: HubService
) -> None:
    hub.end, hub.result = "FAILED", 404
    with pytest.raises(JobFailed, match="no reason"):
        cloud.submit(request()).result()


def test_a_state_vector_comes_as_a_document(cloud: KipuCloud, hub: HubService) -> None:
    hub.result = {"statevector": [[0, 0], [1, 0], [0, 0], [0, 0]]}
    job = cloud.submit(request(options={"mode": "statevector"}))

    assert states.statevector(job.raw_result()).tolist() == [0, 0, 1, 0]
    with pytest.raises(ProgramError, match="raw_result"):
        job.result()


def test_a_large_result_is_written_to_a_file(
    cloud: KipuCloud, hub: HubService, tmp_path: Path
) -> None:
    job = cloud.submit(request())
    job.wait()
    cloud.download(job.id, tmp_path / "result.json")

    assert json.loads((tmp_path / "result.json").read_text()) == hub.result


def test_cancelling_is_a_delete_and_deleting_is_refused(cloud: KipuCloud, hub: HubService) -> None:
    hub.polls = 100
    job = cloud.submit(request())
    with pytest.raises(ProgramError, match="cancelled, not deleted"):
        job.delete()
    job.cancel()

    assert job.status() is JobStatus.CANCELLED
    with pytest.raises(JobCancelled):
        job.result()


async def _asynchronously(cloud: KipuCloud) -> tuple[Any, Any]:
    job = await cloud.asubmit(request())
    found = (await job.aresult())[0].counts, (await job.araw_result()).json()
    await cloud.client.aclose()
    return found


def test_everything_runs_asynchronously_too(cloud: KipuCloud, hub: HubService) -> None:
    import asyncio

    counts, raw = asyncio.run(_asynchronously(cloud))

    assert (counts, raw) == ({"110": 3, "100": 1}, hub.result)


# From another computer ---------------------------------------------------------------------------


def test_registers_and_names_come_back_on_another_computer(
    cloud: KipuCloud, stranger: KipuCloud
) -> None:
    asked = request(tags=("mine",), options={"mode": "sample"}, sdk="qiskit")
    job = cloud.submit(asked)
    found = stranger.job(job.id).request()

    assert found == replace(asked, name="bell", programs=(replace(text(), name=""),))
    assert stranger.job(job.id).result() == job.result()


def test_registers_of_iqm_come_back_from_the_measurement_keys(
    cloud: KipuCloud, stranger: KipuCloud, hub: HubService
) -> None:
    entry = {"measurement_keys": ["m_1_0_0"], "counts": {"1": 4}}
    hub.result = {"measurement_counts": [entry]}
    job = cloud.submit(request(iqm(), backend="iqm.qpu.new"))
    stranger.backend("iqm.qpu.new")
    [program] = stranger.job(job.id).request().programs

    assert program.readout == iqm().readout
    assert iqm_json.read(program.body) == iqm_json.read(iqm().body)
    assert stranger.job(job.id).result() == job.result()


def test_an_address_opens_a_job(account: Account, hub: HubService, cloud: KipuCloud) -> None:
    job = cloud.submit(request())
    opened = ketbridge.connect("kipu", token=TOKEN, url=hub.url).job(job.id)

    assert (opened.address, opened.status()) == (f"kipu/{job.id}", JobStatus.DONE)


# Machines ----------------------------------------------------------------------------------------


def test_the_list_of_machines_is_one_request_and_an_unknown_provider_is_no_obstacle(
    cloud: KipuCloud, hub: HubService
) -> None:
    found = {info.name: info for info in cloud.backends()}

    assert hub.calls == {"GET /backends": 1}
    assert found["acme.qpu.one"].formats == ()
    assert found["ibm.qpu.fez"].queue_length == 7
    assert found["kipu.sim.qsim"].formats == (Format.OPENQASM2,)


@pytest.mark.parametrize("name", ["", "../x", "a/b", "a b", "a\nb"])
def test_a_machine_that_no_address_can_name_is_left_out_of_the_list(
    cloud: KipuCloud, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setitem(MACHINES, "odd", machine(name, "AWS", "BRAKET_OPEN_QASM_V3"))
    with pytest.warns(UserWarning, match="a backend is left out"):
        found = cloud.backends()

    assert {info.name for info in found} == set(MACHINES) - {"odd"}


def test_a_simulator_is_described_in_one_request_and_then_kept(
    cloud: KipuCloud, hub: HubService
) -> None:
    info = cloud.backend("kipu.sim.qsim")
    cloud.backend("kipu.sim.qsim")

    assert hub.calls == {"GET /backends/{id}": 1}
    assert (info.num_qubits, info.shots, info.simulator, info.connectivity) == (
        3,
        (1, 1000),
        True,
        None,
    )


def test_a_machine_is_described_with_its_providers_document_state_and_calibration(
    cloud: KipuCloud,
) -> None:
    info = cloud.backend("iqm.qpu.new")

    assert (info.status, info.online, info.queue_time_s) == ("PAUSED", True, 45.0)
    assert info.qubit_names == ("QB1", "QB2", "QB3")
    assert info.connectivity == ((0, 1), (1, 2))
    assert info.max_circuits == 2
    assert info.calibration is not None
    assert (info.calibration.fidelity_1q, info.calibration.t1_s) == (0.999, pytest.approx(1e-4))
    assert isinstance(info.detail, HubMachine) and info.detail.config is not None


@pytest.mark.parametrize("kind", ["status", "config", "calibration"])
def test_a_document_that_is_not_there_does_not_hide_the_machine(
    cloud: KipuCloud, hub: HubService, kind: str
) -> None:
    hub.documents[kind] = 404

    assert cloud.backend("iqm.qpu.new").num_qubits == 3
    cloud.backend("iqm.qpu.new")
    assert hub.calls[f"GET /backends/{{id}}/{kind}"] == 1


@pytest.mark.parametrize("kind", ["status", "config", "calibration"])
def test_a_document_that_cannot_be_read_is_passed_over_with_a_warning(
    cloud: KipuCloud, hub: HubService, kind: str
) -> None:
    hub.documents[kind] = ["not", "this"]

    with pytest.warns(UserWarning, match="a document is passed over: getBackend"):
        assert cloud.backend("iqm.qpu.new").num_qubits == 3


def test_a_simulator_that_takes_a_machines_gates_is_described_by_its_document(
    cloud: KipuCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    mock = machine("iqm.sim.mock", "IQM", "IQM_JOB_INPUT_V1")
    monkeypatch.setitem(MACHINES, "iqm.sim.mock", mock)

    assert cloud.backend("iqm.sim.mock").connectivity == ((0, 1), (1, 2))


def test_the_calibration_of_a_moment_is_asked_for(cloud: KipuCloud) -> None:
    now = cloud.run(cloud.calibration_flow("iqm.qpu.new", NOON))
    before = cloud.run(cloud.calibration_flow("iqm.qpu.new", datetime(2020, 1, 1, tzinfo=UTC)))

    assert now is not None and now.fidelity_spam == 0.99
    assert before is None


def test_the_least_busy_machine_is_the_services_choice(cloud: KipuCloud) -> None:
    assert cloud.run(cloud.least_busy_flow("IBM")).name == "ibm.qpu.fez"
    with pytest.raises(UnknownBackendError, match="with 100 qubits"):
        cloud.run(cloud.least_busy_flow("IBM", 100))
    with pytest.raises(RequestRefused) as caught:
        cloud.run(cloud.least_busy_flow("IQM"))
    assert caught.value.__notes__ == ["the Kipu Hub compares queues for IBM only, not for IQM"]


def test_costs_are_estimated_from_list_prices(cloud: KipuCloud) -> None:
    free = cloud.submit(request())
    priced = cloud.submit(request(iqm(), backend="iqm.qpu.new"))
    priced.wait()
    unpriced = request(text(BELL3, Format.BRAKET_OPENQASM3), backend="aws.sim.sv1")

    assert (free.cost().value, free.cost().estimated) == (0.0, True)
    assert (priced.cost().value, priced.cost().unit) == (0.75, "EUR")
    with pytest.raises(ProgramError, match="not known before it has run"):
        cloud.run(cloud.estimate_flow(request(iqm(), backend="iqm.qpu.new")))
    with pytest.raises(ProgramError, match="no price"):
        cloud.run(cloud.estimate_flow(unpriced))


# Lists and sessions ------------------------------------------------------------------------------


def test_jobs_and_workloads_are_gone_through_page_by_page(
    cloud: KipuCloud, hub: HubService
) -> None:
    made = [cloud.submit(request(tags=("mine",))).id for _ in range(5)]
    listed = list(cloud.all_jobs())

    assert [info.id for info in listed] == made
    assert {info.tags for info in listed} == {("mine",)}
    assert hub.calls["GET /jobs"] == 3
    assert [one.id for one in cloud.workloads()] == made
    with pytest.raises(UnknownOptionError, match="limit"):
        list(cloud.all_jobs(limi=5))


def test_a_session_takes_jobs_until_it_is_closed(cloud: KipuCloud, hub: HubService) -> None:
    session = cloud.run(cloud.open_session_flow("ibm.qpu.fez", SessionLimits(max_time_s=3600)))
    hub.polls = 100
    job = cloud.submit(request(session=session.id))
    drained = cloud.run(cloud.accept_jobs_flow(session.id, False))
    jobs = cloud.run(cloud.session_jobs_flow(session.id))
    closed = cloud.run(cloud.close_session_flow(session.id, cancel=True))

    assert (session.active, session.limits) == (True, SessionLimits(max_time_s=3600))
    assert (drained.status, drained.active) == ("DRAINING", False)
    assert [one.id for one in jobs] == [job.id]
    assert (closed.status, closed.active) == ("CLOSED", False)
    assert job.status() is JobStatus.CANCELLED


def test_a_machine_without_sessions_says_so(cloud: KipuCloud) -> None:
    with pytest.raises(ProgramError, match=r"aws\.sim\.sv1 has no sessions"):
        cloud.run(cloud.open_session_flow("aws.sim.sv1", SessionLimits()))
    with pytest.raises(ProgramError, match="by time only"):
        cloud.run(cloud.open_session_flow("ibm.qpu.fez", SessionLimits(max_jobs=3)))


def test_a_session_that_cannot_stop_taking_jobs_says_so(cloud: KipuCloud) -> None:
    session = cloud.run(cloud.open_session_flow("ibm.qpu.fez", SessionLimits(), batch=True))
    with pytest.raises(ProgramError, match="can be closed"):
        cloud.run(cloud.accept_jobs_flow(session.id, False))


# Service executions ------------------------------------------------------------------------------


def test_a_service_execution_has_the_same_methods_on_its_own_addresses(
    cloud: KipuCloud, execution: KipuCloud, hub: HubService, tmp_path: Path
) -> None:
    made = cloud.submit(request())
    hub.calls.clear()
    job = execution.job(made.id)
    [measured] = job.result()
    execution.download(job.id, tmp_path / "r.json")
    listed = list(execution.workloads())

    prefix = "GET /service-executions/{execution}"
    assert measured.counts == {"110": 3, "100": 1}
    assert [one.id for one in listed] == [made.id]
    assert execution.run(execution.job_calibration_flow(job.id)) is None
    assert hub.calls == {
        f"{prefix}/jobs/{{id}}": 2,
        f"{prefix}/jobs/{{id}}/input": 1,
        f"{prefix}/jobs/{{id}}/result-stream": 2,
        f"{prefix}/jobs/{{id}}/calibration": 1,
        f"{prefix}/workloads": 1,
    }


def test_a_service_execution_describes_and_closes_sessions_and_creates_nothing(
    cloud: KipuCloud, execution: KipuCloud
) -> None:
    session = cloud.run(cloud.open_session_flow("ibm.qpu.fez", SessionLimits()))

    assert execution.run(execution.session_flow(session.id)).status == "OPEN"
    assert execution.run(execution.accept_jobs_flow(session.id, False)).status == "DRAINING"
    assert execution.run(execution.session_jobs_flow(session.id)) == []
    assert execution.run(execution.close_session_flow(session.id)).status == "CLOSED"
    with pytest.raises(ProgramError, match="no way to create jobs"):
        execution.submit(request())
    with pytest.raises(ProgramError, match="no way to open sessions"):
        execution.run(execution.open_session_flow("ibm.qpu.fez", SessionLimits()))


def test_every_operation_can_be_sent_by_itself(cloud: KipuCloud) -> None:
    job = cloud.submit(request())

    assert cloud.send(operations.get_job(job.id)).id == job.id
