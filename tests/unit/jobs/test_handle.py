from __future__ import annotations

import warnings

import pytest
from support.clockwork import Clockwork
from support.submissions import request, submission
from support.toyservice import Service, ToyCloud, serving

from ketbridge.errors import (
    AddressError,
    AmbiguousSubmissionError,
    AuthenticationFailed,
    JobCancelled,
    JobFailed,
    JobLost,
    JobTimeout,
    NotFound,
    ServiceUnavailable,
)
from ketbridge.jobs.handle import Job
from ketbridge.jobs.state import JobStatus

QUEUED, RUNNING, DONE = ({"status": word} for word in ("queued", "running", "done"))
ODD = {"status": "pondering"}


@pytest.fixture
def service():
    with serving() as running:
        yield running


@pytest.fixture
def clock() -> Clockwork:
    return Clockwork()


@pytest.fixture
def cloud(service: Service, clock: Clockwork, tmp_path):
    made = ToyCloud(service.url, clock.settings(), tmp_path / "ledger.sqlite3")
    yield made
    made.client.close()
    made.ledger.close()


@pytest.fixture
def job(cloud: ToyCloud) -> Job:
    return cloud.job("job-1")


def test_a_wait_goes_on_until_the_job_has_ended(job, service):
    service.answers["state"] = [QUEUED, RUNNING, RUNNING, DONE]
    seen = []
    state = job.wait(progress=lambda state, elapsed_s: seen.append(state.raw))
    assert state.status is JobStatus.DONE
    assert seen == ["queued", "running", "running", "done"]


def test_a_job_that_has_ended_is_not_asked_for_again_and_cannot_go_back(job, service):
    service.answers["state"] = [DONE, RUNNING]
    assert [job.status() for _ in range(3)] == [JobStatus.DONE] * 3
    assert job.wait().raw == "done"
    assert service.asked == ["state"]


def test_a_job_done_at_the_first_question_takes_two_requests_when_we_know_what_was_asked(
    cloud, service
):
    service.answers["state"] = [DONE]
    Job(cloud, "job-1", request()).result()
    assert service.asked == ["state", "result"]


def test_the_result_is_fetched_once_and_always_the_same(job, service):
    service.answers["state"] = [DONE]
    service.answers["result"] = [{"0": 40, "3": 60}, {"1": 100}]
    first, second = job.result(), job.result()
    assert first == second
    assert first[0].counts == {"00": 40, "11": 60}
    assert service.asked.count("result") == 1


def test_what_was_asked_comes_from_the_record_first(cloud, service):
    sent = submission(at="toy:ionq", name="mine")
    cloud.ledger.begin(sent)
    cloud.ledger.accept(sent.id, "job-1")
    assert cloud.job("job-1").request().name == "mine"
    assert service.asked == []


def test_without_a_record_the_service_is_asked_what_was_asked(job, service):
    assert job.request() == request()
    assert service.asked == ["recall"]


def test_a_record_that_cannot_be_read_does_not_keep_a_result_away(service, clock, tmp_path):
    (tmp_path / "file").touch()
    cloud = ToyCloud(service.url, clock.settings(), tmp_path / "file" / "ledger")
    service.answers["state"] = [DONE]
    assert cloud.job("job-1").result()[0].shots == 100
    cloud.client.close()


def test_a_failed_job_raises_its_reason_at_every_call(job, service):
    service.answers["state"] = [
        {"status": "failed", "code": "NotEnoughQubits", "reason": "30 > 29"}
    ]
    for _ in range(2):
        with pytest.raises(JobFailed, match="NotEnoughQubits: 30 > 29") as error:
            job.result()
        assert (error.value.code, error.value.reason) == ("NotEnoughQubits", "30 > 29")
        assert error.value.job == "toy:ionq/job-1"


def test_a_cancelled_job_says_so(job, service):
    service.answers["state"] = [{"status": "cancelled"}]
    with pytest.raises(JobCancelled):
        job.result()


def test_a_wait_ends_at_its_time_and_asks_just_before(job, service, clock):
    service.answers["state"] = [RUNNING]
    start = clock.now
    with pytest.raises(JobTimeout, match="it is running; it goes on"):
        job.wait(timeout_s=20)
    assert 19.5 <= clock.now - start <= 20.5


@pytest.mark.parametrize("timeout_s", [0, -1])
@pytest.mark.parametrize("ask", [Job.wait, Job.result])
def test_a_wait_without_time_asks_just_once(job, service, ask, timeout_s):
    service.answers["state"] = [RUNNING]
    with pytest.raises(JobTimeout, match="it is running"):
        ask(job, timeout_s)
    assert service.asked == ["state"]


def test_a_wait_without_time_sees_that_the_job_has_ended(job, service):
    service.answers["state"] = [DONE]
    assert job.wait(0).raw == "done"


