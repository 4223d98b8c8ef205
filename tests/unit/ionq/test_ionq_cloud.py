"""IonQ as a cloud, over HTTP against the sandbox."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ketbridge import sandbox
from ketbridge.clouds.ionq import IonqCloud, operations
from ketbridge.clouds.sessions import SessionLimits
from ketbridge.errors import (
    CredentialError,
    JobCancelled,
    JobFailed,
    JobLost,
    KetbridgeError,
    NotFound,
    ProgramError,
    ProtocolError,
    UnknownBackendError,
    UnknownOptionError,
)
from ketbridge.jobs.state import JobStatus
from ketbridge.jobs.submission import Request
from ketbridge.programs import Format, Program, Readout, Register, ionq_json
from ketbridge.sandbox import Fault, Sandbox

NOISE = {"noise_model": "aria-1"}


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    with sandbox.start() as running:
        yield running


@pytest.fixture
def cloud(server: Sandbox, tmp_path: Path) -> Iterator[IonqCloud]:
    account = replace(
        server.accounts["ionq"], ledger=tmp_path / "ledger.sqlite", settings={"settle_s": 0.0}
    )
    server.faults.clear()
    one = IonqCloud(account)
    yield one
    server.faults.clear()
    one.client.close()
    one.ledger.close()


@pytest.fixture
def stranger(server: Sandbox, tmp_path: Path) -> Iterator[IonqCloud]:
    """The same cloud on a computer that knows nothing of earlier jobs."""
    one = IonqCloud(replace(server.accounts["ionq"], ledger=tmp_path / "other.sqlite"))
    yield one
    one.client.close()
    one.ledger.close()


def program(*gates: dict[str, Any], readout: Readout | None = None, name: str = "") -> Program:
    body = ionq_json.build(gates)
    qubits = ionq_json.read(body)[0].qubits
    return Program(Format.IONQ_QIS, body, readout or Readout.of_qubits(range(qubits)), qubits, name)


X0 = {"gate": "x", "target": 0}
BELL = program({"gate": "h", "target": 0}, {"gate": "x", "target": 1, "control": 0})
FLIPPED = program(X0, {"gate": "x", "target": 2})


def request(*programs: Program, **changes: Any) -> Request:
    return Request(**({"backend": "simulator", "programs": programs, "shots": 200} | changes))


def spent(server: Sandbox, before: dict[str, int]) -> dict[str, int]:
    return dict(Counter(server.requests()) - Counter(before))


# One circuit ------------------------------------------------------------------------------------


def test_a_bell_pair_costs_one_submission_the_polls_and_one_result(
    cloud: IonqCloud, server: Sandbox
) -> None:
    before = server.requests()
    [measured] = cloud.submit(request(BELL)).result(30)
    asked = spent(server, before)

    assert measured.counts is not None and measured.counts.keys() <= {"00", "11"}
    assert sum(measured.counts.values()) == measured.shots == 200
    assert asked.pop("GetJob") >= 1
    assert asked == {"CreateJob": 1, "GetJobProbabilities": 1}


def test_qubits_are_read_into_the_classical_bits_of_the_circuit(cloud: IonqCloud) -> None:
    readout = Readout((2, 1, None, 0), (Register("a", (0, 1)), Register("b", (2, 3))))
    one = program(X0, {"gate": "h", "target": 1}, {"gate": "z", "target": 2}, readout=readout)
    [measured] = cloud.submit(request(one)).result(30)

    assert measured.counts is not None and measured.counts.keys() == {"1000", "1010"}


def test_the_result_is_the_same_on_every_call_and_on_another_computer(
    cloud: IonqCloud, stranger: IonqCloud
) -> None:
    readout = Readout((1, 0), (Register("ü", (0, 1)),))
    job = cloud.submit(request(replace(BELL, readout=readout, name="😀"), tags=("t",)))
    [here], [again] = job.result(30), job.result(30)
    elsewhere = stranger.job(job.id)
    [there] = elsewhere.result(30)

    assert here == again == there
    assert elsewhere.request().programs[0].readout == readout
    assert elsewhere.request().programs[0].name == "😀"
    assert (elsewhere.request().shots, elsewhere.request().tags) == (200, ("t",))


def test_the_same_seed_gives_the_same_counts_in_two_jobs(cloud: IonqCloud) -> None:
    first, second, other = (
        cloud.submit(request(BELL, seed=seed)).result(30)[0] for seed in (7, 7, 8)
    )

    assert first == second != other


def test_noisy_simulation_gives_the_single_shots_of_the_service(
    cloud: IonqCloud, server: Sandbox
) -> None:
    before = server.requests()
    [measured] = cloud.submit(request(BELL, seed=3, options=NOISE)).result(30)
    asked = spent(server, before)

    assert measured.bits is not None and measured.bits.shape == (200, 2)
    assert "GetJobProbabilities" not in asked and sum(asked.values()) - asked["GetJob"] == 2


def test_native_gates_run(cloud: IonqCloud) -> None:
    body = ionq_json.build([{"gate": "gpi", "target": 1, "phase": 0.1}], gateset="native")
    one = Program(Format.IONQ_NATIVE, body, Readout.of_qubits([0, 1]), 2)

    assert cloud.submit(request(one)).result(30)[0].counts == {"10": 200}


def test_openqasm_with_mid_circuit_measurement_gives_classical_bits(cloud: IonqCloud) -> None:
    text = (
        'OPENQASM 3.0; include "stdgates.inc"; bit[3] c; qubit[1] q;'
        "x q[0]; c[0] = measure q[0]; reset q[0]; c[1] = measure q[0];"
        "x q[0]; c[2] = measure q[0];"
    )
    body = json.dumps({"qubits": 1, "data": text}).encode()
    one = Program(Format.IONQ_QASM3, body, Readout((0, 0, 0), (Register("c", (0, 1, 2)),)), 1)

    assert cloud.submit(request(one)).result(30)[0].counts == {"101": 200}


async def test_the_same_works_asynchronously(cloud: IonqCloud) -> None:
    job = await cloud.asubmit(request(FLIPPED))

    assert (await job.aresult(30))[0].counts == {"101": 200}
    await cloud.client.aclose()


# Several circuits -------------------------------------------------------------------------------


def test_several_circuits_are_one_job_and_come_back_in_order(
    cloud: IonqCloud, stranger: IonqCloud, server: Sandbox
) -> None:
    listed = [program({"gate": "x", "target": index}, name=f"c{index}") for index in (3, 0, 2, 1)]
    before = server.requests()
    job = cloud.submit(request(*listed))
    results = job.result(30)
    asked = spent(server, before)

    assert [one.counts for one in results] == [
        {"1000": 200}, {"1": 200}, {"100": 200}, {"10": 200}
    ]  # fmt: skip
    assert asked.pop("GetJob") >= 1
    assert asked == {"CreateJob": 1, "GetJobProbabilities": 1}
    assert stranger.job(job.id).result(30) == results


def test_equal_circuits_of_one_job_are_sampled_apart(cloud: IonqCloud) -> None:
    one, two = cloud.submit(request(BELL, BELL, seed=5, shots=1000)).result(30)

    assert one != two


def test_gate_sets_can_be_mixed_in_one_job(cloud: IonqCloud) -> None:
    body = ionq_json.build([{"gate": "gpi", "target": 0, "phase": 0.0}], gateset="native")
    native = Program(Format.IONQ_NATIVE, body, Readout.of_qubits([0]), 1)
    results = cloud.submit(request(FLIPPED, native)).result(30)

    assert [one.counts for one in results] == [{"101": 200}, {"1": 200}]


def test_several_noisy_circuits_have_single_shots_each(cloud: IonqCloud) -> None:
    results = cloud.submit(request(BELL, FLIPPED, BELL, options=NOISE)).result(30)

    assert [one.bits.shape for one in results if one.bits is not None] == [
        (200, 2), (200, 3), (200, 2)
    ]  # fmt: skip


def test_the_parts_of_a_large_job_are_listed_together(cloud: IonqCloud, server: Sandbox) -> None:
    before = server.requests()
    results = cloud.submit(request(*[FLIPPED] * 40, shots=10, options=NOISE)).result(60)
    asked = spent(server, before)

    assert [one.shots for one in results] == [10] * 40
    assert asked["GetJobs"] <= 4
    assert sum(asked.values()) - asked["GetJob"] - asked["GetJobs"] == 1 + 40


def test_a_part_that_the_list_leaves_out_is_asked_for_by_itself(
    cloud: IonqCloud, server: Sandbox
) -> None:
    job = cloud.submit(request(BELL, FLIPPED, options=NOISE))
    server.faults.add(Fault.edit(jobs=[]), on="GetJobs")

    assert [one.bits is not None for one in job.result(30)] == [True, True]


# Jobs of other clients --------------------------------------------------------------------------


def foreign(cloud: IonqCloud, kind: str, given: bytes) -> str:
    head = b'{"type":"%b","backend":"simulator","shots":50,"input":' % kind.encode()
    return cloud.send(operations.create_job(head + given + b"}")).id


def test_a_job_of_another_client_is_read_in_its_qubits(cloud: IonqCloud) -> None:
    job = cloud.job(foreign(cloud, "ionq.circuit.v1", FLIPPED.body))
    job.wait(30)

    assert job.result(30)[0].counts == {"101": 50}


def test_a_job_of_several_circuits_of_another_client_is_read(cloud: IonqCloud) -> None:
    joined = ionq_json.join([("", FLIPPED.body), ("", program(X0).body)])
    job = cloud.job(foreign(cloud, "ionq.multi-circuit.v1", joined))
    job.wait(30)

    assert [one.counts for one in job.result(30)] == [{"101": 50}, {"001": 50}]


# Faults -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [Fault.reset_after(), Fault.error_after(502), Fault.body()])
def test_a_job_that_was_taken_without_an_answer_is_adopted(
    cloud: IonqCloud, server: Sandbox, fault: Fault
) -> None:
    jobs = len(server.jobs())
    server.faults.add(fault, on="CreateJob", times=1)
    job = cloud.submit(request(FLIPPED))

    assert job.result(30)[0].counts == {"101": 200}
    assert len(server.jobs()) == jobs + 1


def test_a_job_that_was_not_taken_is_sent_again_once(cloud: IonqCloud, server: Sandbox) -> None:
    jobs = len(server.jobs())
    server.faults.add(Fault.reset_before(), on="CreateJob", times=1)
    job = cloud.submit(request(FLIPPED, FLIPPED))

    assert job.result(30)[1].counts == {"101": 200}
    assert len(server.jobs()) == jobs + 1


@pytest.mark.parametrize(
    "results",
    [
        {"artifacts": [1, 2], "probabilities": None, "shots": None, "histogram": None},
        None,
    ],
)
def test_kinds_of_results_that_are_not_known_are_ignored(
    cloud: IonqCloud, server: Sandbox, results: Any
) -> None:
    job = cloud.submit(request(FLIPPED))
    server.faults.add(Fault.edit(results=results), on="GetJob")

    assert job.result(30)[0].counts == {"101": 200}


@pytest.mark.parametrize(
    "body",
    [
        b'{"8": 1.0}',
        b'{"5": 0.4}',
        b'{"-5": 1.0}',
        b'{"five": 1.0}',
        b'{"5": 0.5, "05": 0.5}',
        b'{"5": {"5": 1.0}}',
        b'{"5": 1.5, "0": -0.5}',
        b"{}",
    ],
)
def test_a_result_that_cannot_be_right_is_a_protocol_error(
    cloud: IonqCloud, server: Sandbox, body: bytes
) -> None:
    job = cloud.submit(request(FLIPPED))
    server.faults.add(Fault.body(body), on="GetJobProbabilities")

    with pytest.raises(ProtocolError):
        job.result(30)


@pytest.mark.parametrize("url", ["https://example.org/v0.4/r", "//example.org/r", "/../x?y"])
def test_a_result_on_another_host_is_not_fetched(
    cloud: IonqCloud, server: Sandbox, url: str
) -> None:
    job = cloud.submit(request(FLIPPED))
    server.faults.add(Fault.edit(results={"probabilities": {"url": url}}), on="GetJob")

    with pytest.raises(KetbridgeError):
        job.result(5)


def test_a_failed_job_has_the_codes_and_words_of_the_service(
    cloud: IonqCloud, server: Sandbox
) -> None:
    job = cloud.submit(request(BELL))
    failure = {"code": "TooManyGates", "message": "9000 are too many"}
    server.faults.add(Fault.edit(status="failed", failure=failure), on="GetJob")

    with pytest.raises(JobFailed, match=r"TooManyGates.*9000") as caught:
        job.result(30)
    assert (caught.value.code, caught.value.reason) == ("TooManyGates", "9000 are too many")


def test_a_dry_run_has_no_result(cloud: IonqCloud) -> None:
    job = cloud.submit(request(BELL, options={"dry_run": True}))
    with pytest.raises(JobLost, match="dry run"):
        job.result(30)


# Refusals ---------------------------------------------------------------------------------------


def test_a_request_that_cannot_run_is_refused_before_anything_is_sent(
    cloud: IonqCloud, server: Sandbox
) -> None:
    before = server.requests()
    with pytest.raises(ProgramError):
        cloud.submit(request(BELL, shots=0))
    with pytest.raises(TypeError, match="debiasing"):
        cloud.submit(request(BELL, options={"debaising": True}))

    assert spent(server, before) == {}


def test_too_many_qubits_are_refused_where_the_machine_was_asked_for(cloud: IonqCloud) -> None:
    wide = program({"gate": "x", "target": 40})
    cloud.backend("simulator")

    with pytest.raises(ProgramError, match="uses 41 qubits; simulator has 29"):
        cloud.submit(request(wide))


def test_an_unknown_result_option_is_refused(cloud: IonqCloud) -> None:
    with pytest.raises(UnknownOptionError, match="'sharpen'"):
        cloud.submit(request(BELL)).result(30, sharp=True)


@pytest.mark.parametrize("ask", ["describe", "submit"])
def test_an_unknown_backend_is_named_with_the_nearest(cloud: IonqCloud, ask: str) -> None:
    with pytest.raises(UnknownBackendError, match=r"Did you mean .*'qpu.forte-1'"):
        if ask == "describe":
            cloud.backend("qpu.fort-1")
        else:
            cloud.submit(request(BELL, backend="qpu.fort-1"))


def test_without_a_key_only_what_is_public_can_be_asked(server: Sandbox) -> None:
    cloud = IonqCloud(replace(server.accounts["ionq"], token=None))

    assert "simulator" in {one.name for one in cloud.backends()}
    with pytest.raises(CredentialError, match="IONQ_API_KEY"):
        cloud.send(operations.get_whoami())
    cloud.client.close()


def test_an_unknown_setting_of_the_account_is_refused(server: Sandbox) -> None:
    with pytest.raises(UnknownOptionError, match="'timeout_s'"):
        IonqCloud(replace(server.accounts["ionq"], settings={"timeout": 5}))


# Machines ---------------------------------------------------------------------------------------


def test_the_simulator_is_described_by_one_request_and_kept(
    cloud: IonqCloud, server: Sandbox
) -> None:
    before = server.requests()
    info = cloud.backend("simulator")

    assert cloud.backend("simulator") is info
    assert spent(server, before) == {"getBackend": 1}
    assert info.simulator and info.online and info.calibration is None
    assert "aria-1" in info.noise_models and info.shots == (1, 1_000_000)


def test_a_machine_comes_with_its_newest_calibration(cloud: IonqCloud) -> None:
    info = cloud.backend("qpu.forte-1")

    assert not info.simulator and info.noise_models == ()
    assert info.native_gates == ("gpi", "gpi2", "zz")
    assert info.connectivity is not None and (0, 1) in info.connectivity
    assert info.calibration is not None and info.calibration.fidelity_spam is not None
    assert 0.9 < info.calibration.fidelity_spam <= 1
    assert info.calibration.time_2q_s is not None and 0 < info.calibration.time_2q_s < 0.1


def test_calibrations_are_gone_through_page_by_page(cloud: IonqCloud, server: Sandbox) -> None:
    before = server.requests()
    listed = list(cloud.calibrations("qpu.aria-1"))

    assert len(listed) == len({one.id for one in listed}) > 10
    assert spent(server, before) == {"getCharacterizationsForBackend": -(-len(listed) // 10)}


def test_the_calibration_of_a_date_is_the_newest_before_it(cloud: IonqCloud) -> None:
    moment = datetime.now(UTC) - timedelta(days=5)
    found = cloud.run(cloud.calibration_flow("qpu.aria-1", moment))
    earlier = [
        one.date for one in cloud.calibrations("qpu.aria-1") if one.date and one.date <= moment
    ]

    assert found is not None and found.date == max(earlier)
    long_ago = datetime(2000, 1, 1, tzinfo=UTC)
    assert cloud.run(cloud.calibration_flow("qpu.aria-1", long_ago)) is None


# The rest of a job ------------------------------------------------------------------------------


def test_a_job_can_be_cancelled(cloud: IonqCloud) -> None:
    job = cloud.submit(request(BELL, backend="qpu.aria-1"))
    job.cancel()

    assert job.wait(30).status is JobStatus.CANCELLED
    with pytest.raises(JobCancelled):
        job.result(30)


def test_jobs_can_be_cancelled_and_deleted_in_bulk(cloud: IonqCloud) -> None:
    jobs = [cloud.submit(request(BELL, backend="qpu.aria-2")) for _ in range(3)]
    ids = [job.id for job in jobs]

    assert set(cloud.run(cloud.cancel_many_flow(ids))) == set(ids)
    assert {job.wait(30).status for job in jobs} == {JobStatus.CANCELLED}
    assert set(cloud.run(cloud.delete_many_flow(ids))) == set(ids)
    with pytest.raises(NotFound):
        cloud.job(ids[0]).state()


def test_a_deleted_job_is_gone(cloud: IonqCloud) -> None:
    job = cloud.submit(request(BELL))
    job.wait(30)
    job.delete()

    with pytest.raises(NotFound):
        cloud.job(job.id).state()


def test_times_are_in_seconds_and_have_a_zone(cloud: IonqCloud) -> None:
    state = cloud.submit(request(BELL, backend="qpu.forte-1")).wait(30)

    assert state.status is JobStatus.DONE and state.raw == "completed"
    assert state.run_s is not None and 0 <= state.run_s < 30
    assert state.created is not None and state.created.tzinfo is not None
    assert state.ended is not None and state.ended >= state.created


def test_costs_and_estimates_have_the_units_of_the_service(cloud: IonqCloud) -> None:
    one = request(BELL, backend="qpu.forte-1", shots=500)
    estimate = cloud.run(cloud.estimate_flow(one))
    more = cloud.run(cloud.estimate_flow(replace(one, shots=100_000)))
    job = cloud.submit(one)
    job.wait(30)

    assert estimate.estimated and 0 < estimate.value < more.value
    assert (job.cost().unit, job.cost().estimated) == (estimate.unit, False)


def test_openqasm_text_is_not_estimated(cloud: IonqCloud) -> None:
    with pytest.raises(ProgramError, match="numbers of gates"):
        cloud.run(cloud.estimate_flow(request(replace(BELL, format=Format.IONQ_QASM3))))


def test_jobs_are_listed_through_all_pages(cloud: IonqCloud) -> None:
    ids = {cloud.submit(request(FLIPPED, name=f"n{index}", tags=("x",))).id for index in range(5)}
    found = {one.id: one for one in cloud.all_jobs(backend="simulator", limit=2)}

    assert ids <= found.keys()
    one = found[min(ids)]
    assert one.tags == ("x",) and one.name.startswith("n") and one.shots == 200
    with pytest.raises(UnknownOptionError, match="'backend'"):
        cloud.run(cloud.jobs_flow(None, {"backed": "simulator"}))


async def test_jobs_are_listed_asynchronously(cloud: IonqCloud) -> None:
    job = await cloud.asubmit(request(FLIPPED))

    assert job.id in {one.id async for one in cloud.all_jobs(limit=3)}
    await cloud.client.aclose()


# Only IonQ --------------------------------------------------------------------------------------


def test_a_session_holds_its_jobs_until_it_is_ended(cloud: IonqCloud) -> None:
    limits = SessionLimits(max_jobs=5, max_time_s=600)
    session = cloud.run(cloud.open_session_flow("qpu.forte-1", limits))
    job = cloud.submit(request(BELL, backend="qpu.forte-1", session=session.id))
    job.wait(30)

    assert session.active and session.limits == limits
    assert [one.id for one in cloud.session_jobs(session.id)] == [job.id]
    assert cloud.run(cloud.session_flow(session.id)).id == session.id
    assert session.id in {one.id for one in cloud.run(cloud.sessions_flow(active=True))}
    assert not cloud.run(cloud.close_session_flow(session.id)).active


def test_a_session_on_an_unknown_backend_is_refused_by_name(cloud: IonqCloud) -> None:
    with pytest.raises(UnknownBackendError):
        cloud.run(cloud.open_session_flow("qpu.fort-1", SessionLimits()))


@pytest.mark.parametrize("bad", [SessionLimits(0), SessionLimits(max_time_s=90)])
def test_limits_that_ionq_cannot_keep_are_refused(cloud: IonqCloud, bad: SessionLimits) -> None:
    with pytest.raises(ProgramError, match="session"):
        cloud.run(cloud.open_session_flow("simulator", bad))


def test_closing_with_cancel_cancels_what_waits(cloud: IonqCloud) -> None:
    session = cloud.run(cloud.open_session_flow("qpu.forte-1", SessionLimits()))
    job = cloud.submit(request(BELL, backend="qpu.forte-1", session=session.id))

    assert not cloud.run(cloud.close_session_flow(session.id, cancel=True)).active
    assert job.wait(30).status is JobStatus.CANCELLED


def test_a_debiased_job_has_variants_and_can_be_sharpened(cloud: IonqCloud) -> None:
    one = request(BELL, backend="qpu.aria-1", shots=500, options={"debiasing": True})
    job = cloud.submit(one)
    [joined], [sharp] = job.result(30), job.result(30, sharpen=True)
    variants = cloud.run(cloud.variants_flow(job.id))
    first = cloud.run(cloud.variant_flow(job.id, variants[0], 2))

    assert joined.counts is not None and sum(joined.counts.values()) == 500
    assert sharp.counts is not None and sum(sharp.counts.values()) == 500
    assert sum(one.shots or 0 for one in variants) == 500
    assert first.shots == variants[0].shots


def test_a_job_without_debiasing_has_no_variants(cloud: IonqCloud) -> None:
    job = cloud.submit(request(BELL))
    job.wait(30)

    assert cloud.run(cloud.variants_flow(job.id)) == ()


def test_the_compiled_circuit_can_be_fetched(cloud: IonqCloud) -> None:
    job = cloud.submit(request(BELL, backend="qpu.forte-1"))
    job.wait(30)

    assert "OPENQASM" in cloud.run(cloud.compiled_flow(job.id, "qasm3"))
    with pytest.raises(ValueError, match="neither"):
        cloud.run(cloud.compiled_flow(job.id, "qasm2"))


def test_a_result_can_be_had_as_the_service_gives_it(cloud: IonqCloud) -> None:
    job = cloud.submit(request(FLIPPED))

    assert job.raw_result().json() == {"5": 1.0}
