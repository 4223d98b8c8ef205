"""Jobs of the past: listed, opened, priced, cancelled and deleted, many at once."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.providers import JobStatus
from qiskit.quantum_info import Operator, Statevector

from ketbridge import JobStatus as State
from ketbridge import errors
from qiskit_ketbridge import KetbridgeProvider, job

TIMEOUT_S = 60


def bell():
    circuit = QuantumCircuit(2, name="bell")
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure_all()
    return circuit


@pytest.fixture
def provider(running):
    return KetbridgeProvider("sandbox:ionq")


@pytest.fixture
def tag():
    return f"tag-{uuid4()}"


def requests(running, path):
    return sum(number for (_, seen), number in running.requests().items() if seen == path)


@pytest.mark.parametrize("status", [JobStatus.DONE, State.DONE, "completed", [JobStatus.DONE]])
def test_jobs_are_found_by_state_and_tag(provider, simulator, slow_machine, tag, status):
    done = simulator.run(bell(), tags=[tag, "other"])
    done.result(TIMEOUT_S)
    waiting = slow_machine.run(bell(), tags=[tag])

    found = list(provider.jobs(None, status, tags=[tag]))

    assert [one.address for one in found] == [done.address]
    assert [one.address for one in provider.jobs(None, JobStatus.QUEUED, tags=[tag])] == [
        waiting.address
    ]


def test_jobs_are_found_by_machine_and_time(provider, simulator, slow_machine, tag):
    made = simulator.run(bell(), tags=[tag])
    slow_machine.run(bell(), tags=[tag])
    later = datetime.now(UTC) + timedelta(minutes=1)

    assert [one.job_id() for one in provider.jobs(backend="simulator", tags=[tag])] == [
        made.job_id()
    ]
    assert len(list(provider.jobs(since=later - timedelta(hours=1), tags=[tag]))) == 2
    assert list(provider.jobs(since=later, tags=[tag])) == []


def test_pages_are_fetched_as_they_are_asked_for(provider, simulator, running):
    for _ in range(3):
        simulator.run(bell())
    before = sum(running.requests().values())
    listed = provider.jobs(1)

    assert sum(running.requests().values()) == before
    assert next(listed).name == "bell"
    assert sum(running.requests().values()) == before + 1


@pytest.mark.parametrize("status", [JobStatus.VALIDATING, 7, [7]], ids=str)
def test_a_status_that_no_job_has_is_refused(provider, status):
    with pytest.raises((errors.ProgramError, TypeError)):
        provider.jobs(status=status)


def test_tags_as_one_string_are_refused(provider):
    with pytest.raises(errors.ProgramError, match="list of strings"):
        provider.jobs(tags="mine")


def test_another_process_has_registers_names_and_shots(simulator, provider):
    first, second = ClassicalRegister(1, "first"), ClassicalRegister(2, "second")
    circuit = QuantumCircuit(QuantumRegister(3), first, second, name="named")
    circuit.x([0, 2])
    circuit.measure([2, 0, 1], [first[0], second[0], second[1]])
    made = simulator.run(circuit, shots=123, name="mine", tags=["a", "b"])
    code = (
        "import sys; from qiskit_ketbridge import KetbridgeProvider\n"
        "job = KetbridgeProvider('sandbox:ionq').job(sys.argv[1])\n"
        "result = job.result(60)\n"
        "print(result.results[0].header['name'], result.get_counts(), job.name, job.tags)"
    )

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, made.job_id()],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.stderr == ""
    assert done.stdout.strip() == "named {'01 1': 123} mine ['a', 'b']"


def test_many_jobs_are_cancelled_in_one_request(provider, slow_machine, running):
    made = [slow_machine.run(bell()) for _ in range(3)]
    before = sum(running.requests().values())

    confirmed = provider.cancel([made[0], made[1].job_id(), made[2]])

    assert sum(running.requests().values()) == before + 1
    assert sorted(confirmed) == sorted(one.job_id() for one in made)
    assert {one.status() for one in made} == {JobStatus.CANCELLED}


def test_many_jobs_are_deleted_there_and_here(provider, simulator, running):
    made = [simulator.run(bell()) for _ in range(3)]
    for one in made:
        one.result(TIMEOUT_S)
    before = sum(running.requests().values())

    confirmed = provider.delete(made)

    assert sum(running.requests().values()) == before + 1
    assert sorted(confirmed) == sorted(one.job_id() for one in made)
    with pytest.raises(errors.NotFound):
        job(made[0].address).name  # noqa: B018 - asks the service, as the record is gone


def test_no_jobs_are_no_request(provider, running):
    before = sum(running.requests().values())

    assert provider.cancel([]) == provider.delete([]) == ()
    assert sum(running.requests().values()) == before


def test_a_single_job_is_no_list(provider):
    with pytest.raises(errors.ProgramError, match="a list"):
        provider.cancel("0b2a6c1e-7a0e-4c0e-9b0e-0123456789ab")


def test_the_estimate_before_is_the_estimate_after(machine):
    before = machine.estimate(bell(), shots=500)
    made = machine.run(bell(), shots=500)

    assert before.estimated
    assert before.value > 0
    assert made.estimate() == before
    assert made.cost().unit == before.unit


def test_above_max_cost_nothing_is_sent(machine, running):
    price = machine.estimate(bell(), shots=500).value
    before = len(running.jobs())

    with pytest.raises(errors.ProgramError, match="nothing was sent"):
        machine.run(bell(), shots=500, max_cost=price / 2)
    assert len(running.jobs()) == before
    assert machine.run(bell(), shots=500, max_cost=price).address


@pytest.mark.parametrize("language", [None, "native", "qasm3"])
@pytest.mark.parametrize("name", ["simulator", "machine"])
def test_the_compiled_circuit_does_what_the_circuit_does(name, language, request):
    circuit = QuantumCircuit(3)
    circuit.ry(0.3, 0)
    circuit.cx(0, 1)
    circuit.crx(1.1, 1, 2)
    given = Statevector(circuit).probabilities()
    made = request.getfixturevalue(name).run(circuit.measure_all(inplace=False), shots=10)
    made.result(TIMEOUT_S)

    compiled = made.compiled_circuit(language)
    compiled.remove_final_measurements()

    assert Statevector(compiled).probabilities() == pytest.approx(given, abs=1e-9)
    native = {"gpi", "gpi2", "ms", "zz"}
    assert (set(compiled.count_ops()) <= native) == (language != "qasm3")


def test_an_unknown_language_is_refused(simulator):
    made = simulator.run(bell())

    with pytest.raises(errors.ProgramError, match="native, qasm3, not 'quil'"):
        made.compiled_circuit("quil")


def test_variants_add_up_to_the_debiased_result(machine):
    made = machine.run(bell(), shots=1000, debiasing=True)
    counts = made.result(TIMEOUT_S).get_counts()
    variants = made.variants(TIMEOUT_S)

    assert len(variants) > 1
    assert sum(variant.shots for variant in variants) == 1000
    assert all(sum(one.counts.values()) == one.shots for one in variants)
    assert {variant.circuit for variant in variants} == {0}
    assert set().union(*(one.counts for one in variants)) <= {"00", "01", "10", "11"}
    assert sum(one.counts.get("00", 0) for one in variants) == pytest.approx(counts["00"], abs=200)


def test_without_debiasing_there_are_no_variants(simulator):
    assert simulator.run(bell()).variants(TIMEOUT_S) == []


def test_sharpened_results_favour_what_most_variants_saw(machine):
    made = machine.run(bell(), shots=1000, debiasing=True, seed=3)

    def right(result):
        return sum(result.get_counts().get(key, 0) for key in ("00", "11"))

    assert right(made.result(TIMEOUT_S, sharpen=True)) >= right(made.result(TIMEOUT_S))


def test_a_noise_model_with_a_seed_repeats(simulator):
    one, other = (
        simulator.run(bell(), shots=300, noise_model="aria-1", noise_seed=5, seed=5)
        .result(TIMEOUT_S)
        .get_counts()
        for _ in range(2)
    )

    assert one == other


def test_a_dry_run_has_no_result(machine):
    made = machine.run(bell(), dry_run=True)
    made.wait(TIMEOUT_S)

    with pytest.raises(errors.JobLost, match="dry run"):
        made.result(TIMEOUT_S)


def test_times_are_known_once_the_job_has_ended(simulator):
    made = simulator.run(bell())
    made.result(TIMEOUT_S)

    assert made.queue_s >= 0
    assert made.run_s >= 0


def test_a_job_that_waits_has_not_run(slow_machine):
    assert slow_machine.run(bell()).queue_s is None


def test_the_compiled_gates_have_their_own_matrices(machine):
    made = machine.run(bell())
    made.result(TIMEOUT_S)
    compiled = made.compiled_circuit()

    assert Operator(compiled).is_unitary()
    assert {gate.name for gate in compiled.data} <= set(machine.info.native_gates)