def test_faults_do_not_end_a_wait(job, service):
    service.answers["state"] = [RUNNING, *[503] * 10, 500, 502, RUNNING, DONE]
    assert job.wait(timeout_s=600).status is JobStatus.DONE


def test_faults_until_the_time_is_over_end_in_a_timeout(job, service, clock):
    service.answers["state"] = [503]
    start = clock.now
    with pytest.raises(JobTimeout, match="toy:ionq/job-1"):
        job.wait(timeout_s=30)
    assert clock.now - start <= 30.5


def test_faults_without_end_end_a_wait_without_a_timeout(job, service, clock):
    service.answers["state"] = [503]
    start = clock.now
    with pytest.raises(ServiceUnavailable, match="toy:ionq/job-1"):
        job.wait()
    assert 900 < clock.now - start < 1200


def test_a_refused_credential_ends_a_wait_and_the_job_is_named(job, service):
    service.answers["state"] = [RUNNING, 401]
    with pytest.raises(AuthenticationFailed, match="toy:ionq/job-1"):
        job.wait(timeout_s=600)


def test_an_unknown_state_warns_once_and_the_wait_goes_on(job, service):
    service.answers["state"] = [ODD, ODD, ODD, DONE]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert job.wait(timeout_s=600).status is JobStatus.DONE
    assert [str(warning.message) for warning in caught if "pondering" in str(warning.message)] == [
        str(caught[0].message)
    ]


@pytest.mark.filterwarnings("ignore:.*pondering")
def test_an_unknown_state_without_end_ends_the_wait(job, service):
    service.answers["state"] = [ODD]
    with pytest.raises(JobTimeout, match="pondering"):
        job.wait()


def test_a_job_that_is_missing_for_a_moment_is_waited_for(job, service):
    service.answers["state"] = [RUNNING, 404, 404, DONE]
    assert job.wait().status is JobStatus.DONE


def test_a_job_that_stays_missing_is_lost(job, service, clock):
    service.answers["state"] = [404]
    start = clock.now
    with pytest.raises(JobLost, match="toy:ionq/job-1"):
        job.wait()
    assert 10 <= clock.now - start < 15


def test_a_result_that_is_late_is_waited_for(job, service):
    service.answers["state"] = [DONE]
    service.answers["result"] = [404, 404, {"0": 1}]
    assert job.result()[0].shots == 1


def test_a_result_that_stays_away_is_lost(job, service):
    service.answers["state"] = [DONE]
    service.answers["result"] = [404]
    with pytest.raises(JobLost, match="its result is not there"):
        job.result()


def test_a_single_question_fails_at_once_and_names_the_job(job, service):
    service.answers["state"] = [404]
    with pytest.raises(NotFound, match="toy:ionq/job-1"):
        job.state()
    assert service.asked == ["state"]


def test_ctrl_c_leaves_the_job_running_and_prints_its_address(job, service, capsys):
    service.answers["state"] = [RUNNING]

    def interrupt(state, elapsed_s):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        job.wait(progress=interrupt)
    assert "toy:ionq/job-1" in capsys.readouterr().err
    assert "cancel" not in service.asked


def test_deleting_forgets_the_record(cloud, service):
    sent = submission(at="toy:ionq")
    cloud.ledger.begin(sent)
    cloud.ledger.accept(sent.id, "job-1")
    service.answers["delete"] = [{}]
    cloud.job("job-1").delete()
    assert cloud.ledger.history() == []


@pytest.mark.parametrize("job_id", ["..", "../x", "a/b", "x?y", "%2e%2e", "@host", "", "x" * 4096])
def test_an_id_that_could_lead_elsewhere_is_refused(cloud, service, job_id):
    with pytest.raises(AddressError):
        cloud.job(job_id)
    assert service.asked == []


async def test_everything_works_asynchronously(cloud, service):
    service.answers["state"] = [RUNNING, RUNNING, DONE]
    service.answers["cancel"] = [{}]
    job = cloud.job("job-1")
    await job.acancel()
    assert (await job.astate()).status is JobStatus.RUNNING
    assert (await job.await_done(60)).status is JobStatus.DONE
    assert (await job.aresult())[0].shots == 100
    await cloud.client.aclose()


def test_a_submission_that_is_refused_is_closed_and_one_in_doubt_is_not(cloud, service):
    service.answers["submit"] = [{"id": "job-7"}, 422, {"no": "id"}]
    assert cloud.submit(request()).id == "job-7"
    for _ in range(2):
        with pytest.raises(Exception):  # noqa: B017
            cloud.submit(request())
    assert [entry.state.value for entry in cloud.ledger.history()] == [
        "unclear",
        "refused",
        "accepted",
    ]


def test_a_submission_that_is_still_being_sent_is_not_settled(cloud, service):
    cloud.ledger.begin(sent := submission())
    with pytest.raises(AmbiguousSubmissionError, match="still being sent"):
        cloud.settle(sent.id)
    assert (cloud.ledger.entry(sent.id).state, service.asked) == ("pending", [])
