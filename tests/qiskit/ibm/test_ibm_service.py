"""An account, its jobs, sessions and machines, asked as with IBM's own client, and against it."""

import copy
import json
from datetime import datetime, timedelta

import pytest
from qiskit.circuit import QuantumCircuit
from qiskit.providers.exceptions import QiskitBackendNotFoundError

from ketbridge import accounts_file
from ketbridge.accounts import Secret
from ketbridge.address import CloudAddress
from ketbridge.clouds.ibm import IbmCloud
from ketbridge.errors import CredentialError, ProgramError, UnknownBackendError
from qiskit_ketbridge import KetbridgeProvider
from qiskit_ketbridge import ibm as ours
from qiskit_ketbridge.ibm import Batch, EstimatorV2, QiskitRuntimeService, SamplerV2, Session
from qiskit_ketbridge.ibm.properties import Properties

from .conftest import bell

CRN = "crn:v1:bluemix:public:quantum-computing:us-east:a/b947:0f::"


@pytest.fixture
def account(running):
    return QiskitRuntimeService(channel="local")


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home without accounts."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("KETBRIDGE_HOME", str(tmp_path / "ketbridge"))
    for variable in ("TOKEN", "INSTANCE", "URL", "CHANNEL"):
        monkeypatch.delenv(f"QISKIT_IBM_{variable}", raising=False)
    return tmp_path


def keep_theirs(home, **accounts):
    file = home / ".qiskit/qiskit-ibm.json"
    file.parent.mkdir()
    file.write_text(json.dumps(accounts))
    file.chmod(0o600)


# Machines ---------------------------------------------------------------------------------------


def test_machines_are_filtered(account, service):
    listed = service.backends()
    for wanted, fits in (
        ({"min_num_qubits": 100}, lambda one: one.num_qubits >= 100),
        ({"dynamic_circuits": True}, lambda one: "if_else" in one.operation_names),
        ({"n_qubits": 7, "operational": True}, lambda one: one.num_qubits == 7),
        ({"name": "ibm_fez", "simulator": False}, lambda one: one.name == "ibm_fez"),
        ({"filters": lambda one: one.num_qubits == 5}, lambda one: one.num_qubits == 5),
    ):
        found = [one.name for one in account.backends(**wanted)]
        assert found == [one.name for one in listed if fits(one)] and found


def test_filters_on_qubits_cost_no_request_beside_the_list(account, running):
    before = sum(running.requests().values())

    chosen = account.least_busy(filters=lambda one: one.num_qubits < 6, simulator=False)

    assert chosen.num_qubits == 5
    assert sum(running.requests().values()) - before <= 2  # one of them may be for a token


def test_the_configuration_is_in_the_units_of_the_public_client(account, service):
    mine, theirs = account.backend("fake_lagos"), service.backend("ibm_lagos")

    for name in (
        "dt",
        "dtm",
        "default_rep_delay",
        "rep_delay_range",
        "n_qubits",
        "num_qubits",
        "basis_gates",
        "processor_type",
        "backend_version",
        "supported_instructions",
        "timing_constraints",
        "max_shots",
        "simulator",
    ):
        assert getattr(mine.configuration(), name) == getattr(theirs.configuration(), name), name
    assert (mine.dtm, mine.meas_map) == (theirs.dtm, theirs.meas_map)
    assert mine.default_rep_delay == theirs.default_rep_delay
    assert mine.configuration().to_dict()["dt"] == pytest.approx(mine.dt * 1e9)
    with pytest.raises(AttributeError):
        mine.configuration().no_such_member  # noqa: B018


@pytest.mark.parametrize("fractional", [False, True, None])
def test_gates_of_the_configuration_are_those_that_were_asked_for(account, service, fractional):
    mine, theirs = (
        one.backend("ibm_fez", use_fractional_gates=fractional).configuration()
        for one in (account, service)
    )

    assert mine.basis_gates == theirs.basis_gates
    assert mine.supported_instructions == theirs.supported_instructions
    assert [gate.name for gate in mine.gates] == [gate.name for gate in theirs.gates]


