"""Qudora: OpenQASM 2 or 3 on Aer; counts in Qiskit's bit order, classical bit 0 rightmost."""

from __future__ import annotations

from typing import Any

from . import qasm
from .plan import Plan

_READERS = {"OpenQASM2": qasm.read2, "OpenQASM3": qasm.read3}


def run(plan: Plan) -> dict[str, Any]:
    """Run a job; where no language is said, the program's own first line says it."""
    text = qasm.text_of(plan.input)
    language = plan.params.get("language")
    if language is None:
        language = "OpenQASM3" if "OPENQASM 3" in text else "OpenQASM2"
    circuit = _READERS[language](text)
    qasm.check_width(circuit, plan)
    width, counts, _ = qasm.drawn(circuit, plan)
    return {"counts": {f"{state:0{width}b}": count for state, count in counts.items()}}
