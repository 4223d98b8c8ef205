"""Primitives on simulators of this process, against IBM's own client in its local mode."""

import copy

import pytest
from qiskit import QuantumCircuit
from qiskit.providers.basic_provider import BasicSimulator
from qiskit.quantum_info import SparsePauliOp
from qiskit.transpiler import generate_preset_pass_manager
from qiskit_aer import AerSimulator

from ketbridge.errors import ProgramError
from qiskit_ketbridge.ibm import Batch, EstimatorV2, SamplerV2, Session

public = pytest.importorskip("qiskit_ibm_runtime")
fakes = pytest.importorskip("qiskit_ibm_runtime.fake_provider")

SIMULATORS = {"Aer": AerSimulator, "a fake backend": fakes.FakeManilaV2}


def bell(measured=True):
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    if measured:
        circuit.measure_all()
    return circuit


@pytest.fixture(params=SIMULATORS.values(), ids=SIMULATORS)
def simulator(request):
    return request.param()


@pytest.fixture
def compiled(simulator):
    return generate_preset_pass_manager(1, backend=simulator, seed_transpiler=1).run


@pytest.mark.filterwarnings("ignore:The .* class is deprecated:DeprecationWarning")
def test_the_sampler_gives_what_the_public_client_gives(simulator, compiled):
    options = {"default_shots": 500, "simulator": {"seed_simulator": 7}}
    pub = compiled(bell())

    found = SamplerV2(simulator, options=options).run([pub]).result()[0].data.meas
    expected = public.SamplerV2(simulator, options=options).run([pub]).result()[0].data.meas

    assert found.get_counts() == expected.get_counts()
    assert found.num_shots == 500


@pytest.mark.filterwarnings("ignore:The .* class is deprecated:DeprecationWarning")
def test_the_estimator_gives_what_the_public_client_gives(simulator, compiled):
    options = {"default_shots": 400, "simulator": {"seed_simulator": 7}}
    isa = compiled(bell(measured=False))
    pub = (isa, SparsePauliOp("XX").apply_layout(isa.layout))

    found = EstimatorV2(simulator, options=options).run([pub]).result()[0].data
    expected = public.EstimatorV2(simulator, options=options).run([pub]).result()[0].data

    assert (found.evs, found.stds) == (expected.evs, expected.stds)


def test_shots_and_precision_of_a_call_come_first():
    sampled = SamplerV2(AerSimulator(), options={"seed": 1}).run([bell()], shots=9).result()
    pub = (bell(measured=False), SparsePauliOp("ZZ"))
    estimated = EstimatorV2(AerSimulator()).run([pub], precision=0.5).result()

    assert sampled[0].data.meas.num_shots == 9
    assert estimated[0].metadata["target_precision"] == 0.5


def test_single_outcomes_may_be_complex_and_noise_of_ones_own():
    from qiskit_aer.noise import NoiseModel, ReadoutError

    noise = NoiseModel()
    noise.add_all_qubit_readout_error(ReadoutError([[0, 1], [1, 0]]))
    flat = QuantumCircuit(1)
    flat.measure_all()
    options = {"simulator": {"noise_model": noise}}

    found = SamplerV2(AerSimulator(), options=options).run([flat], shots=5).result()

    assert found[0].data.meas.get_counts() == {"1": 5}


@pytest.mark.parametrize("kind", [Session, Batch])
def test_a_session_on_a_simulator_opens_nothing(kind):
    with kind(backend=AerSimulator(), max_time="1h") as session:
        inside = [SamplerV2(mode=session), SamplerV2()]
        counts = [one.run([bell()], shots=4).result()[0].data.meas.num_shots for one in inside]
        pub = (bell(measured=False), SparsePauliOp("ZZ"))
        assert EstimatorV2(mode=session).run([pub]).result()[0].data.evs == 1

    assert counts == [4, 4]
    assert inside[0]._session is session and session.session_id is None
    with pytest.raises(ProgramError, match="opens no sessions"):
        session.details()


def test_an_option_without_an_effect_is_named():
    sampler = SamplerV2(BasicSimulator(), options={"twirling": {"enable_gates": True}})

    with pytest.warns(UserWarning, match="without an effect.*: twirling"):
        sampler.run([bell()])


def test_it_is_copied_with_its_options():
    sampler = copy.deepcopy(SamplerV2(AerSimulator(), options={"default_shots": 3}))

    assert sampler.options.default_shots == 3
    assert sampler.run([bell()]).result()[0].data.meas.num_shots == 3
    assert isinstance(sampler.backend(), AerSimulator)


def test_a_backend_of_another_kind_is_refused():
    with pytest.raises(TypeError, match="not FakeService"):
        SamplerV2(type("FakeService", (), {})())
