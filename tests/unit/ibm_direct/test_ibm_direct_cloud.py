"""IBM Direct Access end to end: over HTTP to the service, over S3 to the bucket."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import time
from contextlib import redirect_stderr

import pytest
from support.ibm_programs import MACHINE, estimated, sampled

from ketbridge import notices
from ketbridge.clouds.ibm_direct import storing
from ketbridge.clouds.ibm_shared.decoding import loads
from ketbridge.errors import (
    AmbiguousSubmissionError,
    JobCancelled,
    JobFailed,
    NotFound,
    ProgramError,
    RateLimited,
    RequestRefused,
    UnknownBackendError,
    UnknownOptionError,
)
from ketbridge.jobs.state import Cost, JobStatus
from ketbridge.sandbox import Fault, Timing


def objects(cloud, job_id: str) -> set[str]:
    """Names of what a job has in the bucket."""
    return {name for name in storing.ALL if cloud.run(cloud.folders.has(job_id, name))}


# -- running ------------------------------------------------------------------------------------


def test_a_bell_pair_is_sampled(cloud):
    measured = cloud.submit(sampled(shots=500)).result(timeout_s=30)[0]
    assert measured.counts.keys() == {"00", "11"}
    assert measured.shots == 500


async def test_a_bell_pair_is_sampled_asynchronously(cloud):
    job = await cloud.asubmit(sampled())
    assert (await job.aresult(timeout_s=30))[0].shots == 200
    await cloud.client.aclose()


def test_a_bell_pair_is_estimated(cloud):
    job = cloud.submit(estimated())
    state = job.wait(30)
    result = loads(cloud.run(cloud.document_flow(job.id, state)).content)
    zz, zi = result.pubs[0].data.fields["evs"]
    assert zz == pytest.approx(1, abs=0.3)
    assert zi == pytest.approx(0, abs=0.3)


def test_counts_of_an_estimator_are_refused_in_words(cloud):
    with pytest.raises(ProgramError, match=r"estimator.*no counts"):
        cloud.submit(estimated()).result(timeout_s=30)


def test_the_submissions_id_is_the_jobs(cloud, server):
    job = cloud.submit(sampled())
    assert [seen.id for seen in server.jobs()] == [job.id]
    assert cloud.ledger.find("ibm-direct", job.id).id == job.id


def test_another_computer_needs_only_the_account(server, connect):
    request = sampled(name="mine", tags=("a",), metadata={"b": "c"}, seed=7)
    here = connect(server).submit(request)
    there = connect(server).job(here.id)
    assert there.result(timeout_s=30) == here.result(timeout_s=30)
    recalled = there.request()
    assert (recalled.name, recalled.tags, recalled.metadata) == ("mine", ("a",), {"b": "c"})
    assert recalled.programs[0].readout == request.programs[0].readout


def test_the_same_seed_gives_the_same_counts(cloud):
    one, two = (cloud.submit(sampled(seed=3)).result(timeout_s=30) for _ in range(2))
    assert one == two


def test_a_job_costs_the_nanoseconds_that_it_ran(cloud):
    job = cloud.submit(sampled(shots=1000))
    job.wait(30)
    assert job.cost() == Cost(250e-6 * 1000 * 1e9, "nanoseconds", estimated=False)


def test_logs_that_come_late_are_waited_for(serve, connect):
    cloud = connect(serve(logs_late_s=1.0))
    job = cloud.submit(sampled())
    job.wait(30)
    with pytest.raises(NotFound):
        cloud.run(cloud.logs_flow(job.id))
    assert "Completed" in cloud.run(cloud.logs_flow(job.id, wait_s=10))


def test_jobs_are_listed_newest_first_and_filtered(cloud):
    ids = [cloud.submit(sampled()).id for _ in range(3)]
    listed, cursor = cloud.run(cloud.jobs_flow(None, {"backend": MACHINE}))
    assert ([job.id for job in listed], cursor) == (ids[::-1], None)
    assert cloud.run(cloud.jobs_flow(None, {"program": "estimator"}))[0] == []
    assert len(cloud.run(cloud.jobs_flow(None, {"limit": 2}))[0]) == 2


# -- machines -----------------------------------------------------------------------------------


def test_machines_are_described_by_their_documents(cloud):
    machines = {info.name: info for info in cloud.backends()}
    manila = machines[MACHINE]
    assert (manila.num_qubits, manila.online) == (5, True)
    assert {"cx", "rz", "sx", "x"} <= set(manila.native_gates)
    assert (0, 1) in manila.connectivity
    assert 0.9 < manila.calibration.fidelity_2q < 1


def test_a_paused_machine_is_not_online(serve, connect):
    cloud = connect(serve(status={MACHINE: "paused"}))
    assert (cloud.backend(MACHINE).status, cloud.backend(MACHINE).online) == ("paused", False)


def test_an_unknown_machine_names_the_nearest(cloud):
    with pytest.raises(UnknownBackendError, match="ibmq_manila"):
        cloud.backend("ibmq_manil")
    with pytest.raises(UnknownBackendError, match="ibmq_manila"):
        cloud.submit(sampled(backend="ibmq_manil"))


# -- refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "words"),
    [("reserved", "reserved"), ("paused", "is paused"), ("offline", "is offline")],
)
def test_a_machine_that_takes_no_jobs_is_said_so_and_leaves_nothing(serve, connect, status, words):
    server = serve(status={MACHINE: status})
    cloud = connect(server)
    with pytest.raises(RequestRefused, match=words):
        cloud.submit(sampled())
    assert server.jobs() == []
    assert server.requests()["s3.DeleteObject"] == len(storing.ALL)


def test_an_error_has_the_ids_that_the_services_people_ask_for(cloud):
    with pytest.raises(NotFound, match=r"trace [0-9a-f]{32}, correlation id [0-9a-f-]{36}") as told:
        cloud.send(cloud_operations().get_job("none"))
    assert told.value.request_id


def test_an_error_says_all_that_was_wrong_and_where(cloud, server):
    body = {
        "status_code": 422,
        "trace": "t1",
        "errors": [
            {"message": "It is too small.", "code": "c1", "target": {"name": "timeout_secs"}},
            {"message": "It is no URL.", "target": {"name": "storage", "type": "field"}},
        ],
    }
    server.faults.add(Fault.body(json.dumps(body).encode(), code=422), on="job.create", times=1)
    words = r"c1: It is too small. \(timeout_secs\); It is no URL. \(storage\) \(trace t1\)"
    with pytest.raises(RequestRefused, match=words):
        cloud.submit(sampled())


def cloud_operations():
    from ketbridge.clouds.ibm_direct import operations

    return operations


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"options": {"max_execution_tim": 5}}, UnknownOptionError),
        ({"options": {"max_execution_time": 0}}, ProgramError),
        ({"options": {"max_execution_time": True}}, ProgramError),
        ({"options": {"program": "executor"}}, ProgramError),
        ({"options": {"log_level": "loud"}}, ProgramError),
        ({"options": {"primitive_options": {"default_shot": 5}}}, UnknownOptionError),
        ({"session": "s"}, ProgramError),
        ({"shots": 0}, ProgramError),
        ({"programs": ()}, ProgramError),
    ],
    ids=str,
)
def test_what_cannot_run_is_refused_before_anything_is_sent(cloud, server, change, error):
    with pytest.raises(error):
        cloud.submit(sampled(**change))
    assert server.requests() == {}


def test_a_circuit_that_fails_says_why(cloud):
    broken = sampled().programs[0]
    request = sampled(programs=(type(broken)(broken.format, b"QISKIT?", broken.readout, 2),))
    with pytest.raises(JobFailed) as told:
        cloud.submit(request).result(timeout_s=30)
    assert told.value.code == "3211"
    assert told.value.reason


# -- submitting once ----------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [Fault.reset_after(), Fault.error_after(502)], ids=str)
def test_a_submission_with_an_unclear_outcome_is_one_job(cloud, server, fault):
    server.faults.add(fault, on="job.create", times=1)
    job = cloud.submit(sampled())
    assert [seen.id for seen in server.jobs()] == [job.id]
    assert server.requests()["job.create"] == 2


def test_a_doubt_that_stays_is_settled_by_asking_for_the_id(cloud, server):
    server.faults.add(Fault.reset_after(), on="job.create", times=4)
    job = cloud.submit(sampled(), timeout_s=60)
    assert [seen.id for seen in server.jobs()] == [job.id]
    assert server.requests()["job.read"] == 1


def test_a_submission_that_cannot_be_settled_can_be_later(cloud, server):
    server.faults.add(Fault.reset_after(), on="job.create", times=4)
    rule = server.faults.add(Fault.status(500), on="job.read")
    with pytest.raises(AmbiguousSubmissionError) as told:
        cloud.submit(sampled(), timeout_s=60)
    rule.times = 0
    assert cloud.settle(told.value.submission_id).id == server.jobs()[0].id


def test_50_jobs_at_once_of_which_every_tenth_is_reset_after_it_was_taken_are_50_jobs(
    cloud, server
):
    for place in range(0, 50, 10):
        server.faults.add(Fault.reset_after(), on="job.create", times=1, skip=place)

    async def submit_all() -> list[str]:
        jobs = await asyncio.gather(*(cloud.asubmit(sampled(shots=20)) for _ in range(50)))
        results = await asyncio.gather(*(job.aresult(timeout_s=90) for job in jobs))
        assert {result[0].shots for result in results} == {20}
        await cloud.client.aclose()
        return [job.id for job in jobs]

    ids = asyncio.run(submit_all())
    assert len(set(ids)) == 50
    assert sorted(ids) == sorted(seen.id for seen in server.jobs())
    assert server.requests()["job.create"] == 55


# -- places -------------------------------------------------------------------------------------


def test_a_full_machine_is_waited_for(serve, connect):
    server = serve(most_jobs=1)
    cloud = connect(server)
    first = cloud.submit(sampled())
    first.wait(30)
    waits: list[str] = []

    def make_room(seconds: float, why: str) -> None:
        waits.append(why)
        first.delete()

    other = connect(server, on_wait=make_room)
    assert other.submit(sampled()).result(timeout_s=30)[0].shots == 200
    assert waits == [f"{MACHINE} holds as many jobs as it may"]


def test_a_machine_that_stays_full_is_an_error_that_says_what_helps(serve, connect):
    server = serve(most_jobs=1)
    cloud = connect(server, slot_wait_s=0.5)
    cloud.submit(sampled()).wait(30)
    with pytest.raises(RateLimited, match="delete_finished"):
        cloud.submit(sampled())
    assert len(server.jobs()) == 1


def test_finished_jobs_of_ours_make_room_and_keep_their_results(serve, connect):
    server = serve(most_jobs=1)
    cloud = connect(server, delete_finished=True, slot_wait_s=0)
    first = cloud.submit(sampled())
    first.wait(30)
    second = cloud.submit(sampled())
    assert [seen.id for seen in server.jobs()] == [second.id]
    elsewhere = connect(server).job(first.id)
    assert elsewhere.state().status is JobStatus.DONE
    assert elsewhere.result(timeout_s=30)[0].shots == 200
    assert elsewhere.cost().value == 200 * 250e-6 * 1e9


def test_jobs_of_another_bucket_are_not_deleted_to_make_room(serve, connect):
    server = serve(most_jobs=1)
    theirs = connect(server, prefix="theirs/").submit(sampled())
    theirs.wait(30)
    with pytest.raises(RateLimited):
        connect(server, delete_finished=True, slot_wait_s=0).submit(sampled())
    assert [seen.id for seen in server.jobs()] == [theirs.id]


# -- the bucket ---------------------------------------------------------------------------------


def test_the_input_goes_when_the_result_has_come_and_the_rest_with_the_job(cloud):
    job = cloud.submit(sampled())
    assert storing.INPUT in objects(cloud, job.id)
    job.result(timeout_s=30)
    cloud.run(cloud.logs_flow(job.id, wait_s=10))
    assert objects(cloud, job.id) == {storing.REQUEST, storing.RESULTS, storing.LOGS}
    job.delete()
    assert objects(cloud, job.id) == set()


def test_an_account_can_keep_everything(server, connect):
    cloud = connect(server, keep=True)
    job = cloud.submit(sampled())
    job.result(timeout_s=30)
    cloud.run(cloud.logs_flow(job.id, wait_s=10))
    job.delete()
    kept = {storing.REQUEST, storing.INPUT, storing.RESULTS, storing.LOGS}
    assert objects(cloud, job.id) == kept


def test_a_result_is_written_to_a_file(cloud, tmp_path):
    job = cloud.submit(sampled())
    state = job.wait(30)
    seen: list[tuple[int, int | None]] = []
    path = tmp_path / "result.json"
    progress = lambda done, total: seen.append((done, total))  # noqa: E731
    size = cloud.run(cloud.download_flow(job.id, path, progress=progress))
    content = path.read_bytes()
    assert content == cloud.run(cloud.document_flow(job.id, state)).content
    assert seen[-1] == (size, size) == (len(content), len(content))


def test_a_person_sees_how_far_a_result_is(cloud, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    job = cloud.submit(sampled())
    job.wait(30)
    monkeypatch.setattr(notices, "FIRST_S", 0.0)
    monkeypatch.setattr(notices, "EVERY_S", 0.0)
    with redirect_stderr(Terminal()) as screen:
        job.result(timeout_s=30)
    assert f"results.json of ibm-direct/{job.id}: 0.0 of 0.0 MB" in screen.getvalue()


# -- cancelling, expiry -------------------------------------------------------------------------


def test_a_job_is_cancelled(executor, connect):
    from ketbridge import sandbox

    with sandbox.start(executor=executor, timing={MACHINE: Timing(queue_s=60)}) as server:
        job = connect(server).submit(sampled())
        job.cancel()
        with pytest.raises(JobCancelled):
            job.result(timeout_s=30)
        job.cancel()


def test_a_job_that_has_run_cannot_be_cancelled(cloud):
    job = cloud.submit(sampled())
    job.wait(30)
    with pytest.raises(RequestRefused, match="Completed"):
        job.cancel()


def test_urls_that_ran_out_before_the_job_was_read_are_renewed_once(executor, connect, monkeypatch):
    from ketbridge import sandbox
    from ketbridge.clouds.ibm_direct import renewal as module

    monkeypatch.setattr(module, "MARGIN_S", -299.0)  # an estimate is 300 s at least
    with sandbox.start(executor=executor, timing={MACHINE: Timing(queue_s=2.5)}) as server:
        job = connect(server, queue_s=0).submit(sampled())
        time.sleep(3)
        monkeypatch.setattr(module, "MARGIN_S", 3600.0)
        here, there = job, connect(server).job(job.id)
        assert here.state().status is JobStatus.RUNNING
        assert there.state().status is JobStatus.RUNNING
        assert here.result(timeout_s=30) == there.result(timeout_s=30)
        assert [seen.status for seen in server.jobs()] == ["Failed", "Completed"]
        here.delete()
        assert server.jobs() == []


def test_a_job_that_failed_for_another_reason_is_not_renewed(cloud, server):
    server.faults.add(Fault.status(403), on="s3.GetObject", times=1)
    job = cloud.submit(sampled())
    with pytest.raises(JobFailed, match="403"):
        job.result(timeout_s=30)
    assert len(server.jobs()) == 1


# -- secrets ------------------------------------------------------------------------------------


def test_nothing_presigned_and_no_key_is_in_a_log_an_error_or_a_repr(
    server, connect, caplog, monkeypatch
):
    caplog.set_level(logging.DEBUG)
    cloud = connect(server, slot_wait_s=0)
    job = cloud.submit(sampled())
    job.result(timeout_s=30)
    texts = [repr(cloud), repr(cloud.store), repr(cloud.account), repr(job.state()), str(job)]
    for fault in (Fault.status(403), Fault.status(422), Fault.rate_limited()):
        rule = server.faults.add(fault, on="job.create", times=1)
        with pytest.raises(Exception) as told:
            cloud.submit(sampled())
        texts += [str(told.value), repr(told.value.__dict__)]
        rule.times = 0
    for on in ("s3.PutObject", "s3.GetObject", "job.read"):
        rule = server.faults.add(Fault.status(403), on=on, times=1)
        with pytest.raises(Exception) as told:
            connect(server).job(cloud.submit(sampled()).id).result(timeout_s=30)
        texts += [str(told.value), repr(told.value.__dict__)]
        rule.times = 0
    own = [r for r in caplog.records if not r.name.startswith(("werkzeug", "asyncio"))]
    texts += [f"{record.name} {record.getMessage()}" for record in own]
    assert len(own) > 5
    for text in texts:
        assert "X-Amz-" not in text
        assert "Signature" not in text
        assert "secret_key" not in text or "***" in text
