"""What cannot run is refused in a sentence, before anything is submitted."""

from __future__ import annotations

import math

import perceval as pcvl
import pytest

from ketbridge import photonic
from ketbridge.errors import AddressError, ProgramError, UnknownBackendError

ALL = {"shots": 100, "input_state": [1, 1], "min_detected_photons": 2}


def unbound():
    return pcvl.Circuit(2) // pcvl.BS(theta=pcvl.P("theta")) // pcvl.PS(pcvl.P("phi"))


def not_a_number():
    return pcvl.BS() // (1, pcvl.PS(math.nan))


CASES = {
    "no input": (pcvl.BS(), {"input_state": None}, "no input state: give input_state"),
    "input of another size": (pcvl.BS(), {"input_state": [1]}, "does not fit"),
    "too many modes": (
        pcvl.Circuit(25),
        {"input_state": [1] + [0] * 24},
        "25 modes; quandela.sim.altair takes 1 to 24 modes",
    ),
    "too many photons": (
        pcvl.Circuit(13),
        {"input_state": [1] * 13},
        "has 13 photons; quandela.sim.altair takes 1 to 12",
    ),
    "no photons": (pcvl.BS(), {"input_state": [0, 0]}, "has 0 photons"),
    "unbound": (unbound(), {}, "phi, theta has no value"),
    "unbound in an iteration": (
        unbound(),
        {
            "iterations": [
                {"circuit_params": {"phi": 1.0, "theta": 1}},
                {"circuit_params": {"phi": 1}},
            ]
        },
        "iteration 1: theta has no value",
    ),
    "iteration with NaN": (
        unbound(),
        {"iterations": [{"circuit_params": {"phi": math.nan, "theta": 1}}]},
        "iteration 0: phi is no finite real number",
    ),
    "unknown parameter": (
        unbound(),
        {"iterations": [{"circuit_params": {"psi": 1.0}}]},
        "iteration 0: .*psi does not exist",
    ),
    "unknown key": (pcvl.BS(), {"iterations": [{"max_shot": 1}]}, "iteration 0: .*max_shot"),
    "NaN": (not_a_number(), {}, r"component 1 \(PS on modes 1\) has phi = nan"),
    "no filter": (pcvl.BS(), {"min_detected_photons": None}, "give min_detected_photons"),
    "filter": (pcvl.BS(), {"min_detected_photons": -1}, "min_detected_photons is a whole number"),
    "no shots": (pcvl.BS(), {"shots": 0}, "shots is a whole number from 1"),
    "True": (pcvl.BS(), {"shots": True}, "shots is a whole number"),
    "half a shot": (pcvl.BS(), {"shots": 1.5}, "shots is a whole number"),
    "too many shots": (
        pcvl.BS(),
        {"shots": 1_000_001},
        "shots is a whole number from 1 to 1000000",
    ),
    "more samples than shots": (pcvl.BS(), {"max_samples": 101}, "max_samples .* 1 to 100"),
    "post-selection": (pcvl.BS(), {"postselect": "[0] equals 1"}, "does not fit"),
    "no circuit": (pcvl.Experiment(), {"input_state": None}, "has no circuit"),
    "nothing of Perceval": ("h q[0];", {}, "a Perceval circuit, Experiment or Processor, not"),
    "tag": (pcvl.BS(), {"tags": [""]}, "is no text"),
    "option": (pcvl.BS(), {"options": {"max_durations": 1}}, "Did you mean 'max_duration'"),
    "option of others": (pcvl.BS(), {"options": {"dd_mode": "enabled"}}, "dd_mode is not for"),
}


@pytest.mark.parametrize("case", CASES)
def test_it_is_refused_before_anything_is_submitted(running, simulator, case):
    what, changes, sentence = CASES[case]
    before = len(running.jobs())

    with pytest.raises(ProgramError, match=sentence):
        photonic.run(what, simulator, **{**ALL, **changes})

    assert len(running.jobs()) == before


def test_an_unknown_command_is_refused_with_the_nearest(simulator):
    with pytest.raises(ProgramError, match="Did you mean 'sample_count'"):
        photonic.run(pcvl.BS(), simulator, "sample_counts", **ALL)


def test_an_unknown_setting_is_a_type_error(simulator):
    with pytest.raises(TypeError, match="max_sample"):
        photonic.run(pcvl.BS(), simulator, max_sample=1, **ALL)


def test_a_noise_model_is_for_simulators(qpu):
    with pytest.raises(ProgramError, match="takes no noise model"):
        photonic.run(pcvl.BS(), qpu, noise=pcvl.NoiseModel(brightness=0.5), **ALL)


def test_a_machine_of_gates_takes_no_photons(running):
    with pytest.raises(ProgramError, match=r"aws\.sim\.sv1 is no photonic machine: it reads"):
        photonic.run(pcvl.BS(), "sandbox:kipu/aws.sim.sv1", **ALL)


def test_an_unknown_machine_is_named_with_the_nearest(running):
    with pytest.raises(UnknownBackendError, match=r"Did you mean 'quandela\.sim\.altair'"):
        photonic.processor("sandbox:kipu/quandela.sim.altaire")


def test_another_cloud_has_no_photonic_machines():
    with pytest.raises(AddressError, match="at the Kipu Hub"):
        photonic.processor("sandbox:ionq/simulator")


def test_the_experiment_is_left_as_it_was(simulator):
    experiment = pcvl.Experiment(pcvl.BS())

    photonic.run(experiment, simulator, noise=pcvl.NoiseModel(0.5), postselect="[0]==1", **ALL)

    assert experiment.input_state is None
    assert experiment.min_photons_filter is None
    assert experiment.noise is None


class Payload:
    """A payload of Perceval with something wrong, for the handler."""

    @staticmethod
    def of(simulator, **changes):
        processor = photonic.processor(simulator)
        processor.set_circuit(pcvl.BS())
        processor.min_detected_photons_filter(2)
        processor.with_input(pcvl.BasicState([1, 1]))
        data = processor.prepare_job_payload("probs")
        data["payload"].update({"max_shots": 10, **changes})
        return processor.get_rpc_handler(), data


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"max_shots": None}, "give max_shots_per_call"),
        ({"max_shots": -1}, "max_shots is a whole number"),
        ({"command": "amplitudes"}, "cannot do 'amplitudes': it can do probs"),
        ({"experiment": ":PCVL:Experiment:junk"}, "cannot be read"),
        ({"iterator": [{"circuit_params": {"x": math.inf}}]}, "x is no finite real number"),
    ],
)
def test_a_payload_of_perceval_is_checked_too(running, simulator, changes, sentence):
    handler, data = Payload.of(simulator, **changes)
    before = len(running.jobs())

    with pytest.raises(ProgramError, match=sentence):
        handler.create_job(data)

    assert len(running.jobs()) == before
