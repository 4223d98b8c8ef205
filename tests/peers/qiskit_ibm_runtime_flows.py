"""Flows of the public qiskit-ibm-runtime client, run in an environment of its own.

The environment says where the sandbox is: ``IAM_URL``, ``GLOBAL_SEARCH_URL`` and
``GLOBAL_CATALOG_URL`` for what the client reads itself, ``RUNTIME_URL`` for the service, and
``QISKIT_IBM_TOKEN`` and ``QISKIT_IBM_INSTANCE``. Each flow prints one line of JSON: its name, how
long it took, and what went wrong. A client that does not read those variables is told the addresses
in its modules. Flows of primitives that run over the executor are left out where the client has
none.
"""

import inspect
import json
import logging
import math
import os
import sys
import time
import traceback
import warnings
from importlib.util import find_spec

from qiskit import QuantumCircuit
from qiskit.circuit import ClassicalRegister, Parameter, QuantumRegister
from qiskit.quantum_info import SparsePauliOp
from qiskit.transpiler import generate_preset_pass_manager
from qiskit_ibm_runtime import (
    Batch,
    EstimatorV2,
    QiskitRuntimeService,
    SamplerV2,
    Session,
)
from qiskit_ibm_runtime.accounts import account as account_module
from qiskit_ibm_runtime.api import auth
from qiskit_ibm_runtime.exceptions import RuntimeJobFailureError
from qiskit_ibm_runtime.noise_learner import NoiseLearner

SMALL, LARGE, BUSY = "ibm_lagos", "ibm_fez", "ibm_marrakesh"
POLL_S = 0.1


def bell(measured=True):
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    if measured:
        circuit.measure_all()
    return circuit


def compiled(circuit, backend):
    return generate_preset_pass_manager(1, backend=backend, seed_transpiler=1).run(circuit)


def finished(job):
    """Return a job's result; older clients cannot be told how often to ask."""
    while not job.in_final_state():
        time.sleep(POLL_S)
    return job.result(timeout=60)


def near(found, wanted, tolerance):
    assert abs(found - wanted) < tolerance, (found, wanted)


def listing(service):
    """Machines, listed, chosen and described."""
    names = {backend.name for backend in service.backends()}
    assert {SMALL, LARGE} <= names, names
    assert service.least_busy(min_num_qubits=100).num_qubits > 100
    backend = service.backend(LARGE)
    assert backend.num_qubits == 156
    assert "cz" in backend.operation_names
    assert backend.status().operational
    assert 0 < backend.target["sx"][0,].error < 0.01
    assert backend.properties().t1(0) > 0


def sampled(service):
    """The sampler on a large machine, with seed and shots."""
    backend = service.backend(LARGE)
    sampler = SamplerV2(backend, options={"simulator": {"seed_simulator": 5}})
    results = [finished(sampler.run([compiled(bell(), backend)], shots=300)) for _ in range(2)]
    first, second = (result[0].data.meas.get_counts() for result in results)
    assert first == second, (first, second)
    assert set(first) == {"00", "11"}, first
    assert sum(first.values()) == 300
    spans = results[0].metadata["execution"]["execution_spans"]
    assert spans[0].size == 300


def swept(service):
    """Several PUBs with parameters and registers."""
    backend = service.backend(SMALL)
    angle = Parameter("angle")
    circuit = QuantumCircuit(
        QuantumRegister(2, "q"), ClassicalRegister(1, "first"), ClassicalRegister(1, "second")
    )
    circuit.rx(angle, 0)
    circuit.x(1)
    circuit.measure([0, 1], [0, 1])
    isa = compiled(circuit, backend)
    result = finished(SamplerV2(backend).run([(isa, [[0], [math.pi]], 50), (isa, [math.pi], 20)]))
    assert result[0].data.first.get_counts(1) == {"1": 50}
    assert result[0].data.first.get_counts(0) == {"0": 50}
    assert result[1].data.second.get_counts() == {"1": 20}


