"""Learning the noise of layers of gates, with the service's ``noise-learner``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from qiskit import QuantumCircuit
from qiskit.primitives.containers.estimator_pub import EstimatorPub, EstimatorPubLike

from ketbridge.errors import ProgramError

from ..primitives.mode import Mode
from .job import ServerJob
from .options import EstimatorOptions, NoiseLearnerOptions
from .pubs import Circuits
from .runner import Runner
from .submitting import program_job
from .wire_options import split


class NoiseLearner(Runner):
    """Learns the noise of the layers of two-qubit gates in circuits.

    Args:
        mode: as the sampler takes it.
        options: `NoiseLearnerOptions`, or a dict of the same names; of `EstimatorOptions`, those
            on layer noise learning and the twirling strategy are taken.
    """

    def __init__(
        self,
        mode: Mode = None,
        options: NoiseLearnerOptions | EstimatorOptions | Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(mode)
        given = _of_estimator(options) if isinstance(options, EstimatorOptions) else options
        self.options: NoiseLearnerOptions = NoiseLearnerOptions.of(given)

    def run(self, circuits: Iterable[QuantumCircuit | EstimatorPubLike]) -> ServerJob:
        """Send circuits, or PUBs of the estimator, whose circuits are taken.

        Returns:
            A job whose result is a `NoiseLearnerResult`, which ``resilience.layer_noise_model``
            of the estimator's options takes.

        Raises:
            ProgramError: a circuit or an option cannot be used; nothing was sent.
            TransportError: the job was not taken.
        """
        from ketbridge.clouds.ibm_shared import encoding

        backend = self.backend()
        wanted = split(self.options)
        written = Circuits(backend.check)
        found = []
        for one in circuits:
            circuit = one if isinstance(one, QuantumCircuit) else EstimatorPub.coerce(one).circuit
            found.append(encoding.circuit(written.program(circuit).body))
        if not found:
            raise ProgramError("there is no circuit whose noise is to be learnt")
        options = {**wanted.program, "support_qiskit": True}
        if wanted.seed is not None:
            simulator = options.get("simulator", {})
            options["simulator"] = {"seed_simulator": wanted.seed, **simulator}
        text = b'{"circuits":[%b],"options":%b}' % (b",".join(found), json.dumps(options).encode())
        environment = self.options.chosen().get("environment", {})
        session = self.session_to_join()
        limit = wanted.job.get("max_execution_time")
        return program_job(backend, "noise-learner", text.decode(), environment, limit, session)


def _of_estimator(options: EstimatorOptions) -> dict[str, Any]:
    chosen = options.chosen()
    found = dict(chosen.get("resilience", {}).get("layer_noise_learning", {}))
    if "strategy" in chosen.get("twirling", {}):
        found["twirling_strategy"] = chosen["twirling"]["strategy"]
    shared = ("max_execution_time", "environment", "simulator", "experimental", "seed")
    return found | {name: chosen[name] for name in shared if name in chosen}
