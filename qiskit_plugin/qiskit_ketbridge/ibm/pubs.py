"""PUBs as programs: each distinct circuit written once, parameter values as arrays."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.primitives import DataBin

from ketbridge.errors import ProgramError

from ..errors import CircuitError
from .qpy import encode_qpy

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from qiskit.primitives.containers import BindingsArray
    from qiskit.primitives.containers.estimator_pub import EstimatorPub
    from qiskit.primitives.containers.sampler_pub import SamplerPub

    from ketbridge import Program


class Circuits:
    """Programs of circuits; a circuit that comes again is checked and written once."""

    def __init__(self, check: Callable[[QuantumCircuit], None] | None = None) -> None:
        """Begin.

        Args:
            check: refuses a circuit that cannot run, by raising.
        """
        self._check = check
        self._known: dict[int, _Written] = {}

    def take(self, circuit: QuantumCircuit, values: BindingsArray) -> tuple[Program, NDArray[Any]]:
        """Return the program of a circuit, without arguments, and its parameter values in order.

        Args:
            circuit: the circuit; it is kept, so that its identity stays its own.
            values: sets of values of its parameters.

        Returns:
            The program, and an array of shape ``(*values.shape, parameters)``.

        Raises:
            CircuitError: the circuit cannot be written, or a value is no finite number.
        """
        known = self._written(circuit)
        in_order = values.data.get(known.names) if len(values.data) == 1 else None
        table = values.as_array(known.names) if in_order is None else in_order
        if not np.isfinite(table).all():
            raise CircuitError(f"a value for circuit {circuit.name!r} is no finite number")
        return known.program, table

    def program(self, circuit: QuantumCircuit) -> Program:
        """Return the program of a circuit, without arguments."""
        return self._written(circuit).program

    def _written(self, circuit: QuantumCircuit) -> _Written:
        known = self._known.get(id(circuit))
        if known is None:
            if self._check is not None:
                self._check(circuit)
            names = tuple(parameter.name for parameter in circuit.parameters)
            known = self._known[id(circuit)] = _Written(circuit, encode_qpy(circuit), names)
        return known


@dataclass(frozen=True, slots=True)
class _Written:
    """A circuit, its program, and the names of its parameters in their order."""

    circuit: QuantumCircuit
    program: Program
    names: tuple[str, ...]


def of_sampler(pubs: Iterable[SamplerPub], circuits: Circuits) -> list[Program]:
    """Write sampler PUBs.

    Args:
        pubs: one with shots None takes the default of the job.
        circuits: writes the circuits.

    Raises:
        CircuitError: a register's name or size is none that the service takes.
    """
    from ketbridge.clouds.ibm_shared import encoding

    programs = []
    for pub in pubs:
        program, values = circuits.take(pub.circuit, pub.parameter_values)
        programs.append(replace(program, arguments=encoding.sampler_arguments(values, pub.shots)))
    return programs


def of_estimator(pubs: Iterable[EstimatorPub], circuits: Circuits) -> list[Program]:
    """Write estimator PUBs.

    Raises:
        ProgramError: a PUB has no observable or one with a letter other than I, X, Y and Z, or a
            precision that is not above 0.
    """
    from ketbridge.clouds.ibm_shared import encoding

    programs = []
    for place, pub in enumerate(pubs):
        if pub.precision is not None and not pub.precision > 0:
            raise ProgramError(f"PUB {place} asks for a precision of {pub.precision}: not above 0")
        observables = pub.observables.tolist()
        _check_observables(observables, place)
        program, values = circuits.take(pub.circuit, pub.parameter_values)
        arguments = encoding.estimator_arguments(observables, values, pub.precision)
        programs.append(replace(program, arguments=arguments))
    return programs


def check_registers(circuit: QuantumCircuit) -> None:
    """Refuse classical registers that the service cannot give back.

    Raises:
        CircuitError: one has no bits, or a name that cannot be an attribute of a result.
    """
    for register in circuit.cregs:
        if not register.size:
            raise CircuitError(f"{_register(circuit, register)} has no bits")
        name = register.name
        if not name.isidentifier() or keyword.iskeyword(name):
            raise CircuitError(
                f"{_register(circuit, register)} has a name that Python cannot use: IBM takes "
                "letters, digits and underscores, and no keyword"
            )
        try:
            DataBin(**{name: 0}, shape=())
        except (TypeError, ValueError) as error:
            raise CircuitError(f"{_register(circuit, register)}: {error}") from None


def _register(circuit: QuantumCircuit, register: Any) -> str:
    return f"classical register {register.name!r} of circuit {circuit.name!r}"


def _check_observables(observables: Any, place: int) -> None:
    if isinstance(observables, list):
        if not observables:
            raise ProgramError(f"PUB {place} has no observables")
        for one in observables:
            _check_observables(one, place)
        return
    for label in observables:
        other = set(label) - set("IXYZ")
        if other:
            raise ProgramError(
                f"PUB {place} has the observable {label!r}; IBM's estimator measures I, X, Y and Z"
            )