def test_properties_are_those_of_the_public_client(account, service):
    mine = account.backend("ibm_lagos").properties()
    theirs = service.backend("ibm_lagos").properties()

    for qubit in range(7):
        assert values(mine.qubit_property(qubit)) == values(theirs.qubit_property(qubit))
        for name in ("t1", "t2", "frequency", "readout_error", "readout_length"):
            assert getattr(mine, name)(qubit) == getattr(theirs, name)(qubit)
        assert mine.is_qubit_operational(qubit)
    for gate in theirs.gates:
        at = gate.gate, gate.qubits
        assert values(mine.gate_property(*at)) == values(theirs.gate_property(*at))
        if "gate_error" in mine.gate_property(*at):
            assert mine.gate_error(*at) == theirs.gate_error(*at)
        assert mine.is_gate_operational(*at)
    assert mine.gate_property("cx").keys() == theirs.gate_property("cx").keys()
    assert mine.last_update_date == mine.qubit_property(0, "frequency")[1]
    assert mine.gate_property("cx", [0, 1], "gate_error")[0] == mine.gate_error("cx", (0, 1))
    assert (mine.faulty_qubits(), mine.faulty_gates()) == ([], [])
    assert mine.to_dict()["backend_name"] == mine.backend_name == "ibm_lagos"
    assert len(mine.gates) == len(theirs.gates)


def values(quantities):
    """Leave out the times, which the public client takes for local ones whatever their zone."""
    return {name: value for name, (value, _) in quantities.items()}


def test_a_circuit_on_what_does_not_work_is_refused(account):
    machine = account.backend("ibm_lagos")
    document = machine.machine.properties.model_dump()
    broken = {"name": "operational", "value": 0.0}
    document["qubits"] = [list(one) for one in document["qubits"]]
    document["qubits"][3].append(broken)
    pair = next(gate for gate in document["gates"] if tuple(gate["qubits"]) == (0, 1))
    pair["parameters"] = [*pair["parameters"], broken]
    changed = type(machine.machine.properties).model_validate_json(json.dumps(document))
    machine._machine = type(machine.machine)(machine.machine.configuration, changed)
    circuit = QuantumCircuit(7)
    circuit.x(0)
    machine.check_faulty(circuit)

    assert Properties(changed).faulty_qubits() == [3]
    assert [gate.qubits for gate in Properties(changed).faulty_gates()] == [(0, 1)]
    for qubits in ([3, 5], [0, 1]):
        wrong = circuit.copy()
        wrong.cx(*qubits)
        with pytest.raises(ValueError, match=r"'cx' on \["):
            machine.check_faulty(wrong)


def test_measured_quantities_of_the_past_are_asked_for(account, running):
    machine = account.backend("ibm_lagos")

    before = running.requests().get("get_backend_properties", 0)
    past = machine.properties(datetime=datetime.now())
    history = machine.target_history(datetime.now())

    assert running.requests()["get_backend_properties"] - before >= 2
    assert past.t1(0) == machine.properties().t1(0)
    assert history.qubit_properties[0].t1 == machine.target.qubit_properties[0].t1


def test_a_machine_and_a_primitive_can_be_copied(account):
    machine = account.backend("ibm_lagos")
    sampler = copy.deepcopy(SamplerV2(machine))

    assert copy.deepcopy(machine).address == machine.address
    assert sampler.backend().cloud is machine.cloud
    assert account.backend("ibm_lagos").service is account
    assert type(machine.service) is QiskitRuntimeService


# Jobs -------------------------------------------------------------------------------------------


def test_jobs_are_listed_as_the_public_client_lists_them(account, service, compiled):
    machine = account.backend("ibm_lagos")
    isa = compiled(bell())
    sampler = SamplerV2(machine, options={"environment": {"job_tags": ["listed"]}})
    with Session(machine) as session:
        sent = [sampler.run([isa], shots=1) for _ in range(2)]
        sent.append(SamplerV2(session).run([isa], shots=1))
    for one in sent:
        one.result()
    earlier = datetime.now() - timedelta(hours=1)

    for wanted in (
        {"limit": 2},
        {"limit": 2, "skip": 1},
        {"job_tags": ["listed"]},
        {"session_id": session.session_id},
        {"backend_name": "ibm_lagos", "program_id": "sampler", "limit": 5},
        {"pending": False, "limit": 3, "descending": False},
        {"pending": True},
        {"created_after": earlier, "limit": 5},
        {"created_before": earlier},
    ):
        found = [one.job_id() for one in account.jobs(**wanted)]
        assert found == [one.job_id() for one in service.jobs(**wanted)], wanted
    with pytest.raises(ProgramError, match="list of strings"):
        account.jobs(job_tags="listed")
    with pytest.raises(ProgramError, match="not negative"):
        account.jobs(limit=-1)


def test_a_job_answers_as_that_of_the_public_client(account, service, compiled):
    sent = SamplerV2(account.backend("ibm_lagos")).run([compiled(bell())], shots=10)
    sent.wait_for_final_state(timeout=60, poll_interval=0.1)
    found = sent.result(poll_interval=0.1)[0].data.meas.get_counts()
    theirs = service.job(sent.job_id())

    assert theirs.result()[0].data.meas.get_counts() == found
    assert sent.status() == theirs.status() == "DONE"
    assert sent.status() in sent.JOB_FINAL_STATES
    for name in ("creation_date", "primitive_id", "instance", "private"):
        assert getattr(sent, name) == getattr(theirs, name), name
    assert sent.image == (theirs.image or "")
    assert sent.usage() == sent.usage(partial=True) > 0
    assert sent.properties().t1(0) == theirs.properties().t1(0)
    account.delete_job(sent.job_id())
    assert sent.job_id() not in [one.job_id() for one in account.jobs()]


