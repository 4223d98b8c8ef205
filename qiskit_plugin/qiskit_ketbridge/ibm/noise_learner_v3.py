"""Version 3 of the noise learner, which learns the noise of single instructions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from qiskit import QuantumCircuit
from qiskit.circuit import CircuitInstruction

from ketbridge.errors import ProgramError

from ..primitives.mode import Mode
from .options import EnvironmentOptions, ExecutionOptionsV2
from .optionset import OptionSet, Unset, UnsetType, nested
from .qpy import VERSION
from .runner import Runner
from .schemas import module
from .submitting import program_job

if TYPE_CHECKING:
    from .job import ServerJob


@dataclass(init=False)
class NoiseLearnerV3Options(OptionSet):
    """Options of version 3 of the noise learner.

    Attributes:
        shots_per_randomization: shots of each random circuit.
        num_randomizations: random circuits for each setting.
        layer_pair_depths: depths in pairs of the layer.
        bit_flip_checks: ``pre_circuit`` and ``post_circuit`` checks, as IBM's schema has them.
        post_selection: post-selection, as IBM's schema has it.
        execution: how circuits are run.
        max_execution_time: seconds of the machine after which the job is cancelled.
        environment: the job's tags, log level and privacy.
    """

    shots_per_randomization: int | UnsetType = Unset
    num_randomizations: int | UnsetType = Unset
    layer_pair_depths: list[int] | UnsetType = Unset
    bit_flip_checks: Mapping[str, Any] = field(default_factory=dict)
    post_selection: Mapping[str, Any] = field(default_factory=dict)
    execution: ExecutionOptionsV2 = nested(ExecutionOptionsV2)
    max_execution_time: int | None = None
    environment: EnvironmentOptions = nested(EnvironmentOptions)


class NoiseLearnerV3(Runner):
    """Learns the noise of instructions, such as boxes with twirling annotations.

    Args:
        mode: as the sampler takes it.
        options: `NoiseLearnerV3Options`, or a dict of the same names.
    """

    def __init__(
        self, mode: Mode = None, options: NoiseLearnerV3Options | Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(mode)
        self.options = NoiseLearnerV3Options.of(options)

    def run(self, instructions: Iterable[CircuitInstruction]) -> ServerJob:
        """Send instructions.

        Returns:
            A job whose result is a `NoiseLearnerV3Result`, one entry an instruction.

        Raises:
            MissingExtraError: ``ibm-quantum-schemas`` is not installed.
            ProgramError: the instructions or options cannot be used; nothing was sent.
            TransportError: the job was not taken.
        """
        backend = self.backend()
        chosen = self.options.chosen()
        environment = chosen.pop("environment", {})
        limit = chosen.pop("max_execution_time", None)
        execution = chosen.pop("execution", {})
        params = params_of(list(instructions), {**chosen, **execution})
        session = self.session_to_join()
        return program_job(backend, "noise-learner", params, environment, limit, session)


def params_of(instructions: list[CircuitInstruction], options: Mapping[str, Any]) -> str:
    """Write the input of the program, version 0.3, as JSON text.

    Raises:
        ProgramError: IBM's schema does not allow it.
        MissingExtraError: ``ibm-quantum-schemas`` is not installed.
    """
    if not instructions:
        raise ProgramError("there is no instruction whose noise is to be learnt")
    qubits = dict.fromkeys(qubit for one in instructions for qubit in one.qubits)
    clbits = dict.fromkeys(clbit for one in instructions for clbit in one.clbits)
    circuit = QuantumCircuit(list(qubits), list(clbits))
    for one in instructions:
        circuit.append(one, one.qubits, one.clbits)
    common, schema = module("common"), module("noise_learner_v3.version_0_3")
    given = {name: value for name, value in options.items() if value not in ({}, None)}
    try:
        model = schema.ParamsModel(
            instructions=common.QpyModelV13ToV17.from_quantum_circuit(circuit, qpy_version=VERSION),
            options=given,
        )
    except ValueError as error:
        raise ProgramError(f"IBM's noise learner does not take this: {error}") from error
    dumped = model.model_dump(mode="json", exclude_none=True)
    return json.dumps({**dumped, "version": 3})
