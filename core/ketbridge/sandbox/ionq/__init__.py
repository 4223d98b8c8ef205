"""IonQ's Cloud Platform API v0.4, on loopback.

True to the documents: paths, shapes, states, failure codes, bit order, limits that they state, and
what each machine kind returns. Ours: queue times, prices, fidelities other than the median SPAM
fidelity, numbers of qubits other than that of Aria, and how debiasing and sharpening work inside.
"""

from .service import IonqService

__all__ = ["IonqService"]
