"""The running sandbox: a server in a thread of this process, on 127.0.0.1 only."""

from __future__ import annotations

import asyncio
import atexit
import os
import socket
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from ..address import CloudAddress
from ..errors import MissingExtraError
from ..secret import Secret
from .faults import Faults
from .ibm.choices import IbmChoices
from .ibm.fleet import Fleet
from .ibm.instance import CRN
from .ibm_direct.choices import DirectChoices

if TYPE_CHECKING:
    from ..accounts import Account
    from .engine import Timing
    from .service import JobSeen, Service

URL_VARIABLE = "KETBRIDGE_SANDBOX_URL"
NEEDED = (
    "braket",
    "loky",
    "moto",
    "qiskit",
    "qiskit_aer",
    "qiskit_ibm_runtime",
    "qiskit_qasm3_import",
    "starlette",
    "uvicorn",
)
SANDBOX_KEY = "sandbox"
PREFIXES = {"ionq": "/v0.4", "ibm": "/api", "ibm-direct": "/direct", "kipu": "/quantum"}
SETTINGS: Mapping[str, Callable[[str], dict[str, Any]]] = {
    "ionq": lambda url: {},
    "ibm": lambda url: {
        "instance": CRN,
        "iam_url": url,
        "search_url": f"{url}/gs",
        "catalog_url": f"{url}/gc/api/v1",
    },
    "kipu": lambda url: {"login_url": f"{url}/login"},
    "ibm-direct": lambda url: {
        "iam_url": url,
        "endpoint": f"{url}/s3",
        "bucket": "ketbridge",
        "access_key": Secret(SANDBOX_KEY),
        "secret_key": Secret(SANDBOX_KEY),
    },
}


def start(
    port: int = 0,
    *,
    latency_ms: float = 0,
    executor: Executor | None = None,
    faults: str | Faults | None = None,
    timing: Mapping[str, Timing] | None = None,
    api_key: str | None = None,
    quota_usd: float | None = None,
    ibm: IbmChoices | None = None,
    direct: DirectChoices | None = None,
    max_body_bytes: int = 256 * (1 << 20),
) -> Sandbox:
    """Start the services on 127.0.0.1 and return once they answer.

    Args:
        port: where to listen; 0 for any free port.
        latency_ms: delay added to every answer, in milliseconds.
        executor: where circuits are simulated; None for a pool of processes of its own.
        faults: what goes wrong from the beginning, as text or as `Faults`.
        timing: how long each machine lets jobs wait and run, by its name, for example
            ``{"qpu.forte-1": Timing(queue_s=1, run_s=5)}``; others keep their own.
        api_key: the only key that is accepted; None for every key but ``invalid``, ``expired``
            and ``revoked``.
        quota_usd: what all jobs at IonQ may cost together before they fail; None for no limit.
        ibm: how IBM's service behaves; None for its usual ways.
        direct: how IBM Direct Access behaves; None for its usual ways.
        max_body_bytes: largest request body that is read.

    Returns:
        The running sandbox, a context manager that stops it; it is stopped at exit in any case.

    Raises:
        MissingExtraError: the packages of the extra ``sandbox`` are not installed.
        OSError: the port is taken.
        ValueError: a machine of IBM's is named that there is no snapshot of.
    """
    return Sandbox(
        port,
        latency_ms=latency_ms,
        executor=executor,
        faults=faults if isinstance(faults, Faults) else Faults(faults),
        timing=dict(timing or {}),
        api_key=api_key,
        quota_usd=quota_usd,
        ibm=ibm or IbmChoices(),
        direct=direct or DirectChoices(),
        max_body_bytes=max_body_bytes,
    )


