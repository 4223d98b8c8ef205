"""The coupling map of a machine as a picture, coloured by errors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from qiskit.utils.optionals import HAS_MATPLOTLIB

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from qiskit.transpiler import Target

CROWDED = 4
"""Pairs a qubit from which on qubits are put on a circle."""


def coupling_map(target: Target, title: str) -> Figure:
    """Draw qubits coloured by readout error and pairs coloured by two-qubit error.

    Args:
        target: the machine; one without a coupling map is drawn with all pairs.
        title: what is written above.

    Returns:
        A figure of its own, which pyplot does not know: a notebook shows it once.

    Raises:
        MissingOptionalLibraryError: Matplotlib is not installed; an ImportError too.
    """
    HAS_MATPLOTLIB.require_now("backend.draw()")
    import rustworkx
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from rustworkx.visualization import mpl_draw

    graph = _graph(target)
    crowded = graph.num_edges() >= CROWDED * max(1, graph.num_nodes())
    places = rustworkx.circular_layout(graph) if crowded else _spread(graph)
    figure = Figure(figsize=(7, 7), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    nodes, edges = graph.nodes(), graph.edges()
    readout = [_readout(target, qubit) for qubit in nodes]
    mpl_draw(
        graph,
        pos=places,
        ax=axes,
        with_labels=True,
        labels=str,
        node_size=320 if len(nodes) < 60 else 80,
        font_size=8 if len(nodes) < 60 else 4,
        font_color="white",
        node_color=_colours(figure, axes, "readout error", readout, "#4c78a8", -0.02),
        edge_color=_colours(figure, axes, "two-qubit error", edges, "#b0b7c3", -0.06),
        width=0.6 if crowded else 3,  # pyright: ignore[reportCallIssue] - Matplotlib's, passed on
    )
    axes.set_title(title)
    axes.set_aspect("equal")
    return figure


def _graph(target: Target) -> Any:
    """Make a graph of qubits, with the error of each pair, or None, on its edge."""
    import rustworkx

    graph = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(target.num_qubits or 0))
    pairs = target.build_coupling_map()
    if pairs is None:
        listed = [(a, b) for a in graph.nodes() for b in graph.nodes() if a < b]
    else:
        listed = sorted({(min(pair), max(pair)) for pair in pairs.get_edges()})
    graph.add_edges_from([(a, b, _pair_error(target, a, b)) for a, b in listed])
    return graph


def _spread(graph: Any) -> dict[int, tuple[float, float]]:
    """Put qubits so that they are as far apart as steps lie between them (classical scaling)."""
    import rustworkx

    steps = np.asarray(rustworkx.distance_matrix(graph, null_value=float(len(graph))))
    centred = steps**2 - (steps**2).mean(0)
    _, axes = np.linalg.eigh(-0.5 * (centred - centred.mean(1, keepdims=True)))
    return {qubit: (float(axes[qubit, -1]), float(axes[qubit, -2])) for qubit in graph.nodes()}


def _pair_error(target: Target, a: int, b: int) -> float | None:
    """Return the least error of a gate on a pair, None where none is known."""
    found = [
        properties[pair].error
        for properties in (target[name] for name in target.operation_names)
        if properties
        for pair in ((a, b), (b, a))
        if properties.get(pair) is not None and properties[pair].error is not None
    ]
    return min(found, default=None)


def _readout(target: Target, qubit: int) -> float | None:
    if "measure" not in target:
        return None
    entry = (target["measure"] or {}).get((qubit,))
    return None if entry is None else entry.error


def _colours(
    figure: Any, axes: Any, name: str, errors: Sequence[float | None], plain: str, y: float
) -> Any:
    """Return a colour for each error and explain it by a bar; one for all, where all are equal."""
    from matplotlib import colormaps
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    known = [error for error in errors if error is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    if low == high:
        if known:
            axes.annotate(f"{name} {low:.2e}", (0.5, y), xycoords="axes fraction", ha="center")
        return plain
    scale, palette = Normalize(low, high), colormaps["viridis"]
    bar = figure.colorbar(ScalarMappable(scale, palette), ax=axes, location="bottom", shrink=0.6)
    bar.set_label(name)
    bar.ax.locator_params(nbins=5)
    return [(0.7, 0.7, 0.7, 1.0) if error is None else palette(scale(error)) for error in errors]
