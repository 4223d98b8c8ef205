"""Reading what POST /jobs brings: what is refused at once, and what becomes a job that fails."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from starlette.requests import Request

from ..noise import MODELS
from ..service import HttpError
from ..workers import Work, WorkError
from .billing import mitigated
from .circuits import Plan, run_json, run_qasm3, width
from .machines import MACHINES, Machine

MAX_SHOTS = 1_000_000
DEBIASING_SHOTS = 500
VARIANTS = 5
FUNCTIONS = ("quantum-function", "qctrl.qaoa.v1")
TYPES = ("ionq.circuit.v1", "ionq.multi-circuit.v1", "ionq.qasm3.v1", *FUNCTIONS)


def bad_request(message: str, *keys: str, source: str = "payload") -> HttpError:
    """Make the 400 answer that names the members at fault."""
    return HttpError(400, message, validation={"keys": list(keys), "source": source})


async def json_object(request: Request) -> dict[str, Any]:
    """Read a request body that must be a JSON object.

    Raises:
        HttpError: it is not (400).
    """
    try:
        data = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise bad_request("The body is no JSON.") from None
    if not isinstance(data, dict):
        raise bad_request("The body is no JSON object.")
    return data


def check_payload(payload: Mapping[str, Any]) -> Machine:
    """Check the members that every job has; return its machine.

    Raises:
        HttpError: one is missing or of the wrong type (400).
    """
    for name in ("backend", "type", "input"):
        if payload.get(name) is None:
            raise bad_request(f'"{name}" is required.', name)
    if payload["type"] not in TYPES:
        raise bad_request(f'"type" must be one of {", ".join(TYPES)}.', "type")
    machine = MACHINES.get(payload["backend"]) if isinstance(payload["backend"], str) else None
    if machine is None:
        raise bad_request(f'"backend" must be one of {", ".join(MACHINES)}.', "backend")
    if not isinstance(payload["input"], dict):
        raise bad_request('"input" must be an object.', "input")
    shots = payload.get("shots")
    if shots is not None and (isinstance(shots, bool) or not isinstance(shots, int) or shots < 1):
        raise bad_request('"shots" must be a whole number, at least 1.', "shots")
    _check_strings(payload)
    _check_noise(payload.get("noise"), machine)
    return machine


def _check_strings(payload: Mapping[str, Any]) -> None:
    metadata = payload.get("metadata")
    if metadata is not None and (
        not isinstance(metadata, dict)
        or not all(isinstance(value, str) for value in metadata.values())
    ):
        raise bad_request('"metadata" must be an object of strings.', "metadata")
    for name in ("name", "session_id"):
        if payload.get(name) is not None and not isinstance(payload[name], str):
            raise bad_request(f'"{name}" must be a string.', name)
    settings = payload.get("settings")
    if settings is not None and not isinstance(settings, dict):
        raise bad_request('"settings" must be an object.', "settings")


def _check_noise(noise: Any, machine: Machine) -> None:
    if noise is None:
        return
    if not isinstance(noise, dict) or noise.get("model") not in ("ideal", *MODELS):
        raise bad_request(f'"noise.model" must be one of ideal, {", ".join(MODELS)}.', "noise")
    seed = noise.get("seed")
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int)):
        raise bad_request('"noise.seed" must be a whole number.', "noise")


def circuits_of(payload: Mapping[str, Any]) -> list[dict[str, Any]]:
    """List the circuits of a payload, each with its own gate set and number of qubits.

    Raises:
        HttpError: the input is not of the shape that its type asks for (400).
    """
    given = payload["input"]
    if payload["type"] == "ionq.qasm3.v1":
        if not isinstance(given.get("data"), str):
            raise bad_request('"input.data" must be a string.', "input")
        return [given]
    if payload["type"] == "ionq.circuit.v1":
        circuits = [given]
    elif payload["type"] == "ionq.multi-circuit.v1":
        circuits = given.get("circuits")
        if not isinstance(circuits, list) or not circuits:
            raise bad_request('"input.circuits" must be a list of circuits.', "input")
    else:
        return [given]
    return [_circuit(circuit, given) for circuit in circuits]


def _circuit(circuit: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(circuit, dict) or not isinstance(circuit.get("circuit"), list):
        raise bad_request('"circuit" must be a list of gates.', "input")
    gateset = circuit.get("gateset") or given.get("gateset")
    if gateset not in ("qis", "native"):
        raise bad_request('"gateset" must be one of qis, native.', "input")
    qubits = circuit.get("qubits") if circuit.get("qubits") is not None else given.get("qubits")
    if qubits is not None and (isinstance(qubits, bool) or not isinstance(qubits, int)):
        raise bad_request('"qubits" must be a whole number.', "input")
    return {
        "name": circuit.get("name"),
        "circuit": circuit["circuit"],
        "gateset": gateset,
        "qubits": qubits,
    }


def noise_of(payload: Mapping[str, Any], machine: Machine) -> str | None:
    """Return the noise model that a job runs with; None for exact probabilities."""
    if machine.noise:
        return machine.noise
    model = (payload.get("noise") or {}).get("model", "ideal")
    return None if model == "ideal" else str(model)


def qubit_maps(
    payload: Mapping[str, Any], machine: Machine, circuit: Mapping[str, Any], job_id: str
) -> tuple[tuple[int, ...], ...]:
    """Choose where each debiasing variant places the qubits; empty without debiasing."""
    if not mitigated(payload) or noise_of(payload, machine) is None:
        return ()
    try:
        needed = width(circuit.get("circuit", ()), circuit.get("qubits"))
    except WorkError:  # the job will fail for it
        return ()
    chance = random.Random(job_id)  # noqa: S311 - no secret, the same for the same job
    places = range(machine.qubits)
    needed = min(needed, machine.qubits)
    return tuple(tuple(chance.sample(places, needed)) for _ in range(VARIANTS))


def work_of(
    payload: Mapping[str, Any],
    machine: Machine,
    circuits: Sequence[Mapping[str, Any]],
    *,
    shots: int,
    job_id: str,
    maps: tuple[tuple[int, ...], ...],
) -> list[Work]:
    """Write down what a worker has to compute, one entry a circuit."""
    seed = (payload.get("noise") or {}).get("seed")
    if seed is None:
        seed = uuid.UUID(job_id).int
    plan = Plan(
        gateset="",
        max_qubits=machine.qubits,
        noise=noise_of(payload, machine),
        shots=shots,
        seed=seed,
        maps=maps,
        dry_run=bool(payload.get("dry_run")),
    )
    if payload["type"] == "ionq.qasm3.v1":
        return [(run_qasm3, (circuit["data"], plan)) for circuit in circuits]
    plans = [
        replace(plan, gateset=circuit["gateset"], seed=seed + 1000 * index)
        for index, circuit in enumerate(circuits)
    ]
    return [
        (run_json, (circuit["circuit"], circuit["qubits"], own))
        for circuit, own in zip(circuits, plans, strict=True)
    ]


def early_failure(payload: Mapping[str, Any], machine: Machine, shots: int) -> WorkError | None:
    """Return why a well-formed job fails before it is run.

    Quantum functions and QAOA are taken and fail: the contract has no shape for their results.
    """
    if payload["type"] in FUNCTIONS:
        return WorkError("PreflightError", f"The sandbox does not run {payload['type']} jobs.")
    if shots > MAX_SHOTS:
        return WorkError("TooManyShots", f"At most {MAX_SHOTS} shots are possible.")
    if mitigated(payload) and shots < DEBIASING_SHOTS:
        return WorkError(
            "DebiasingError", f"Debiasing needs at least {DEBIASING_SHOTS} shots, not {shots}."
        )
    return None
