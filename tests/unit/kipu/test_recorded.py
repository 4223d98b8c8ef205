"""Documents and answers of the real Hub; skipped where they are not at hand."""

from __future__ import annotations

import json
from typing import Any

import pytest
from oracles import iqm_json as oracle
from support.recorded import RECORDED

from ketbridge.clouds.document import Document
from ketbridge.clouds.kipu import describing, readings, results, standardized, states
from ketbridge.clouds.kipu.models import Backend, CalibrationResponse, Job, Provider
from ketbridge.errors import ProgramError
from ketbridge.jobs.submission import Request
from ketbridge.programs import Format, Program, Readout, Register, ahs_json, iqm_json

FOLDER = RECORDED / "kipu"

pytestmark = [
    pytest.mark.skipif(not FOLDER.is_dir(), reason="no recorded answers here"),
    pytest.mark.filterwarnings("ignore::ketbridge.clouds.wire.UnknownWordWarning"),
]


def load(name: str) -> Any:
    return json.loads((FOLDER / name).read_text())


def backend(name: str) -> Backend:
    return Backend.model_validate_json((FOLDER / name).read_text())


def counts(name: str, readout: Readout, **job: Any) -> dict[str, int] | None:
    program = Program(Format.OPENQASM2, b"x", readout, max(readout.num_bits, 1))
    document = Document((FOLDER / name).read_bytes())
    shots = job.get("shots", 1)
    [found] = results.measurements(document, Job(id="j", **job), Request("m", (program,), shots))
    return found.counts


MACHINES = {
    "aqt/data/ibex-backend.json": ((), 12, 1),
    "aws/data/aws-dm1-backend.json": ((Format.BRAKET_OPENQASM3,), 17, 1),
    "aws/data/aws-sv1-backend.json": ((Format.BRAKET_OPENQASM3,), 34, 1),
    "aws/data/ionq-forte-backend.json": ((Format.BRAKET_OPENQASM3,), 36, 1),
    "aws/data/quera-aquila-backend.json": ((Format.BRAKET_AHS,), 256, 1),
    "aws/data/rigetti-cepheus-backend.json": ((Format.BRAKET_OPENQASM3,), 108, 1),
    "azure/data/ionq-sim-backend.json": ((Format.IONQ_QIS,), 29, 1),
    "ibm/ibm-aachen-backend-platform-properties.json": ((Format.QISKIT_QPY,), 156, None),
    "iqm/iqm-emerald-backend.json": ((Format.IQM,), 54, 100),
    "iqm/iqm-garnet-backend.json": ((Format.IQM,), 20, 100),
    "kipu/data/qsim-backend.json": ((Format.OPENQASM2,), 24, 1),
    "qudora/qudora-sim-q1-backend.json": ((Format.OPENQASM2,), 35, 1),
}


@pytest.mark.parametrize("name", MACHINES)
def test_every_machine_is_described(name: str) -> None:
    info = describing.describe(describing.machine(backend(name)))

    assert (info.formats, info.num_qubits, info.max_circuits) == MACHINES[name]


def test_iqm_is_connected_and_measured_as_its_own_document_says() -> None:
    config = load("iqm/iqm-garnet-config.json")
    found = describing.machine(backend("iqm/iqm-garnet-backend.json"), config)
    info = describing.describe(found)

    assert info.qubit_names == tuple(f"QB{number}" for number in range(1, 21))
    assert info.connectivity is not None and (len(info.connectivity), info.connectivity[0]) == (
        30,
        (0, 1),
    )
    plain = describing.describe(describing.machine(backend("iqm/iqm-garnet-backend.json")))
    assert (plain.qubit_names, plain.connectivity) == (info.qubit_names, info.connectivity)
    assert found.architecture is not None
    assert found.architecture.figures["t1_s"]["QB1",] == 2.066044761754252e-05
    assert found.architecture.figures["fidelity_2q"]["QB2", "QB5"] == 0.9955735165555566
    assert info.calibration is not None and info.calibration.time_2q_s == 4e-08


def test_ibm_is_described_by_its_configuration_and_properties() -> None:
    machine = backend("ibm/ibm-aachen-backend-platform-properties.json")
    info = describing.describe(
        describing.machine(machine, load("ibm/ibm-aachen-backend-config.json"))
    )

    assert info.connectivity is not None and len(info.connectivity) == 352
    assert info.calibration is not None and info.calibration.time_readout_s == 2.6e-06


def test_rigetti_is_connected_both_ways() -> None:
    info = describing.describe(describing.machine(backend("aws/data/rigetti-cepheus-backend.json")))

    assert info.connectivity is not None
    assert {(0, 1), (1, 0), (0, 9), (9, 0)} <= set(info.connectivity)
    assert info.native_gates == ("rx", "rz", "cz")