def test_what_a_list_tells_of_a_job_is_not_asked_again(account, compiled, running):
    sampler = SamplerV2(account.backend("ibm_lagos"))
    sampler.options.environment.job_tags = ["told"]
    with Session(sampler.backend()) as session:
        sampler.run([compiled(bell())], shots=1).result()
    before = sum(running.requests().values())

    (listed,) = account.jobs(job_tags=["told"])

    assert (listed.session_id, listed.tags) == (session.session_id, ["told"])
    assert listed.creation_date and not listed.private and not listed.image
    assert sum(running.requests().values()) - before == 1


def test_labels_are_those_that_a_job_was_given_last(account, service, compiled):
    sent = SamplerV2(account.backend("ibm_lagos")).run([compiled(bell())], shots=1)
    sent.result()
    assert sent.tags == []

    sent.update_tags(["kept", "too"])

    assert sent.tags == account.job(sent.job_id()).tags == ["kept", "too"]
    assert set(service.job(sent.job_id()).tags) > {"kept", "too"}  # ours is one of them
    with pytest.raises(ProgramError, match="list of strings"):
        sent.update_tags("kept")


def test_a_result_is_read_by_a_decoder_that_is_given(account, compiled):
    from qiskit_ibm_runtime import RuntimeDecoder

    class Decoder:
        @classmethod
        def decode(cls, text):
            return json.loads(text, cls=RuntimeDecoder)

    sent = SamplerV2(account.backend("ibm_lagos")).run([compiled(bell())], shots=10)

    public, mine = sent.result(decoder=Decoder), sent.result()

    assert public[0].data.meas.get_counts() == mine[0].data.meas.get_counts()


# Sessions ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "mode"), [(Session, "dedicated"), (Batch, "batch")])
def test_a_session_says_of_itself_what_the_public_client_says(account, service, kind, mode):
    import qiskit_ibm_runtime

    public = getattr(qiskit_ibm_runtime, kind.__name__)
    with kind(account.backend("ibm_lagos"), "10m") as session:
        theirs = public.from_id(session.session_id, service=service)
        assert session.details() == theirs.details()
        assert session.details()["mode"] == mode and session.details()["max_time"] == 600
        assert session.status() == theirs.status() == "Pending"
        assert (session.backend(), session.service) == ("ibm_lagos", account)
    assert session.status() == theirs.status() == "Closed"
    assert session.usage() == theirs.usage()


def test_a_session_opens_when_its_id_is_asked_for(account, running):
    before = running.requests().get("create_session", 0)
    session = Session(account.backend("ibm_lagos"), max_time=60)
    assert running.requests().get("create_session", 0) == before

    assert session.session_id == session.session_id == session.details()["id"]

    assert running.requests()["create_session"] == before + 1
    session.close()


def test_a_session_is_taken_up_by_its_id_and_the_account(account, compiled):
    with Session(account.backend("ibm_lagos")) as session:
        again = Session.from_id(session.session_id, service=account, use_fractional_gates=True)
        assert (again.session_id, again.backend()) == (session.session_id, "ibm_lagos")
        assert again.machine.use_fractional_gates is True
        by_machine = Session.from_id(session.session_id, session.machine)
        assert by_machine.session_id == session.session_id
        inside = SamplerV2(again).run([compiled(bell())], shots=1)
        assert inside.session_id == session.session_id


def test_primitives_inside_of_a_block_join_its_session(account, compiled):
    isa = compiled(bell(measured=False))
    with Session(account.backend("ibm_lagos")) as session:
        sent = EstimatorV2().run([(isa, "IIIIIII")])
    assert sent.session_id == session.session_id


# Accounts ---------------------------------------------------------------------------------------


def test_an_account_is_kept_listed_and_forgotten(home):
    QiskitRuntimeService.save_account("canary", instance=CRN, name="work", set_as_default=True)
    with pytest.raises(CredentialError):
        QiskitRuntimeService.save_account("canary", name="work")
    QiskitRuntimeService.save_account("second", instance=CRN, name="work", overwrite=True)

    kept = QiskitRuntimeService.saved_accounts()

    assert set(kept) == {"work", "default"}
    assert kept["work"]["token"] == Secret("second") and "second" not in repr(kept)
    assert QiskitRuntimeService(name="work").active_account()["token"] == Secret("second")
    assert QiskitRuntimeService().active_account()["token"] == Secret("canary")
    assert QiskitRuntimeService.saved_accounts(default=False).keys() == {"work"}
    assert QiskitRuntimeService.delete_account(name="work")
    assert not QiskitRuntimeService.delete_account(name="work")


