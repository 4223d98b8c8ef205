"""An S3-compatible object store: what is put there, fetched from it, and lent by presigned URLs.

It works with AWS, MinIO, IBM Cloud Object Storage with HMAC keys, and whatever else speaks S3
with signature version 4. The extra ``direct`` has what it needs; importing this package loads
none of it.
"""

from __future__ import annotations

from .place import Place
from .steps import patiently
from .store import LONGEST_LOAN_S, Progress, Store, TemporaryKeyWarning

__all__ = ["LONGEST_LOAN_S", "Place", "Progress", "Store", "TemporaryKeyWarning", "patiently"]
