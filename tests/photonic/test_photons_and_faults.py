"""Photonic jobs through what goes wrong on the way: exactly one job, and its result."""

from __future__ import annotations

import perceval as pcvl
import pytest
from perceval.algorithm import Sampler

from ketbridge import photonic
from ketbridge.sandbox import Fault


@pytest.fixture
def sampler(simulator):
    processor = photonic.processor(simulator)
    processor.set_circuit(pcvl.BS())
    processor.min_detected_photons_filter(2)
    processor.with_input(pcvl.BasicState([1, 1]))
    return Sampler(processor, max_shots_per_call=100)


@pytest.mark.parametrize(
    ("fault", "operation"),
    [
        (Fault.reset_after(), "createJob"),
        (Fault.status(503), "getJob"),
        (Fault.reset_after(), "getJobResult"),
    ],
    ids=["lost answer", "state", "result"],
)
def test_a_fault_leaves_one_job_and_its_result(running, sampler, fault, operation):
    before = len(running.jobs())
    running.faults.add(fault, on=operation, times=1)
    try:
        found = sampler.sample_count(30)
    finally:
        running.faults.clear()

    assert sum(found["results"].values()) == 30
    assert len(running.jobs()) == before + 1
