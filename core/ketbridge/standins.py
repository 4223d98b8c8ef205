"""Machines of Ketbridge in the place of the clients that a notebook was written for.

``install("sandbox:ibm/ibm_fez")``, as the first line, lets a notebook run there unchanged: where it
imports another client's names for machines, sessions or tasks, it gets ours. A client that is
installed is imported as ever and only those names are exchanged; one that is not installed is stood
in for as a whole.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from .address import Address
from .errors import MissingExtraError

_BRAKET = "braket_ketbridge.standin"
_PHOTONIC = "ketbridge.photonic.standin"
HOMES: Mapping[str, tuple[str, ...]] = {
    "braket.aws": (_BRAKET,),
    "perceval.providers.kipu.kipu_rpc_handler": (_PHOTONIC,),
    "perceval.providers.quandela.rpc_handler": (_PHOTONIC,),
    "perceval.providers.scaleway.scaleway_rpc_handler": (_PHOTONIC,),
    "qhub.quantum.sdk": ("qiskit_ketbridge.standins.hub", _BRAKET),
    "qiskit_ibm_runtime": ("qiskit_ketbridge.standins.ibm",),
    "qiskit_ionq": ("qiskit_ketbridge.standins.ionq",),
}
"""Modules of other clients, and where the names that take their place are made."""
NEEDED = ("perceval",)
"""Packages that are not stood in for as a whole: without them, what uses them cannot run."""


def install(address: str) -> None:
    """Have circuits of code that is written for other clients run on one machine.

    It works on what is imported from now on, and can be called again for another machine. Local
    simulators stay what they are.

    Args:
        address: ``[account:]cloud/backend``.

    Raises:
        AddressError: the address is not of that form.
        ImportError: one of the other clients is imported already.
    """
    at = str(Address.parse(address))
    early = [name for name in HOMES if name in sys.modules and not _is_ours(sys.modules[name])]
    if early:
        raise ImportError(
            f"{', '.join(early)} was imported before: call ketbridge.standins.install first"
        )
    for name, homes in HOMES.items():
        if name.partition(".")[0] not in NEEDED:
            sys.modules.pop(name, None)
        elif name in sys.modules:  # their packages hold our names already; only the machine changes
            for home in homes:
                _names(home, at)
    sys.meta_path[:] = [each for each in sys.meta_path if not isinstance(each, _Finder)]
    sys.meta_path.insert(0, _Finder(at))


def _is_ours(module: ModuleType) -> bool:
    return isinstance(getattr(module.__spec__, "loader", None), _Loader)


class _Finder(MetaPathFinder):
    """Finds the modules of `HOMES`, and the packages around those that are not installed."""

    def __init__(self, address: str) -> None:
        self.address = address

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        around = any(name.startswith(f"{fullname}.") for name in HOMES)
        if fullname not in HOMES and not around:
            return None
        real = self._elsewhere(fullname, path, target)
        if real is None and fullname.partition(".")[0] in NEEDED:
            return None
        if fullname not in HOMES:
            return real or ModuleSpec(fullname, _Loader(None, self.address), is_package=True)
        loader = _Loader(None if real is None else real.loader, self.address)
        if real is None:
            return ModuleSpec(fullname, loader, is_package=True)
        real.loader = loader
        return real

    def _elsewhere(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None
    ) -> ModuleSpec | None:
        for finder in sys.meta_path:
            if finder is not self:
                found = finder.find_spec(fullname, path, target)
                if found is not None:
                    return found
        return None


class _Loader(Loader):
    """Loads the real module, if there is one, and puts our names into it."""

    def __init__(self, real: Loader | None, address: str) -> None:
        self.real = real
        self.address = address

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return None if self.real is None else self.real.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        if self.real is not None:
            self.real.exec_module(module)
        for home in HOMES.get(module.__name__, ()):
            for name, value in _names(home, self.address).items():
                _exchange(module, name, value, known=self.real is None)


def _exchange(module: ModuleType, name: str, value: Any, *, known: bool) -> None:
    """Put a name into a module, and into the one that defines what it stood for."""
    former = getattr(module, name, None)
    if former is None and not known:
        return
    setattr(module, name, value)
    origin = sys.modules.get(getattr(former, "__module__", ""))
    if origin is not None and getattr(origin, name, None) is former:
        setattr(origin, name, value)


def _names(home: str, address: str) -> Mapping[str, Any]:
    """Return our names; none from a plugin whose SDK is not installed."""
    try:
        found: Mapping[str, Any] = importlib.import_module(home).names(address)
    except MissingExtraError:
        return {}
    return found
