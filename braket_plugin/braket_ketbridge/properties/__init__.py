"""Braket's description of a machine, made of what its service says."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ketbridge import BackendInfo
    from ketbridge.clouds.base import Cloud

_BUILDERS: Mapping[str, str] = {"ionq": "ionq", "kipu": "document"}
"""For each cloud the module that knows its machines; any other machine is described in general."""


def capabilities(info: BackendInfo, cloud: Cloud | None = None) -> Any:
    """Describe a machine as Braket does.

    Args:
        info: what its service says of it.
        cloud: where to ask for a document of the machine that was not asked for yet.

    Returns:
        Braket's own class for IonQ's machines, the class that the service's own document is of
        where it has one in Braket's form, else a `general.MachineCapabilities`.
    """
    name = _BUILDERS.get(info.cloud, "general")
    builder = importlib.import_module(f".{name}", __name__)
    return builder.capabilities(info, cloud)


def topology(described: Any) -> Any:
    """Return the connections as a networkx ``DiGraph`` of qubit numbers.

    Returns:
        The graph; None for a machine that is not described by gates on qubits.
    """
    import networkx

    connectivity = getattr(getattr(described, "paradigm", None), "connectivity", None)
    if connectivity is None:
        return None
    if connectivity.fullyConnected:
        return networkx.complete_graph(described.paradigm.qubitCount, networkx.DiGraph())
    edges = networkx.from_dict_of_lists(connectivity.connectivityGraph, networkx.DiGraph())
    return networkx.relabel_nodes(edges, {node: int(node) for node in edges.nodes})
