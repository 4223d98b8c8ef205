"""Where a program runs: what the executor and the noise learners have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ..primitives.mode import Mode, resolve
from ..session import session_of

if TYPE_CHECKING:
    from ..session import Session
    from .backend import IbmBackend


class Runner:
    """Holds a machine and the session that jobs join.

    Args:
        mode: as the sampler takes it.

    Raises:
        TypeError: it is no machine of IBM's.
    """

    def __init__(self, mode: Mode = None) -> None:
        from .backend import IbmBackend

        self._backend, self._session = resolve(mode)
        if not isinstance(self._backend, IbmBackend):
            raise TypeError(
                f"{type(self).__name__} runs on IBM's machines, not on {self._backend.name}"
            )

    def backend(self) -> IbmBackend:
        """Return the machine that jobs run on."""
        return cast("IbmBackend", self._backend)

    @property
    def mode(self) -> Session | None:
        """The session or batch that jobs join, None outside of one."""
        return self._session

    def session_to_join(self) -> str | None:
        """Return the id of the session that a job joins now, which is opened if it is not.

        Raises:
            ProgramError: the session has been closed.
            TransportError: it could not be opened.
        """
        return self._session.open_id() if self._session else session_of(self._backend)
