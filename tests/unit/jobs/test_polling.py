from __future__ import annotations

import random
import statistics

import pytest

from ketbridge.jobs.polling import Schedule
from ketbridge.jobs.state import JobState, JobStatus

RUNNING = JobState(JobStatus.RUNNING, "running")


def poll(duration_s: float, seed: int) -> tuple[float, int]:
    """Poll a job that ends after a duration; return how late that was seen, and the requests."""
    rng, schedule = random.Random(seed), Schedule()
    elapsed_s, requests = 0.0, 1
    while elapsed_s < duration_s:
        elapsed_s += schedule.wait_s(elapsed_s, RUNNING, rng)
        requests += 1
    return elapsed_s - duration_s, requests


@pytest.mark.parametrize("duration_s", [0.05, 0.3, 1, 2, 10, 60, 600])
def test_a_result_is_seen_soon_after_the_job_ended(duration_s):
    rng = random.Random(5)
    delays = [poll(duration_s * rng.uniform(0.7, 1.3), seed)[0] for seed in range(300)]
    assert statistics.mean(delays) <= max(0.15 * duration_s, 0.1)
    if duration_s <= 2:
        assert statistics.mean(delays) <= 0.3


def test_a_long_job_takes_few_requests():
    assert poll(60, 1)[1] <= 45
    assert poll(3600, 1)[1] <= 420


def test_an_expected_wait_in_the_queue_is_used():
    queued = JobState(JobStatus.QUEUED, "ready", expected_wait_s=1000.0)
    waits = [Schedule().wait_s(0.0, queued, random.Random(seed)) for seed in range(50)]
    assert min(waits) > 50
    assert max(waits) < 70


def test_waits_that_were_begun_together_drift_apart():
    waits = {Schedule().wait_s(100.0, RUNNING, random.Random(seed)) for seed in range(20)}
    assert len(waits) == 20
    assert all(9 <= wait <= 11 for wait in waits)
