"""Programs: what is sent to a machine, as plain data."""

from .program import Format, Program, Readout, Register

__all__ = ["Format", "Program", "Readout", "Register"]
