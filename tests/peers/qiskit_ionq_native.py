"""Native gates of qiskit-ionq's compilation, printed as JSON; runs in its own environment.

``[[circuit, entangler, how, two-qubit gates, one-qubit gates], ...]``. The simulator's target is
widened, because the client gives it 4 qubits where it cannot ask. Its optimizer is put into the
pass manager by hand, because the released package does not register it with Qiskit.
"""

import json
import warnings

from native_circuits import ENTANGLERS, circuits
from qiskit.transpiler import PassManagerConfig, generate_preset_pass_manager
from qiskit_ionq import IonQProvider
from qiskit_ionq.ionq_optimizer_plugin import TrappedIonOptimizerPlugin

MACHINES = {"zz": "forte-1", "ms": "aria-1"}


def backend_for(entangler):
    backend = IonQProvider("none").get_backend("ionq_simulator", gateset="native")
    backend.set_options(noise_model=MACHINES[entangler])
    backend._num_qubits = 6
    backend._target = backend._make_target()
    return backend


def pass_managers(backend):
    """Qiskit's passes for level 3, alone and with the client's own optimization stage."""
    plain, optimized = (
        generate_preset_pass_manager(3, backend, seed_transpiler=1) for _ in range(2)
    )
    config = PassManagerConfig(target=backend.target, seed_transpiler=1)
    optimized.optimization = TrappedIonOptimizerPlugin().pass_manager(config, 3)
    return {"preset": plain, "trapped-ion optimizer": optimized}


def main():
    warnings.simplefilter("ignore")
    found = []
    for entangler in ENTANGLERS:
        for how, passes in pass_managers(backend_for(entangler)).items():
            for name, circuit in circuits().items():
                counts = passes.run(circuit).count_ops()
                one = counts.get("gpi", 0) + counts.get("gpi2", 0)
                found.append([name, entangler, how, counts.get(entangler, 0), one])
    print(json.dumps(found))


if __name__ == "__main__":
    main()
