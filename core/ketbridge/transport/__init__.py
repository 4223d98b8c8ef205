"""Bytes on the wire: the only part of Ketbridge that knows an HTTP library."""
