"""Where a primitive runs: a backend, its address, or a session of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from ..backends import KetbridgeBackend
    from ..session import Batch, Session

Mode: TypeAlias = "KetbridgeBackend | Session | Batch | str | None"


def resolve(mode: Mode) -> tuple[KetbridgeBackend, Session | None]:
    """Return the backend and the session, None outside of one; nothing is sent.

    Without a mode it is the session whose ``with`` block this is in.

    Raises:
        TypeError: it is none of these.
    """
    from ..backends import KetbridgeBackend, backend
    from ..session import Session, current

    if mode is None:
        mode = current()
    if isinstance(mode, str):
        return backend(mode), None
    if isinstance(mode, Session):
        return mode.machine, mode
    if isinstance(mode, KetbridgeBackend):
        return mode, None
    raise TypeError(
        "mode is a Ketbridge backend, its address, or a Session or Batch of one, not "
        f"{type(mode).__name__}"
    )
