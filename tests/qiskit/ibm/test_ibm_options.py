"""Options of IBM's programs: named and nested as in qiskit-ibm-runtime, checked before sending."""

import warnings

import numpy as np
import pytest
from qiskit.transpiler import CouplingMap

from ketbridge.clouds.ibm_shared.primitives import checked
from ketbridge.errors import ProgramError, UnknownOptionError
from qiskit_ketbridge.ibm import EstimatorOptions, NoiseLearnerOptions, SamplerOptions
from qiskit_ketbridge.ibm.optionset import Unset
from qiskit_ketbridge.ibm.wire_options import split


def everything():
    options = EstimatorOptions(resilience_level=2, default_precision=0.02)
    options.dynamical_decoupling.enable = True
    options.dynamical_decoupling.sequence_type = "XY4"
    options.twirling.num_randomizations = "auto"
    options.resilience.zne_mitigation = True
    options.resilience.zne.noise_factors = (1, 1.5, 3)
    options.resilience.zne.extrapolator = ("exponential", "linear")
    options.resilience.layer_noise_learning.max_layers_to_learn = None
    options.resilience.measure_noise_learning.num_randomizations = 16
    options.execution.init_qubits = False
    options.simulator.coupling_map = CouplingMap([[0, 1]])
    options.max_execution_time = 300
    options.environment.job_tags = ["a"]
    options.environment.log_level = "DEBUG"
    options.environment.private = True
    options.experimental = {"image": "r:1", "new": {"thing": np.float64(2)}}
    return options


def test_options_are_divided_into_those_of_the_program_and_of_the_job():
    found = split(everything())

    assert found.program == {
        "default_precision": 0.02,
        "dynamical_decoupling": {"enable": True, "sequence_type": "XY4"},
        "twirling": {"num_randomizations": "auto"},
        "resilience": {
            "zne_mitigation": True,
            "zne": {"noise_factors": [1, 1.5, 3], "extrapolator": ["exponential", "linear"]},
            "layer_noise_learning": {"max_layers_to_learn": None},
            "measure_noise_learning": {"num_randomizations": 16},
        },
        "execution": {"init_qubits": False},
        "simulator": {"coupling_map": [[0, 1]]},
        "experimental": {"new": {"thing": 2.0}},
    }
    assert found.job == {
        "max_execution_time": 300,
        "resilience_level": 2,
        "private": True,
        "log_level": "debug",
        "runtime": "r:1",
    }
    assert found.tags == ("a",)


def test_none_reaches_the_service_where_it_is_a_value():
    learning = {"resilience": {"layer_noise_learning": {"max_layers_to_learn": None}}}

    assert checked("estimator", learning) == learning


def test_what_is_not_set_is_not_sent():
    assert split(SamplerOptions()).program == {}
    assert SamplerOptions().default_shots is Unset


def test_options_of_the_public_client_are_taken():
    public = pytest.importorskip("qiskit_ibm_runtime.options")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        given = public.EstimatorOptions(resilience_level=1)
        given.resilience.pec_mitigation = True
        given.resilience.pec.max_overhead = None
        given.dynamical_decoupling = {"enable": True}

    found = EstimatorOptions.of(given).chosen()

    assert found["resilience"] == {"pec_mitigation": True, "pec": {"max_overhead": None}}
    assert found["dynamical_decoupling"] == {"enable": True}
    assert found["resilience_level"] == 1


@pytest.mark.parametrize("kind", ["SamplerOptions", "EstimatorOptions", "NoiseLearnerOptions"])
def test_every_option_of_the_public_client_exists(kind):
    public = pytest.importorskip("qiskit_ibm_runtime.options")
    ours = {"SamplerOptions": SamplerOptions, "EstimatorOptions": EstimatorOptions}

    missing = set(names(getattr(public, kind)())) - set(
        names(ours.get(kind, NoiseLearnerOptions)())
    )

    assert not missing


def names(options, above=""):
    for name in options.__dataclass_fields__:
        if not name.startswith("_"):
            value = getattr(options, name)
            yield above + name
            if hasattr(value, "__dataclass_fields__"):
                yield from names(value, f"{above}{name}.")


def test_dicts_change_only_what_they_name():
    options = EstimatorOptions(resilience={"zne": {"noise_factors": [1, 2]}})
    options.update(resilience={"zne_mitigation": True})
    options.twirling = {"enable_gates": True}

    assert options.resilience.zne.noise_factors == [1, 2]
    assert options.resilience.zne_mitigation is True
    assert options.twirling.enable_gates is True


@pytest.mark.parametrize(
    ("wrong", "nearest"),
    [
        ({"default_shot": 3}, "default_shots"),
        ({"twirling": {"enable_gate": True}}, "enable_gates"),
        ({"execution": {"rep_delays": 1}}, "rep_delay"),
    ],
)
def test_an_unknown_option_is_refused_with_the_nearest(wrong, nearest):
    with pytest.raises(UnknownOptionError, match=f"{nearest}"):
        SamplerOptions(**wrong)


def test_a_misspelt_attribute_is_refused():
    options = SamplerOptions()

    with pytest.raises(TypeError, match="enable"):
        options.dynamical_decoupling.enabled = True


def test_a_misspelt_set_of_options_is_refused_with_the_nearest():
    with pytest.raises(AttributeError, match=r"ResilienceOptionsV2 has no option 'zn'.*'zne'"):
        EstimatorOptions().resilience.zn.noise_factors = (1, 3)


def test_a_value_is_refused_by_the_path_to_it_alone():
    with pytest.raises(ProgramError, match=r"'twirling.num_randomizations' of .*, or .*'auto'"):
        checked("sampler", {"twirling": {"num_randomizations": "many"}})


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"zne_mitigation": True, "pec_mitigation": True}, "exclude"),
        ({"zne": {"noise_factors": [0.5, 1]}}, "at least 1"),
        ({"zne": {"extrapolator": "polynomial_degree_3"}}, "needs 4"),
        ({"layer_noise_model": 3}, "noise learner"),
    ],
)
def test_contradictions_are_refused(given, words):
    with pytest.raises(ProgramError, match=words):
        split(EstimatorOptions(resilience=given))


def test_a_value_of_the_wrong_kind_is_refused_before_sending(lagos, compiled):
    from qiskit_ketbridge import SamplerV2

    from .conftest import bell

    sampler = SamplerV2(mode=lagos)
    sampler.options.dynamical_decoupling.sequence_type = "YY"

    with pytest.raises(ProgramError, match=r"dynamical_decoupling\.sequence_type"):
        sampler.run([compiled(bell())])
