"""Analog Hamiltonian simulations: to the machine, and back as Braket's own result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from braket.ahs import AnalogHamiltonianSimulation
from braket.task_result import AnalogHamiltonianSimulationTaskResult
from braket.tasks import AnalogHamiltonianSimulationQuantumTaskResult

from ketbridge.errors import ProgramError, ProtocolError
from ketbridge.programs import Format, Program, Readout, ahs_json

if TYPE_CHECKING:
    from ketbridge import BackendInfo
    from ketbridge.clouds.document import Document


def encode(simulation: AnalogHamiltonianSimulation, info: BackendInfo) -> Program:
    """Write a simulation for a machine; discretise it before, as for Amazon's device.

    Raises:
        ProgramError: the machine reads other formats, or the simulation is not complete.
    """
    if Format.BRAKET_AHS not in info.formats:
        reads = ", ".join(info.formats) or "no format that is known here"
        raise ProgramError(f"{info.name} reads {reads}: it runs no analog Hamiltonian simulations")
    body = ahs_json.body(simulation.to_ir().json())
    return Program(Format.BRAKET_AHS, body, Readout(()), ahs_json.num_sites(body))


def result_of(document: Document) -> AnalogHamiltonianSimulationQuantumTaskResult:
    """Read a result: one entry a shot, with the atoms before and after.

    Raises:
        ProtocolError: it is no result of a simulation.
    """
    try:
        read = AnalogHamiltonianSimulationTaskResult.parse_raw(document.content)
    except ValueError as error:
        raise ProtocolError(f"this is no result of an analog simulation: {error}") from error
    return AnalogHamiltonianSimulationQuantumTaskResult.from_object(read)
