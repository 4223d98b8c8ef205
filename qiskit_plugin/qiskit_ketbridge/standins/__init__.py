"""One machine in the place of those of other Qiskit clients, for code that is run unchanged."""
