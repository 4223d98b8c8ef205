"""``ketbridge demo``."""

from __future__ import annotations

import pytest

MACHINES = ("simulator", "qpu.forte-1")


@pytest.mark.parametrize("columns", [80, 120])
def test_the_table_has_a_row_for_each_sdk_machine_and_circuit(ketbridge_, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    done = ketbridge_("demo", "--shots", "100")
    assert done.exit_code == 0, done.stderr
    lines = done.stdout.splitlines()
    rows = [line.split() for line in lines if line.startswith(("Qiskit", "Braket"))]
    assert sorted((row[0], row[2]) for row in rows) == sorted(
        (sdk, circuit) for sdk in ("Qiskit", "Braket") for circuit in ("Bell", "GHZ-5") * 2
    )
    assert all(sum(f"ionq/{machine} " in line for line in lines) == 4 for machine in MACHINES)
    assert max(map(len, lines)) <= columns


def test_without_a_terminal_it_says_which_job_is_done(ketbridge_):
    done = ketbridge_("demo", "--shots", "10")
    assert "8/8 Braket GHZ-5 on sandbox:ionq/qpu.forte-1: done" in done.stderr
    assert "\x1b" not in done.output
