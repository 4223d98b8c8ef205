"""IBM machines against the public client in this Python: writing PUBs, making targets."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.measure import Row, best_s
from qiskit.circuit.library import efficient_su2
from qiskit.primitives.containers.sampler_pub import SamplerPub

from ketbridge.clouds.ibm_shared import encoding
from ketbridge.clouds.ibm_shared.machines import Machine
from ketbridge.clouds.ibm_shared.models import BackendConfiguration, BackendProperties
from qiskit_ketbridge.ibm import pubs, target

PUBS = 100
QUBITS = 127


def rows(peer: Path) -> Iterator[Row]:
    """Measure; the public client is imported here, so ``peer`` is not used."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield from _encoding()
        yield from _target()


def _encoding() -> Iterator[Row]:
    from qiskit_ibm_runtime import RuntimeEncoder

    def theirs(given: list[SamplerPub]) -> str:
        return json.dumps({"pubs": given, "options": {}, "version": 2}, cls=RuntimeEncoder)

    def ours(given: list[SamplerPub]) -> bytes:
        return encoding.params(pubs.of_sampler(given, pubs.Circuits()), 0, {})

    circuit = efficient_su2(QUBITS, reps=3, entanglement="linear")
    circuit.measure_all()
    values = np.random.default_rng(1).uniform(size=(PUBS, circuit.num_parameters))
    same = [SamplerPub.coerce((circuit, one, 1000)) for one in values]
    distinct = [SamplerPub.coerce((circuit.copy(), one, 1000)) for one in values]
    for given, which, goal in ((same, "one circuit", 0.1), (distinct, f"{PUBS} circuits", 1.0)):
        own_s, peer_s = _in_turn(partial(ours, given), partial(theirs, given))
        what = f"{PUBS} PUBs of {which} of {QUBITS} qubits to the body of a job"
        yield _row(what, own_s, peer_s, goal)


def _target() -> Iterator[Row]:
    from qiskit_ibm_runtime import fake_provider
    from qiskit_ibm_runtime.utils.backend_converter import convert_to_target
    from qiskit_ibm_runtime.utils.backend_decoder import (
        configuration_from_server_data,
        properties_from_server_data,
    )

    folder = Path(fake_provider.__file__).parent / "backends"
    largest = max(folder.glob("*/props_*.json"), key=lambda path: path.stat().st_size)
    properties = largest.read_bytes()
    config = largest.with_name(largest.name.replace("props_", "conf_")).read_bytes()

    def read() -> Machine:
        return Machine(
            BackendConfiguration.model_validate_json(config),
            BackendProperties.model_validate_json(properties),
        )

    def read_theirs() -> tuple[Any, Any]:
        return (
            configuration_from_server_data(json.loads(config), use_fractional_gates=None),
            properties_from_server_data(json.loads(properties), use_fractional_gates=None),
        )

    name, machine, theirs = largest.parent.name, read(), read_theirs()
    yield _row(
        f"documents of {name} to its Target",
        *_in_turn(
            lambda: target.build(read(), fractional=None),
            lambda: convert_to_target(*read_theirs()),
        ),
        1.0,
    )
    yield _row(
        f"documents of {name}, read before, to its Target",
        *_in_turn(
            lambda: target.build(machine, fractional=None), lambda: convert_to_target(*theirs)
        ),
        1.0,
    )


def _in_turn(ours: Callable[[], Any], theirs: Callable[[], Any]) -> tuple[float, float]:
    """Return the shortest times of runs that take turns, so that both see the same machine."""
    times = [(best_s(ours, 1), best_s(theirs, 1)) for _ in range(9)]
    return min(own_s for own_s, _ in times), min(peer_s for _, peer_s in times)


def _row(what: str, own_s: float, peer_s: float, goal: float) -> Row:
    theirs = f"qiskit-ibm-runtime {peer_s * 1e3:.1f} ms"
    return Row(what, f"{own_s * 1e3:.1f} ms", theirs, own_s / peer_s, goal)
