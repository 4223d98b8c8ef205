"""Machines of the Hub as objects of Perceval's own classes."""

from __future__ import annotations

from typing import Any, Self

import perceval as pcvl
from perceval.providers.rpc_based_communication_layer import RPCBasedCommunicationLayer

from .handler import RpcHandler


def processor(address: str, *, m: int | None = None, noise: Any = None, **account: Any) -> Any:
    """Return a machine as Perceval's `RemoteProcessor`, for `Sampler` and the other algorithms.

    The machine's description is asked for, as by any `RemoteProcessor`.

    Args:
        address: address of the machine, for example ``kipu/quandela.sim.altair``.
        m: number of modes; None to take it from the first component.
        noise: a Perceval `NoiseModel`; Perceval ignores it on a machine that is no simulator.
        **account: ``token``, ``url`` and settings, as `RpcHandler` takes them.

    Raises:
        AddressError: it is no address of a machine of the Kipu Hub.
        CredentialError: there is no such account, or it cannot be used.
        ProgramError: the machine reads no Perceval.
        UnknownBackendError: there is no such machine; the message names the nearest.
        TransportError: the service could not be asked.
    """
    return pcvl.RemoteProcessor(rpc_handler=RpcHandler(address, **account), m=m, noise=noise)


def computer(address: str, **account: Any) -> Any:
    """Return a machine as Perceval's `RemoteComputer`, for `ExecutionFactory`.

    The machine's description is asked for, as by any `RemoteComputer`.

    Args:
        address: address of the machine, for example ``kipu/quandela.sim.altair``.
        **account: ``token``, ``url`` and settings, as `RpcHandler` takes them.

    Raises:
        AddressError: it is no address of a machine of the Kipu Hub.
        CredentialError: there is no such account, or it cannot be used.
        ProgramError: the machine reads no Perceval.
        UnknownBackendError: there is no such machine; the message names the nearest.
        TransportError: the service could not be asked.
    """
    return pcvl.RemoteComputer(RPCBasedCommunicationLayer(RpcHandler(address, **account)))


class Session(pcvl.ISession):  # type: ignore[misc]
    """A machine in the form of Perceval's sessions; the Hub has no sessions of photonic machines.

    ``with Session(address) as session: session.build_remote_processor()``
    """

    def __init__(self, address: str, **account: Any) -> None:
        """Name a machine; asks nothing.

        Args:
            address: address of the machine, for example ``kipu/quandela.sim.altair``.
            **account: ``token``, ``url`` and settings, as `RpcHandler` takes them.

        Raises:
            AddressError: it is no address of a machine of the Kipu Hub.
            CredentialError: there is no such account, or it cannot be used.
        """
        self._handler = RpcHandler(address, **account)

    def __enter__(self) -> Self:
        return self

    def build_remote_processor(self) -> Any:
        """Return the machine as Perceval's `RemoteProcessor`."""
        return pcvl.RemoteProcessor(rpc_handler=self._handler)
