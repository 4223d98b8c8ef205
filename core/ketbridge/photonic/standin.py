"""In the place of the handlers through which Perceval's own providers reach their clouds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from perceval.serialization import Serialization

from .handler import RpcHandler, restored


class OneMachine(RpcHandler):
    """A handler of one machine, whatever another one was to be made for.

    Attributes:
        address: of the machine, for all that are made from now on.
        token: none; that of the account is used.
    """

    address: ClassVar[str] = ""
    token = ""

    def __init__(self, *_: Any, **__: Any) -> None:
        super().__init__(type(self).address)

    def create_session(self, *_: Any, **__: Any) -> str:
        """Do nothing: the Hub has no sessions of photonic machines."""
        return ""

    terminate_session = delete_session = create_session


Serialization.register_class(
    OneMachine,
    class_serial_members_write=lambda one, archive: archive.save_attr(one, ["url"]),
    class_serial_members_read=restored,
    tag="KetbridgeOneMachine",
)


def names(address: str) -> Mapping[str, Any]:
    """Return what takes the place of names of ``perceval.providers``.

    Args:
        address: ``[account:]cloud/backend`` of the machine.
    """
    OneMachine.address = address
    return {"RPCHandler": OneMachine, "KipuRPCHandler": OneMachine}
