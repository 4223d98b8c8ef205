"""Which jobs a call becomes, and what can be asked of them together."""

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Parameter
from qiskit.exceptions import QiskitError
from qiskit.providers import JobStatus

from ketbridge.errors import JobCancelled, JobTimeout
from qiskit_ketbridge import EstimatorV2, SamplerV2


def flipped(bits, width=4):
    """A circuit whose every shot is the number ``bits``."""
    circuit = QuantumCircuit(width)
    for qubit in range(width):
        if bits >> qubit & 1:
            circuit.x(qubit)
    return circuit.measure_all(inplace=False)


def numbers_of(result):
    return [int(next(iter(one.data.meas.get_counts())), 2) for one in result]


def submissions(running):
    return running.requests().get("CreateJob", 0)


def test_a_thousand_circuits_are_one_job(running, simulator):
    before = submissions(running)
    circuits = [flipped(number % 16) for number in range(1000)]
    job = SamplerV2(mode=simulator).run(circuits, shots=3)

    assert numbers_of(job.result()) == [number % 16 for number in range(1000)]
    assert len(job.addresses) == submissions(running) - before == 1


def test_each_number_of_shots_is_a_job(simulator):
    shots = [5, 7, 5, 9, 7]
    pubs = [(flipped(place), None, number) for place, number in enumerate(shots)]
    job = SamplerV2(mode=simulator).run(pubs)
    result = job.result()

    assert len(job.addresses) == 3
    assert numbers_of(result) == [0, 1, 2, 3, 4]
    assert [one.data.meas.num_shots for one in result] == shots


def test_smaller_jobs_can_be_demanded(simulator):
    sampler = SamplerV2(mode=simulator, options={"max_circuits_per_job": 4})
    job = sampler.run([flipped(number) for number in range(10)], shots=3)

    assert len(job.addresses) == 3
    assert numbers_of(job.result()) == list(range(10))


def test_dynamic_circuits_are_jobs_of_their_own(simulator):
    dynamic = QuantumCircuit(2)
    first, last = ClassicalRegister(1, "first"), ClassicalRegister(1, "last")
    dynamic.add_register(first, last)
    dynamic.x(0)
    dynamic.measure(0, first[0])
    with dynamic.if_test((first, 1)):
        dynamic.x(1)
    dynamic.measure(1, last[0])
    job = SamplerV2(mode=simulator).run([dynamic, flipped(3), dynamic, flipped(5)], shots=4)
    result = job.result()

    assert len(job.addresses) == 3
    assert result[2].data.first.get_counts() == result[2].data.last.get_counts() == {"1": 4}
    assert numbers_of([result[1], result[3]]) == [3, 5]


def test_a_measurement_inside_an_instruction_counts(simulator):
    inner = QuantumCircuit(1, 1)
    inner.x(0)
    inner.measure(0, 0)
    circuit = QuantumCircuit(QuantumRegister(1), ClassicalRegister(1, "out"))
    circuit.append(inner.to_instruction(), [0], [0])

    (result,) = SamplerV2(mode=simulator).run([circuit], shots=4).result()

    assert result.data.out.get_counts() == {"1": 4}


def test_parameters_keep_their_places(simulator):
    """Every set of values gives its own outcome, in the shape that the values came in."""
    a, b = Parameter("a"), Parameter("b")
    circuit = QuantumCircuit(2)
    circuit.rx(a, 0)
    circuit.rx(b, 1)
    circuit.measure_all()
    values = np.pi * np.array([[[0, 0], [1, 0]], [[0, 1], [1, 1]]])
    (result,) = SamplerV2(mode=simulator).run([(circuit, values)], shots=3).result()
    found = [
        [int(next(iter(result.data.meas[i, j].get_counts())), 2) for j in (0, 1)] for i in (0, 1)
    ]

    assert found == [[0, 1], [2, 3]]


def test_a_seed_gives_the_same_shots_in_order(simulator):
    circuit = QuantumCircuit(2)
    circuit.h([0, 1])
    circuit.measure_all()
    sampler = SamplerV2(mode=simulator, options={"seed": 4})
    one, two = (sampler.run([circuit], shots=50).result()[0].data.meas for _ in range(2))

    assert one.get_bitstrings() == two.get_bitstrings()


def test_one_result_however_often_it_is_asked_for(simulator):
    job = SamplerV2(mode=simulator).run([flipped(1)], shots=3)

    assert job.result() is job.result()
    assert job.done()
    assert job.in_final_state()
    assert job.status() is JobStatus.DONE
    assert not job.running()


def test_what_waits_can_be_cancelled(slow_machine):
    job = EstimatorV2(mode=slow_machine).run([(QuantumCircuit(1), "Z")], precision=0.1)
    assert job.status() is JobStatus.QUEUED
    with pytest.raises(JobTimeout):
        job.result(timeout=0.2)
    job.cancel()

    assert job.cancelled()
    with pytest.raises(QiskitError) as caught:
        job.result()
    assert isinstance(caught.value, JobCancelled)


def test_costs_are_asked_job_by_job(machine):
    pubs = [(flipped(1), None, 100), (flipped(1), None, 200)]
    job = SamplerV2(mode=machine).run(pubs)
    job.result()

    assert len(job.costs()) == 2
    assert all(cost.unit == "usd" for cost in job.costs())


def test_max_cost_lets_pass_what_costs_less(machine):
    sampler = SamplerV2(mode=machine, options={"max_cost": 1e6})

    assert sampler.run([flipped(1)], shots=10).result()[0].data.meas.num_shots == 10


def test_options_of_the_cloud_reach_it(simulator):
    options = {"run_options": {"noise_model": "aria-1"}, "name": "mine", "tags": ("a",)}
    job = SamplerV2(mode=simulator, options=options).run([flipped(0)], shots=2)
    asked = simulator.cloud.job(job.job_id().rpartition("/")[2]).request()

    assert asked.options["noise_model"] == "aria-1"
    assert (asked.name, asked.tags) == ("mine", ("a",))


def test_a_wait_tells_how_far_it_is(simulator):
    seen = []
    options = {"progress": lambda state, elapsed_s: seen.append((state.status, elapsed_s))}
    SamplerV2(mode=simulator, options=options).run([flipped(1)], shots=3).result()

    assert seen[-1][0].value == "done"
    assert seen[-1][1] >= 0
