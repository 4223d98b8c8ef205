"""Compiling circuits to the gates that the hardware does itself."""
