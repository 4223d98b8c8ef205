"""What cannot run on IonQ is refused with the gate, its index and the reason."""

import math
import sys

import numpy as np
import pytest
from braket.circuits import Circuit, FreeParameter, Instruction, Observable, gates
from braket.circuits.measure import Measure
from braket.circuits.observables import Sum
from braket.ir.openqasm import Program
from braket.pulse import PulseSequence
from support.braket_circuits import read

from braket_ketbridge.translate import encode, format_for
from ketbridge import Format
from ketbridge.errors import MissingExtraError, ProgramError

_X_THEN_NOISE = Circuit().x(0).bit_flip(0, 0.1)
_BOX = Circuit().add_verbatim_box(Circuit().gpi(0, 0.1).h(0))


@pytest.mark.parametrize(
    ("circuit", "message"),
    [
        (Circuit(), "no qubits"),
        (Circuit().gphase(0.3), "no qubits"),
        (_X_THEN_NOISE, "BitFlip at index 1: .*noise"),
        (Circuit().h(0).rx(0, math.nan), "Rx at index 1: .*nan is no finite number"),
        (Circuit().ms(0, 1, 0, math.inf), "MS at index 0: .*inf is no finite number"),
        (Circuit().x(0, power=math.nan), "X at index 0: its power nan"),
        (Circuit().x(0).rx(0, FreeParameter("a")), "Rx at index 1: .*unbound parameters: a"),
        (_BOX, "H at index 2: is no native gate of IonQ"),
        (Circuit().h(0).state_vector(), "StateVector needs the exact state"),
        (Circuit().h(0).amplitude(["0"]), "Amplitude needs the exact state"),
        (Circuit().h(0).density_matrix(), "DensityMatrix needs the exact state"),
        (Circuit().h(0).expectation(2 * Observable.Z(), target=0), "coefficient 2"),
        (
            Circuit().h(0).expectation(Observable.Z(), 0).expectation(Observable.X(), 0),
            "Observables cannot be sampled simultaneously",
        ),
        (
            Circuit().h(0).adjoint_gradient(Sum([Observable.Z(), Observable.X()]), [[0], [0]]),
            "AdjointGradient needs",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_circuit_that_cannot_run_is_refused(circuit, message):
    with pytest.raises(ProgramError, match=message):
        encode(circuit)


def test_a_qubit_that_controls_after_its_measurement_is_refused():
    circuit = Circuit().h(0).measure(0).x(1, control=0)
    with pytest.raises(ProgramError, match="X at index 2: acts on a qubit that is already"):
        encode(circuit)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("qubit[1] q; h q[0]; reset q[0]; h q[0];", "line 1: reset"),
        ("qubit[1] q;\nh q[0];\ndelay[10ns] q[0];", "line 3: delay"),
        ("bit b; qubit[2] q; b = measure q[0]; if (b) { x q[1]; }", "feed-forward"),
        ('include "stdgates.inc"; qubit q; h q;', "cannot be read"),
        ("qubit[1] q; nonsense q[0];", "cannot be read"),
        ("this is no program", "cannot be read"),
    ],
)
def test_openqasm_that_would_be_misread_is_refused(source, message):
    with pytest.raises(ProgramError, match=message):
        encode(Program(source=f"OPENQASM 3.0; {source}"))


@pytest.mark.parametrize(
    "thing", [PulseSequence(), 7, "OPENQASM 3.0;", None], ids=lambda thing: type(thing).__name__
)
def test_what_is_no_circuit_is_refused(thing):
    with pytest.raises(ProgramError, match="cannot be run here"):
        encode(thing)


@pytest.mark.parametrize("value", [math.nan, 1j, "x", None])
def test_inputs_that_are_no_finite_number_are_refused(value):
    with pytest.raises(ProgramError, match="Rx at index 0"):
        encode(Circuit().rx(0, FreeParameter("a")), inputs={"a": value})


def test_a_format_of_another_machine_is_refused():
    with pytest.raises(ProgramError, match="cannot be written as perceval"):
        encode(Circuit().h(0), Format.PERCEVAL)


@pytest.mark.parametrize(
    "instruction",
    [
        Instruction(gates.H(), 0),
        Instruction(gates.GPi(0.1), 0, power=2),
        Instruction(gates.GPi(0.1), 0, control=1),
    ],
    ids=["h", "power", "control"],
)
def test_native_gates_have_no_controls_and_no_powers(instruction):
    with pytest.raises(ProgramError, match=r"at index 0.*native"):
        encode(Circuit([instruction]), Format.IONQ_NATIVE)


def test_only_a_wholly_verbatim_circuit_is_native():
    box = Circuit().add_verbatim_box(Circuit().gpi(0, 0.1))
    assert format_for(box) is Format.IONQ_NATIVE
    assert format_for(box, [Format.IONQ_QIS]) is Format.IONQ_QIS
    assert format_for(Circuit().h(0).add_circuit(box)) is Format.IONQ_QIS
    assert format_for(Circuit().gpi(0, 0.1)) is Format.IONQ_QIS


def test_an_observable_on_two_qubits_is_refused_in_native_gates():
    matrix = np.diag([1, 2, 3, 4])[:, [1, 0, 3, 2]] + np.diag([1, 2, 3, 4])[[1, 0, 3, 2], :]
    circuit = Circuit().gpi(0, 0).gpi(1, 0).expectation(Observable.Hermitian(matrix), [0, 1])
    with pytest.raises(ProgramError, match="several qubits"):
        encode(circuit, Format.IONQ_NATIVE)


def test_measurements_are_ordered_by_their_classical_bit():
    source = "OPENQASM 3.0; bit[2] c; qubit[2] q; x q[0]; c[1] = measure q[0]; c[0] = measure q[1];"
    assert encode(Program(source=source)).readout.sources == (1, 0)


def test_measurements_that_share_a_bit_are_all_kept_in_their_order():
    circuit = Circuit().x(range(3)).measure(0).measure([2, 1])
    assert encode(circuit).readout.sources == (0, 2, 1)


def test_a_measurement_without_a_bit_is_kept_in_its_order():
    circuit = Circuit().x(range(2))
    circuit.add_instruction(Instruction(Measure(), 1)).add_instruction(Instruction(Measure(), 0))
    assert encode(circuit).readout.sources == (1, 0)


def test_gaps_between_qubits_are_closed_on_the_wire_and_open_in_the_labels():
    program = encode(Circuit().x(300).h(7))
    assert program.num_qubits == 2
    assert program.readout.sources == (0, 1)
    assert program.readout.labels == (7, 300)


def test_rotations_of_observables_are_native_after_a_verbatim_circuit():
    circuit = Circuit().add_verbatim_box(Circuit().gpi2(0, -math.pi / 2).gpi(1, 0))
    circuit.expectation(Observable.Z() @ Observable.X(), target=[1, 0])
    program = encode(circuit, format_for(circuit))
    assert program.format is Format.IONQ_NATIVE
    assert b'"gate":"h"' not in program.encoded()
    exact = dict(zip(("00", "01", "10", "11"), read(program), strict=True))
    assert sum(p * (-1) ** key.count("1") for key, p in exact.items()) == pytest.approx(1)


def test_a_unitary_on_two_qubits_without_qiskit_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "qiskit.synthesis", None)
    circuit = Circuit().unitary(matrix=np.eye(4)[::-1], targets=[0, 1])
    with pytest.raises(ProgramError, match=r"Unitary at index 0: .*ketbridge\[qiskit\]"):
        encode(circuit)


def test_a_machine_that_needs_qiskit_says_what_to_install(monkeypatch):
    for name in ("ibm", "qiskit_circuit", "placed", "iqm"):
        monkeypatch.delitem(sys.modules, f"braket_ketbridge.translate.{name}", raising=False)
    monkeypatch.setitem(sys.modules, "qiskit", None)
    for form in (Format.QISKIT_QPY, Format.OPENQASM2, Format.IQM):
        with pytest.raises(MissingExtraError, match=r"ketbridge\[qiskit\]"):
            encode(Circuit().h(0), form)
