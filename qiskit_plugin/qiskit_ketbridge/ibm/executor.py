"""The ``executor`` program: circuits bound and run as they are, every register given back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from qiskit import QuantumCircuit

from ketbridge.errors import ProgramError

from ..primitives.mode import Mode
from .options import EnvironmentOptions, ExecutionOptionsV2
from .optionset import OptionSet, nested
from .qpy import VERSION
from .runner import Runner
from .schemas import module
from .submitting import program_job

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from .job import ServerJob


@dataclass(init=False)
class ExecutorOptions(OptionSet):
    """Options of the executor.

    Attributes:
        max_execution_time: seconds of the machine after which the job is cancelled.
        environment: the job's tags, log level and privacy.
        execution: how circuits are run.
        experimental: options that the service may change without notice.
    """

    max_execution_time: int | None = None
    environment: EnvironmentOptions = nested(EnvironmentOptions)
    execution: ExecutionOptionsV2 = nested(ExecutionOptionsV2)
    experimental: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Item:
    """One circuit of a program.

    Attributes:
        circuit: the circuit.
        circuit_arguments: values of its parameters, shape ``(..., parameters)``.
        samplex: what draws the arguments instead, an object of ``samplomatic``; None for none.
        samplex_arguments: its arguments by name.
        shape: with a samplex, the shape of what is drawn.
        chunk_size: how many sets of arguments are run at once; None for the service's choice.
    """

    circuit: QuantumCircuit
    circuit_arguments: ArrayLike | None = None
    samplex: Any = None
    samplex_arguments: Mapping[str, Any] = field(default_factory=dict)
    shape: tuple[int, ...] = ()
    chunk_size: int | None = None


@dataclass(eq=False)
class QuantumProgram:
    """Circuits that are run with the same number of shots.

    Attributes:
        shots: shots of each circuit and set of arguments.
        items: the circuits.
        meas_level: ``classified`` for bits, ``kerneled``, ``avg_kerneled`` or ``both``.
        passthrough_data: nested lists, dicts, arrays and plain values that come back as they are.
    """

    shots: int
    items: list[Item] = field(default_factory=list)
    meas_level: str = "classified"
    passthrough_data: Any = None

    def append_circuit_item(
        self,
        circuit: QuantumCircuit,
        *,
        circuit_arguments: ArrayLike | None = None,
        chunk_size: int | None = None,
    ) -> None:
        """Add a circuit; see `Item`."""
        self.items.append(Item(circuit, circuit_arguments, chunk_size=chunk_size))

    def append_samplex_item(
        self,
        circuit: QuantumCircuit,
        *,
        samplex: Any,
        samplex_arguments: Mapping[str, Any] | None = None,
        shape: tuple[int, ...] = (),
        chunk_size: int | None = None,
    ) -> None:
        """Add a circuit whose arguments a samplex draws; see `Item`."""
        self.items.append(
            Item(circuit, None, samplex, samplex_arguments or {}, tuple(shape), chunk_size)
        )


class Executor(Runner):
    """Runs a `QuantumProgram`; one of qiskit-ibm-runtime does as well.

    Args:
        mode: as the sampler takes it.
        options: `ExecutorOptions`, or a dict of the same names.
    """

    def __init__(
        self, mode: Mode = None, options: ExecutorOptions | Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(mode)
        self.options = ExecutorOptions.of(options)

    def run(self, program: QuantumProgram) -> ServerJob:
        """Send a program.

        Returns:
            A job whose result is a `QuantumProgramResult`.

        Raises:
            MissingExtraError: ``ibm-quantum-schemas`` is not installed.
            ProgramError: the program cannot run; nothing was sent.
            TransportError: the job was not taken.
        """
        backend = self.backend()
        for item in program.items:
            backend.check(item.circuit)
        chosen = self.options.chosen()
        environment = chosen.pop("environment", {})
        experimental = dict(chosen.pop("experimental", {}))
        params = params_of(program, {**chosen.pop("execution", {}), "experimental": experimental})
        session = self.session_to_join()
        limit = chosen.pop("max_execution_time", None)
        return program_job(backend, "executor", params, environment, limit, session)


def params_of(program: QuantumProgram, options: Mapping[str, Any]) -> str:
    """Write the input of the program, version 2.0, as JSON text.

    Raises:
        ProgramError: IBM's schema does not allow it.
        MissingExtraError: ``ibm-quantum-schemas`` is not installed.
    """
    common, schema = module("common"), module("executor.version_2_0")
    try:
        circuits = common.CompressedQpyDataModel.from_python(
            [item.circuit for item in program.items], qpy_version=VERSION
        )
        model = schema.ParamsModel(
            quantum_program=schema.QuantumProgramModel(
                shots=program.shots,
                circuits=circuits,
                items=[_item(item, common, schema) for item in program.items],
                meas_level=program.meas_level,
                passthrough_data=_passthrough(program.passthrough_data, common),
                semantic_role=getattr(program, "_semantic_role", None),
            ),
            options=options,
        )
    except ValueError as error:
        raise ProgramError(f"IBM's executor does not take this: {error}") from error
    return str(model.model_dump_json(exclude_none=True))


def _item(item: Any, common: Any, schema: Any) -> Any:
    chunk_size = "auto" if item.chunk_size is None else item.chunk_size
    samplex = getattr(item, "samplex", None)
    if samplex is None:
        given = item.circuit_arguments
        values = np.zeros((0,)) if given is None else np.asarray(given, dtype=float)
        return schema.CircuitItemModel(
            circuit_arguments=common.F64CompressedTensorModel.from_numpy(values),
            chunk_size=chunk_size,
            shape=[],
        )
    return schema.SamplexItemModel(
        samplex=common.SamplexModel.from_samplex(samplex),
        samplex_arguments={
            name: _argument(value, common) for name, value in _given(item.samplex_arguments)
        },
        shape=list(item.shape),
        chunk_size=chunk_size,
    )


def _given(arguments: Any) -> Sequence[tuple[str, Any]]:
    """List the arguments that are there, of a dict or of samplomatic's own kind."""
    names = [spec.name for spec in arguments.specs] if hasattr(arguments, "specs") else arguments
    return [(name, arguments[name]) for name in names if name in arguments]


def _argument(value: Any, common: Any) -> Any:
    if isinstance(value, bool | int):
        return value
    if hasattr(value, "to_sparse_list"):
        return common.PauliLindbladMapModel.from_pauli_lindblad_map(value)
    return common.CompressedTensorModel.from_numpy(np.asarray(value))


def _passthrough(value: Any, common: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _passthrough(one, common) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_passthrough(one, common) for one in value]
    if isinstance(value, np.ndarray):
        return common.CompressedTensorModel.from_numpy(value)
    return value