def test_rigetti_is_measured_as_its_capabilities_say() -> None:
    config = load("aws/data/rigetti-cepheus-config.json")
    found = standardized.figures(config)
    info = describing.describe(
        describing.machine(backend("aws/data/rigetti-cepheus-backend.json"), config)
    )

    assert found["t1_s"]["0",] == 1.1138945572364278e-05
    assert found["fidelity_1q"]["0",] == 0.9986024402813216
    assert found["fidelity_spam"]["0",] == 0.953
    assert found["fidelity_2q"]["0", "1"] == 0.9950130265429185
    assert {name: len(each) for name, each in found.items()} == {
        "t1_s": 108, "t2_s": 108, "fidelity_1q": 108, "fidelity_spam": 108, "fidelity_2q": 193,
    }  # fmt: skip
    assert info.calibration is not None and info.calibration.fidelity_spam == 0.96


def test_forte_states_means_in_its_capabilities() -> None:
    info = describing.describe(
        describing.machine(
            backend("aws/data/ionq-forte-backend.json"), load("aws/data/ionq-forte-config.json")
        )
    )

    assert info.calibration is not None
    assert (info.calibration.fidelity_2q, info.calibration.time_2q_s) == (0.9908, 0.00097)


def test_a_calibration_is_read_in_seconds_and_fidelities() -> None:
    text = (FOLDER / "aws/data/ionq-forte-calibration.json").read_text()
    found = describing.calibration(CalibrationResponse.model_validate_json(text))

    assert (found.t1_s, found.t2_s) == (pytest.approx(100), pytest.approx(1))
    assert (found.fidelity_2q, found.time_2q_s) == (pytest.approx(0.9952), pytest.approx(9.7e-4))


THREE = Readout.of_qubits(range(3))
MEAS = Readout((0, 1), (Register("meas", (0, 1)),))


@pytest.mark.parametrize(
    ("name", "readout", "job", "expected"),
    [
        ("aws/data/aws-sv1-result.json", THREE, {"shots": 3}, {"111": 3}),
        ("aws/data/aws-ionq-forte-result.json", THREE, {"shots": 3}, {"000": 2, "111": 1}),
        ("aws/data/qiskit_measurement_result.json", THREE, {}, {"000": 1}),
        ("azure/data/ionq-sim-result.json", MEAS, {"shots": 5}, {"01": 5}),
        (
            "qudora/qudora-sim-q1-result.json",
            THREE,
            {"provider": Provider.QUDORA},
            {"011": 1, "111": 52, "100": 1, "000": 46},
        ),
        (
            "kipu/data/qsim-result-sample.json",
            MEAS,
            {"provider": Provider.KIPU},
            {"00": 47, "11": 53},
        ),
        ("iqm/iqm-emerald-result.json", MEAS, {}, {"11": 2, "00": 1}),
        ("ibm/ibm-runtime-job-result.json", MEAS, {}, None),
        (
            "ibm/ibm-runtime-job-result-archived-counts.json",
            Readout(()),
            {},
            {"0011": 2, "0101": 1},
        ),
    ],
)
def test_every_table_of_counts_is_read(
    name: str, readout: Readout, job: dict[str, Any], expected: dict[str, int] | None
) -> None:
    found = counts(name, readout, **job)

    assert found == expected if expected else sum((found or {}).values()) > 0


def test_a_rounded_histogram_of_32_states_is_a_distribution() -> None:
    found = counts(
        "azure/data/ionq-sim-result-5-hadamard-gates.json", Readout.of_qubits(range(5)), shots=1000
    )
    assert found is not None and sum(found.values()) == 1000 and len(found) == 32


def test_states_and_amplitudes_of_the_simulator() -> None:
    vector = Document((FOLDER / "kipu/data/qsim-result-statevector.json").read_bytes())
    table = Document((FOLDER / "kipu/data/qsim-result-amplitudes.json").read_bytes())

    assert states.statevector(vector).tolist() == [0.7071, 0, 0, 0.7071]
    assert states.amplitudes(table) == {"00": 0.7071, "11": 0.7071}


def test_an_analog_result_is_left_to_the_sdk() -> None:
    with pytest.raises(ProgramError, match="raw_result"):
        counts("aws/data/quera-aquila-ahs-result.json", THREE)


def test_a_failed_job_of_ibm_says_why() -> None:
    code, reason = readings.failure(load("ibm/ibm-runtime-failed-job-result.json"))

    assert code == "1517" and "instruction ecr" in reason


def test_a_request_for_iqm_is_a_bell_state() -> None:
    [data] = load("iqm/iqm-emerald-run-request.json")["circuits"]
    circuit = iqm_json.read(data)

    assert iqm_json.readout(circuit, ["QB1", "QB2"]) == MEAS
    assert oracle.distribution(data) == pytest.approx(
        {
            (("meas_2_0_0", 0), ("meas_2_0_1", 0)): 0.5,
            (("meas_2_0_0", 1), ("meas_2_0_1", 1)): 0.5,
        }
    )


def test_an_analog_program_becomes_the_documented_form() -> None:
    given = load("aws/data/quera-aquila-ahs-program.json")
    body = json.loads(ahs_json.body(json.dumps(given)))

    site = given["setup"]["ahs_register"]["sites"][0]
    assert body["setup"]["ahs_register"]["sites"][0] == [float(one) for one in site]
    assert ahs_json.num_sites(json.dumps(body).encode()) == 75
