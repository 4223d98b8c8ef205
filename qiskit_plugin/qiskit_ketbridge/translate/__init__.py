"""Qiskit circuits as programs for a machine; nothing here runs or sends anything."""

from ketbridge import Format

from .encode import encode

__all__ = ["Format", "encode"]
