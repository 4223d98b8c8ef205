"""Options of the primitives, as dataclasses; a dict of the same names does as well."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ketbridge.errors import nearest

from ..progress import Progress

OptionsT = TypeVar("OptionsT", bound="PrimitiveOptions")


@dataclass(kw_only=True)
class PrimitiveOptions:
    """Options that both primitives have.

    Attributes:
        seed: seed of simulation and sampling; None for one of the service's choice.
        transpile: whether a circuit outside the backend's instruction set is transpiled; with
            False it is refused.
        optimization_level: level of that transpilation, 0 to 3.
        max_circuits_per_job: most circuits in one job; None for as many as the service takes.
        max_cost: nothing is sent if the service's estimate is above it, in the service's unit.
        progress: None or True for a bar in a notebook, a line in a terminal and nothing elsewhere
            while ``result()`` waits; False for nothing; or a function of state and seconds.
        name: name of the jobs.
        tags: labels of the jobs.
        run_options: options of this cloud, for example ``{"noise_model": "aria-1"}``.
    """

    seed: int | None = None
    transpile: bool = True
    optimization_level: int = 1
    max_circuits_per_job: int | None = None
    max_cost: float | None = None
    progress: bool | Progress | None = None
    name: str = ""
    tags: tuple[str, ...] = ()
    run_options: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls: type[OptionsT], given: OptionsT | Mapping[str, Any] | None) -> OptionsT:
        """Make options of what a caller gave.

        Raises:
            TypeError: a name is not an option; the message names the nearest.
        """
        if given is None:
            return cls()
        if isinstance(given, cls):
            return dataclasses.replace(given)
        if not isinstance(given, Mapping):
            raise TypeError(f"options are a dict or {cls.__name__}, not {type(given).__name__}")
        return cls().updated(**given)

    def updated(self: OptionsT, **changes: Any) -> OptionsT:
        """Return a copy with some options changed.

        Raises:
            TypeError: a name is not an option; the message names the nearest.
        """
        known = [entry.name for entry in dataclasses.fields(self)]
        for name in changes:
            if name not in known:
                raise TypeError(
                    f"{type(self).__name__} has no option {name!r}.{nearest(name, known)} "
                    f"The options are {', '.join(known)}; options of the cloud itself go into "
                    "run_options"
                )
        return dataclasses.replace(self, **changes)

    def update(self, **changes: Any) -> None:
        """Change some options in place.

        Raises:
            TypeError: a name is not an option; the message names the nearest.
        """
        self.__dict__.update(self.updated(**changes).__dict__)


@dataclass(kw_only=True)
class SamplerOptions(PrimitiveOptions):
    """Options of `SamplerV2`.

    Attributes:
        default_shots: shots of a PUB that names none.
    """

    default_shots: int = 1024


@dataclass(kw_only=True)
class EstimatorOptions(PrimitiveOptions):
    """Options of `EstimatorV2`.

    Attributes:
        default_precision: standard error to aim at for a PUB that names none; the shots of each
            measured basis are ``ceil(1 / precision**2)``.
    """

    default_precision: float = 0.015625
