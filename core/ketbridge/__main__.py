"""``python -m ketbridge`` is the command ``ketbridge``."""

from .cli import main

main(prog_name="ketbridge")
