"""A photonic job from another process, from the command line, and from a pickle."""

from __future__ import annotations

import json
import pickle
import sys

import perceval as pcvl
import pytest
from support.commands import run

from ketbridge import photonic


@pytest.fixture
def scan(simulator):
    """A finished job of two iterations."""
    circuit = pcvl.BS(theta=pcvl.P("theta"))
    steps = [{"circuit_params": {"theta": 0.5}}, {"circuit_params": {"theta": 1.5}}]
    settings = {"shots": 50, "input_state": [1, 1], "min_detected_photons": 2, "iterations": steps}
    job = photonic.run(circuit, simulator, name="scan", **settings)
    job.wait(60)
    return job


@pytest.fixture
def elsewhere(running, tmp_path):
    """The environment of a process without this one's ledger."""
    return {"KETBRIDGE_SANDBOX_URL": running.url, "KETBRIDGE_HOME": str(tmp_path)}


def counts(found):
    return [
        {str(state): count for state, count in one["results"].items()}
        for one in found["results_list"]
    ]


def test_another_process_reads_the_same_result(scan, elsewhere):
    code = (
        "import json, sys, ketbridge; from ketbridge.photonic import PhotonicJob; "
        "job = ketbridge.job(sys.argv[1]); found = PhotonicJob(job).result(30); "
        "assert job.request().shots == 50; print(json.dumps([{str(s): n for s, n in "
        "one['results'].items()} for one in found['results_list']]))"
    )

    shown = run(sys.executable, "-c", code, scan.address, **elsewhere)

    assert json.loads(shown) == counts(scan.result(30))


def test_the_command_line_prints_it_by_iteration(scan, elsewhere):
    command = ("-m", "ketbridge", "jobs", "result", scan.address)

    shown = run(sys.executable, *command, **elsewhere)

    assert "theta = 0.5" in shown
    assert "theta = 1.5" in shown
    assert all(str(count) in shown for one in counts(scan.result(30)) for count in one.values())


def test_single_samples_are_printed_as_json_in_their_order(simulator, elsewhere):
    settings = {"shots": 5, "input_state": "|1,1>", "min_detected_photons": 2}
    job = photonic.run(pcvl.BS(), simulator, "samples", iterations=[{"max_samples": 4}], **settings)

    command = ("-m", "ketbridge", "jobs", "result", job.address, "--json")
    [found] = json.loads(run(sys.executable, *command, **elsewhere))["iterations"]

    [expected] = job.result(30)["results_list"]
    assert found["results"] == [str(state) for state in expected["results"]]
    assert found["iteration"] == {"max_samples": 4}


def test_a_pickle_is_its_address(scan):
    opened = pickle.loads(pickle.dumps(scan))

    assert opened.address == scan.address
    assert counts(opened.result(30)) == counts(scan.result(30))
