"""``ketbridge run``, ``cost`` and ``backends``."""

from __future__ import annotations

import json

import pytest

SIMULATOR = "sandbox:ionq/simulator"


def test_run_prints_the_counts(ketbridge_, bell):
    done = ketbridge_("run", bell, "--on", SIMULATOR, "--shots", "200", "--seed", "7")
    assert done.exit_code == 0, done.stderr
    rows = [line.split() for line in done.stdout.splitlines() if line.startswith(("00", "11"))]
    assert sum(int(row[-1]) for row in rows) == 200


def test_run_prints_json(ketbridge_, bell):
    done = ketbridge_("run", bell, "--on", SIMULATOR, "--shots", "200", "--json")
    data = json.loads(done.stdout)
    (circuit,) = data["circuits"]
    assert data["backend"] == "simulator"
    assert circuit["name"] == "bell"
    assert sum(circuit["counts"].values()) == circuit["shots"] == 200
    assert circuit["probabilities"] == pytest.approx({"00": 0.5, "11": 0.5})


def test_the_same_seed_gives_the_same_counts(ketbridge_, bell):
    one, two = (
        json.loads(ketbridge_("run", bell, "--on", SIMULATOR, "--seed", "3", "--json").stdout)
        for _ in range(2)
    )
    assert one["circuits"] == two["circuits"]


def test_openqasm_3_is_read_and_bits_are_where_the_file_puts_them(ketbridge_, tmp_path):
    file = tmp_path / "flip.qasm"
    file.write_text(
        'OPENQASM 3.0; include "stdgates.inc"; qubit[3] q; bit[2] c;'
        "x q[2]; c[0] = measure q[2]; c[1] = measure q[0];"
    )
    data = json.loads(ketbridge_("run", file, "--on", SIMULATOR, "--json").stdout)
    assert data["circuits"][0]["counts"] == {"01": 1000}


def test_gates_that_the_machine_lacks_are_transpiled(ketbridge_, tmp_path):
    file = tmp_path / "toffolis.qasm"
    file.write_text(
        'OPENQASM 2.0; include "qelib1.inc"; gate odd a,b { u3(pi,0,pi) a; cu1(pi) a,b; }'
        "qreg q[2]; creg c[2]; odd q[0],q[1]; measure q -> c;"
    )
    data = json.loads(ketbridge_("run", file, "--on", SIMULATOR, "--json").stdout)
    assert data["circuits"][0]["counts"] == {"01": 1000}


@pytest.mark.parametrize(
    "machine", ["ibm/ibm_lagos", "ibm-direct/ibm_lagos", "kipu/iqm.qpu.garnet"]
)
def test_a_machine_that_takes_its_own_gates_alone_gets_them(ketbridge_, bell, machine):
    done = ketbridge_("run", bell, "--on", f"sandbox:{machine}", "--json")
    assert done.exit_code == 0, done.stderr
    assert set(json.loads(done.stdout)["circuits"][0]["counts"]) == {"00", "11"}


@pytest.mark.parametrize("machine", ["quandela.sim.altair", "aws.quera.aquila"])
def test_a_machine_without_gates_says_what_it_reads(ketbridge_, bell, machine):
    done = ketbridge_("run", bell, "--on", f"sandbox:kipu/{machine}")
    assert done.exit_code == 1
    assert done.stderr.startswith(f"error: {machine} reads ")


def test_no_wait_prints_an_address_that_jobs_result_takes(ketbridge_, bell):
    address = ketbridge_("run", bell, "--on", SIMULATOR, "--no-wait").stdout.strip()
    assert address.startswith("sandbox:ionq/")
    fetched = json.loads(ketbridge_("jobs", "result", address, "--json").stdout)
    assert fetched["job"] == address
    assert sum(fetched["circuits"][0]["counts"].values()) == 1000


def test_cost_is_asked_and_nothing_runs(ketbridge_, bell):
    before = len(json.loads(ketbridge_("jobs", "list", "sandbox:ionq", "--json").stdout))
    data = json.loads(ketbridge_("cost", bell, "--on", "sandbox:ionq/qpu.forte-1", "--json").stdout)
    after = len(json.loads(ketbridge_("jobs", "list", "sandbox:ionq", "--json").stdout))
    assert data["value"] > 0
    assert data["unit"] == "usd"
    assert before == after


def test_backends_lists_the_machines(ketbridge_):
    listed = json.loads(ketbridge_("backends", "sandbox:ionq", "--json").stdout)
    assert {SIMULATOR, "sandbox:ionq/qpu.forte-1"} <= {info["address"] for info in listed}


def test_backends_describes_one_machine(ketbridge_):
    shown = ketbridge_("backends", "sandbox:ionq/qpu.forte-1").stdout
    assert "fidelity, two-qubit gates" in shown


@pytest.mark.parametrize("text", ["", "OPENQASM 4.0;", "H 0", "OPENQASM 2.0; h q[0];"])
def test_what_is_no_openqasm_is_refused_by_file_name(ketbridge_, tmp_path, text):
    file = tmp_path / "broken.qasm"
    file.write_text(text)
    done = ketbridge_("run", file, "--on", SIMULATOR)
    assert done.exit_code == 1
    assert done.stderr.startswith("error: ")
    assert "broken.qasm" in done.stderr
