"""Circuits as OpenQASM text: version 2, version 3, and version 3 in Braket's dialect.

They are written in few gates that every reader of the language has.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister, qasm2, qasm3

from ketbridge import Format, Program
from ketbridge.programs import qasm_text

from ..errors import DynamicCircuitError
from . import verbatim
from .layout import json_metadata, lies_in_order, readout_of
from .openqasm import dynamic_text
from .plain import Plain, take_apart

GATES: Mapping[str, str] = {
    "x": "x", "y": "y", "z": "z", "h": "h", "s": "s", "sdg": "si", "t": "t", "tdg": "ti",
    "rx": "rx", "ry": "ry", "rz": "rz", "cx": "cnot",
}  # fmt: skip
"""The gates that are written, by the names of Qiskit and OpenQASM, and Braket's names of them."""


def encode_openqasm2(circuit: QuantumCircuit, *, measured: bool = True) -> Program:
    """Translate a circuit into OpenQASM 2, which has the classical bits in the circuit's order.

    Args:
        circuit: it measures at its end only.
        measured: False to leave out what it measures and declare all of its qubits, for its state.

    Raises:
        CircuitError: an instruction cannot be written.
        DynamicCircuitError: it measures, resets or decides before its end.
    """
    plain = take_apart(circuit, tuple(GATES), measured=measured)
    size = max(plain.used) + 1 if measured else circuit.num_qubits
    if not measured:
        plain = Plain(plain.gates, {})
    return _program(
        circuit, plain, Format.OPENQASM2, qasm2.dumps(_joined(circuit, plain, size)), size
    )


def encode_openqasm3(circuit: QuantumCircuit) -> Program:
    """Translate a circuit into OpenQASM 3, which has the classical bits in the circuit's order.

    Circuits that measure at their end are written in few gates; others as they are, with what
    they decide, and it is the machine that takes or refuses that.

    Raises:
        CircuitError: an instruction cannot be written.
    """
    try:
        plain = take_apart(circuit, tuple(GATES))
    except DynamicCircuitError:
        text, readout = dynamic_text(circuit)
        if not lies_in_order(circuit):
            text = qasm_text.noted(text, readout)
        return Program(
            Format.OPENQASM3,
            text.encode(),
            readout,
            circuit.num_qubits,
            circuit.name,
            json_metadata(circuit.metadata),
        )
    size = max(plain.used) + 1
    return _program(
        circuit, plain, Format.OPENQASM3, qasm3.dumps(_joined(circuit, plain, size)), size
    )


def _joined(circuit: QuantumCircuit, plain: Plain, size: int) -> QuantumCircuit:
    """Put gates and measurements into one circuit, whose registers are the user's if they can be.

    Barriers are left out: they say nothing about what is computed, and not every reader has them.
    """
    registers = [ClassicalRegister(len(one), one.name) for one in circuit.cregs if len(one)]
    if not plain.sources:
        registers = []
    elif not lies_in_order(circuit):
        registers = [ClassicalRegister(circuit.num_clbits, "c")]
    names = {register.name for register in registers}
    name = "q" if "q" not in names else next(n for n in _numbered("q") if n not in names)
    joined = QuantumCircuit(QuantumRegister(size, name), *registers)
    for instruction in plain.gates.data:
        if instruction.name != "barrier":
            on = [plain.gates.find_bit(qubit).index for qubit in instruction.qubits]
            joined.append(instruction.operation, on)
    for bit in sorted(plain.sources):
        joined.measure(plain.sources[bit], bit)
    return joined


def _numbered(name: str) -> Iterator[str]:
    number = 0
    while True:
        yield f"{name}{number}"
        number += 1


def encode_braket(
    circuit: QuantumCircuit, *, physical: bool = False, native: Collection[str] = ()
) -> Program:
    """Translate a circuit into Braket's OpenQASM 3.

    Its qubits are numbered without gaps, as some readers demand; the readout has these numbers.
    Its bits are the classical bits, unless several of those read one qubit, which the text can
    measure once only.

    Args:
        circuit: it measures at its end only. Boxes with the label ``verbatim`` hold gates of the
            machine, and with them ``physical`` is True.
        physical: whether each qubit is the machine's qubit of its number (``$3``).
        native: Braket's names of the gates that verbatim boxes may hold; none for any.

    Raises:
        CircuitError: an instruction cannot be written.
        DynamicCircuitError: it measures, resets or decides before its end.
    """
    plain = take_apart(circuit, tuple(GATES))
    boxed = verbatim.has_boxes(circuit)
    physical = physical or boxed
    numbers = plain.used if physical else range(len(plain.used))
    place = dict(zip(plain.used, numbers, strict=True))
    name = "${}" if physical else "q[{}]"
    read = set(plain.sources.values())
    once = len(read) == len(plain.sources)
    bits = plain.sources if once else dict(enumerate(sorted(read)))
    size = circuit.num_clbits if once else len(read)
    lines = ["OPENQASM 3.0;", f"bit[{size}] b;"]
    if not physical:
        lines.append(f"qubit[{len(place)}] q;")
    lines += _with_boxes(circuit, native) if boxed else _gates(plain.gates, place, name)
    lines += [
        f"b[{bit}] = measure {name.format(place[qubit])};" for bit, qubit in sorted(bits.items())
    ]
    sources = {bit: place[qubit] for bit, qubit in plain.sources.items()}
    text = "\n".join([*lines, ""])
    width = max(place.values()) + 1
    return _program(circuit, Plain(plain.gates, sources), Format.BRAKET_OPENQASM3, text, width)


def _gates(gates: QuantumCircuit, place: Mapping[int, int], name: str) -> Iterator[str]:
    for instruction in gates.data:
        if instruction.name == "barrier":
            continue
        angles = f"({float(instruction.params[0])!r})" if instruction.params else ""
        on = (place[gates.find_bit(qubit).index] for qubit in instruction.qubits)
        yield f"{GATES[instruction.name]}{angles} {', '.join(map(name.format, on))};"


def _with_boxes(circuit: QuantumCircuit, native: Collection[str]) -> Iterator[str]:
    """Write boxes as they are, and what is between them in the usual gates."""
    same = {qubit: qubit for qubit in range(circuit.num_qubits)}
    for part in verbatim.parts(circuit):
        if isinstance(part, QuantumCircuit):
            gates = take_apart(part, tuple(GATES), measured=False).gates
            yield from _gates(gates, same, "${}")
        else:
            on: list[int] = [circuit.find_bit(qubit).index for qubit in part.qubits]
            yield from verbatim.lines(part, on, native)


def _program(
    circuit: QuantumCircuit, plain: Plain, written: Format, text: str, size: int
) -> Program:
    readout = readout_of(circuit, plain.sources)
    if plain.sources and (written is Format.BRAKET_OPENQASM3 or not lies_in_order(circuit)):
        text = qasm_text.noted(text, readout)  # the text has other registers than the circuit
    metadata = json_metadata(circuit.metadata)
    return Program(written, text.encode(), readout, size, circuit.name, metadata)
