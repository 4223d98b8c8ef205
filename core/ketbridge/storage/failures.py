"""What a store or the way to it did wrong, in errors that name the bucket and the permission."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeAlias

from ..errors import (
    AddressError,
    AuthenticationFailed,
    ConnectionFailed,
    CredentialError,
    KetbridgeError,
    NotFound,
    PermissionDenied,
    ProtocolError,
    RateLimited,
    RequestRefused,
    ServiceError,
    ServiceUnavailable,
    TransportError,
    TruncatedResponse,
)
from ..transport.redact import scrub
from .place import Place

PERMISSIONS = {
    "PutObject": "s3:PutObject",
    "GetObject": "s3:GetObject, and s3:ListBucket to be told what is not there",
    "HeadObject": "s3:GetObject, and s3:ListBucket to be told what is not there",
    "DeleteObject": "s3:DeleteObject",
}
"""What a key needs to be allowed for each call."""

_Meaning: TypeAlias = tuple[type[ServiceError], str]
_NO_BUCKET: _Meaning = (RequestRefused, "there is no {place}")
_NO_OBJECT: _Meaning = (NotFound, "there is no such object in {place}")
_WRONG_KEY: _Meaning = (AuthenticationFailed, "access_key or secret_key is not valid for {place}")
_EXPIRED: _Meaning = (AuthenticationFailed, "the signature or key for {place} has expired")
_SKEWED: _Meaning = (AuthenticationFailed, "{skew}; {place} refuses it")
_BUSY: _Meaning = (RateLimited, "the store of {place} asks to slow down")
_LATE: _Meaning = (ServiceUnavailable, "the store of {place} waited too long for the request")
_DAMAGED: _Meaning = (
    ServiceUnavailable,
    "what arrived in {place} is not what its checksum says; it was not kept",
)
_FORBIDDEN: _Meaning = (PermissionDenied, "the key may not do this in {place}: it needs {needed}")

_CODES: Mapping[str, _Meaning] = {
    "NoSuchBucket": _NO_BUCKET,
    "InvalidAccessKeyId": _WRONG_KEY,
    "SignatureDoesNotMatch": _WRONG_KEY,
    "AuthorizationHeaderMalformed": _WRONG_KEY,
    "ExpiredToken": _EXPIRED,
    "TokenRefreshRequired": _EXPIRED,
    "InvalidToken": _EXPIRED,
    "RequestTimeTooSkewed": _SKEWED,
    "RequestTimeout": _LATE,
    "BadDigest": _DAMAGED,
    "InvalidDigest": _DAMAGED,
    "SlowDown": _BUSY,
    "TooManyRequests": _BUSY,
}
"""What S3's codes mean."""
_STATUSES: Mapping[int, _Meaning] = {
    401: _WRONG_KEY,
    403: _FORBIDDEN,
    404: _NO_OBJECT,
    408: _LATE,
    429: _BUSY,
}
"""What a status means whose code is not listed; an answer to HEAD has no code."""
_ELSEWHERE = "boto3 could not fetch a key for {place} from where it is kept"
_REASONS: Mapping[str, tuple[type[KetbridgeError], str]] = {
    "IncompleteReadError": (
        TruncatedResponse,
        "the store of {place} ended before the end of the object",
    ),
    "FlexibleChecksumError": (
        TruncatedResponse,
        "the store of {place} gave an object that is not what its checksum says",
    ),
    "ResponseParserError": (ProtocolError, "what answers for {place} gave an answer that is no S3"),
    "NoCredentialsError": (
        CredentialError,
        "there is no key for {place}: give access_key=... and secret_key=...",
    ),
    "PartialCredentialsError": (CredentialError, "there is half a key for {place}"),
    "CredentialRetrievalError": (CredentialError, _ELSEWHERE),
    "MetadataRetrievalError": (CredentialError, _ELSEWHERE),
    "TokenRetrievalError": (CredentialError, _ELSEWHERE),
    "SSOError": (CredentialError, _ELSEWHERE),
    "HTTPClientError": (ConnectionFailed, _ELSEWHERE),
    "ConnectionError": (ConnectionFailed, _ELSEWHERE),
    "ParamValidationError": (AddressError, "{place} cannot be asked: bucket or key are not usable"),
}
"""Errors of botocore by the name of their class, nearest base first.

Requests to the store are not sent by botocore; those for keys that are kept elsewhere are.
"""


def storage_error(error: Exception, call: str, place: Place) -> KetbridgeError:
    """Make the error of a call that failed.

    Args:
        error: botocore's own; its text may hold a signature and is not quoted.
        call: name of the S3 call, such as ``PutObject``.
        place: the bucket.
    """
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        return _refusal(response, call, place)
    for kind in type(error).__mro__:
        if kind.__name__ in _REASONS:
            made, why = _REASONS[kind.__name__]
            return _named(made(f"{call}: {why.format(place=place)}"), call)
    return _named(ProtocolError(f"{call}: {place}: {type(error).__name__}"), call)


def located(error: KetbridgeError, call: str, place: Place) -> KetbridgeError:
    """Say of an error on the way to the store which call it was and of which bucket.

    Args:
        error: one of ours; one that names the bucket is returned as it is.
        call: name of the S3 call.
        place: the bucket.
    """
    if isinstance(error, TransportError) and not error.operation:
        error.args = (f"{call}: {place}: {error}",)
        error.operation = call
    return error


def foreign(call: str, place: Place) -> ProtocolError:
    """Make the error of an answer that no store gives: a page to sign in at, for example."""
    return ProtocolError(
        f"{call}: what answers for {place} is no S3: a proxy, or a page to sign in at?",
        operation=call,
        status=200,
    )


def _named(error: KetbridgeError, call: str) -> KetbridgeError:
    if hasattr(error, "operation"):
        error.operation = call
    return error


def _refusal(response: dict[str, Any], call: str, place: Place) -> ServiceError:
    said, meta = response.get("Error") or {}, response.get("ResponseMetadata") or {}
    status = int(meta.get("HTTPStatusCode") or 0)
    code = scrub(str(said.get("Code") or status), place.secrets, 80)
    detail = scrub(str(said.get("Message") or ""), place.secrets)
    kind, why = _meaning(code, status, detail, call)
    words = why.format(
        place=place, needed=PERMISSIONS.get(call, call), skew=_skew(meta.get("HTTPHeaders") or {})
    )
    return kind(
        f"{call}: {words} ({status} {code}{f': {detail}' if detail else ''})",
        code=code,
        detail=detail,
        operation=call,
        status=status,
        request_id=scrub(str(meta.get("RequestId") or "")) or None,
    )


def _meaning(code: str, status: int, detail: str, call: str) -> _Meaning:
    if status == 403 and "expired" in detail.lower():
        return _EXPIRED
    if status == 404 and call in ("PutObject", "DeleteObject"):
        return _NO_BUCKET
    found = _CODES.get(code) or _STATUSES.get(status)
    if found is None:
        kind = ServiceUnavailable if status >= 500 else RequestRefused
        return kind, "the store of {place} did not do it"
    return found


def _skew(headers: Mapping[str, str]) -> str:
    """Say by how much the clocks differ, as far as the answer tells."""
    try:
        theirs = parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError):
        return "the clocks of this computer and of the store differ too much"
    behind_s = (theirs.astimezone(UTC) - datetime.now(UTC)).total_seconds()
    side = "behind" if behind_s > 0 else "ahead of"
    return f"the clock of this computer is {abs(behind_s):.0f} s {side} that of the store"
