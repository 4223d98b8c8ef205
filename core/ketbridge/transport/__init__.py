"""Bytes on the wire: the only part of Ketbridge that knows an HTTP library."""

from __future__ import annotations

from .auth import AccessToken, ApiKey, Auth, NoAuth, TokenExchange
from .client import Client
from .wire import Settings

__all__ = ["AccessToken", "ApiKey", "Auth", "Client", "NoAuth", "Settings", "TokenExchange"]