def test_accounts_of_the_public_client_are_found_by_name(home):
    keep_theirs(
        home,
        **{
            "default-ibm-quantum-platform": {"token": "usual", "instance": CRN},
            "other": {"token": "second", "instance": CRN, "channel": "ibm_cloud"},
        },
    )
    accounts_file.add(CloudAddress("ibm", "mine"), Secret("third"), settings={"instance": CRN})

    for name, token in {None: "usual", "other": "second", "mine": "third"}.items():
        assert QiskitRuntimeService(name=name).active_account()["token"] == Secret(token)
    assert QiskitRuntimeService(name="other").channel == "ibm_cloud"
    assert set(QiskitRuntimeService.saved_accounts()) == {
        "default-ibm-quantum-platform",
        "other",
        "mine",
    }
    file = str(home / ".qiskit/qiskit-ibm.json")
    assert QiskitRuntimeService(filename=file).active_account()["token"] == Secret("usual")
    with pytest.raises(CredentialError, match="Did you mean 'other'"):
        QiskitRuntimeService(name="othr")


def test_the_place_may_come_from_a_resolver(home):
    asked = []

    def resolver(*given):
        asked.append(given)
        return "http://127.0.0.1:9/api/v1"

    made = QiskitRuntimeService(
        "ibm_quantum_platform", "canary", instance=CRN, url_resolver=resolver
    )

    assert asked == [("https://cloud.ibm.com", CRN, None, "ibm_quantum_platform")]
    assert made.active_account()["url"] == "http://127.0.0.1:9/api"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"channel": "ibm_quantum"}, "closed"),
        ({"channel": "ibm_clod"}, "the channel is one of"),
        ({"verify": False}, "always verified"),
        ({"proxies": {"urls": {}}}, "not supported"),
        ({"private_endpoint": True}, "not supported"),
    ],
)
def test_what_is_not_supported_is_refused_at_once(home, arguments, message):
    with pytest.raises(ProgramError, match=message):
        QiskitRuntimeService(token="canary", instance=CRN, **arguments)


def test_another_instance_is_another_connection_of_the_same_account(home):
    made = QiskitRuntimeService(token="canary", instance=CRN)
    other = CRN.replace("us-east", "eu-de")

    assert made.at_instance(None) is made and made.at_instance(CRN) is made
    assert made.backend("ibm_x", instance=other).service.active_instance() == other
    assert isinstance(made.cloud, IbmCloud) and made.active_instance() == CRN


def test_the_instances_of_the_account_are_those_of_the_public_client(account, service):
    mine = [{key: one[key] for key in ("crn", "plan", "name")} for one in account.instances()]

    assert mine == [{key: one[key] for key in mine[0]} for one in service.instances()]
    assert account.usage() == service.usage()


def test_a_machine_that_is_not_there_is_named_with_the_nearest(account):
    lost = account.backend("ibm_lago")
    for ask in (lambda: lost.target, lost.status, lambda: account.get_backend("ibm_lago")):
        with pytest.raises(UnknownBackendError, match="Did you mean 'ibm_lagos'"):
            ask()
        with pytest.raises(QiskitBackendNotFoundError):
            ask()
    with pytest.raises(QiskitBackendNotFoundError, match="no machine that fits"):
        account.least_busy(min_num_qubits=10_000)


# Names ------------------------------------------------------------------------------------------


def test_every_name_that_notebooks_import_is_there_but_those_that_the_documents_leave_out():
    import qiskit_ibm_runtime as public

    left_out = {
        "Calibrator",
        "JobError",
        "JobTimeoutError",
        "Options",
        "OptionsV2",
        "QiskitError",
        "RuntimeOptions",
    }
    names = {name for name, value in vars(public).items() if isinstance(value, type)}

    missing = {name for name in names if not name.startswith("_") and not hasattr(ours, name)}

    assert missing <= left_out
    assert all(hasattr(ours, name) for name in ours.__all__)


def test_errors_are_caught_under_the_public_names(account, compiled):
    failing = SamplerV2(account.backend("ibm_lagos")).run([(compiled(bell()), None, 20_000_000)])

    with pytest.raises(ours.RuntimeJobFailureError, match="3218"):
        failing.result()
    with pytest.raises(ours.RuntimeJobNotFound):
        KetbridgeProvider("sandbox:ibm").job("nosuchjob").status()
    with pytest.raises(ours.IBMRuntimeError):
        account.backend("ibm_nowhere").status()
