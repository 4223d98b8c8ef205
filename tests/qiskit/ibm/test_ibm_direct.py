"""The same primitives and runs on machines behind IBM Direct Access."""

import pytest
from qiskit.transpiler import generate_preset_pass_manager

from qiskit_ketbridge import SamplerV2, backend, job

from .conftest import bell


@pytest.fixture
def machine(running):
    if "ibm-direct" not in running.accounts:
        pytest.skip("this sandbox has no Direct Access")
    return backend("sandbox:ibm-direct/ibm_lagos")


def test_the_sampler_runs_there(machine):
    isa = generate_preset_pass_manager(1, machine).run(bell())

    sent = SamplerV2(mode=machine, options={"default_shots": 60}).run([isa])

    assert set(sent.result()[0].data.meas.get_counts()) == {"00", "11"}
    assert sent.primitive_id == "sampler" and sent.status() == "DONE"


def test_a_run_gives_an_ordinary_result(machine):
    isa = generate_preset_pass_manager(1, machine).run(bell())

    sent = machine.run(isa, shots=30)

    assert sum(sent.result().get_counts().values()) == 30
    assert job(sent.address).result().get_counts() == sent.result().get_counts()
