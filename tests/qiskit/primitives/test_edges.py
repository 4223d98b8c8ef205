"""What the primitives refuse, before anything is sent, and what they do with little to do."""

import copy

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.primitives import StatevectorEstimator, StatevectorSampler

from ketbridge.errors import ProgramError
from qiskit_ketbridge import EstimatorV2, SamplerV2, backend


def rotated(measured=True):
    circuit = QuantumCircuit(2)
    circuit.ry(Parameter("a"), 0)
    circuit.rz(Parameter("b"), 1)
    return circuit.measure_all(inplace=False) if measured else circuit


BAD_SAMPLER_PUBS = {
    "no values": (rotated(),),
    "too few values": (rotated(), [1.0]),
    "too many values": (rotated(), [1.0, 2.0, 3.0]),
    "ragged values": (rotated(), [[1.0, 2.0], [1.0]]),
    "a wrong name": (rotated(), {"a": 1.0, "c": 2.0}),
    "a name too few": (rotated(), {"a": 1.0}),
    "shapes that differ": (rotated(), {"a": [1.0, 2.0], "b": [1.0, 2.0, 3.0]}),
    "text": (rotated(), ["x", "y"]),
    "no shots": (rotated(), [1.0, 2.0], 0),
    "half a shot": (rotated(), [1.0, 2.0], 0.5),
    "no circuit": (3, [1.0, 2.0]),
    "four parts": (rotated(), [1.0, 2.0], 10, 10),
}
BAD_ESTIMATOR_PUBS = {
    "no values": (rotated(False), "ZZ"),
    "no observables": (rotated(False),),
    "wide observables": (rotated(False), "ZZZ", [1.0, 2.0]),
    "unequal observables": (rotated(False), ["ZZ", "Z"], [1.0, 2.0]),
    "no letters": (rotated(False), "AB", [1.0, 2.0]),
    "complex": (rotated(False), {"ZZ": 1j}, [1.0, 2.0]),
    "no broadcast": (rotated(False), ["ZZ", "XX"], np.zeros((3, 2))),
    "negative": (rotated(False), "ZZ", [1.0, 2.0], -0.1),
}


@pytest.fixture
def sent(running):
    """Asserts that no job reaches the server."""
    before = len(running.jobs())
    yield
    assert len(running.jobs()) == before


def refusal(run, pub):
    """What `run` refuses a PUB with; the reference does so in part when the result is made."""
    with pytest.raises(Exception) as caught:
        run([pub]).result()
    return type(caught.value), str(caught.value)


@pytest.mark.usefixtures("sent")
@pytest.mark.parametrize("what", BAD_SAMPLER_PUBS)
def test_the_sampler_refuses_as_the_reference_does(simulator, what):
    pub = BAD_SAMPLER_PUBS[what]
    good = QuantumCircuit(1, 1)
    good.measure(0, 0)

    ours = refusal(lambda pubs: SamplerV2(mode=simulator).run([good, *pubs]), pub)

    assert ours == refusal(StatevectorSampler().run, pub)


@pytest.mark.usefixtures("sent")
@pytest.mark.parametrize("what", BAD_ESTIMATOR_PUBS)
def test_the_estimator_refuses_as_the_reference_does(simulator, what):
    pub = BAD_ESTIMATOR_PUBS[what]

    ours = refusal(EstimatorV2(mode=simulator).run, pub)

    assert ours == refusal(StatevectorEstimator().run, pub)


@pytest.mark.usefixtures("sent")
def test_a_precision_of_zero_is_refused(simulator):
    pub = (rotated(False), "ZZ", [1.0, 2.0])
    with pytest.raises(ValueError, match="above 0"):
        EstimatorV2(mode=simulator).run([pub], precision=0)


@pytest.mark.usefixtures("sent")
def test_a_circuit_that_measures_before_its_end_has_no_expectation_value(simulator):
    circuit = QuantumCircuit(2, 1)
    circuit.h(0)
    circuit.measure(0, 0)
    circuit.h(0)
    hidden = QuantumCircuit(2, 1)
    hidden.append(circuit.to_instruction(), [0, 1], [0])
    for one in (circuit, hidden):
        with pytest.raises(ProgramError, match="before its end"):
            EstimatorV2(mode=simulator).run([(one, "ZZ")])


@pytest.mark.usefixtures("sent")
def test_without_transpiling_a_circuit_outside_the_gate_set_is_refused(running):
    native = backend("sandbox:ionq/simulator", gateset="native")
    circuit = QuantumCircuit(1)
    circuit.h(0)
    sampler = SamplerV2(mode=native, options={"transpile": False})
    with pytest.raises(ProgramError, match="native gate") as caught:
        sampler.run([circuit.measure_all(inplace=False)])
    assert "transpile=False" in caught.value.__notes__[0]
    with pytest.raises(ProgramError, match="native gate"):
        EstimatorV2(mode=native, options={"transpile": False}).run([(circuit, "Z")])


@pytest.mark.usefixtures("sent")
def test_a_circuit_wider_than_the_machine_is_refused(machine):
    circuit = QuantumCircuit(40)
    circuit.h(range(40))
    with pytest.raises(ProgramError, match="40 qubits"):
        SamplerV2(mode=machine).run([circuit.measure_all(inplace=False)])


@pytest.mark.usefixtures("sent")
def test_what_costs_too_much_is_refused(machine):
    circuit = QuantumCircuit(2)
    circuit.cx(0, 1)
    estimator = EstimatorV2(mode=machine, options={"max_cost": 1e-6})
    with pytest.raises(ProgramError, match="max_cost"):
        estimator.run([(circuit, "ZZ")])


@pytest.mark.usefixtures("sent")
def test_jobs_of_no_circuits_are_refused(simulator):
    sampler = SamplerV2(mode=simulator, options={"max_circuits_per_job": 0})
    with pytest.raises(ProgramError, match="at least 1"):
        sampler.run([rotated().assign_parameters([1.0, 2.0])])


def test_options_that_do_not_exist_are_refused(simulator):
    with pytest.raises(TypeError, match="default_shots"):
        SamplerV2(mode=simulator, options={"default_shotz": 3})
    with pytest.raises(TypeError, match="EstimatorOptions"):
        EstimatorV2(mode=simulator, options=7)
    with pytest.raises(TypeError, match="noise_model"):
        SamplerV2(mode=simulator, options={"run_options": {"noise_modell": "aria-1"}}).run(
            [rotated().assign_parameters([1.0, 2.0])]
        )


def test_a_circuit_without_registers_gives_an_empty_result_with_a_warning(simulator):
    with pytest.warns(UserWarning, match="no classical registers"):
        job = SamplerV2(mode=simulator).run([QuantumCircuit(1)])
    assert list(job.result()[0].data) == []
    assert job.addresses == ()


def test_registers_that_nothing_writes_are_zero(simulator):
    (result,) = SamplerV2(mode=simulator).run([QuantumCircuit(1, 2)], shots=5).result()
    assert result.data.c.get_counts() == {"00": 5}


@pytest.mark.parametrize("kind", [SamplerV2, EstimatorV2])
def test_a_copy_runs_where_the_original_does_with_options_of_its_own(simulator, kind):
    original = kind(mode=simulator, options={"seed": 1})
    twin = copy.copy(original)
    twin.options = twin.options.updated(seed=2)

    assert twin.options.seed == 2
    assert original.options.seed == 1
    assert twin.run([]).result()[:] == []
