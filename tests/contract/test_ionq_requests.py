"""What the IonQ operations send is what the contract allows, as documented and as corrected."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from contract.openapi import HERE, Contract
from ketbridge.clouds.ionq import models, operations
from ketbridge.transport.operation import Operation, Repeat

CONTRACT = Contract("ionq.json")
DOCUMENTED = Contract("documented/ionq.json")
JOB, OTHER = "617a1f8b-59d4-435d-aa33-695433d7155e", "2ccf2773-4c28-468e-a290-2f8554808a25"
QPU = "qpu.forte-1"
SAMPLES = json.loads((HERE / "ionq_examples.json").read_text())["request_samples"]

BELL = models.QisCircuitInput(
    qubits=2,
    circuit=(
        models.QisGate(gate="h", targets=(0,)),
        models.QisGate(gate="x", targets=(1,), controls=(0,)),
        models.QisGate(gate="zz", targets=(0, 1), rotation=0.5),
    ),
)
NATIVE = models.NativeCircuitInput(
    qubits=2,
    circuit=(
        models.NativeGate(gate="gpi2", targets=(0,), phase=0.25),
        models.NativeGate(gate="ms", targets=(0, 1), phases=(0, 0.5), angle=0.25),
    ),
)
PAYLOADS: list[models.JobCreationPayload] = [
    models.CircuitJobCreationPayload(backend="simulator", input=BELL),
    models.CircuitJobCreationPayload(
        backend=QPU,
        input=NATIVE,
        name="n",
        metadata={"a": "b"},
        shots=500,
        session_id=OTHER,
        dry_run=True,
        settings=models.SettingsRequest(
            error_mitigation=models.ErrorMitigationRequest(debiasing=True),
            compilation=models.CompilationRequest(opt=1.0, precision="1E-3"),
        ),
    ),
    models.CircuitJobCreationPayload(
        backend="simulator", input=BELL, noise=models.NoiseRequest(model="aria-1", seed=-5)
    ),
    models.MultiCircuitJobCreationPayload(
        backend="simulator",
        input=models.MultiCircuitInput(
            gateset="qis",
            qubits=2,
            circuits=(
                models.QisCircuit(circuit=BELL.circuit, name="one", registers={"c": (0, None)}),
                models.NativeCircuit(circuit=NATIVE.circuit, gateset="native", qubits=2),
            ),
        ),
    ),
    models.QuantumFunctionJobCreationPayload(
        backend="simulator",
        input=models.HamiltonianEnergyInput(
            data=models.HamiltonianEnergy(
                data=models.HamiltonianEnergyData(
                    hamiltonian=(models.HamiltonianPauliTerm(pauli_string="ZZ", coefficient=0.5),),
                    ansatz=models.Ansatz(data="x"),
                    linear_constraints=(models.LinearConstraint(coeffs=(1, 2), rhs=0),),
                    quadratic_constraints=(
                        models.QuadraticConstraint(
                            quadratic_coeff=((1, 0), (0, 1)), linear_coeff=(1,), rhs=1
                        ),
                    ),
                    penalty=2,
                )
            ),
            params=(0.1, 0.2),
        ),
        settings=models.MitigationSettings(),
    ),
    models.QuantumFunctionJobCreationPayload(
        backend="simulator", input=models.GenericQuantumFunctionInput(type="t", data={"k": None})
    ),
    models.QctrlQaoaJobCreationPayload(
        backend="simulator",
        input=models.QaoaInput(problem={"nodes": [{"id": 0}]}),
        external_settings=models.ExternalSettings(api_credentials="c", external_organization="o"),
    ),
]
SESSION = models.CreateSessionRequest(
    backend=QPU,
    settings=models.SessionSettingsRequest(
        job_count_limit=3,
        duration_limit_min=5,
        cost_limit=models.CostLimitRequest(unit="usd", value=9.5),
    ),
)
FILTERS: dict[str, Any] = {
    "ids": [JOB, OTHER],
    "parent_job_id": JOB,
    "status": models.JobStatus.COMPLETED,
    "target": ["simulator", QPU],
    "submitter_id": "s",
    "limit": 7,
    "next": "cursor/+ =",
}

CALLS: dict[str, list[Operation[Any]]] = {
    "getWhoami": [operations.get_whoami()],
    "getBackends": [operations.get_backends()],
    "getBackend": [operations.get_backend(QPU)],
    "getCharacterizationsForBackend": [
        operations.get_characterizations_for_backend(QPU),
        operations.get_characterizations_for_backend(
            QPU, start=date(2026, 1, 1), end="2026-02-01", limit=10, page=2
        ),
    ],
    "getCharacterization": [operations.get_characterization(QPU, JOB)],
    "CreateJob": [operations.create_job(payload) for payload in PAYLOADS],
    "GetJobs": [operations.get_jobs(), operations.get_jobs(**FILTERS, session_id=OTHER)],
    "DeleteJobs": [operations.delete_jobs([JOB, OTHER])],
    "GetJob": [operations.get_job(JOB)],
    "DeleteJob": [operations.delete_job(JOB)],
    "GetJobCost": [operations.get_job_cost(JOB)],
    "GetCompiledFile": [operations.get_compiled_file(JOB, lang) for lang in ("native", "qasm3")],
    "CancelJob": [operations.cancel_job(JOB)],
    "CancelJobs": [operations.cancel_jobs([JOB])],
    "EstimateJobCost": [
        operations.estimate_job_cost("simulator"),
        operations.estimate_job_cost(
            QPU,
            type="ionq.multi-circuit.v1",
            qubits=5,
            shots=100,
            one_qubit_gates=3,
            two_qubit_gates=4,
            error_mitigation=True,
        ),
    ],
    "GetJobProbabilities": [
        operations.get_job_probabilities(JOB),
        operations.get_job_probabilities(JOB, sharpen=True),
    ],
    "GetVariantProbabilities": [operations.get_variant_probabilities(JOB, OTHER)],
    "GetVariantHistogram": [operations.get_variant_histogram(JOB, OTHER)],
    "GetVariantShots": [operations.get_variant_shots(JOB, OTHER)],
    "CreateSession": [
        operations.create_session(SESSION),
        operations.create_session(models.CreateSessionRequest(backend=QPU)),
    ],
    "GetSessions": [operations.get_sessions(), operations.get_sessions(active=True)],
    "EndSession": [operations.end_session(OTHER)],
    "GetSession": [operations.get_session(OTHER)],
    "GetSessionJobs": [
        operations.get_session_jobs(OTHER),
        operations.get_session_jobs(OTHER, **FILTERS),
    ],
    "get-usages": [
        operations.get_usages(
            "com.my.org",
            start_date=date(2026, 1, 1),
            end_date="2026-02-01",
            group_by=models.GroupBy.PROJECT,
            modality="weekly",
        )
    ],
}
EACH = [(name, call) for name, calls in CALLS.items() for call in calls]
IDS = [f"{name}-{index}" for name, calls in CALLS.items() for index in range(len(calls))]
each_call = pytest.mark.parametrize(("name", "call"), EACH, ids=IDS)


def snake(operation_id: str) -> str:
    """Say a contract's operationId as the name of a function."""
    worded = "".join(f"_{c.lower()}" if c.isupper() else c for c in operation_id)
    return worded.replace("-", "_").lstrip("_")


