"""Machines behind the Kipu Hub: Amazon's own documents where the Hub has them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from braket.schema_common import BraketSchemaBase

from ketbridge.clouds.kipu import KipuCloud
from ketbridge.errors import NotFound

from . import general

if TYPE_CHECKING:
    from ketbridge import BackendInfo
    from ketbridge.clouds.base import Cloud

_HEADER = "braketSchemaHeader"


def capabilities(info: BackendInfo, cloud: Cloud | None = None) -> Any:
    """Read the document as what it says that it is; without one, describe the machine.

    Raises:
        TransportError: the Hub could not be asked for it.
    """
    config = _config(info, cloud)
    if not config or _HEADER not in config:
        return general.capabilities(info)
    return BraketSchemaBase.parse_raw_schema(json.dumps(config))


def _config(info: BackendInfo, cloud: Cloud | None) -> Mapping[str, Any] | None:
    """Return the document; that of a simulator has to be asked for."""
    known: Mapping[str, Any] | None = getattr(info.detail, "config", None)
    if known is not None or not isinstance(cloud, KipuCloud):
        return known
    try:
        return cloud.run(cloud.machine_flow(info.name, whole=True)).config
    except NotFound:
        return None
