"""What all options of IBM's programs have in common: nesting, dicts, unset values, typos."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ketbridge.errors import UnknownOptionError, nearest


class UnsetType:
    """The type of `Unset`; there is one."""

    _only: UnsetType | None = None

    def __new__(cls) -> Self:
        """Return the one there is."""
        if cls._only is None:
            cls._only = super().__new__(cls)
        return cls._only  # type: ignore[return-value]

    def __repr__(self) -> str:
        return "Unset"

    def __bool__(self) -> bool:
        return False


Unset = UnsetType()
"""An option that is not sent, so that the service takes its own default; None can mean no limit."""


@dataclass(init=False)
class OptionSet:
    """Options by name, some of which are sets of options themselves.

    Names are checked when an option is set, values when a job is sent. Wherever a set of options
    stands, a dict of the same names does as well.
    """

    def __init__(self, **given: Any) -> None:
        """Set some options.

        Raises:
            UnknownOptionError: a name is not an option; the message names the nearest.
        """
        for entry in dataclasses.fields(self):
            factory = entry.default_factory
            made = entry.default if factory is dataclasses.MISSING else factory()
            object.__setattr__(self, entry.name, made)
        self.update(**given)

    def __setattr__(self, name: str, value: Any) -> None:
        kind = self._entry(name).metadata.get("kind")
        object.__setattr__(self, name, value if kind is None else kind.of(value))

    def __getattr__(self, name: str) -> Any:
        known = [entry.name for entry in dataclasses.fields(self)]
        raise AttributeError(f"{type(self).__name__} has no option {name!r}.{nearest(name, known)}")

    @classmethod
    def of(cls, given: Any) -> Self:
        """Make a set of options of what a caller gave.

        Args:
            given: such a set, which is copied; a dict; options of the same names that another
                package defines as a dataclass or a model of pydantic; or None for none.

        Raises:
            UnknownOptionError: a name is not an option; the message names the nearest.
            TypeError: it is none of these.
        """
        if given is None or given is Unset:
            return cls()
        if isinstance(given, OptionSet):
            return cls(**given.chosen())
        dump = getattr(given, "model_dump", None)
        if dump is not None:  # some of the public client's are models of pydantic
            return cls(**dump(exclude_unset=True))
        if dataclasses.is_dataclass(given) and not isinstance(given, type):
            return cls(**_foreign(given))
        if isinstance(given, Mapping):
            return cls(**given)
        raise TypeError(f"options are a dict or {cls.__name__}, not {type(given).__name__}")

    def update(self, **changes: Any) -> None:
        """Change some options; dicts inside change only what they name.

        Raises:
            UnknownOptionError: a name is not an option; the message names the nearest.
        """
        for name, value in changes.items():
            kind = self._entry(name).metadata.get("kind")
            if kind is not None and isinstance(value, Mapping):
                getattr(self, name).update(**value)
            else:
                setattr(self, name, value)

    def chosen(self) -> dict[str, Any]:
        """Return what is set, nested, without what is not."""
        found: dict[str, Any] = {}
        for entry in dataclasses.fields(self):
            value = getattr(self, entry.name)
            if isinstance(value, OptionSet):
                value = value.chosen() or Unset
            if value is not Unset:
                found[entry.name] = value
        return found

    @classmethod
    def _entry(cls, name: str) -> dataclasses.Field[Any]:
        known: dict[str, dataclasses.Field[Any]] = {
            entry.name: entry for entry in dataclasses.fields(cls)
        }
        if name not in known:
            raise UnknownOptionError(
                f"{cls.__name__} has no option {name!r}.{nearest(name, known)} "
                f"The options are {', '.join(known)}"
            )
        return known[name]


def nested(kind: type[OptionSet]) -> Any:
    """Declare an option that is a set of options."""
    return field(default_factory=kind, metadata={"kind": kind})


def _foreign(given: Any) -> dict[str, Any]:
    """Return what is set in options of qiskit-ibm-runtime, whose unset ones are of a type so named.

    Members that begin with an underscore are its own affair.
    """
    found: dict[str, Any] = {}
    for entry in dataclasses.fields(given):
        value = getattr(given, entry.name)
        if entry.name.startswith("_") or type(value).__name__ == "UnsetType":
            continue
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            value = _foreign(value)
        found[entry.name] = value
    return found
