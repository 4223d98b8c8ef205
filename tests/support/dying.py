"""What a process leaves behind when it dies, without one that dies."""

from __future__ import annotations

from ketbridge.jobs.ledger import Ledger
from ketbridge.jobs.sending import Sending


def die(ledger: Ledger) -> None:
    """Drop what the system takes from a process that ends: open files and locks."""
    ledger.close()
    Sending.beside(ledger.path).forget()
