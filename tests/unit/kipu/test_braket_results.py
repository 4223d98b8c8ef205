"""Results of Braket's own simulator, which writes what AWS machines behind the Hub answer."""

from __future__ import annotations

import pytest
from braket.default_simulator import StateVectorSimulator
from braket.ir.openqasm import Program as OpenQasm

from ketbridge.clouds.document import Document
from ketbridge.clouds.kipu import results
from ketbridge.clouds.kipu.models import Job
from ketbridge.jobs.submission import Request
from ketbridge.programs import Format, Program, Readout, qasm_text

PROGRAMS = {
    "OPENQASM 3.0; bit[3] c; qubit[3] q; x q[0]; i q[1]; i q[2]; c = measure q;": "001",
    "OPENQASM 3.0; bit[2] c; qubit[3] q; x q[2]; i q[0]; i q[1];"
    "c[0] = measure q[2]; c[1] = measure q[0];": "01",
    "OPENQASM 3.0; bit[2] c; qubit[3] q; x q[2]; i q[0]; i q[1];"
    "c[1] = measure q[2]; c[0] = measure q[0];": "10",
    "OPENQASM 3.0; bit[2] c; qubit[4] q; x q[1]; i q[0]; i q[2]; x q[3];"
    "c[1] = measure q[3]; c[0] = measure q[2];": "10",
}


@pytest.mark.parametrize("text", PROGRAMS)
def test_bits_measured_in_any_order_come_back_in_theirs(text: str) -> None:
    answer = StateVectorSimulator().run(OpenQasm(source=text), shots=5)
    readout: Readout = qasm_text.readout(text)
    program = Program(Format.BRAKET_OPENQASM3, text.encode(), readout, 4)
    document = Document(answer.json().encode())
    [measured] = results.measurements(document, Job(id="j"), Request("m", (program,), 5))

    assert measured.counts == {PROGRAMS[text]: 5}
