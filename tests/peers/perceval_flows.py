"""Flows of Perceval's own provider for the Kipu Hub, run in an environment of its own.

The URL comes from ``QHUB_QUANTUM_BASE_URL`` and the token from ``KQH_PERSONAL_ACCESS_TOKEN``. Each
flow prints one line of JSON: its name, how long it took, and what went wrong. The provider has a
list of machines; of the contract's it has one.
"""

import json
import os
import sys
import time
import traceback

import perceval as pcvl
from perceval.algorithm import Sampler
from perceval.providers.kipu import KipuCommunicationLayer, Session

MACHINE = "quandela.qpu.belenos"
URL = os.environ["QHUB_QUANTUM_BASE_URL"]
TOKEN = os.environ["KQH_PERSONAL_ACCESS_TOKEN"]
STATE = pcvl.BasicState([1, 1])
TOGETHER = {pcvl.BasicState([2, 0]), pcvl.BasicState([0, 2])}


def processor(circuit=None, state=STATE, fewest=2):
    made = Session(MACHINE, token=TOKEN, url=URL).build_remote_processor()
    made.set_circuit(circuit or pcvl.BS())
    made.min_detected_photons_filter(fewest)
    made.with_input(state)
    return made


def platform():
    """The machine's document is a platform."""
    found = processor()
    assert found.status == "available", found.status
    assert found.available_commands == ["sample_count", "samples"], found.available_commands
    assert found.constraints["max_mode_count"] == 24, found.constraints


def counts():
    """Photons that meet at a beam splitter leave together."""
    found = Sampler(processor(), max_shots_per_call=1000).sample_count(100)["results"]
    assert set(found) == TOGETHER, found
    assert sum(found.values()) == 100, found


def samples():
    """Single samples come in a list."""
    found = Sampler(processor(), max_shots_per_call=1000).samples(9)["results"]
    assert len(found) == 9, found


def probabilities():
    """Probabilities are made of counts."""
    found = Sampler(processor(), max_shots_per_call=10_000).probs()["results"]
    assert set(found) == TOGETHER, found
    assert abs(sum(found.values()) - 1) < 1e-9, found


def iterations():
    """Iterations run in one job."""
    sampler = Sampler(processor(pcvl.BS(theta=pcvl.P("t"))), max_shots_per_call=100)
    sampler.add_iteration(circuit_params={"t": 0.0})
    sampler.add_iteration(circuit_params={"t": 3.141592653589793})
    found = sampler.sample_count(10)["results_list"]
    assert [dict(one["results"]) for one in found] == [{STATE: 10}, {STATE: 10}], found


def computer():
    """A remote computer of the newest Perceval executes."""
    layer = KipuCommunicationLayer(MACHINE, token=TOKEN, url=URL)
    experiment = pcvl.Experiment(pcvl.BS())
    experiment.min_detected_photons_filter(2)
    experiment.with_input(STATE)
    factory = pcvl.ExecutionFactory(pcvl.RemoteComputer(layer), experiment, max_shots_per_call=1000)
    found = factory.sample_count(50)["results"]
    assert set(found) == TOGETHER, found


def failure():
    """A failed job says why."""
    full = processor(pcvl.Circuit(13), pcvl.BasicState([1] * 12 + [0]), 12)
    data = full.prepare_job_payload("sample_count")
    data["payload"].update({"max_shots": 5, "max_samples": 5})
    data["payload"]["experiment"] = "nothing"
    handler = full.get_rpc_handler()
    job = handler.create_job({**data, "job_name": "failing"})
    deadline = time.monotonic() + 60
    while (status := handler.get_job_status(job))["status"] != "error":
        assert time.monotonic() < deadline, status
        time.sleep(0.05)
    assert status["status_message"], status


def cancelled():
    """A waiting job is cancelled."""
    job = Sampler(processor(), max_shots_per_call=1000).sample_count.execute_async(100)
    job.cancel()
    deadline = time.monotonic() + 60
    while job.is_running and time.monotonic() < deadline:
        time.sleep(0.2)
    assert job.status.canceled, job.status


FLOWS = (platform, counts, samples, probabilities, iterations, computer, failure, cancelled)


def main():
    """Run the flows one after another."""
    for flow in FLOWS:
        begin, problem = time.monotonic(), None
        try:
            flow()
        except Exception:  # noqa: BLE001 - the line of the report says what it was
            problem = traceback.format_exc()
        shown = {"about": flow.__doc__, "seconds": time.monotonic() - begin, "problem": problem}
        sys.stdout.write(json.dumps(shown) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
