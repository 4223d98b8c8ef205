"""Where the services beside the machines are: IAM, the search for instances, the catalogue."""

from __future__ import annotations

import os
from typing import Any

from ...errors import AddressError
from ...transport.origin import Origin, is_loopback


def place(chosen: Any, variable: str, usual: str, *, gets: str, setting: str) -> str:
    """Return a base URL: as chosen, else that of a variable if on this computer, else the usual.

    The variable can not send a credential elsewhere: it is meant for servers that imitate the
    service.

    Args:
        chosen: setting of the account, None without one.
        variable: of the environment.
        usual: where the service is.
        gets: the credential that goes there, for messages.
        setting: name of the setting, for messages.

    Raises:
        AddressError: the URL is not usable, or the variable names another computer.
    """
    if chosen is not None:
        return str(chosen)
    named = os.environ.get(variable)
    if not named:
        return usual
    if not is_loopback(Origin.parse(named).host) and named.rstrip("/") != usual:
        raise AddressError(
            f"the variable {variable} names another computer, which would get {gets}: give "
            f"{setting}=... if that is meant"
        )
    return named
