"""Circuits as IQM's JSON: rotations about axes in the XY plane, CZ, barriers, measurements.

Circuits that measure, reset or decide before their end are written by `decisions`. Where a machine
joins its qubits through resonators, the moves that this takes are put in here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import tau
from typing import NamedTuple

from qiskit import QuantumCircuit

from ketbridge import Format, Program, Readout, Register
from ketbridge.errors import ProgramError
from ketbridge.programs import iqm_json
from ketbridge.programs.iqm_moves import Joints, Step, with_moves

from ..errors import CircuitError, DynamicCircuitError
from .decisions import GATES, Act, Actions, actions_of
from .layout import json_metadata, readout_of
from .plain import Plain, take_apart

Loci = Mapping[str, Collection[tuple[str, ...]]]

_LEVEL = 1
"""Rewriting in rotations without merging them would make a dozen of one gate."""


def encode_iqm(
    circuit: QuantumCircuit, qubits: Sequence[str] | None = None, loci: Loci | None = None
) -> Program:
    """Translate a circuit into IQM's JSON; a circuit of R and CZ gates keeps them as they are.

    Args:
        circuit: what it decides is whether single qubits are rotated, each time by one bit.
        qubits: the machine's name of each qubit; None for ``QB1``, ``QB2`` and so on.
        loci: for each gate of the machine the tuples of names that it can act on; None for a
            machine that has every gate everywhere and no resonators.

    Raises:
        CircuitError: an instruction cannot be written, the machine does not have it, or there are
            more qubits than names.
    """
    try:
        actions = _at_the_end(circuit, take_apart(circuit, GATES, level=_LEVEL))
    except DynamicCircuitError:
        actions = actions_of(circuit)
    used = actions.used
    size = max(used) + 1
    names = [f"QB{index + 1}" for index in range(size)] if qubits is None else qubits
    if size > len(names):
        raise CircuitError(
            f"circuit {circuit.name!r} uses {size} qubits; the machine has {len(names)}"
        )
    if loci is not None:
        _check_decisions(circuit, actions, names, loci)
    readout = _with_keys(readout_of(circuit, actions.sources))
    steps = _Steps(names, used, readout).of(actions)
    joints = None if loci is None else Joints(loci)
    try:
        parts = with_moves(steps, joints) if joints and joints.move else (one.text for one in steps)
        body = iqm_json.wrap(parts, circuit.name)
    except ProgramError as error:
        raise CircuitError(f"circuit {circuit.name!r}: {error}") from error
    metadata = json_metadata(circuit.metadata)
    return Program(Format.IQM, body, readout, size, circuit.name, metadata)


def _at_the_end(circuit: QuantumCircuit, plain: Plain) -> Actions:
    """List the gates of a circuit and then its measurements."""
    found = Actions()
    for instruction in plain.gates.data:
        on = [plain.gates.find_bit(qubit).index for qubit in instruction.qubits]
        found.add(Act(instruction.name, tuple(on), tuple(map(float, instruction.params))))
    for bit, qubit in sorted(plain.sources.items()):
        found.measure(qubit, bit)
    return found


def _with_keys(readout: Readout) -> Readout:
    """Give every classical bit one key: one register for all where registers share or miss bits."""
    bits = sorted(bit for register in readout.registers for bit in register.bits)
    if bits == list(range(readout.num_bits)):
        return readout
    return Readout(readout.sources, (Register("c", tuple(range(readout.num_bits))),))


def _check_decisions(
    circuit: QuantumCircuit, actions: Actions, names: Sequence[str], loci: Loci
) -> None:
    deciding = {name for locus in loci.get("cc_prx", ()) for name in locus}
    for act in actions.acts:
        if act.name == "cc_prx" and names[act.qubits[0]] not in deciding:
            raise CircuitError(
                f"circuit {circuit.name!r} rotates {names[act.qubits[0]]} on a condition, which "
                f"this machine can do on {', '.join(sorted(deciding)) or 'no qubit'}"
            )


class _Steps(NamedTuple):
    """Writes actions.

    Attributes:
        names: name of each qubit.
        used: qubits that barriers are kept on.
        readout: has the keys of the classical bits.
    """

    names: Sequence[str]
    used: Collection[int]
    readout: Readout

    def of(self, actions: Actions) -> list[Step]:
        """Write all of them."""
        key_of = {bit: key for key, bit in iqm_json.bits_of_keys(self.readout).items()}
        keys = {
            number: iqm_json.hidden_key(number) if bit is None else key_of[bit]
            for number, bit in enumerate(actions.shown)
        }
        written = (self._step(act, actions, keys) for act in actions.acts)
        return [one for one in written if one.qubits]

    def _step(self, act: Act, actions: Actions, keys: Mapping[int, str]) -> Step:
        on = tuple(self.names[qubit] for qubit in act.qubits if qubit in self.used)
        if act.name == "barrier":
            text = iqm_json.barrier(on)
        elif act.name == "measure":
            key = keys[act.measured]
            text = iqm_json.measure(on[0], key, key if act.measured in actions.asked else None)
        elif act.name == "cz":
            text = iqm_json.CZ % on
        elif act.name == "r":
            text = iqm_json.PRX % (*on, *(angle / tau for angle in act.angles))
        else:
            angle, phase = (angle / tau for angle in act.angles)
            source = self.names[actions.measured[act.measured]]
            text = iqm_json.cc_prx(on[0], angle, phase, source, keys[act.measured])
        return Step(act.name, on, text)
