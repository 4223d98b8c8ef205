"""What the IBM Runtime operations send is what the contract allows, as documented and corrected."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from contract.openapi import Contract
from ketbridge.clouds.ibm import models, operations
from ketbridge.errors import AddressError
from ketbridge.transport.operation import Operation, Repeat

CONTRACT = Contract("ibm_runtime.json")
DOCUMENTED = Contract("documented/ibm_runtime.json")
JOB, SESSION, MACHINE = "c5dge2d3rn7breq27i9g", "c1mre2f3pn9breq18i4g", "ibm_fez"
NOON = datetime(2026, 2, 1, 12, tzinfo=UTC)
CIRCUIT = {"__type__": "QuantumCircuit", "__value__": "eJw="}

STORED = models.StorageLocation(
    region="us-east", region_type="regional", bucket_crn="crn", object_name="o"
)
PAYLOADS = [
    models.CreateJobRequest(
        program_id="sampler",
        backend=MACHINE,
        params=models.SamplerV2Input(pubs=[[CIRCUIT]], support_qiskit=True),
    ),
    models.CreateJobRequest(
        program_id="sampler",
        backend=MACHINE,
        params=models.SamplerV2Input(pubs=[[CIRCUIT, [0.5], 100]]),
    ),
    models.CreateJobRequest(
        program_id="sampler",
        backend=MACHINE,
        params=models.SamplerV2Input(
            pubs=[[CIRCUIT, [0.5], 100]],
            shots=10,
            options=models.SamplerOptions(
                default_shots=100,
                dynamical_decoupling=models.DynamicalDecouplingOptions(
                    enable=True,
                    sequence_type="XY4",
                    extra_slack_distribution="edges",
                    scheduling_method="asap",
                    skip_reset_qubits=False,
                ),
                execution=models.SamplerExecutionOptions(
                    init_qubits=True, rep_delay=2.5e-4, meas_type="kerneled"
                ),
                twirling=models.TwirlingOptions(
                    enable_gates=True,
                    enable_measure=True,
                    num_randomizations="auto",
                    shots_per_randomization=32,
                    strategy="active-accum",
                ),
                simulator=models.SimulatorOptions(
                    seed_simulator=7, coupling_map=[[0, 1]], basis_gates=["cz"], noise_model={}
                ),
                experimental={"anything": 1},
            ),
        ),
        tags=["one", "two"],
        cost=10_800,
        log_level="debug",
        runtime="image:1",
        session_id=SESSION,
        calibration_id="c",
        private=True,
    ),
    models.CreateJobRequest(
        program_id="estimator",
        backend=MACHINE,
        params=models.EstimatorV2Input(
            pubs=[[CIRCUIT, {"ZZ": 1.0}, [0.5], 0.01]],
            precision=0.1,
            resilience_level=2,
            options=models.EstimatorOptions(
                seed_estimator=1,
                default_precision=0.02,
                default_shots=100,
                resilience=models.ResilienceOptions(
                    measure_mitigation=True,
                    measure_noise_learning=models.MeasureNoiseLearningOptions(
                        num_randomizations=32, shots_per_randomization="auto"
                    ),
                    zne_mitigation=True,
                    zne=models.ZneOptions(
                        noise_factors=[1, 3, 5],
                        extrapolator=["exponential", "linear"],
                        amplifier="pea",
                        extrapolated_noise_factors=[0],
                    ),
                    pec_mitigation=False,
                    pec=models.PecOptions(max_overhead=100, noise_gain="auto"),
                    layer_noise_learning=models.LayerNoiseLearningOptions(
                        max_layers_to_learn=4,
                        shots_per_randomization=128,
                        num_randomizations=32,
                        layer_pair_depths=[0, 1, 2],
                    ),
                ),
                execution=models.EstimatorExecutionOptions(init_qubits=False),
                twirling=models.TwirlingOptions(num_randomizations=3),
            ),
        ),
    ),
    models.CreateJobRequest(
        program_id="noise-learner",
        backend=MACHINE,
        params=models.NoiseLearnerInput(
            circuits=[CIRCUIT],
            version=2,
            options=models.NoiseLearnerOptions(
                max_layers_to_learn=4,
                shots_per_randomization=128,
                num_randomizations=32,
                layer_pair_depths=[0, 1],
                twirling_strategy="all",
                support_qiskit=True,
            ),
        ),
    ),
    models.CreateJobRequest(
        program_id="sampler",
        backend=MACHINE,
        remote_storage=models.RemoteStorageRequest(
            **STORED.model_dump(), job_params=STORED, results=STORED, logs=STORED
        ),
    ),
]
LISTS: dict[str, Any] = {
    "instance": ["crn:v1:a", "crn:v1:b"],
    "backend": [MACHINE],
    "user_id": ["u"],
    "plan": ["p"],
}
SPAN: dict[str, Any] = {
    "interval_start": NOON,
    "interval_end": "2026-03-01T00:00:00Z",
    "simulators": False,
}

CALLS: dict[str, list[Operation[Any]]] = {
    "get_versions": [operations.get_versions()],
    "get_job": [operations.get_job(JOB), operations.get_job(JOB, exclude_params=True)],
    "delete_job": [operations.delete_job(JOB)],
    "list_jobs": [
        operations.list_jobs(),
        operations.list_jobs(
            limit=200,
            offset=400,
            pending=True,
            program="sampler",
            backend=MACHINE,
            created_after=NOON,
            created_before="2026-03-01T00:00:00Z",
            sort="ASC",
            tags=["one", "two"],
            session_id=SESSION,
            exclude_params=False,
        ),
    ],
    "create_job": [operations.create_job(payload) for payload in PAYLOADS],
    "get_job_results_jid": [operations.get_job_results_jid(JOB)],
    "get_jog_logs_jid": [operations.get_jog_logs_jid(JOB)],
    "cancel_job_jid": [operations.cancel_job_jid(JOB, parent_job_id=SESSION)],
    "get_job_metrics_jid": [operations.get_job_metrics_jid(JOB)],
    "replace_job_tags": [operations.replace_job_tags(JOB, ["one"])],
    "list_backends": [
        operations.list_backends(),
        operations.list_backends(fields="wait_time_seconds"),
    ],
    "get_backend_properties": [
        operations.get_backend_properties(MACHINE),
        operations.get_backend_properties(MACHINE, updated_before=NOON, calibration_id="c"),
    ],
    "get_backend_configuration": [
        operations.get_backend_configuration(MACHINE),
        operations.get_backend_configuration(MACHINE, calibration_id="c"),
    ],
    "get_backend_status": [operations.get_backend_status(MACHINE)],
    "get_backend_defaults": [operations.get_backend_defaults(MACHINE)],
    "create_session": [
        operations.create_session(models.CreateSessionRequest(mode="batch", backend=MACHINE)),
        operations.create_session(
            models.CreateSessionRequest(
                mode="dedicated", backend=MACHINE, max_ttl=300, active_ttl=200, interactive_ttl=60
            )
        ),
    ],
    "get_session": [operations.get_session(SESSION)],
    "update_session": [operations.update_session(SESSION, accepting_jobs=False)],
    "delete_session_close": [operations.delete_session_close(SESSION)],
    "get_instance": [operations.get_instance()],
    "get_instance_configuration": [operations.get_instance_configuration()],
    "replace_instance_configuration": [
        operations.replace_instance_configuration(600),
        operations.replace_instance_configuration(None),
    ],
    "list_tags": [operations.list_tags("one")],
    "get_account": [operations.get_account("b7-a"), operations.get_account("b", plan_id="p")],
    "find_instance_workloads": [
        operations.find_instance_workloads(),
        operations.find_instance_workloads(
            user="me",
            sort="-createdAt",
            limit=50,
            previous="a",
            next="cursor/+ =",
            backend=MACHINE,
            search="s",
            status=[models.WorkloadStatus.IN_PROGRESS, "failed"],
            mode=models.WorkloadMode.BATCH,
            created_after=NOON,
            created_before="2026-03-01T00:00:00Z",
            tags=["one"],
        ),
    ],
    "analytics_usage": [
        operations.analytics_usage(),
        operations.analytics_usage(**LISTS, **SPAN),
    ],
    "get_usage_analytics_grouped": [
        operations.get_usage_analytics_grouped("backend"),
        operations.get_usage_analytics_grouped("plan", **LISTS, **SPAN),
    ],
    "get_usage_analytics_grouped_by_date": [
        operations.get_usage_analytics_grouped_by_date(),
        operations.get_usage_analytics_grouped_by_date("instance", **LISTS, **SPAN),
    ],
    "analytics_filters": [
        operations.analytics_filters(),
        operations.analytics_filters(instance=["crn:v1:a"]),
    ],
    "get_usage": [operations.get_usage()],
}
EACH = [(name, call) for name, calls in CALLS.items() for call in calls]
IDS = [f"{name}-{index}" for name, calls in CALLS.items() for index in range(len(calls))]
each_call = pytest.mark.parametrize(("name", "call"), EACH, ids=IDS)


def test_every_documented_operation_has_exactly_one_function_and_the_misspelt_one_a_second() -> (
    None
):
    beside = {"get_job_logs_jid", "SUBMIT_RATE", "MAX_RESULT_BYTES"}

    assert len(CONTRACT.operations) == 30
    assert set(operations.__all__) == CONTRACT.operations.keys() | beside
    assert operations.get_job_logs_jid is operations.get_jog_logs_jid


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
@pytest.mark.parametrize("contract", [CONTRACT, DOCUMENTED], ids=["corrected", "documented"])
def test_the_query_of_an_operation_is_allowed(
    contract: Contract, name: str, call: Operation[Any]
) -> None:
    documented = contract.parameters(name, "query")
    sent: dict[str, list[str]] = {}
    for key, value in call.query:
        sent.setdefault(key, []).append(value)

    assert sent.keys() <= documented.keys()
    assert {key for key, one in documented.items() if one.get("required")} <= sent.keys()
    for key, texts in sent.items():
        schema = contract.resolve(documented[key]["schema"])
        value = texts if schema.get("type") == "array" else _typed(schema, *texts)
        assert contract.errors(schema, value, sent=True) == []


def _typed(schema: dict[str, Any], text: str) -> Any:
    return json.loads(text) if schema.get("type") in ("integer", "boolean", "number") else text


@each_call
def test_the_headers_of_an_operation_are_in_the_contract(name: str, call: Operation[Any]) -> None:
    documented = CONTRACT.parameters(name, "header").keys()

    assert {header for header, _ in call.headers} - {"Accept"} <= documented


@each_call
@pytest.mark.parametrize("contract", [CONTRACT, DOCUMENTED], ids=["corrected", "documented"])
def test_the_body_of_an_operation_is_allowed(
    contract: Contract, name: str, call: Operation[Any]
) -> None:
    schema = contract.request_schema(name)
    if schema is None:
        assert call.body is None
        return
    body = json.loads(call.body or b"")
    misread = contract is DOCUMENTED and _misread(name, body)
    assert bool(contract.errors(schema, body, sent=True)) is misread


def _misread(name: str, body: dict[str, Any]) -> bool:
    """Whether the documented schema refuses what its own text allows."""
    params = body.get("params", {"shots": None})
    either_primitive = params.keys() <= {"pubs", "version", "support_qiskit"} and all(
        len(pub) > 1 for pub in params["pubs"]
    )
    partner = name == "create_session" and "interactive_ttl" in body
    no_limit = name == "replace_instance_configuration" and body["instance_limit"] is None
    return (name == "create_job" and either_primitive) or partner or no_limit


@each_call
def test_only_what_creates_something_is_unsafe_to_repeat(name: str, call: Operation[Any]) -> None:
    special = {"create_job": Repeat.UNSAFE, "create_session": Repeat.UNSAFE}

    assert call.repeat is special.get(name, Repeat.SAFE)


@each_call
def test_the_token_goes_only_where_the_contract_asks_for_it(
    name: str, call: Operation[Any]
) -> None:
    assert call.authenticate is bool(CONTRACT.operations[name].spec.get("security"))


@each_call
def test_an_operation_accepts_the_documented_success(name: str, call: Operation[Any]) -> None:
    responses = CONTRACT.operations[name].spec["responses"]

    assert {int(code) for code in responses if code[0] == "2"} <= call.accept


def test_only_creating_a_job_is_held_to_the_documented_rate() -> None:
    paced = [name for name, call in EACH if call.rate_limit is not None]

    assert set(paced) == {"create_job"}
    assert (operations.SUBMIT_RATE.calls, operations.SUBMIT_RATE.period_s) == (5, 60.0)


def test_several_tags_are_sent_one_by_one() -> None:
    assert operations.list_jobs(tags=["a", "b"]).query == (("tags", "a"), ("tags", "b"))


def test_one_string_is_no_list_of_tags() -> None:
    with pytest.raises(TypeError, match="not one string"):
        operations.replace_job_tags(JOB, "abc")


def test_times_keep_their_zone_and_need_one() -> None:
    east = NOON.astimezone(timezone(timedelta(hours=2)))

    assert operations.list_jobs(created_after=east).query == (
        ("created_after", "2026-02-01T14:00:00+02:00"),
    )
    with pytest.raises(ValueError, match="no zone"):
        operations.list_jobs(created_after=datetime(2026, 2, 1))


@pytest.mark.parametrize("bad", ["..", "../x", "a/b", "x?y", "%2e%2e", "@host", "", "x" * 4096])
def test_an_id_that_could_change_the_path_is_refused(bad: str) -> None:
    for make in (operations.get_job, operations.get_backend_status, operations.get_session):
        with pytest.raises(AddressError):
            make(bad)
    with pytest.raises(AddressError):
        operations.cancel_job_jid(JOB, parent_job_id=bad)


def test_a_member_that_the_contract_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="shot"):
        models.SamplerV2Input(pubs=[[CIRCUIT]], shot=5)  # type: ignore[call-arg]
