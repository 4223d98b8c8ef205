"""Where a primitive runs: a backend, its address, or a session of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

if TYPE_CHECKING:
    from ..backends import KetbridgeBackend
    from ..session import Batch, Session

P = TypeVar("P")
Mode: TypeAlias = "KetbridgeBackend | Session | Batch | str | None"


def class_of(kind: type[P], mode: Any) -> type[P]:
    """Return the class to use for a primitive where it runs.

    Raises:
        TypeError: it runs nowhere; see `resolve`.
    """
    from ..session import is_local

    machine = resolve(mode)[0]
    if is_local(machine):
        from .local import CLASSES

        return CLASSES.get(kind, kind)
    return machine.primitive(kind)


def resolve(mode: Mode) -> tuple[KetbridgeBackend, Session | None]:
    """Return the backend and the session, None outside of one; nothing is sent.

    Without a mode it is the session whose ``with`` block this is in.

    Raises:
        TypeError: it is none of these.
    """
    from ..backends import KetbridgeBackend, backend
    from ..session import Session, current, is_local

    if mode is None:
        mode = current()
    if isinstance(mode, str):
        return backend(mode), None
    if isinstance(mode, Session):
        return mode.machine, mode
    if isinstance(mode, KetbridgeBackend) or is_local(mode):
        return mode, None
    raise TypeError(
        "mode is a Ketbridge backend, its address, a Session or Batch of one, or a simulator of "
        f"this process, not {type(mode).__name__}"
    )
