"""Machines behind the Kipu Hub as Qiskit backends, and their jobs."""
