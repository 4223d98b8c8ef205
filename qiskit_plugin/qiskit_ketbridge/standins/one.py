"""A provider of one machine, whatever machine it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from ..backends import KetbridgeBackend, backend
from ..jobs import KetbridgeJob, job


class Listing:
    """The machine as a list that is called, and as an attribute of any name."""

    def __init__(self, get: Callable[..., KetbridgeBackend]) -> None:
        self._get = get

    def __call__(
        self,
        name: str | None = None,
        filters: Callable[[KetbridgeBackend], bool] | None = None,
        **_: Any,
    ) -> list[KetbridgeBackend]:
        """Return the machine alone, whatever it is to be like."""
        return [self._get(name)]

    def __getattr__(self, name: str) -> KetbridgeBackend:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._get(name)


class OneBackend:
    """Takes the arguments of other providers and leaves their credentials out."""

    address: ClassVar[str]

    @classmethod
    def on(cls, address: str) -> type[OneBackend]:
        """Return the class whose machine is the one of an address."""
        return type("OneBackend", (cls,), {"address": address})

    def __init__(self, *_: Any, **__: Any) -> None:
        self.backends = Listing(self.get_backend)

    def __repr__(self) -> str:
        return f"<a provider of {self.address}>"

    def get_backend(self, name: str | None = None, **choices: Any) -> KetbridgeBackend:
        """Return the machine, whatever name is asked for.

        Args:
            name: name of the machine that the code was written for.
            **choices: what `qiskit_ketbridge.backend` takes, such as ``gateset``.
        """
        return backend(self.address, **choices)

    def retrieve_job(self, job_id: str) -> KetbridgeJob:
        """Open a job of the machine's cloud by its id; asks nothing yet.

        Raises:
            AddressError: the id cannot be one.
        """
        return job(f"{self.address.partition('/')[0]}/{job_id}")
