"""``ketbridge demo``."""

from __future__ import annotations

import re

import pytest

MACHINES = (
    "ionq/simulator",
    "ionq/qpu.forte-1",
    "ibm/ibm_fez",
    "ibm-direct/ibm_torino",
    "kipu/aws.sim.sv1",
    "kipu/iqm.qpu.garnet",
)


@pytest.mark.parametrize("columns", [80, 120])
def test_the_table_has_both_circuits_from_both_sdks_on_a_machine_of_every_cloud(
    ketbridge_, monkeypatch, columns
):
    monkeypatch.setenv("COLUMNS", str(columns))
    done = ketbridge_("demo", "--shots", "100")
    assert done.exit_code == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines if "/" in line.split(" ")[0]] == list(MACHINES)
    for circuit, zeros in (("Bell", "00"), ("GHZ-5", "00000")):
        row = rf"{circuit} +{zeros} +[#█-▏]+ +\d+ +{zeros} +[#█-▏]+ +\d+$"
        assert sum(bool(re.search(row, line)) for line in lines) == len(MACHINES)
    assert max(map(len, lines)) <= columns


def test_without_a_terminal_it_says_which_job_is_done(ketbridge_):
    done = ketbridge_("demo", "--shots", "10")
    assert "24/24 Braket GHZ-5 on kipu/iqm.qpu.garnet: done" in done.stderr
    assert "\x1b" not in done.output