def estimated(service):
    """The estimator with observables, parameters and a precision."""
    backend = service.backend(SMALL)
    isa = compiled(bell(measured=False), backend)
    observables = [
        SparsePauliOp(["ZZ"]).apply_layout(isa.layout),
        SparsePauliOp(["XX", "ZI"], [2, 1]).apply_layout(isa.layout),
    ]
    estimator = EstimatorV2(backend)
    estimator.options.resilience_level = 0
    data = finished(estimator.run([(isa, observables)], precision=0.01))[0].data
    near(data.evs[0], 1, 0.08)
    near(data.evs[1], 2, 0.08)
    near(data.stds[0], 0.01, 1e-9)


def options(service):
    """Options of error suppression and mitigation are accepted."""
    backend = service.backend(SMALL)
    sampler = SamplerV2(backend)
    sampler.options.default_shots = 64
    sampler.options.dynamical_decoupling.enable = True
    sampler.options.dynamical_decoupling.sequence_type = "XY4"
    sampler.options.twirling.enable_gates = True
    sampler.options.execution.init_qubits = True
    assert finished(sampler.run([compiled(bell(), backend)]))[0].data.meas.num_shots == 64
    estimator = EstimatorV2(backend)
    estimator.options.resilience_level = 2
    estimator.options.resilience.zne.noise_factors = (1, 3, 5)
    isa = compiled(bell(measured=False), backend)
    observable = SparsePauliOp(["ZZ"]).apply_layout(isa.layout)
    near(float(finished(estimator.run([(isa, observable)]))[0].data.evs), 1, 0.1)


def session(service):
    """A session of two jobs, and its details."""
    backend = service.backend(SMALL)
    with Session(backend=backend, max_time=600) as opened:
        sampler = SamplerV2(mode=opened)
        for _ in range(2):
            assert finished(sampler.run([compiled(bell(), backend)], shots=10))
        assert opened.details()["mode"] == "dedicated", opened.details()
        assert len(service.jobs(session_id=opened.session_id)) == 2
    assert opened.status() == "Closed", opened.status()
    assert Session.from_id(opened.session_id, service=service).session_id == opened.session_id


def batch(service):
    """A batch of three jobs."""
    backend = service.backend(SMALL)
    with Batch(backend=backend) as opened:
        sampler = SamplerV2(mode=opened)
        jobs = [sampler.run([compiled(bell(), backend)], shots=10) for _ in range(3)]
    for job in jobs:
        assert finished(job)[0].data.meas.num_shots == 10
        assert job.session_id == opened.session_id


def cancelled(service):
    """A job cancelled while it waits."""
    backend = service.backend(BUSY)
    job = SamplerV2(backend).run([compiled(bell(), backend)])
    assert job.status() == "QUEUED", job.status()
    assert service.backend(BUSY).status().pending_jobs > 0
    job.cancel()
    assert service.job(job.job_id()).status() == "CANCELLED"


def tagged(service):
    """Tags given, found and replaced."""
    backend = service.backend(SMALL)
    sampler = SamplerV2(backend)
    sampler.options.environment.job_tags = ["peers", "first"]
    job = sampler.run([compiled(bell(), backend)], shots=10)
    assert job.job_id() in {one.job_id() for one in service.jobs(job_tags=["peers"])}
    assert set(job.update_tags(["peers", "second"])) == {"peers", "second"}
    assert service.jobs(job_tags=["first"]) == []


def retrieved(service):
    """Jobs listed, and one opened again by its id with its inputs, metrics and usage."""
    backend = service.backend(SMALL)
    job = SamplerV2(backend).run([compiled(bell(), backend)], shots=1000)
    again = service.job(job.job_id())
    assert finished(again)[0].data.meas.num_shots == 1000
    assert service.jobs(limit=1, backend_name=SMALL)[0].job_id() == job.job_id()
    assert len(again.inputs["pubs"]) == 1
    assert again.metrics()["timestamps"]["finished"]
    assert again.usage() >= 0
    assert "completed" in again.logs()
    service.delete_job(job.job_id())
    assert job.job_id() not in {one.job_id() for one in service.jobs(limit=20)}


