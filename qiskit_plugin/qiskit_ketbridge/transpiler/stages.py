"""The stages that Qiskit's transpiler finds by name: ``ketbridge`` for translation, optimization.

On a backend with ``gateset="native"`` the translation stage is chosen by itself; the optimization
stage is ``optimization_method="ketbridge"`` for those who transpile native circuits again.
"""

from __future__ import annotations

from qiskit.circuit.equivalence_library import SessionEquivalenceLibrary
from qiskit.circuit.library import get_standard_gate_name_mapping
from qiskit.transpiler import PassManager, PassManagerConfig, TranspilerError
from qiskit.transpiler.passes import (
    BasisTranslator,
    Collect2qBlocks,
    ConsolidateBlocks,
    HighLevelSynthesis,
    Unroll3qOrMore,
)
from qiskit.transpiler.preset_passmanagers.plugin import PassManagerStagePlugin

from .lowering import SYMBOLIC_GATES, LowerToNative
from .synthesis import KeepWorthwhileBlocks, SynthesizeTwoQubit

NATIVE = ("gpi", "gpi2", "zz", "ms")
_NOT_GATES = ("measure", "reset", "barrier", "delay")


def _fixed_gates() -> list[str]:
    """Name the standard gates on one or two qubits that have no parameters."""
    gates = get_standard_gate_name_mapping().items()
    return [
        name
        for name, gate in gates
        if not gate.params and gate.num_qubits in (1, 2) and name not in _NOT_GATES
    ]


def native_passes(entangler: str, optimization_level: int) -> PassManager:
    """Make the passes that turn any circuit into native gates.

    Args:
        entangler: ``zz`` or ``ms``.
        optimization_level: from 1 on, neighbouring gates on the same two qubits are merged and
            written anew with as few entangling gates as they need.
    """
    basis = [*_fixed_gates(), *SYMBOLIC_GATES, "unitary", *NATIVE, *_NOT_GATES]
    passes = PassManager(
        [
            HighLevelSynthesis(basis_gates=basis, equivalence_library=SessionEquivalenceLibrary),
            Unroll3qOrMore(),
        ]
    )
    if optimization_level > 0:
        passes.append(
            [Collect2qBlocks(), KeepWorthwhileBlocks(), ConsolidateBlocks(force_consolidate=True)]
        )
    passes.append(
        [
            SynthesizeTwoQubit(entangler),
            BasisTranslator(SessionEquivalenceLibrary, basis),
            SynthesizeTwoQubit(entangler),
            LowerToNative(entangler),
        ]
    )
    return passes


class NativeTranslation(PassManagerStagePlugin):
    """Translate to GPI, GPI2 and the machine's entangling gate, ZZ or MS."""

    def pass_manager(
        self, pass_manager_config: PassManagerConfig, optimization_level: int | None = None
    ) -> PassManager:
        """Make the stage for the target of the configuration.

        Raises:
            TranspilerError: the target has neither ZZ nor MS.
        """
        return native_passes(_entangler(pass_manager_config), optimization_level or 0)


class NativeOptimization(PassManagerStagePlugin):
    """Merge native gates again: runs on each qubit, blocks on each pair."""

    def pass_manager(
        self, pass_manager_config: PassManagerConfig, optimization_level: int | None = None
    ) -> PassManager:
        """Make the stage for the target of the configuration; level 0 changes nothing.

        Raises:
            TranspilerError: the target has neither ZZ nor MS.
        """
        if not optimization_level:
            return PassManager()
        return native_passes(_entangler(pass_manager_config), optimization_level)


def _entangler(config: PassManagerConfig) -> str:
    target = config.target
    names = set(target.operation_names) if target is not None else set(config.basis_gates or ())
    for name in ("zz", "ms"):
        if name in names:
            return name
    raise TranspilerError(
        "the 'ketbridge' stage writes GPI, GPI2 and ZZ or MS, and this target has neither ZZ nor "
        "MS: transpile for backend(..., gateset='native')"
    )