def test_every_documented_operation_has_exactly_one_function() -> None:
    beyond_the_contract = {"get_result_map", "get_result_shots"}
    documented = {snake(operation_id) for operation_id in CONTRACT.operations}

    assert len(documented) == 25
    assert set(operations.__all__) == documented | beyond_the_contract
    assert all(callable(getattr(operations, name)) for name in documented)


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
@pytest.mark.parametrize("contract", [CONTRACT, DOCUMENTED], ids=["corrected", "documented"])
def test_the_body_of_an_operation_is_allowed(
    contract: Contract, name: str, call: Operation[Any]
) -> None:
    schema = contract.request_schema(name)
    if schema is None:
        assert call.body is None
        return
    body = json.loads(call.body or b"")
    # the documented schema looks for the type of a quantum function where it is not
    misread = contract is DOCUMENTED and body.get("type") == "quantum-function"
    assert bool(contract.errors(schema, body, sent=True)) is misread


@each_call
def test_only_what_creates_something_is_unsafe_to_repeat(name: str, call: Operation[Any]) -> None:
    unsafe = name in ("CreateJob", "CreateSession")

    assert call.repeat is (Repeat.UNSAFE if unsafe else Repeat.SAFE)


@each_call
def test_the_key_goes_only_where_the_contract_asks_for_it(name: str, call: Operation[Any]) -> None:
    assert call.authenticate is (CONTRACT.operations[name].spec["security"] != [])


@each_call
def test_an_operation_accepts_the_documented_success(name: str, call: Operation[Any]) -> None:
    responses = CONTRACT.operations[name].spec["responses"]

    assert {int(code) for code in responses if code[0] == "2"} <= call.accept


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda one: one["operationId"])
def test_the_requests_of_the_documented_samples_are_ours(sample: dict[str, Any]) -> None:
    name = sample["operationId"]
    url = urlsplit(sample["url"])
    ids = CONTRACT.match_path(name, url.path.removeprefix("/v0.4"))
    given: dict[str, Any] = {
        "CreateJob": [PAYLOADS[0]],
        "DeleteJobs": [[JOB]],
        "CancelJobs": [[JOB]],
    }
    assert ids is not None
    call = getattr(operations, snake(name))(
        *given.get(name, ids.values()), **dict(parse_qsl(url.query))
    )

    assert (call.method, f"/v0.4{call.path}") == (sample["method"], url.path)
    assert sorted(call.query) == sorted(parse_qsl(url.query))
    assert call.authenticate is ("Authorization" in sample["headers"])


def test_several_targets_are_sent_with_commas_and_ids_one_by_one() -> None:
    call = operations.get_jobs(ids=[JOB, OTHER], target=["simulator", QPU])

    assert call.query == (("ids", JOB), ("ids", OTHER), ("target", f"simulator,{QPU}"))


@pytest.mark.parametrize("bad", ["..", "../x", "a/b", "x?y", "%2e%2e", "@host", "", "x" * 4096])
def test_an_id_that_could_change_the_path_is_refused(bad: str) -> None:
    from ketbridge.errors import AddressError

    with pytest.raises(AddressError):
        operations.get_job(bad)
    with pytest.raises(AddressError):
        operations.get_variant_shots(JOB, bad)


@pytest.mark.parametrize("bulk", [operations.delete_jobs, operations.cancel_jobs])
def test_acting_on_no_job_is_refused(bulk: Any) -> None:
    with pytest.raises(ValueError, match="no job id"):
        bulk([])
    with pytest.raises(TypeError, match="not one string"):
        bulk(JOB)


def test_a_member_that_the_contract_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="shot"):
        models.CircuitJobCreationPayload(backend="simulator", input=BELL, shot=5)  # type: ignore[call-arg]


def test_the_partners_credentials_are_in_no_repr() -> None:
    assert "canary" not in repr(models.ExternalSettings(api_credentials="canary"))
