"""Statuses that equal Qiskit's and the words of IBM's own client."""

from __future__ import annotations

from typing import Any

from qiskit.providers import JobStatus


class Status(str):
    """A status of a job: equal to the `JobStatus` of its name and to that name as text."""

    __slots__ = ()

    def __eq__(self, other: Any) -> bool:
        return super().__eq__(other.name if isinstance(other, JobStatus) else other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__  # that of a JobStatus is the hash of its name, too

    @property
    def name(self) -> str:
        """The name."""
        return str(self)

    @property
    def value(self) -> str:
        """Qiskit's sentence on it."""
        return str(JobStatus[self].value)
