"""IBM's sampler and estimator over the sandbox, held against the public client on the same one."""

import time

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Parameter
from qiskit.primitives import BitArray, PrimitiveResult, SamplerPubResult
from qiskit.providers import JobStatus
from qiskit.quantum_info import SparsePauliOp

from ketbridge.clouds.ibm import IbmCloud
from ketbridge.errors import ProgramError
from qiskit_ketbridge import Batch, EstimatorV2, SamplerV2, Session, backend, job
from qiskit_ketbridge import SamplerOptions as PortableOptions
from qiskit_ketbridge.errors import JobFailed
from qiskit_ketbridge.ibm import IbmBackend, IbmEstimator, IbmSampler, submitting

from .conftest import bell


def ansatz():
    a, b = Parameter("a"), Parameter("b")
    circuit = QuantumCircuit(
        QuantumRegister(3, "q"), ClassicalRegister(2, "left"), ClassicalRegister(9, "right")
    )
    circuit.ry(b, 0)
    circuit.cx(0, 1)
    circuit.rz(a, 1)
    circuit.cx(1, 2)
    circuit.measure([0, 1, 2], [1, 0, 7])
    return circuit


VALUES = np.linspace(-1, 1, 12).reshape(3, 2, 2)


@pytest.mark.filterwarnings("ignore")
def test_the_sampler_gives_what_the_public_client_gives(lagos, service, compiled):
    from qiskit_ibm_runtime import SamplerV2 as PublicSampler

    pubs = [(compiled(ansatz()), VALUES, 200), (compiled(bell()),)]
    public = PublicSampler(service.backend("ibm_lagos"))
    public.options.simulator.seed_simulator = 11
    public.options.default_shots = 300

    ours = SamplerV2(mode=lagos, options={"default_shots": 300, "seed": 11}).run(pubs).result()

    expected = public.run(pubs).result()
    assert type(ours) is type(expected) is PrimitiveResult
    for found, wanted in zip(ours, expected, strict=True):
        assert type(found) is type(wanted) is SamplerPubResult
        assert list(found.data) == list(wanted.data) and found.data.shape == wanted.data.shape
        assert all(found.data[name] == wanted.data[name] for name in found.data)
        assert found.metadata == wanted.metadata
    assert ours[0].data.right.num_bits == 9 and ours[0].data.right.shape == (3, 2)
    assert ours.metadata["version"] == expected.metadata["version"]


@pytest.mark.filterwarnings("ignore")
def test_the_estimator_gives_what_the_public_client_gives(lagos, service, compiled):
    from qiskit_ibm_runtime import EstimatorV2 as PublicEstimator

    isa = compiled(ansatz().remove_final_measurements(inplace=False))
    observables = [
        [SparsePauliOp(label).apply_layout(isa.layout)] for label in ("ZZI", "XIX", "IYZ")
    ]
    pubs = [(isa, observables, VALUES, 0.05)]
    public = PublicEstimator(service.backend("ibm_lagos"))
    public.options.seed_estimator = 5
    public.options.simulator.seed_simulator = 5

    ours = EstimatorV2(mode=lagos, options={"seed": 5}).run(pubs).result()

    expected = public.run(pubs).result()
    assert np.array_equal(ours[0].data.evs, expected[0].data.evs)
    assert np.array_equal(ours[0].data.stds, expected[0].data.stds)
    assert ours[0].data.shape == expected[0].data.shape == (3, 2)
    assert ours[0].metadata == expected[0].metadata
    assert ours.metadata == expected.metadata


def test_primitives_of_the_plugin_become_those_of_the_server(lagos):
    assert type(SamplerV2(mode=lagos)) is IbmSampler
    assert type(EstimatorV2(mode="sandbox:ibm/ibm_lagos")) is IbmEstimator
    assert type(SamplerV2(mode=Session(backend=lagos))) is IbmSampler


def test_options_of_every_cloud_are_taken(lagos, compiled):
    sampler = SamplerV2(mode=lagos, options=PortableOptions(default_shots=50, seed=2, tags=("t",)))

    done = sampler.run([compiled(bell())])

    assert done.result()[0].data.meas.num_shots == 50
    assert done.tags == ["t"]


def test_a_bell_job_from_cold_takes_six_requests(running):
    cold = IbmBackend(IbmCloud(running.accounts["ibm"]), "ibm_lagos")
    before = sum(running.requests().values())
    circuit = QuantumCircuit(7, 2)
    circuit.rz(np.pi / 2, 0)
    circuit.sx(0)
    circuit.cx(0, 1)
    circuit.measure([0, 1], [0, 1])

    sent = SamplerV2(mode=cold).run([circuit])
    deadline = time.monotonic() + 20
    while not any(one.id == sent.job_id() for one in ended(running)):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    found = sent.result()

    assert set(found[0].data.c.get_counts()) == {"00", "11"}
    assert sum(running.requests().values()) - before <= 6
    cold.cloud.client.close()


def ended(running):
    return [one for one in running.jobs() if str(one.status).lower() in ("completed", "done")]


