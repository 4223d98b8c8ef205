"""A machine as a Braket device."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from braket.devices import Device

from ketbridge.address import Address
from ketbridge.errors import ProgramError

from . import tracking
from .batch import KetbridgeQuantumTaskBatch
from .options import RunOptions, check_shots, positional
from .program_set import Expanded, expand, is_program_set
from .submission import Submitter, prepare
from .task import KetbridgeQuantumTask
from .translate.compiler import Compiler

if TYPE_CHECKING:
    from braket.aws.queue_information import QueueDepthInfo

    from ketbridge import BackendInfo
    from ketbridge.clouds.base import Cloud

MAX_PARALLEL = 10

_ORDER = ("arn", "name", "type", "provider_name", "status")


class KetbridgeDevice(Device):
    """A machine that Ketbridge reaches, for code that takes a Braket device.

    Making one asks nothing; what describes the machine is asked for once, at its first use, and
    again by `refresh_metadata`.
    """

    def __init__(
        self,
        address: str,
        *,
        noise_model: Any = None,
        token: str | None = None,
        url: str | None = None,
        **settings: Any,
    ) -> None:
        """Name a machine.

        Args:
            address: ``[account:]cloud/backend``, such as ``ionq/simulator``.
            noise_model: as Braket's own devices take it; refused, because no machine here takes
                noise on single gates.
            token: the credential; without it the environment and the accounts file are searched.
            url: base URL of the service, instead of the usual one.
            **settings: settings of the account.

        Raises:
            AddressError: the address is not of that form.
            CredentialError: there is no such account, or it cannot be used.
            ProgramError: a noise model was given.
        """
        from ketbridge.connection import connect

        if noise_model is not None:
            raise ProgramError(
                "no machine here takes noise on single gates: leave noise_model out, or run on "
                "emulator(), Braket's own; IonQ's simulator has noise_model= of run()"
            )
        self._address = Address.parse(address)
        label = tracking.label(self._address.cloud, self._address.name)
        super().__init__(name=label, status="")
        self._cloud = connect(str(self._address.at), token=token, url=url, **settings)
        self._info: BackendInfo | None = None
        self._properties: Any = None
        self._topology: Any = None
        self._compilers: dict[bool, Compiler] = {}

    # -- what it is -------------------------------------------------------------------------------

    @property
    def arn(self) -> str:
        """The address."""
        return str(self._address)

    @property
    def cloud(self) -> Cloud:
        """The cloud that the machine is on."""
        return self._cloud

    @property
    def info(self) -> BackendInfo:
        """What the service says of the machine.

        Raises:
            UnknownBackendError: there is no such machine; the message names the nearest.
            TransportError: the service could not be asked.
        """
        if self._info is None:
            self._info = self._cloud.backend(self._address.name)
        return self._info

    def refresh_metadata(self) -> None:
        """Ask for what describes the machine again, at its next use."""
        self._cloud.refresh(self._address.name)
        self._info = self._properties = self._topology = None
        self._compilers.clear()

    @property
    def type(self) -> str:
        """``SIMULATOR`` or ``QPU``."""
        return "SIMULATOR" if self.info.simulator else "QPU"

    @property
    def provider_name(self) -> str:
        """Who runs the machine."""
        return self.name.partition(" ")[0]

    @property
    def status(self) -> str:
        """``ONLINE``, ``OFFLINE`` or ``RETIRED``."""
        if self.info.status.lower() == "retired":
            return "RETIRED"
        return "ONLINE" if self.info.online else "OFFLINE"

    @property
    def is_available(self) -> bool:
        """Whether it takes tasks now."""
        return self.info.online

    @property
    def properties(self) -> Any:
        """Braket's description of the machine, with fidelities and times where they are known."""
        if self._properties is None:
            from .properties import capabilities

            self._properties = capabilities(self.info, self._cloud)
        return self._properties

    @property
    def topology_graph(self) -> Any:
        """Which qubits a two-qubit gate can join, as a networkx ``DiGraph``."""
        if self._topology is None:
            from .properties import topology

            self._topology = topology(self.properties)
        return self._topology

    def queue_depth(self) -> QueueDepthInfo:
        """Return how many tasks wait, asked anew; empty where the service does not say.

        Raises:
            TransportError: the service could not be asked.
        """
        from braket.aws.queue_information import QueueDepthInfo, QueueType

        self._cloud.refresh(self._address.name)
        self._info = None
        waiting = self.info.queue_length
        tasks = {} if waiting is None else {QueueType.NORMAL: str(waiting)}
        return QueueDepthInfo(quantum_tasks=tasks, jobs="0")

    def emulator(self) -> Any:
        """Return Braket's local emulator with this machine's gates, connections and noise.

        Raises:
            ProgramError: the machine is a simulator, or its fidelities are not known.
        """
        if self.info.simulator or self.info.calibration is None:
            raise ProgramError(f"{self.arn} has no measured fidelities to make an emulator of")
        from braket.emulation.local_emulator import LocalEmulator

        try:
            return LocalEmulator.from_device_properties(self.properties)
        except (ValueError, TypeError) as error:  # a part of the document is missing
            raise ProgramError(f"{self.arn} cannot be emulated: {error}") from error

    # -- pulses and sessions, which are Amazon's own ----------------------------------------------

    @property
    def frames(self) -> dict[str, Any]:
        """Frames of pulses; there are none."""
        return {}

    @property
    def ports(self) -> dict[str, Any]:
        """Ports of pulses; there are none."""
        return {}

    @property
    def gate_calibrations(self) -> None:
        """Pulses of gates; there are none."""
        return None

    def refresh_gate_calibrations(self) -> None:
        """Return the pulses of gates asked for anew; there are none."""
        return

    @property
    def aws_session(self) -> Any:
        """There is no session with Amazon.

        Raises:
            AttributeError: always, so that ``hasattr`` says no.
        """
        raise AttributeError(f"{self.arn} is not reached through AWS: it has no aws_session")

    def __repr__(self) -> str:
        return f"KetbridgeDevice({self.arn!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, KetbridgeDevice) and self.arn == other.arn

    def __hash__(self) -> int:
        return hash(self.arn)

    # -- running ----------------------------------------------------------------------------------

    def run(
        self,
        task_specification: Any,
        *args: Any,
        shots: int | None = None,
        inputs: Mapping[str, float] | None = None,
        **options: Any,
    ) -> KetbridgeQuantumTask:
        """Run one circuit, or the circuits of a program set as one job.

        Args:
            task_specification: a ``Circuit``, an OpenQASM ``Program`` or a ``ProgramSet``.
            *args: ``shots`` and ``inputs`` by position; a pair of strings before them, the S3
                folder of code written for ``AwsDevice``, is left out.
            shots: how often to run it; 1000 by default. For a program set the shots of all its
                circuits together; as many as the set says by default.
            inputs: values of its parameters.
            **options: ``poll_timeout_seconds``, ``tags``, ``seed``, ``name``, ``logger``,
                ``quiet``, ``device_parameters``, and the options of the cloud, such as IonQ's
                ``noise_model`` and ``debiasing``.

        Raises:
            ProgramError: the circuit or an option cannot be run; nothing was sent.
            UnknownOptionError: there is no such option; the message names the nearest.
            AmbiguousSubmissionError: it may have been taken, and the service could not be asked.
            TransportError: it was not taken.
        """
        given = positional(args, ("shots", "inputs"), {"shots": shots, "inputs": inputs})
        how = RunOptions.read(options, self._cloud.options)
        if is_program_set(task_specification):
            return self._run_set(expand(task_specification, given["shots"], given["inputs"]), how)
        number = check_shots(given["shots"])
        prepared = prepare(task_specification, given["inputs"], number, self._compiler(how))
        return self._submitter(how).submit([prepared])[0]

    def _run_set(self, expanded: Expanded, how: RunOptions) -> KetbridgeQuantumTask:
        compiler = self._compiler(how)
        circuits = [
            prepare(program, inputs, expanded.shots, compiler)
            for program, inputs in expanded.executables
        ]
        return self._submitter(how).submit_set(expanded, circuits)

    def run_batch(
        self,
        task_specifications: Any,
        *args: Any,
        shots: int | Sequence[int] | None = None,
        max_parallel: int | None = None,
        inputs: Mapping[str, float] | Sequence[Mapping[str, float]] | None = None,
        **options: Any,
    ) -> KetbridgeQuantumTaskBatch:
        """Run several circuits; those with the same number of shots share a job.

        Args:
            task_specifications: circuits, or one circuit for several ``inputs``.
            *args: ``shots``, ``max_parallel`` and ``inputs`` by position, as for `run`.
            shots: how often to run each, one number for all or one a circuit.
            max_parallel: most requests at a time.
            inputs: values of the parameters, one mapping for all or one a circuit.
            **options: as for `run`.

        Raises:
            ProgramError: a circuit or an option cannot be run; nothing was sent.
            ValueError: circuits, inputs and shots differ in number.
            TransportError: a job was not taken.
        """
        names = ("shots", "max_parallel", "inputs")
        named = {"shots": shots, "max_parallel": max_parallel, "inputs": inputs}
        given = positional(args, names, named)
        how = RunOptions.read(options, self._cloud.options)
        tasks = _paired(task_specifications, given["inputs"])
        circuits = [
            prepare(circuit, values, number, self._compiler(how))
            for (circuit, values), number in zip(
                tasks, _shots_of(given["shots"], len(tasks)), strict=True
            )
        ]
        parallel = given["max_parallel"] or MAX_PARALLEL
        submit = self._submitter(how, parallel).submit
        return KetbridgeQuantumTaskBatch(submit, circuits, parallel)

    def _compiler(self, options: RunOptions) -> Compiler:
        kept = bool(options.disable_qubit_rewiring)
        if kept not in self._compilers:
            self._compilers[kept] = Compiler(self.info, kept)
        return self._compilers[kept]

    def _submitter(self, options: RunOptions, max_parallel: int = 1) -> Submitter:
        return Submitter(self._cloud, self.info, self.name, options, max_parallel)

    # -- listing ----------------------------------------------------------------------------------

    @classmethod
    def get_devices(
        cls,
        cloud: str = "ionq",
        *,
        arns: Iterable[str] | None = None,
        names: Iterable[str] | None = None,
        types: Iterable[str] | None = None,
        statuses: Iterable[str] | None = None,
        provider_names: Iterable[str] | None = None,
        order_by: str = "name",
    ) -> list[KetbridgeDevice]:
        """List the machines of a cloud that fit all the filters.

        Args:
            cloud: ``[account:]cloud``.
            arns: allowed addresses.
            names: allowed names.
            types: allowed types.
            statuses: allowed statuses.
            provider_names: allowed providers.
            order_by: property to sort by: arn, name, type, provider_name or status.

        Raises:
            ValueError: ``order_by`` is none of these.
            TransportError: the service could not be asked.
        """
        from ketbridge.connection import connect

        if order_by not in _ORDER:
            raise ValueError(f"order_by is one of {', '.join(_ORDER)}, not {order_by!r}")
        devices = []
        for info in connect(cloud).backends():
            device = cls(f"{cloud}/{info.name}")
            device._info = info
            devices.append(device)
        filters: Mapping[str, Iterable[str] | None] = {
            "arn": arns,
            "name": names,
            "type": types,
            "status": statuses,
            "provider_name": provider_names,
        }
        for name, allowed in filters.items():
            if allowed is not None:
                values = set(allowed)
                devices = [device for device in devices if getattr(device, name) in values]
        return sorted(devices, key=lambda device: str(getattr(device, order_by)))


def _paired(specifications: Any, inputs: Any) -> list[tuple[Any, Mapping[str, float] | None]]:
    """Put circuits and inputs together; a single one of either goes with all of the other."""
    circuits = list(specifications) if isinstance(specifications, Sequence) else [specifications]
    values = [inputs] if inputs is None or isinstance(inputs, Mapping) else list(inputs)
    if len(circuits) == 1:
        circuits *= len(values)
    elif len(values) == 1:
        values *= len(circuits)
    if len(circuits) != len(values):
        raise ValueError("Multiple inputs and quantum tasks must be equal in number.")
    return list(zip(circuits, values, strict=True))


def _shots_of(shots: Any, size: int) -> list[int]:
    if not isinstance(shots, Sequence):
        return [check_shots(shots)] * size
    if len(shots) != size:
        raise ValueError("Multiple shots and quantum tasks must be equal in number.")
    if any(one is None for one in shots):
        raise ValueError("Shots must be specified for every quantum task.")
    return [check_shots(one) for one in shots]