class Sandbox:
    """A running sandbox; make one with `start`.

    Attributes:
        url: base URL, ``http://127.0.0.1:PORT``; IonQ is below ``/v0.4``,
            IBM Qiskit Runtime below ``/api/v1``, IBM Direct Access below ``/direct`` and its
            store below ``/s3``, the Kipu Hub below ``/quantum`` and its login below ``/login``.
        faults: what goes wrong; may be changed at any time.
    """

    def __init__(
        self,
        port: int,
        *,
        latency_ms: float,
        executor: Executor | None,
        faults: Faults,
        max_body_bytes: int,
        api_key: str | None,
        timing: Mapping[str, Timing],
        quota_usd: float | None,
        ibm: IbmChoices,
        direct: DirectChoices,
    ) -> None:
        if not all(map(find_spec, NEEDED)):
            raise MissingExtraError("the sandbox", "sandbox")
        self.faults = faults
        if latency_ms:
            faults.latency_ms = latency_ms
        self._requests: Counter[str] = Counter()
        self._api_key = api_key
        self._timing = timing
        self._quota_usd = quota_usd
        self._ibm = ibm
        self._fleet = Fleet(ibm.backends)
        self._direct = direct
        self._max_body_bytes = max_body_bytes
        self._socket = _listen(port)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._key = Secret(api_key or SANDBOX_KEY)
        self._stopping = threading.Event()
        self._process = os.getpid()
        self._folder = TemporaryDirectory(prefix="ketbridge-", ignore_cleanup_errors=True)
        self._run_server(executor)
        atexit.register(self.stop)

    @cached_property
    def accounts(self) -> dict[str, Account]:
        """An account for each cloud, ready to use; their ledger ends with the sandbox."""
        ledger = Path(self._folder.name) / "ledger.sqlite3"
        return accounts_of(self.url, self._key, ledger, self._ibm.jobs_per_minute)

    def jobs(self) -> list[JobSeen]:
        """List the jobs on the server, oldest first, without the children of other jobs."""
        return [job for service in self._services for job in service.jobs()]

    def requests(self) -> dict[str, int]:
        """Count the requests since the start, by operation id."""
        return dict(self._requests)

    def revoke_tokens(self) -> None:
        """Refuse, as if they had expired, all tokens that IAM and the Hub's login gave so far."""
        for access in self._accesses:
            access.revoke()

    def stop(self) -> None:
        """Stop the server, drop its connections and end its worker processes; idempotent.

        In a forked child it does nothing, because the server is the parent's.
        """
        if self._stopping.is_set() or os.getpid() != self._process:
            return
        self._stopping.set()
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join()
        self._workers.close()
        self._drop_ledger()
        atexit.unregister(self.stop)

    def _drop_ledger(self) -> None:
        """Remove the ledger of the jobs, which are gone too."""
        from ..jobs.ledger import Ledger

        for account in self.accounts.values():
            Ledger.of(account).close()
        self._folder.cleanup()

    @property
    def stopped(self) -> bool:
        """Whether it has been stopped."""
        return self._stopping.is_set()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<Sandbox {self.url}{' stopped' if self.stopped else ''}>"

    def _run_server(self, executor: Executor | None) -> None:
        from uvicorn import Config

        from .app import build
        from .protocol import SandboxProtocol, SandboxServer
        from .simulate import warm
        from .workers import Workers

        self._workers = Workers(executor)
        if executor is None:
            self._workers.warm(warm)
        self._services = self._make_services()
        app = build(self._services, self.faults, self._requests, self._max_body_bytes)
        config = Config(
            app,
            http=SandboxProtocol,
            ws="none",
            loop="asyncio",
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_keep_alive=75,
        )
        self._server = SandboxServer(config)
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve()), name="ketbridge-sandbox", daemon=True
        )
        self._thread.start()

    def _make_services(self) -> list[Service]:
        from .engine import Engine
        from .ibm.access import Access
        from .ibm.directory import Catalog, Identity, Search
        from .ibm.service import IbmService
        from .ibm_direct.service import DirectService
        from .ibm_direct.store import ObjectStore
        from .ionq import IonqService
        from .kipu.access import Access as HubAccess
        from .kipu.access import Login
        from .kipu.service import KipuService

        ionq = IonqService(
            Engine(self._workers),
            timing=self._timing,
            api_key=self._api_key,
            quota_usd=self._quota_usd,
        )
        access = Access(self._api_key, self._ibm.token_lifetime_s)
        ibm = IbmService(Engine(self._workers), access, self._fleet, self._ibm, timing=self._timing)
        direct = DirectService(
            Engine(self._workers), access, self._ibm, self._direct, timing=self._timing
        )
        hub_access = HubAccess(self._api_key)
        hub = KipuService(Engine(self._workers), hub_access, self._ibm, timing=self._timing)
        self._accesses = (access, hub_access)
        beside: list[Service] = [Identity(access), Search(access), Catalog(access), ObjectStore()]
        return [ionq, ibm, direct, hub, Login(hub_access), *beside]

    async def _serve(self) -> None:
        try:
            await self._server.serve(sockets=[self._socket])
        finally:
            for connection in list(self._server.server_state.connections):
                connection.transport.abort()
            await asyncio.sleep(0)
            self._socket.close()


def accounts_of(
    url: str, key: Secret, ledger: Path | None = None, ibm_jobs_per_minute: int | None = None
) -> dict[str, Account]:
    """Make the accounts for a sandbox that runs at a URL.

    Args:
        url: its base URL without a path.
        key: a key that it accepts.
        ledger: file of the record of submissions; None for the user's own.
        ibm_jobs_per_minute: its limit on submissions at IBM; None for none.
    """
    from ..accounts import Account

    place = url.rstrip("/")
    settings = {cloud: SETTINGS[cloud](place) for cloud in PREFIXES}
    settings["ibm"]["jobs_per_minute"] = ibm_jobs_per_minute or 0
    return {
        cloud: Account(
            at=CloudAddress(cloud, "sandbox"),
            url=place + prefix,
            token=key,
            settings=settings[cloud],
            ledger=ledger,
        )
        for cloud, prefix in PREFIXES.items()
    }


class RemoteSandbox:
    """A sandbox that runs elsewhere on this computer.

    Attributes:
        url: its base URL.
        accounts: an account for each cloud, ready to use.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self.accounts = accounts_of(self.url, Secret(SANDBOX_KEY))


_shared: Sandbox | None = None
_shared_lock = threading.Lock()


def shared() -> Sandbox | RemoteSandbox:
    """Return the sandbox of this process; start it at the first call.

    Where the environment has ``KETBRIDGE_SANDBOX_URL``, that running one is used instead.

    Raises:
        MissingExtraError: the packages of the extra ``sandbox`` are not installed.
    """
    running = os.environ.get(URL_VARIABLE)
    if running:
        return RemoteSandbox(running)
    global _shared  # noqa: PLW0603 - one a process
    with _shared_lock:
        if _shared is None or _shared.stopped:
            _shared = start()
        return _shared


def _listen(port: int) -> socket.socket:
    # asyncio turns Nagle's algorithm off only where the protocol is named.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        listening.listen(2048)
    except OSError:
        listening.close()
        raise
    return listening
