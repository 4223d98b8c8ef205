"""Sessions and batches: what joins them, what ends them, and what is refused afterwards."""

import threading

import pytest
from qiskit import QuantumCircuit

from ketbridge.errors import ProgramError, ServiceError
from qiskit_ketbridge import Batch, EstimatorV2, SamplerV2, Session


@pytest.fixture
def bell():
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    return circuit.measure_all(inplace=False)


def jobs_of(session):
    """Ids of the jobs that the server counts to a session."""
    return {job.id for job in session.backend.cloud.session_jobs(session.session_id)}


def test_making_a_session_sends_nothing(running, simulator):
    session = Session(simulator)
    sampler = SamplerV2(mode=session)

    assert session.session_id is None
    assert sampler.run([]).result()[:] == []
    assert session.session_id is None
    with pytest.raises(ProgramError, match="not open"):
        session.details()


def test_everything_that_a_block_sends_joins_its_session(simulator, bell):
    with Session(backend=simulator) as session:
        sent = {
            SamplerV2().run([bell], shots=10).job_id(),
            SamplerV2(mode=session).run([bell], shots=10).job_id(),
            SamplerV2(mode=simulator).run([bell], shots=10).job_id(),
            EstimatorV2().run([(bell, "ZZ")], precision=0.3).job_id(),
            simulator.run(bell, shots=10).job_id(),
        }
    outside = simulator.run(bell, shots=10).job_id()

    found = jobs_of(session)
    assert {address.rpartition("/")[2] for address in sent} == found
    assert outside not in found


def test_the_end_of_a_block_ends_the_session(simulator, bell):
    with Session(backend=simulator) as session:
        assert session.details().active
        sampler = SamplerV2()
        job = sampler.run([bell], shots=10)
        assert session.status() == "started"

    assert session.status() == "ended"
    assert job.result()[0].data.meas.num_shots == 10
    with pytest.raises(ProgramError, match="closed"):
        sampler.run([bell], shots=10)
    with pytest.raises(TypeError, match="NoneType"):
        SamplerV2()


def test_an_exception_in_a_block_is_kept_and_the_session_ended(simulator):
    session = Session(backend=simulator)
    with pytest.raises(ZeroDivisionError) as caught, session:
        _ = 1 / 0

    assert not hasattr(caught.value, "__notes__")
    assert not session.details().active


def test_an_exception_is_kept_when_the_session_cannot_be_ended(running, simulator):
    session = Session(backend=simulator)
    with pytest.raises(ZeroDivisionError) as caught, session:
        session._id = "00000000-0000-0000-0000-000000000000"
        _ = 1 / 0

    assert "could not be ended" in caught.value.__notes__[0]


def test_limits_reach_the_service(machine):
    with Session(machine, max_time=600, max_jobs=7, max_cost=12.5) as session:
        limits = session.details().limits

    assert (limits.max_time_s, limits.max_jobs, limits.max_cost) == (600, 7, 12.5)
    assert limits.cost_unit == "usd"


def test_the_service_refuses_a_job_beyond_the_limit(simulator, bell):
    with Session(simulator, max_jobs=1) as session:
        SamplerV2().run([bell], shots=10)
        with pytest.raises(ServiceError, match="limit of 1"):
            SamplerV2().run([bell], shots=10)

    assert len(jobs_of(session)) == 1


def test_an_open_session_is_taken_up_by_its_id(simulator, bell):
    first = Session(simulator)
    first.open_id()
    again = Session.from_id(first.session_id, simulator)
    job = SamplerV2(mode=again).run([bell], shots=10)
    again.close()

    assert jobs_of(first) == {job.job_id().rpartition("/")[2]}
    assert first.status() == "ended"


def test_closing_twice_is_harmless(simulator):
    with Session(simulator) as session:
        session.close()
        session.close()

    assert session.status() == "ended"


def test_cancel_cancels_what_waits(slow_machine, bell):
    with Session(slow_machine) as session:
        job = SamplerV2().run([bell], shots=10)
        session.cancel()

    assert job.cancelled()
    assert session.status() == "ended"


def test_sessions_nest_and_each_backend_finds_its_own(simulator, machine, bell):
    with Session(simulator) as outer:
        with Session(machine) as inner:
            in_inner = SamplerV2().run([bell], shots=10).job_id()
            in_outer = simulator.run(bell, shots=10).job_id()
        after = SamplerV2().run([bell], shots=10).job_id()

    assert jobs_of(inner) == {in_inner.rpartition("/")[2]}
    assert jobs_of(outer) == {in_outer, after.rpartition("/")[2]}


def test_a_session_can_be_entered_again_inside_its_own_block(simulator):
    with Session(simulator) as session, session:
        pass

    with pytest.raises(TypeError, match="NoneType"):
        SamplerV2()


def test_threads_share_a_session_that_is_opened_once(simulator, bell):
    session = Session(simulator)
    sampler = SamplerV2(mode=session)
    jobs = []
    threads = [
        threading.Thread(target=lambda: jobs.append(sampler.run([bell], shots=10)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session.close()

    assert jobs_of(session) == {job.job_id().rpartition("/")[2] for job in jobs}
    assert len(jobs) == 4


def test_a_batch_is_a_session_of_the_service(simulator, bell):
    with Batch(backend=simulator) as batch:
        jobs = [SamplerV2(mode=batch).run([bell], shots=10) for _ in range(2)]

    assert len(jobs_of(batch)) == 2
    assert all(job.result()[0].data.meas.num_shots == 10 for job in jobs)


def test_only_backends_of_this_package_have_sessions():
    with pytest.raises(TypeError, match="not object"):
        Session(object())
    with pytest.raises(TypeError, match="not int"):
        SamplerV2(mode=3)
