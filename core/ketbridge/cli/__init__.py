"""The command ``ketbridge``: one small module for each group of commands."""

from .app import main

__all__ = ["main"]
