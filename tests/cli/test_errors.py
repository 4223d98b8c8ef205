"""How errors end on the command line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

import ketbridge
from ketbridge.sandbox.engine import Timing

SIMULATOR = "sandbox:ionq/simulator"


def test_an_unknown_machine_is_one_sentence_with_the_nearest_name(ketbridge_, bell):
    done = ketbridge_("run", bell, "--on", "sandbox:ionq/qpu.forte1")
    assert done.exit_code == 1
    assert done.stderr.count("\n") == 1
    assert "Did you mean 'qpu.forte-1'" in done.stderr


def test_no_account_says_the_three_ways_to_give_one(ketbridge_, bell):
    done = ketbridge_("run", bell, "--on", "ionq/simulator")
    assert done.exit_code == 1
    assert "token=" in done.stderr
    assert "KETBRIDGE_IONQ_TOKEN" in done.stderr
    assert "ketbridge accounts add ionq" in done.stderr


def test_an_address_of_no_known_form_shows_the_form(ketbridge_, bell):
    done = ketbridge_("run", bell, "--on", "simulator")
    assert done.exit_code == 1
    assert "[account:]cloud/name" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "missing.qasm", "--on", SIMULATOR),
        ("run",),
        ("nonsense",),
        ("sandbox", "--faults", "no_such_fault"),
    ],
)
def test_wrong_usage_exits_with_2(ketbridge_, arguments):
    assert ketbridge_(*arguments).exit_code == 2


def test_debug_shows_the_traceback(ketbridge_, bell):
    done = ketbridge_("--debug", "run", bell, "--on", "sandbox:ionq/none")
    assert isinstance(done.exception, ketbridge.errors.UnknownBackendError)


def test_output_to_a_file_has_no_escape_codes(ketbridge_, bell):
    done = ketbridge_("run", bell, "--on", SIMULATOR)
    failed = ketbridge_("run", bell, "--on", "sandbox:ionq/none")
    assert "\x1b" not in done.output + failed.output


def test_ctrl_c_leaves_the_job_running_and_prints_its_address(bell, tmp_path):
    with ketbridge.sandbox.start(timing={"simulator": Timing(queue_s=60, run_s=1)}) as running:
        command = subprocess.Popen(
            [sys.executable, "-m", "ketbridge", "run", bell, "--on", SIMULATOR],
            env={
                **os.environ,
                "KETBRIDGE_SANDBOX_URL": running.url,
                "KETBRIDGE_HOME": str(tmp_path / "home"),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        while not running.jobs():
            assert command.poll() is None, command.communicate()
        # The address is known once the state has been asked for.
        while not running.requests().get("GetJob"):
            assert command.poll() is None, command.communicate()
        command.send_signal(signal.SIGINT)
        _, stderr = command.communicate(timeout=30)
        (job,) = running.jobs()
    assert command.returncode == 130
    assert f"sandbox:ionq/{job.id}" in stderr
    assert "Traceback" not in stderr