def test_many_pubs_become_as_few_jobs_as_fit(lagos, compiled, monkeypatch):
    isa = compiled(bell())
    sampler = SamplerV2(mode=lagos, options={"default_shots": 20})
    one = submitting._size(sampler.backend().encode([isa])[0].body)
    monkeypatch.setattr(submitting, "MAX_INPUT_BYTES", int(2.5 * one))

    sent = sampler.run([(isa, None, 10 + number) for number in range(5)])

    assert [len(job.inputs["pubs"]) for job in sent.jobs] == [2, 2, 1]
    assert [pub.data.meas.num_shots for pub in sent.result()] == [10, 11, 12, 13, 14]
    assert sent.status() == "DONE" and sent.done() and sent.usage() > 0
    spans = sent.result().metadata["execution"]["execution_spans"]
    assert spans.pub_idxs == [0, 1, 2, 3, 4]
    assert [int(span.mask(place).sum()) for span in spans for place in span.pub_idxs] == [
        10, 11, 12, 13, 14,
    ]  # fmt: skip


def test_a_job_is_opened_elsewhere_with_the_same_result(lagos, compiled):
    sent = SamplerV2(mode=lagos).run([compiled(bell())])
    first = sent.result()

    again = job(sent.address).result()

    assert again[0].data.meas == first[0].data.meas


def test_what_is_said_of_a_job(lagos, compiled):
    options = {"environment": {"job_tags": ["one", "two"], "log_level": "INFO"}}
    sent = EstimatorV2(mode=lagos, options=options).run([(compiled(bell(False)), "I" * 7)])
    sent.result()

    assert sent.status() == "DONE" and sent.done() and not sent.errored()
    assert sent.primitive_id == "estimator"
    assert sent.tags == ["one", "two"]
    assert sent.update_tags(["three"]) == ["three"]
    assert job(sent.address).tags == ["three"]
    assert sent.metrics()["usage"]["quantum_seconds"] >= 0
    assert sent.usage() >= 0
    assert sent.inputs["pubs"][0][0].num_qubits == 7
    assert sent.session_id is None and sent.private is False
    assert sent.error_message() is None
    assert sent.creation_date is not None


def test_a_private_result_is_read_twice_all_the_same(lagos, compiled):
    sent = SamplerV2(mode=lagos, options={"environment": {"private": True}}).run([compiled(bell())])
    first = sent.result()

    assert sent.private and sent.inputs == {}
    assert job(sent.address).result()[0].data.meas == first[0].data.meas


@pytest.mark.parametrize("kind", [Session, Batch])
def test_jobs_of_a_block_join_its_session(lagos, compiled, kind):
    isa = compiled(bell())
    with kind(backend=lagos, max_time=600) as open_one:
        inside = SamplerV2(mode=open_one).run([isa])
        by_block = SamplerV2(mode=lagos).run([isa])
        inside.result()
        details = open_one.details()

    assert inside.session_id == by_block.session_id == open_one.session_id
    assert details.active and details.limits.max_time_s == 600
    assert details.detail.mode == ("batch" if kind is Batch else "dedicated")
    assert not open_one.details().active


def test_the_time_of_a_session_is_written_in_words_too(lagos, compiled):
    with Session(backend=lagos, max_time="1h 5m") as open_one:
        SamplerV2(mode=open_one).run([compiled(bell())]).result()

        assert open_one.details().limits.max_time_s == 3900
        assert open_one.usage() >= 0
    with pytest.raises(ProgramError, match="soon"):
        Session(backend=lagos, max_time="soon")


def test_a_failed_job_says_why(lagos, monkeypatch):
    monkeypatch.setattr(IbmBackend, "check", lambda *_: None)

    sent = SamplerV2(mode=lagos).run([bell()])

    for _ in range(2):
        with pytest.raises(JobFailed, match="1517") as refused:
            sent.result()
        assert refused.value.code == "1517"
    assert sent.errored() and sent.status() == JobStatus.ERROR
    assert "1517" in sent.error_message()


def test_a_session_is_taken_up_by_its_id(lagos, compiled):
    with Session(backend=lagos) as first:
        second = Session.from_id(first.session_id, lagos)
        sent = SamplerV2(mode=second).run([compiled(bell())])

        assert sent.session_id == first.session_id


def test_a_wish_for_no_pub_is_refused(lagos):
    with pytest.raises(ProgramError, match="no PUB"):
        SamplerV2(mode=lagos).run([])


def test_fractional_gates_where_they_are_asked_for(running):
    made = backend("sandbox:ibm/ibm_fez", use_fractional_gates=None)

    assert made.use_fractional_gates is None
    assert made.num_qubits == 156 and made.processor_type["family"] == "Heron"
    assert made.properties().t1(3) == pytest.approx(made.target.qubit_properties[3].t1)
    assert made.status().operational


def test_kerneled_outcomes_are_complex_arrays(lagos, compiled):
    options = {"execution": {"meas_type": "kerneled"}, "default_shots": 6}
    found = SamplerV2(mode=lagos, options=options).run([compiled(bell())]).result()

    data = found[0].data.meas
    assert not isinstance(data, BitArray)
    assert data.shape == (6, 2) and np.iscomplexobj(data)
