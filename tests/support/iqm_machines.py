"""Architectures of IQM machines: where gates act, with resonators and without."""

from __future__ import annotations

import json
from typing import Any

from ketbridge import BackendInfo, Format
from ketbridge.clouds.kipu import describing
from ketbridge.clouds.kipu.models import Backend

Loci = dict[str, list[tuple[str, ...]]]


def names(size: int) -> tuple[str, ...]:
    return tuple(f"QB{number + 1}" for number in range(size))


def star(size: int) -> Loci:
    """All qubits around one resonator."""
    return with_resonators({"CR1": names(size)})


def with_resonators(around: dict[str, tuple[str, ...]], pairs: Any = ()) -> Loci:
    """Qubits around resonators, and pairs that are joined directly."""
    moves = [(qubit, resonator) for resonator, qubits in around.items() for qubit in qubits]
    alone = sorted({(qubit,) for qubit, _ in moves} | {(one,) for pair in pairs for one in pair})
    single = dict.fromkeys(("prx", "measure", "cc_prx"), alone)
    return {**single, "cz": [*pairs, *moves], "move": moves}


def document(loci: Loci, qubits: tuple[str, ...]) -> dict[str, Any]:
    """Return the document of a machine as IQM writes it."""
    return {
        "calibration_set_id": "set-1",
        "qubits": list(qubits),
        "computational_resonators": sorted({locus[1] for locus in loci.get("move", ())}),
        "gates": {
            gate: {"implementations": {"a": {"loci": [list(locus) for locus in at]}}}
            for gate, at in loci.items()
        },
    }


def info(loci: Loci, size: int) -> BackendInfo:
    """Describe a machine as the cloud does."""
    configuration = {"qubit_count": size, "supported_input_formats": ["IQM_JOB_INPUT_V1"]}
    described = {"id": "iqm.qpu.drawn", "provider": "IQM", "type": "QPU"}
    backend = Backend.model_validate_json(json.dumps({**described, "configuration": configuration}))
    found = describing.describe(describing.machine(backend, document(loci, names(size))))
    assert found.formats == (Format.IQM,)
    return found
