"""Machines behind the Kipu Hub: Amazon's own documents where the Hub has them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from braket.schema_common import BraketSchemaBase

from . import general

if TYPE_CHECKING:
    from ketbridge import BackendInfo

_HEADER = "braketSchemaHeader"


def capabilities(info: BackendInfo) -> Any:
    """Read the document as what it says that it is; without one, describe the machine."""
    config = getattr(info.detail, "config", None)
    if not config or _HEADER not in config:
        return general.capabilities(info)
    return BraketSchemaBase.parse_raw_schema(json.dumps(config))
