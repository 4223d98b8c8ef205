"""Sessions and batches with the calls of IBM's own client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from ..provider import KetbridgeProvider
from ..session import Session as PlainSession

if TYPE_CHECKING:
    from ..backends import KetbridgeBackend

_WORDS = {
    ("open", None): "Pending",
    ("inactive", None): "Pending",
    ("active", True): "In progress, accepting new jobs",
    ("active", False): "In progress, not accepting new jobs",
}
"""How a state of a session is put, and whether it takes jobs where that matters."""
_DETAILS = {
    "id": "id",
    "backend_name": "backend_name",
    "interactive_timeout": "interactive_ttl",
    "max_time": "max_ttl",
    "active_timeout": "active_ttl",
    "state": "state",
    "accepting_jobs": "accepting_jobs",
    "last_job_started": "last_job_started",
    "last_job_completed": "last_job_completed",
    "started_at": "started_at",
    "closed_at": "closed_at",
    "activated_at": "activated_at",
    "mode": "mode",
    "usage_time": "elapsed_time",
    "timestamps": "timestamps",
}


class Session(PlainSession):
    """A `qiskit_ketbridge.Session` whose calls answer as those of IBM's own client.

    Asking for its id or state opens it, if neither a job nor a ``with`` block has.

    Args:
        backend: a backend, or its address.
        max_time: seconds after which the service ends it, or a text such as ``"2h 30m 5s"``.
    """

    def __init__(
        self, backend: KetbridgeBackend | str, max_time: float | str | None = None
    ) -> None:
        super().__init__(backend, max_time=max_time)

    @classmethod
    def from_id(  # pyright: ignore[reportIncompatibleMethodOverride]
        cls,
        session_id: str,
        service: KetbridgeProvider | KetbridgeBackend | str | None = None,
        **choices: Any,
    ) -> Self:
        """Take up a session that is open already.

        Args:
            session_id: the service's id of it.
            service: the account, which is asked for the session's machine; or the machine or its
                address; None for the default account at IBM.
            **choices: of the backend, ``use_fractional_gates`` and ``calibration_id``.

        Raises:
            NotFound: there is no such session.
            TransportError: the service could not be asked.
        """
        if service is not None and not isinstance(service, KetbridgeProvider):
            return super().from_id(session_id, service)
        provider: Any = KetbridgeProvider("ibm") if service is None else service
        return super().from_id(session_id, provider.backend_of_session(session_id, **choices))

    @property
    def service(self) -> KetbridgeProvider:
        """The account that the session belongs to."""
        return self.machine.service

    @property
    def session_id(self) -> str | None:
        """The service's id of the session; None on a simulator of this process.

        Raises:
            ProgramError: the session was closed before it was ever open.
            TransportError: the session had to be opened, and could not be.
        """
        return None if self.local else self._id or self.open_id()

    def backend(self) -> str:  # type: ignore[override]  # pyright: ignore
        """Return the name of the machine."""
        return self.machine.name

    def details(self) -> dict[str, Any]:  # type: ignore[override]  # pyright: ignore
        """Return what the service says of the session, under the names of IBM's own client.

        Raises:
            TransportError: the service could not be asked.
        """
        if self._id is None:
            self.open_id()
        info = super().details()
        answer = info.detail.model_dump(mode="json") if hasattr(info.detail, "model_dump") else {}
        found = {ours: answer.get(theirs) for ours, theirs in _DETAILS.items()}
        # Sessions of other clouds have some of the same under other names.
        said = {"id": info.id, "backend_name": info.backend, "state": info.status.lower()}
        given = {name: value for name, value in found.items() if value is not None}
        return found | said | given | {"timestamps": answer.get("timestamps") or []}

    def status(self) -> str:
        """Return the state of the session in words.

        Returns:
            ``Pending``, ``In progress, accepting new jobs``, ``In progress, not accepting new
            jobs`` or ``Closed``; another state as the service calls it.

        Raises:
            TransportError: the service could not be asked.
        """
        found = self.details()
        state = str(found["state"])
        known = _WORDS.get((state, None)) or _WORDS.get((state, bool(found["accepting_jobs"])))
        return known or state.capitalize()

    def usage(self) -> float | None:
        """Return the seconds that the session has used.

        Raises:
            TransportError: the service could not be asked.
        """
        usage: float | None = self.details()["usage_time"]
        return usage


class Batch(Session):
    """Jobs that belong together and need not follow each other closely; see `Session`."""

    _batch = True
