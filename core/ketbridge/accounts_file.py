"""``accounts.toml``: the accounts that a user keeps, in a file that nobody else can read.

A table for each cloud, in it a table for each account, ``default`` for the one without a name::

    [ionq.default]
    token = "..."

    [ibm.work]
    token = "..."
    instance = "crn:..."
"""

from __future__ import annotations

import os
import stat
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .address import CloudAddress
from .errors import CredentialError, nearest
from .folders import config_folder, make_private
from .secret import Secret

if TYPE_CHECKING:
    import tomlkit

MAX_BYTES = 2**20
LOCK_WAIT_S = 5.0

_DEFAULT = "default"
_RESERVED = "sandbox"


def path() -> Path:
    """Where the file is, or would be."""
    return config_folder() / "accounts.toml"


def read() -> dict[str, dict[str, dict[str, Any]]]:
    """Return the kept accounts: ``{cloud: {account: fields}}``, the tokens in plain text.

    Raises:
        CredentialError: other users can read the file, or it is not what this module writes.
    """
    text = read_private(path())
    if text is None:
        return {}
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CredentialError(f"{path()} is no TOML: {_place(error)}") from None
    for cloud, accounts in data.items():
        if not isinstance(accounts, dict) or not all(
            isinstance(fields, dict) for fields in accounts.values()
        ):
            raise CredentialError(f"{path()}: [{cloud}] has no tables such as [{cloud}.default]")
    return data


def listed() -> list[CloudAddress]:
    """Return the addresses of the kept accounts.

    Raises:
        CredentialError: as `read`.
    """
    return [
        CloudAddress(cloud, None if name == _DEFAULT else name)
        for cloud, accounts in sorted(read().items())
        for name in sorted(accounts)
    ]


def add(
    at: CloudAddress,
    token: Secret,
    *,
    url: str | None = None,
    settings: Mapping[str, Any] | None = None,
    replace: bool = False,
) -> None:
    """Keep an account.

    Args:
        at: cloud and account name; without a name it becomes the cloud's default.
        token: the credential.
        url: base URL where it is not the usual one.
        settings: further fields, such as ``instance``.
        replace: whether an account of that name may be overwritten.

    Raises:
        CredentialError: the name is taken or reserved, or the file cannot be used.
    """
    if at.account == _RESERVED:
        raise CredentialError("the account name 'sandbox' is the built-in one: choose another")
    fields = {"token": token.reveal(), "url": url, **(settings or {})}
    name = at.account or _DEFAULT

    def change(document: tomlkit.TOMLDocument) -> None:
        accounts = document.setdefault(at.cloud, _super_table())
        if name in accounts and not replace:
            raise CredentialError(f"there is an account {at} already: remove it, or replace it")
        accounts[name] = {key: value for key, value in fields.items() if value is not None}

    _edit(change)


def remove(at: CloudAddress) -> None:
    """Forget a kept account.

    Raises:
        CredentialError: there is none of that name, or the file cannot be used.
    """
    name = at.account or _DEFAULT

    def change(document: tomlkit.TOMLDocument) -> None:
        accounts = document.get(at.cloud, {})
        if name not in accounts:
            raise CredentialError(f"there is no account {at} in {path()}.{nearest(name, accounts)}")
        del accounts[name]
        if not accounts:
            del document[at.cloud]

    _edit(change)


def read_private(file: Path) -> str | None:
    """Read a file of credentials that only its owner can read; None where there is no file.

    Raises:
        CredentialError: it is a link or no plain file, belongs to another user, can be read by
            others, is too large or is no text. The message says how to mend it.
    """
    try:
        handle = os.open(
            file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        )
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        hint = "it is a symbolic link" if file.is_symlink() else error.strerror
        raise CredentialError(f"{file} cannot be used for credentials: {hint}") from None
    with os.fdopen(handle, "rb") as stream:
        _check_private(file, os.fstat(handle))
        content = stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise CredentialError(f"{file} is larger than {MAX_BYTES} bytes")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise CredentialError(f"{file} is not UTF-8 text") from None


def _check_private(file: Path, facts: os.stat_result) -> None:
    if not stat.S_ISREG(facts.st_mode):
        raise CredentialError(f"{file} is no plain file")
    if os.name != "posix":
        return
    if facts.st_uid != os.getuid():
        raise CredentialError(f"{file} belongs to another user: make a file of your own")
    if facts.st_mode & 0o077:
        raise CredentialError(f"other users can read {file}: run 'chmod 600 {file}'")


def _edit(change: Callable[[tomlkit.TOMLDocument], None]) -> None:
    """Change the file as a whole; comments and entries that are not touched stay."""
    import tomlkit

    file = path()
    try:
        make_private(file.parent)
        with _draft(file) as draft:
            read()
            document = tomlkit.parse(read_private(file) or "")
            change(document)
            with os.fdopen(os.dup(draft), "wb") as stream:
                stream.write(tomlkit.dumps(document).encode())
                stream.flush()
                os.fsync(stream.fileno())
    except OSError as error:
        raise CredentialError(
            f"{file} cannot be written: {error.strerror or error}; the environment variable "
            "KETBRIDGE_HOME can name another folder"
        ) from None


@contextmanager
def _draft(file: Path) -> Iterator[int]:
    """Open the file's successor; it takes the file's place at the end, and is also the lock."""
    draft = file.with_name(f"{file.name}.draft")
    handle = _open_new(draft)
    try:
        yield handle
        draft.replace(file)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    finally:
        os.close(handle)


def _open_new(draft: Path) -> int:
    end = time.monotonic() + LOCK_WAIT_S
    while True:
        try:
            return os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            if time.monotonic() > end:
                raise CredentialError(
                    f"another process is changing the accounts; if none is, remove {draft}"
                ) from None
            time.sleep(0.02)


def _super_table() -> Any:
    import tomlkit

    return tomlkit.table(is_super_table=True)


def _place(error: Exception) -> str:
    """Return where a TOML error is, without the text around it, which may be a token."""
    _, at, where = str(error).rpartition("(at ")
    return f"see {where.rstrip(')')}" if at else "it cannot be read"
