"""Places on a machine and ids: what is somebody else's stays so."""

from __future__ import annotations

import dataclasses
import uuid

import pytest
from support.ibm_programs import MACHINE, sampled

from ketbridge.clouds.ibm_direct import IbmDirectCloud
from ketbridge.errors import RateLimited, RequestRefused, UnknownOptionError
from ketbridge.jobs.submission import Submission
from ketbridge.secret import Secret


@pytest.fixture
def stranger(server, tmp_path):
    """Somebody else, who uses the same machine and the same bucket."""
    own = server.accounts["ibm-direct"]
    settings = {**own.settings, "prefix": "strangers/"}
    account = dataclasses.replace(
        own, token=Secret("stranger"), settings=settings, ledger=tmp_path / "theirs.sqlite3"
    )
    cloud = IbmDirectCloud(account)
    yield cloud
    cloud.close()
    cloud.ledger.close()


def test_an_id_that_is_somebody_elses_is_no_job_of_ours(cloud, stranger, server):
    theirs = stranger.submit(sampled())
    ours = Submission(sampled(), "ibm-direct", id=theirs.id)
    with pytest.raises(RequestRefused, match="409"):
        cloud.run(cloud.submit_flow(ours))
    assert [seen.id for seen in server.jobs()] == [theirs.id]
    assert theirs.result(timeout_s=30)[0].shots == 200


def test_an_id_that_is_ours_already_is_that_job(cloud, server):
    submission = Submission(sampled(), "ibm-direct", id=str(uuid.uuid4()))
    assert cloud.run(cloud.submit_flow(submission)) == submission.id
    assert cloud.run(cloud.submit_flow(submission)) == submission.id
    assert len(server.jobs()) == 1


def test_jobs_of_others_are_not_deleted_to_make_room(serve, connect, tmp_path):
    server = serve(most_jobs=1)
    own = server.accounts["ibm-direct"]
    account = dataclasses.replace(own, token=Secret("stranger"), ledger=tmp_path / "t.sqlite3")
    other = IbmDirectCloud(account)
    theirs = other.submit(sampled())
    theirs.wait(30)
    with pytest.raises(RateLimited, match=MACHINE):
        connect(server, delete_finished=True, slot_wait_s=0).submit(sampled())
    assert [seen.id for seen in server.jobs()] == [theirs.id]
    other.close()
    other.ledger.close()


def test_a_job_that_runs_is_not_deleted_to_make_room(executor, connect):
    from ketbridge import sandbox

    with sandbox.start(
        executor=executor,
        timing={MACHINE: sandbox.Timing(queue_s=60)},
        direct=sandbox.DirectChoices(most_jobs=1),
    ) as server:
        cloud = connect(server, delete_finished=True, slot_wait_s=0)
        first = cloud.submit(sampled())
        with pytest.raises(RateLimited):
            cloud.submit(sampled())
        assert [(seen.id, seen.status) for seen in server.jobs()] == [(first.id, "Running")]


@pytest.mark.parametrize("name", ["delete_finished", "keep"])
def test_a_setting_that_is_text_is_not_taken_for_true(server, connect, name):
    with pytest.raises(UnknownOptionError, match=f"{name} is true or false"):
        connect(server, **{name: "false"}).submit(sampled())
    assert server.jobs() == []
