"""The body of a job of every family is what the contract has for it."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import pytest
from contract.hub import EXAMPLES, HubContract

from ketbridge.clouds.kipu import payload
from ketbridge.clouds.kipu.families import DOCUMENTED, FORMATS, Family, family_of, formats_of
from ketbridge.clouds.kipu.models import Backend, Provider
from ketbridge.clouds.kipu.options import check_request
from ketbridge.errors import ProgramError
from ketbridge.jobs.submission import Request, Submission
from ketbridge.programs import Format, Program, Readout, ahs_json, ionq_json, iqm_json

CONTRACT = HubContract("kipu_hub.json")
CREATE = CONTRACT.request_schema("createJob")
ONE = Readout.of_qubits([0])


def example(name: str) -> Any:
    return EXAMPLES["bodies"][f"POST /jobs req .input ({name})"][0]["value"]


BODIES: dict[Family, bytes] = {
    Family.IBM: b"QISKIT-qpy",
    Family.AWS_QASM: b"OPENQASM 3.0; bit[1] b; qubit[1] q; b[0] = measure q[0]; // \xc3\xa4",
    Family.AWS_AHS: ahs_json.body(json.dumps(example("Aws_AHS_JobInput")["ahs_program"])),
    Family.AZURE_IONQ: ionq_json.build([{"gate": "h", "target": 0}]),
    Family.IQM: iqm_json.wrap([iqm_json.measure("QB1", "c_1_0_0")]),
    Family.QUDORA: b"OPENQASM 2.0; qreg q[1]; creg c[1]; measure q -> c;",
    Family.KIPU: b"OPENQASM 2.0; qreg q[1]; creg c[1]; measure q -> c;",
    Family.QUANDELA: json.dumps(example("Quandela_JobInput")).encode(),
}
OPTIONS: dict[Family, dict[str, Any]] = {
    Family.IBM: {"max_execution_time": 60, "primitive_options": {"default_shots": 5}},
    Family.AWS_QASM: {"disable_qubit_rewiring": True},
    Family.IQM: {"heralding_mode": "zeros", "active_reset_cycles": 2},
    Family.QUDORA: {"backend_settings": {"noise": True}},
    Family.KIPU: {"mode": "amplitudes", "bitstrings": ["0", "1"]},
    Family.QUANDELA: {"pcvl_version": "1.1"},
}


def submission(name: str, form: Format | None = None, **changes: Any) -> Submission:
    family = DOCUMENTED[name]
    program = Program(form or FORMATS[family][0], BODIES[family], ONE, 1, "one")
    fixed = {"backend": name, "programs": (program,), "shots": 10}
    return Submission(Request(**(fixed | changes)), "kipu")


@pytest.mark.parametrize("name", DOCUMENTED)
@pytest.mark.parametrize("given", [False, True], ids=["plain", "with options"])
def test_the_body_for_every_documented_machine_is_valid(name: str, given: bool) -> None:
    family = DOCUMENTED[name]
    options = OPTIONS.get(family, {}) if given else {}
    one = submission(name, options=options, tags=("mine",), sdk="braket")
    check_request(one.request, family, None)
    body = json.loads(payload.encode(one, family))

    assert CREATE is not None
    assert CONTRACT.errors(CREATE, body, sent=True) == []
    assert (body["backend_id"], body["shots"], body["tags"][0]) == (name, 10, "mine")


def test_the_table_of_machines_is_the_contracts() -> None:
    schema = CONTRACT.named_schema("CreateJobRequest")
    table = {
        name: rule["then"]["properties"]["input"]["$ref"].rpartition("/")[2]
        for rule in CONTRACT.resolve(schema)["allOf"]
        if "input" in rule["then"]["properties"]
        for name in rule["if"]["properties"]["backend_id"]["enum"]
    }
    schemas = {
        "IBM_JobInput": Family.IBM,
        "Aws_QASM_3_JobInput": Family.AWS_QASM,
        "Aws_AHS_JobInput": Family.AWS_AHS,
        "AzureIonq_JobInput": Family.AZURE_IONQ,
        "IQM_JobInput": Family.IQM,
        "Qudora_JobInput": Family.QUDORA,
        "Kipu_JobInput": Family.KIPU,
        "Quandela_JobInput": Family.QUANDELA,
    }
    assert {name: schemas[one] for name, one in table.items()} == DOCUMENTED


def test_a_circuit_for_ibm_goes_as_a_pub_of_the_sampler() -> None:
    body = json.loads(payload.encode(submission("ibm.qpu.fez", sdk="qiskit"), Family.IBM))
    [[circuit, _, shots]] = body["input"]["pubs"]

    assert zlib.decompress(base64.b64decode(circuit["__value__"])) == BODIES[Family.IBM]
    assert (shots, body["input_params"], body["sdk_provider"]) == (
        10,
        {"program_id": "sampler"},
        "QISKIT",
    )


def test_the_program_of_ibm_may_be_another_with_its_input_as_text() -> None:
    options = {"program": "noise-learner", "params": '{"circuits": ["c"], "version": 2}'}
    one = submission("ibm.qpu.fez", programs=(), shots=0, options=options)
    check_request(one.request, Family.IBM, None)
    body = json.loads(payload.encode(one, Family.IBM))

    assert body["input"] == {"circuits": ["c"], "version": 2}
    assert body["input_params"] == {"program_id": "noise-learner"}
    with pytest.raises(ProgramError, match="JSON text in params"):
        check_request(
            submission("ibm.qpu.fez", options={"program": "noise-learner"}).request,
            Family.IBM,
            None,
        )


def test_qudora_is_told_the_language() -> None:
    one = submission("qudora.sim.xg1", Format.OPENQASM3)

    assert json.loads(payload.encode(one, Family.QUDORA))["input_params"] == {
        "language": "OpenQASM3"
    }


def test_a_program_is_not_encoded_again() -> None:
    for name in ("iqm.qpu.garnet", "azure.ionq.simulator", "quandela.sim.altair"):
        family = DOCUMENTED[name]
        assert BODIES[family] in payload.encode(submission(name), family)


KINDS = [
    (Format.OPENQASM2, Provider.KIPU, "", Family.KIPU),
    (Format.OPENQASM2, Provider.QUDORA, "", Family.QUDORA),
    (Format.OPENQASM3, Provider.QRYD, "", Family.TEXT),
    (Format.OPENQASM3, Provider.IBM, "", None),
    (Format.OPENQASM2, None, "kipu.sim.qsim", Family.KIPU),
    (Format.OPENQASM3, None, "kipu.sim.qsim", None),
    (Format.OPENQASM2, None, "new.sim.one", Family.TEXT),
    (Format.IQM, None, "new.qpu.one", Family.IQM),
    (Format.IONQ_NATIVE, Provider.AZURE, "", None),
]


@pytest.mark.parametrize(("form", "provider", "backend", "family"), KINDS)
def test_the_kind_of_a_job_follows_from_its_format_and_the_provider(
    form: Format, provider: Provider | None, backend: str, family: Family | None
) -> None:
    assert family_of(form, provider, backend) is family


def described(**configuration: Any) -> Backend:
    data = {"id": "aws.quera.aquila", "type": "QPU", "configuration": configuration}
    return Backend.model_validate_json(json.dumps(data))


def test_what_a_machine_reads_is_what_it_says_and_else_what_the_contract_says() -> None:
    said = described(supported_input_formats=["QOQO", "IQM_JOB_INPUT_V1", "OPEN_QASM_V3"])

    assert formats_of(said) == (Format.IQM,)
    assert formats_of(described()) == (Format.BRAKET_AHS,)
    assert formats_of(Backend(id="new.qpu.one")) == ()
