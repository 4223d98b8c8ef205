"""What is sent for PUBs decodes, with the service's decoder, to the same PUBs."""

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from qiskit import ClassicalRegister, QuantumCircuit, qpy
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub
from support import qiskit_pubs

from ketbridge import Format
from ketbridge.clouds.ibm_shared import encoding
from ketbridge.errors import ProgramError
from qiskit_ketbridge.errors import CircuitError
from qiskit_ketbridge.ibm import pubs as writing
from qiskit_ketbridge.ibm.qpy import VERSION
from qiskit_ketbridge.translate import encode

runtime = pytest.importorskip("qiskit_ibm_runtime")

quick = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def decoded(programs):
    return json.loads(encoding.params(programs, 0, {}), cls=runtime.RuntimeDecoder)["pubs"]


def public(pubs):
    return json.loads(json.dumps(pubs, cls=runtime.RuntimeEncoder), cls=runtime.RuntimeDecoder)


def same(one, two):
    return len(one) == len(two) and all(
        np.array_equal(a, b) if isinstance(a, np.ndarray) else a == b
        for a, b in zip(one, two, strict=True)
    )


@quick
@given(qiskit_pubs.sampler_pubs())
def test_sampler_pubs_decode_as_the_public_encoding_does(pub):
    coerced = SamplerPub.coerce(pub)

    (found,) = decoded(writing.of_sampler([coerced], writing.Circuits()))

    assert same(found, public([coerced])[0])
    assert found[0].metadata == coerced.circuit.metadata


@quick
@given(qiskit_pubs.ansatzes())
def test_estimator_pubs_decode_as_the_public_encoding_does(circuit):
    values = np.linspace(0, 1, 3 * circuit.num_parameters).reshape(3, circuit.num_parameters)
    observables = [{"Z" * circuit.num_qubits: 0.5, "X" * circuit.num_qubits: -2}] * 3
    coerced = EstimatorPub.coerce((circuit, observables, values, 0.1))

    (found,) = decoded(writing.of_estimator([coerced], writing.Circuits()))

    assert same(found, public([coerced])[0])


def test_a_circuit_that_comes_again_is_written_once():
    circuit = QuantumCircuit(1, 1)
    circuit.measure(0, 0)
    coerced = [SamplerPub.coerce((circuit, None, shots)) for shots in (1, 2, 3)]

    programs = writing.of_sampler(coerced, writing.Circuits())

    assert programs[0].body is programs[1].body is programs[2].body
    assert [pub[2] for pub in decoded(programs)] == [1, 2, 3]


def test_a_circuit_is_encoded_as_the_newest_qpy_that_the_service_reads():
    program = encode(qiskit_pubs_circuit(), Format.QISKIT_QPY)

    assert program.body[:6] == b"QISKIT"
    assert program.body[6] == VERSION == min(17, qpy.QPY_VERSION)
    assert program.readout.sources == (1, None)
    assert program.readout.registers[0].name == "c"


def qiskit_pubs_circuit():
    circuit = QuantumCircuit(2, 2)
    circuit.measure(1, 0)
    return circuit


@pytest.mark.parametrize("name", ["class", "not a name", "1st", "shape", "items"])
def test_a_register_whose_name_cannot_come_back_is_refused(name):
    circuit = QuantumCircuit(1)
    circuit.add_register(ClassicalRegister(1, name))

    with pytest.raises(CircuitError, match=name):
        writing.check_registers(circuit)


def test_a_register_without_bits_is_refused():
    with pytest.raises(CircuitError, match="no bits"):
        writing.check_registers(QuantumCircuit(ClassicalRegister(0, "empty")))


@pytest.mark.parametrize(
    ("pub", "words"),
    [
        ((QuantumCircuit(1), "+"), r"observable '\+'"),
        ((QuantumCircuit(1), "Z", None, 0), "precision of 0"),
        ((QuantumCircuit(1), np.empty((0,), dtype=object)), "no observables"),
    ],
)
def test_an_estimator_pub_that_the_service_cannot_run_is_refused(pub, words):
    with pytest.raises(ProgramError, match=words):
        writing.of_estimator([EstimatorPub.coerce(pub)], writing.Circuits())


def test_metadata_that_has_no_form_in_json_is_refused_by_name():
    circuit = QuantumCircuit(1, name="odd", metadata={"a": object()})

    with pytest.raises(CircuitError, match=r"'odd'.*object"):
        encode(circuit, Format.QISKIT_QPY)