def private(service):
    """The result of a private job."""
    backend = service.backend(SMALL)
    sampler = SamplerV2(backend)
    sampler.options.environment.private = True
    job = sampler.run([compiled(bell(), backend)], shots=10)
    assert finished(job)[0].data.meas.num_shots == 10
    assert service.job(job.job_id()).inputs == {}


def failed(service):
    """A job that fails says why."""
    backend = service.backend(SMALL)
    sampler = SamplerV2(backend)
    job = sampler.run([(compiled(bell(), backend), None, 20_000_000)])
    try:
        finished(job)
    except RuntimeJobFailureError as error:
        assert "3218" in str(error), error
    else:
        raise AssertionError("the job did not fail")


def learned(service):
    """The noise learner."""
    backend = service.backend(SMALL)
    result = finished(NoiseLearner(backend).run([compiled(bell(measured=False), backend)]))
    assert len(result.data[0].error.generators) == 15


def account(service):
    """The instance, its usage, and instances found by the search."""
    assert service.active_instance() == os.environ["QISKIT_IBM_INSTANCE"]
    assert service.usage()["usage_consumed_seconds"] >= 0
    assert len(service.instances()) == 1


def sampled_over_executor(service):
    """The executor-based sampler, plain and twirled."""
    from qiskit_ibm_runtime.executor_sampler import Sampler

    backend = service.backend(LARGE)
    sampler = Sampler(backend)
    for twirled in (False, True):
        sampler.options.twirling.enable_gates = twirled
        sampler.options.twirling.enable_measure = twirled
        counts = finished(sampler.run([compiled(bell(), backend)], shots=640))[0].data.meas
        assert set(counts.get_counts()) == {"00", "11"}, counts.get_counts()
        assert counts.num_shots == 640


def estimated_over_executor(service):
    """The executor-based estimator."""
    from qiskit_ibm_runtime.executor_estimator import Estimator

    backend = service.backend(SMALL)
    isa = compiled(bell(measured=False), backend)
    observable = SparsePauliOp(["ZZ", "XX"], [1, 2]).apply_layout(isa.layout)
    near(float(finished(Estimator(backend).run([(isa, observable)]))[0].data.evs), 3, 0.2)


CLASSIC = (
    listing,
    sampled,
    swept,
    estimated,
    options,
    session,
    batch,
    cancelled,
    tagged,
    retrieved,
    private,
    failed,
    learned,
    account,
)
OVER_EXECUTOR = (sampled_over_executor, estimated_over_executor)


def redirect():
    """Tell a client whose addresses of IAM, search and catalogue are fixed where they are."""
    if "environ" in inspect.getsource(auth):
        return
    manager = auth.IAMTokenManager
    auth.IAMTokenManager = lambda key, **_: manager(key, url=os.environ["IAM_URL"])
    account_module.get_iam_api_url = lambda _: os.environ["IAM_URL"]
    account_module.get_global_search_api_url = lambda _: os.environ["GLOBAL_SEARCH_URL"]
    account_module.get_global_catalog_api_url = lambda _: os.environ["GLOBAL_CATALOG_URL"]


def main():
    """Run every flow; one that fails does not keep the others from running."""
    warnings.simplefilter("ignore")
    logging.getLogger("qiskit_ibm_runtime").setLevel(logging.ERROR)
    redirect()
    service = QiskitRuntimeService(
        channel="ibm_quantum_platform",
        token=os.environ["QISKIT_IBM_TOKEN"],
        instance=os.environ["QISKIT_IBM_INSTANCE"],
        url_resolver=lambda *_: os.environ["RUNTIME_URL"],
    )
    over_executor = OVER_EXECUTOR if find_spec("qiskit_ibm_runtime.executor_sampler") else ()
    for flow in (*CLASSIC, *over_executor):
        started = time.monotonic()
        problem = None
        try:
            flow(service)
        except Exception:  # noqa: BLE001 - the line of the report says what it was
            problem = traceback.format_exc()
        line = {
            "flow": flow.__name__,
            "about": flow.__doc__.strip(),
            "seconds": round(time.monotonic() - started, 2),
            "problem": problem,
        }
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    sys.exit(main())
