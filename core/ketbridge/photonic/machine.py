"""A photonic machine of the Hub: what it can do, in our words and in Perceval's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from .. import connection
from ..address import Address
from ..clouds.kipu import describing
from ..clouds.kipu.models import BackendStatus, BackendType, PhotonicProperties
from ..errors import AddressError, ProgramError
from ..programs import Format

if TYPE_CHECKING:
    from ..clouds.kipu import KipuCloud
    from ..clouds.kipu.describing import HubMachine

COMMANDS = ("probs", "sample_count", "samples")
"""What Perceval can ask a machine for."""

_CONSTRAINTS = {
    "max_mode_count": "max_modes",
    "min_mode_count": "min_modes",
    "max_photon_count": "max_photons",
    "min_photon_count": "min_photons",
}
"""Perceval's names of limits, and the Hub's."""
_WORDS = {BackendStatus.ONLINE: "available"}


class Range(NamedTuple):
    """Fewest and most of something; None where that is not known."""

    low: int | None = None
    high: int | None = None

    def __str__(self) -> str:
        if self.high is None:
            return f"{self.low} or more"
        return f"{self.low or 0} to {self.high}"

    def has(self, number: int) -> bool:
        """Whether a number is allowed, as far as that is known."""
        return (self.low is None or number >= self.low) and (
            self.high is None or number <= self.high
        )


@dataclass(frozen=True, slots=True)
class Abilities:
    """What is known of a machine; what the service does not say is not limited.

    Attributes:
        name: its id at the Hub.
        commands: what it can be asked for.
        modes: number of modes of a circuit.
        photons: number of photons of an input, heralds included.
        several: whether a mode may begin with more than one photon.
        simulator: whether it is one, so that it can take a noise model.
    """

    name: str
    commands: tuple[str, ...] = COMMANDS
    modes: Range = Range()
    photons: Range = Range()
    several: bool = True
    simulator: bool = True


class Machine:
    """A machine by its address. Making it asks nothing.

    Attributes:
        cloud: the Hub, seen with the account of the address.
        name: the machine's id there.
    """

    def __init__(
        self, address: str, *, token: str | None = None, url: str | None = None, **settings: Any
    ) -> None:
        """Name a machine.

        Args:
            address: for example ``kipu/quandela.sim.altair``.
            token: the credential; without it the environment and then ``accounts.toml`` are
                searched.
            url: base URL of the service, instead of the usual one.
            settings: further fields of the account, as `ketbridge.connect` takes them.

        Raises:
            AddressError: it is no address of a machine of the Kipu Hub.
            CredentialError: there is no such account, or it cannot be used.
            UnknownOptionError: a setting does not exist; the message names the nearest.
        """
        parsed = Address.parse(address)
        if parsed.cloud != "kipu":
            raise AddressError(
                f"{address!r} takes no photonic jobs: the machines that do are at the Kipu Hub, "
                "for example 'kipu/quandela.sim.altair'"
            )
        self.name = parsed.name
        cloud = connection.connect(str(parsed.at), token=token, url=url, **settings)
        self.cloud = cast("KipuCloud", cloud)

    @property
    def address(self) -> str:
        """Its address, the account in front if it has one."""
        return f"{self.cloud.account.at}/{self.name}"

    def abilities(self) -> Abilities:
        """Return what the service says that the machine can do.

        Raises:
            ProgramError: it reads no Perceval.
            UnknownBackendError: there is no such machine; the message names the nearest.
        """
        return abilities_of(self.cloud.run(self.cloud.machine_flow(self.name)))

    async def aabilities(self) -> Abilities:
        """Return what the machine can do, asynchronously; see `abilities`."""
        return abilities_of(await self.cloud.arun(self.cloud.machine_flow(self.name)))

    def details(self) -> dict[str, Any]:
        """Return what the service says of the machine as Perceval reads it.

        The provider's own document is handed on where it has the members that Perceval expects;
        what is missing comes from the Hub's description.

        Raises:
            ProgramError: it reads no Perceval.
            UnknownBackendError: there is no such machine; the message names the nearest.
        """
        found = self.cloud.run(self.cloud.machine_flow(self.name, whole=True))
        able = abilities_of(found)
        config = found.config or {}
        specs = {**_mapping(config, "specs")}
        specs.setdefault("available_commands", list(able.commands))
        limits = _limits(found)
        specs["constraints"] = {
            **{name: limits[ours] for name, ours in _CONSTRAINTS.items() if ours in limits},
            **_mapping(specs, "constraints"),
        }
        state = found.state.status if found.state else None
        return {
            **config,
            "specs": specs,
            "perfs": {**_mapping(config, "perfs")},
            "type": "simulator" if able.simulator else "qpu",
            "status": _WORDS.get(state, str(state).lower()) if state else "unknown",
        }


def abilities_of(machine: HubMachine) -> Abilities:
    """Read what a machine can do from its documents; the provider's own goes before the Hub's.

    Raises:
        ProgramError: it reads no Perceval.
    """
    backend = machine.backend
    reads = describing.describe(machine).formats
    if reads and Format.PERCEVAL not in reads:
        raise ProgramError(
            f"{backend.id} is no photonic machine: it reads {', '.join(map(str, reads))}"
        )
    specs = _mapping(machine.config or {}, "specs")
    stated = _mapping(specs, "constraints")
    limits = _limits(machine) | {
        ours: stated[name]
        for name, ours in _CONSTRAINTS.items()
        if isinstance(stated.get(name), int)
    }
    listed = specs.get("available_commands")
    commands = tuple(map(str, listed)) if isinstance(listed, list) and listed else COMMANDS
    return Abilities(
        backend.id,
        commands,
        Range(limits.get("min_modes"), limits.get("max_modes")),
        Range(limits.get("min_photons"), limits.get("max_photons")),
        several=stated.get("support_multi_photon") is not False,
        simulator=backend.type is not BackendType.QPU,
    )


def _limits(machine: HubMachine) -> dict[str, int]:
    configuration = machine.backend.configuration
    found = configuration.photonic_properties if configuration else None
    return {} if found is None else _stated(found)


def _stated(properties: PhotonicProperties) -> dict[str, int]:
    return {name: value for name, value in properties if isinstance(value, int)}


def _mapping(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = data.get(name)
    return value if isinstance(value, Mapping) else {}
