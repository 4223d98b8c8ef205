"""What the Kipu Hub operations send is what the contract allows."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from contract.hub import EXAMPLES, HubContract
from ketbridge.clouds.kipu import models, operations
from ketbridge.errors import AddressError
from ketbridge.programs import iqm_json
from ketbridge.transport.operation import Operation, Repeat

CONTRACT = HubContract("kipu_hub.json")
DOCUMENTED = HubContract("documented/kipu_hub.json")
JOB = "5904a9f2-f43b-453d-9d08-beedcdb93e54"
SESSION = "6e8bc430-9c3a-11d9-9669-0800200c9a66"
EXECUTION = "123e4567-e89b-42d3-a456-426614174000"
MACHINE = "aws.sim.sv1"
NOON = datetime(2026, 2, 1, 12, tzinfo=UTC)
QASM = models.QasmInput(qasm="OPENQASM 3.0; qubit[1] q; bit[1] c; c[0] = measure q[0];")
AHS = EXAMPLES["bodies"]["POST /jobs req .input (Aws_AHS_JobInput)"][0]["value"]
IONQ = EXAMPLES["bodies"]["POST /jobs req .input (AzureIonq_JobInput)"][0]["value"]
PERCEVAL = EXAMPLES["bodies"]["POST /jobs req .input (Quandela_JobInput)"][0]["value"]

PAYLOADS = [
    models.CreateJobRequest(backend_id=MACHINE, shots=1, input=QASM),
    models.CreateJobRequest(
        backend_id=MACHINE,
        shots=100,
        input=QASM,
        name="one",
        input_format="BRAKET_OPEN_QASM_V3",
        input_params=models.AwsParams(disable_qubit_rewiring=True, qubit_count=2),
        tags=("a", "b"),
        session_id=SESSION,
        sdk_provider="BRAKET",
    ),
    models.CreateJobRequest(
        backend_id="qudora.sim.xg1",
        shots=1,
        input=QASM,
        input_format="OPEN_QASM_V3",
        input_params=models.QudoraParams(language="OpenQASM3", backend_settings={"a": 1}),
    ),
    models.CreateJobRequest(
        backend_id="kipu.sim.qsim",
        shots=1,
        input=QASM,
        input_format="OPEN_QASM_V2",
        input_params=models.KipuParams(
            mode="amplitudes", max_fused_gate_size=2, cpu_threads=0, bitstrings=["00", "11"]
        ),
    ),
    models.CreateJobRequest(
        backend_id="aws.quera.aquila",
        shots=1,
        input=models.AhsInput(**AHS),
        input_format="BRAKET_AHS_PROGRAM",
        input_params=models.NoParams(),
    ),
    models.CreateJobRequest(
        backend_id="azure.ionq.simulator",
        shots=1,
        input=models.AzureIonqInput(**IONQ, registers={"c": [0, 1]}),
        input_format="IONQ_CIRCUIT_V1",
    ),
    models.CreateJobRequest(
        backend_id="quandela.sim.altair",
        shots=1,
        input=PERCEVAL,
        input_format="PERCEVAL",
        input_params=models.QuandelaParams(
            pcvl_version="1.0",
            platform_name="p",
            process_id="q",
            job_group_name="g",
            max_duration=9,
        ),
        sdk_provider="PERCEVAL",
    ),
    models.CreateJobRequest(
        backend_id="ibm.qpu.fez",
        shots=1,
        input={"pubs": [["OPENQASM 3.0; qubit[1] q;", [], 7]], "version": 2},
        input_format="QISKIT_QPY",
        input_params=models.IbmParams(
            program_id="sampler", max_execution_time=60, log_level="debug"
        ),
        sdk_provider="QISKIT",
    ),
    models.CreateJobRequest(
        backend_id="iqm.qpu.garnet",
        shots=1,
        input=models.IqmInput(
            circuits=[
                {
                    "name": "c",
                    "instructions": [
                        {
                            "name": "prx",
                            "qubits": ["QB1"],
                            "args": {"angle_t": 0.5, "phase_t": 0.0},
                        },
                        {"name": "measure", "qubits": ["QB1"], "args": {"key": "m_1_0_0"}},
                    ],
                },
                json.loads(
                    iqm_json.wrap(
                        [
                            iqm_json.measure("QB1", iqm_json.hidden_key(0), feedback_key="f"),
                            iqm_json.cc_prx("QB2", 0.5, 0.0, "QB1", "f"),
                            iqm_json.MOVE % ("QB1", "CR1"),
                            iqm_json.CZ % ("QB2", "CR1"),
                            iqm_json.barrier(["QB1", "QB2"]),
                        ]
                    )
                ),
            ],
            calibration_set_id=JOB,
            qubit_mapping=[models.QubitMapping(logical_name="a", physical_name="QB1")],
            custom_settings={"a": 1},
            dd_mode="enabled",
            dd_strategy=models.DynamicalDecouplingStrategy(
                gate_sequences=[["XX"]], merge_contiguous_waits=False, target_qubits=["QB1"]
            ),
            heralding_mode="zeros",
            move_gate_frame_tracking_mode="none",
            move_validation_mode="allow_prx",
            max_circuit_duration_over_t2=0.5,
            active_reset_cycles=0,
        ),
        input_format="IQM_JOB_INPUT_V1",
    ),
]

CALLS: dict[str, list[Operation[Any]]] = {
    "createSession": [
        operations.create_session(
            models.CreateSessionRequest(backend_id=MACHINE, mode="batch", provider="AWS")
        ),
        operations.create_session(
            models.CreateSessionRequest(
                backend_id=MACHINE,
                mode="dedicated",
                provider="AWS",
                ttl=3600,
                tags=("a",),
                metadata={"a": 1},
                sdk_provider="QISKIT",
            )
        ),
    ],
    "searchJobs": [
        operations.search_jobs(),
        operations.search_jobs(
            page=2, size=100, sort=["a,asc", "b,desc"], service_execution_id=EXECUTION
        ),
    ],
    "createJob": [operations.create_job(payload) for payload in PAYLOADS],
    "getSession": [operations.get_session(SESSION)],
    "closeSession": [operations.close_session(SESSION)],
    "updateSessionState": [operations.update_session_state(SESSION, accept_jobs=False)],
    "closeServiceExecutionSession": [
        operations.close_service_execution_session(EXECUTION, SESSION)
    ],
    "updateServiceExecutionSessionState": [
        operations.update_service_execution_session_state(EXECUTION, SESSION, accept_jobs=True)
    ],
    "getWorkloads": [
        operations.get_workloads(),
        operations.get_workloads(page=1, size=5, sort=["a,desc"]),
    ],
    "getSessionStatus": [operations.get_session_status(SESSION)],
    "getSessionJobs": [operations.get_session_jobs(SESSION)],
    "getServiceExecutionWorkloads": [
        operations.get_service_execution_workloads(EXECUTION, page=1, size=5, sort=["a,desc"])
    ],
    "getServiceExecutionSessionStatus": [
        operations.get_service_execution_session_status(EXECUTION, SESSION)
    ],
    "getServiceExecutionSessionJobs": [
        operations.get_service_execution_session_jobs(EXECUTION, SESSION)
    ],
    "getServiceExecutionJob": [operations.get_service_execution_job(EXECUTION, JOB)],
    "cancelServiceExecutionJob": [operations.cancel_service_execution_job(EXECUTION, JOB)],
    "getServiceExecutionJobStatus": [operations.get_service_execution_job_status(EXECUTION, JOB)],
    "getServiceExecutionJobResultStream": [
        operations.get_service_execution_job_result_stream(EXECUTION, JOB)
    ],
    "getServiceExecutionJobInput": [operations.get_service_execution_job_input(EXECUTION, JOB)],
    "getServiceExecutionJobCalibration": [
        operations.get_service_execution_job_calibration(EXECUTION, JOB)
    ],
    "getJob": [operations.get_job(JOB)],
    "cancelJob": [operations.cancel_job(JOB)],
    "getJobStatus": [operations.get_job_status(JOB)],
    "getJobResult": [operations.get_job_result(JOB)],
    "getJobResultStream": [operations.get_job_result_stream(JOB)],
    "getJobInput": [operations.get_job_input(JOB)],
    "getJobCalibration": [operations.get_job_calibration(JOB)],
    "getBackends": [
        operations.get_backends(),
        operations.get_backends(provider="ibm", only_planqk_sdk=True),
    ],
    "getBackend": [operations.get_backend(MACHINE)],
    "getBackendStatus": [operations.get_backend_status(MACHINE)],
    "getBackendConfig": [operations.get_backend_config(MACHINE)],
    "getBackendCalibration": [
        operations.get_backend_calibration(MACHINE),
        operations.get_backend_calibration(MACHINE, effective_at=NOON),
    ],
    "getLeastBusyBackend": [
        operations.get_least_busy_backend("IBM"),
        operations.get_least_busy_backend(models.Provider.IBM, min_qubits=100),
    ],
}
EACH = [(name, call) for name, calls in CALLS.items() for call in calls]
IDS = [f"{name}-{index}" for name, calls in CALLS.items() for index in range(len(calls))]
each_call = pytest.mark.parametrize(("name", "call"), EACH, ids=IDS)


def test_every_documented_operation_has_exactly_one_function() -> None:
    assert len(CONTRACT.operations) == 33
    assert sorted(operations.__all__) == sorted(
        re.sub("([A-Z])", lambda found: f"_{found[1].lower()}", name)
        for name in CONTRACT.operations
    )


def test_every_documented_operation_is_called_here() -> None:
    assert CALLS.keys() == CONTRACT.operations.keys()


@each_call
def test_an_operation_has_the_name_method_and_path_of_the_contract(
    name: str, call: Operation[Any]
) -> None:
    ids = CONTRACT.match_path(name, call.path)

    assert (call.name, call.method) == (name, CONTRACT.operations[name].method)
    assert ids is not None
    for key, parameter in CONTRACT.parameters(name, "path").items():
        assert CONTRACT.errors(parameter["schema"], ids[key], sent=True) == []


@each_call
def test_the_query_of_an_operation_is_allowed(name: str, call: Operation[Any]) -> None:
    documented = CONTRACT.parameters(name, "query")
    sent: dict[str, list[str]] = {}
    for key, value in call.query:
        sent.setdefault(key, []).append(value)

    assert sent.keys() <= documented.keys()
    assert {key for key, one in documented.items() if one.get("required")} <= sent.keys()
    for key, texts in sent.items():
        schema = documented[key]["schema"]
        value = texts if schema.get("type") == "array" else _typed(schema, *texts)
        assert CONTRACT.errors(schema, value, sent=True) == []


def _typed(schema: dict[str, Any], text: str) -> Any:
    return json.loads(text) if schema.get("type") in ("integer", "boolean", "number") else text


@each_call
def test_the_body_of_an_operation_is_allowed(name: str, call: Operation[Any]) -> None:
    schema = CONTRACT.request_schema(name)
    if schema is None:
        assert call.body is None
        return
    assert CONTRACT.errors(schema, json.loads(call.body or b""), sent=True) == []


@each_call
def test_the_documented_schema_refuses_no_more_than_its_unusable_choice_of_inputs(
    name: str, call: Operation[Any]
) -> None:
    schema = DOCUMENTED.request_schema(name)
    if schema is None:
        return
    errors = DOCUMENTED.errors(schema, json.loads(call.body or b""), sent=True)
    assert [error for error in errors if not error.startswith("['input")] == []


@each_call
def test_only_what_creates_something_is_unsafe_to_repeat(name: str, call: Operation[Any]) -> None:
    assert (call.repeat is Repeat.UNSAFE) == (name in ("createJob", "createSession"))


@each_call
def test_an_operation_accepts_the_documented_success(name: str, call: Operation[Any]) -> None:
    responses = CONTRACT.operations[name].spec["responses"]

    assert {int(code) for code in responses if code[0] == "2"} <= call.accept


PROBES = [probe for probe in EXAMPLES["probes"] if probe["schema"] == "CreateJobRequest"]


@pytest.mark.parametrize("probe", PROBES, ids=[probe["label"] for probe in PROBES])
def test_the_contract_used_here_tells_right_requests_from_wrong_ones(probe: dict[str, Any]) -> None:
    errors = CONTRACT.errors(CONTRACT.named_schema("CreateJobRequest"), probe["value"], sent=True)
    assert (errors == []) is probe["valid_effective"]


def test_a_moment_is_sent_in_utc_and_needs_a_zone() -> None:
    east = NOON.astimezone(timezone(timedelta(hours=2)))

    assert operations.get_backend_calibration(MACHINE, effective_at=east).query == (
        ("effectiveAt", "2026-02-01T12:00:00Z"),
    )
    with pytest.raises(ValueError, match="no zone"):
        operations.get_backend_calibration(MACHINE, effective_at=datetime(2026, 2, 1))


def test_one_string_is_no_list_of_sort_orders() -> None:
    with pytest.raises(TypeError, match="not one string"):
        operations.search_jobs(sort="createdAt,desc")


@pytest.mark.parametrize("bad", ["..", "../x", "a/b", "x?y", "%2e%2e", "@host", "", "x" * 4096])
def test_an_id_that_could_change_the_path_is_refused(bad: str) -> None:
    for make in (operations.get_job, operations.get_backend, operations.get_session):
        with pytest.raises(AddressError):
            make(bad)
    with pytest.raises(AddressError):
        operations.get_service_execution_job(bad, JOB)
    with pytest.raises(AddressError):
        operations.get_service_execution_job(EXECUTION, bad)


def test_a_member_that_the_contract_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="mod"):
        models.KipuParams(mod="sample")  # type: ignore[call-arg]
