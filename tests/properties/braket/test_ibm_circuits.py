"""Random Braket circuits mean the same on IBM's machines as in Braket's simulator."""

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from qiskit import qpy
from qiskit.quantum_info import Statevector
from support.braket_circuits import build, circuits, simulated, spelled_out

from braket_ketbridge.translate import encode
from braket_ketbridge.translate.compiler import Compiler
from braket_ketbridge.translate.ibm import qpy as written
from ketbridge import Format
from ketbridge.clouds.ibm_shared.machines import Machine, describe
from ketbridge.clouds.ibm_shared.models import BackendConfiguration, BackendProperties

fake_provider = pytest.importorskip("qiskit_ibm_runtime.fake_provider")

MANY = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


def in_a_row():
    """Return a compiler for a machine of five qubits in a row, from its real documents."""
    folder = Path(fake_provider.__file__).parent / "backends/manila"
    machine = Machine(
        BackendConfiguration.model_validate_json((folder / "conf_manila.json").read_bytes()),
        BackendProperties.model_validate_json((folder / "props_manila.json").read_bytes()),
    )
    return Compiler(describe(machine, "ibmq_manila", "ibm"))


COMPILER = in_a_row()


def check(program, drawn):
    gates, labels, measured = drawn
    columns = measured or range(len(labels))
    circuit = qpy.load(io.BytesIO(program.body))[0]
    circuit.remove_final_measurements()
    place = [program.readout.sources[bit] for bit in range(len(columns))]
    found = Statevector(circuit).probabilities(list(reversed(place)))
    expected = simulated(build(spelled_out(gates)), columns)
    assert np.abs(found - expected).max() < 1e-7
    assert list(program.readout.labels or program.readout.sources) == [labels[q] for q in columns]


@MANY
@given(circuits(5))
def test_a_circuit_is_written_as_it_is(drawn):
    check(encode(build(*drawn), Format.QISKIT_QPY), drawn)


@MANY
@given(circuits(5))
def test_a_circuit_is_compiled_for_a_row_of_qubits(drawn):
    program = written(build(*drawn), {}, COMPILER)

    check(program, drawn)
    names = {one.operation.name for one in qpy.load(io.BytesIO(program.body))[0].data}
    assert names <= {*COMPILER.info.native_gates, "measure", "barrier"}
