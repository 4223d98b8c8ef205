"""Where Perceval's remote jobs meet Ketbridge's transport.

Perceval's `RemoteProcessor`, `RemoteJob`, `RemoteComputer` and algorithms speak to a service
through an object with a few methods. This one submits through the ledger, once, and asks and
fetches through the same transport as every other job.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import requests
from perceval.serialization import Serialization, deserialize

from ..errors import (
    AuthenticationFailed,
    JobTimeout,
    NotFound,
    PermissionDenied,
    ProgramError,
    RequestRefused,
    TlsError,
    TransportError,
)
from ..jobs.handle import Job
from ..jobs.state import JobState, JobStatus
from ..jobs.submission import Request
from ..programs import Format, Program, Readout
from . import results
from .checking import check_experiment, whole
from .encoding import MOST_SHOTS, encoded
from .machine import COMMANDS, Machine

STATUS = {
    JobStatus.QUEUED: "waiting",
    JobStatus.RUNNING: "running",
    JobStatus.DONE: "completed",
    JobStatus.FAILED: "error",
    JobStatus.CANCELLED: "canceled",
    JobStatus.UNKNOWN: "unknown",
}
"""Perceval's words for the states of a job."""
FIRST_WAIT_S = 1.0
"""How long the first question after a submission waits for the job: Perceval sleeps for seconds
before it asks again."""
MOST_JOBS = 256
"""How many jobs are kept with what was asked and how they ended; others are asked for anew."""

_SETTINGS = ("pcvl_version", "process_id", "job_group_name")
"""What Perceval says beside the payload and the Hub has a place for."""
_LASTING = (AuthenticationFailed, NotFound, PermissionDenied, RequestRefused, TlsError)


class StatusUnavailable(TransportError, requests.exceptions.ConnectionError):
    """The service could not be asked for the state of a job; asking again may help.

    Perceval goes on asking a few times after an error of this kind.
    """

    def __init__(self, message: str) -> None:
        TransportError.__init__(self, message)
        self.request = self.response = None


class RpcHandler:
    """A handler of remote procedure calls, as Perceval calls it. Making it asks nothing.

    Attributes:
        machine: the machine that jobs go to.
        proxies: none; how the network is reached is a setting of the account.
        headers: none; credentials stay in the transport.
        request_timeout: none; the transport has deadlines of its own.
    """

    def __init__(
        self, address: str, *, token: str | None = None, url: str | None = None, **settings: Any
    ) -> None:
        """Name a machine.

        Args:
            address: for example ``kipu/quandela.sim.altair``.
            token: the credential; without it the environment and then ``accounts.toml`` are
                searched.
            url: base URL of the service, instead of the usual one.
            settings: further fields of the account, as `ketbridge.connect` takes them.

        Raises:
            AddressError: it is no address of a machine of the Kipu Hub.
            CredentialError: there is no such account, or it cannot be used.
            UnknownOptionError: a setting does not exist; the message names the nearest.
        """
        self.machine = Machine(address, token=token, url=url, **settings)
        self.proxies: dict[str, str] = {}
        self.headers: dict[str, str] = {}
        self.request_timeout = None
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._newest = ""

    def __repr__(self) -> str:
        return f"RpcHandler({self.machine.address!r})"

    def __reduce__(self) -> tuple[type[RpcHandler], tuple[str]]:
        return type(self), (self.machine.address,)

    @property
    def name(self) -> str:
        """Name of the platform: the machine's id at the Hub."""
        return self.machine.name

    @property
    def url(self) -> str:
        """Address of the machine, in the place of a URL."""
        return self.machine.address

    def job(self, job_id: str) -> Job:
        """Return the core's job of an id, with its address, wait and document.

        Raises:
            AddressError: the id cannot be one.
        """
        with self._lock:
            found = self._jobs.get(job_id)
        return found or self.machine.cloud.job(job_id)

    # -- what Perceval calls ----------------------------------------------------------------------

    def fetch_platform_details(self) -> dict[str, Any]:
        """Return ``specs``, ``perfs``, ``type`` and ``status`` of the machine.

        Raises:
            ProgramError: it reads no Perceval.
            UnknownBackendError: there is no such machine; the message names the nearest.
        """
        return self.machine.details()

    def create_job(self, cloud_data: Mapping[str, Any]) -> str:
        """Submit a payload that Perceval made, once, and return the job's id.

        Raises:
            ProgramError: it cannot run; nothing was submitted.
            AmbiguousSubmissionError: it may have been taken and the service could not be asked.
            TransportError: it was not taken.
        """
        return self._submitted(self._request(cloud_data))

    def get_job_status(self, job_id: str) -> dict[str, Any]:
        """Return the state of a job in Perceval's words, with times in seconds since 1970.

        Raises:
            StatusUnavailable: the service could not be asked; asking again may help.
            TransportError: asking again cannot help.
        """
        try:
            state = self._state(job_id)
        except _LASTING:
            raise
        except TransportError as error:
            raise StatusUnavailable(str(error)) from error
        return {
            "status": STATUS[state.status],
            "status_message": state.failure_reason or state.failure_code or "no reason is given",
            "progress": float(state.status is JobStatus.DONE),
            "progress_message": state.raw.lower(),
            "creation_datetime": _seconds(state.created),
            "start_time": _seconds(state.started),
            "duration": state.run_s or 0.0,
            "failure_code": state.failure_code,
            "last_intermediate_results": None,
            "msg": "ok",
        }

    def get_job_results(self, job_id: str) -> dict[str, Any]:
        """Return the result document of a job, with ``results`` as JSON text.

        Raises:
            JobFailed: the job failed; with the service's code and reason.
            JobCancelled: the job was cancelled.
            ProtocolError: it is no result of a photonic job.
            TransportError: the result could not be fetched.
        """
        job = self.job(job_id)
        document = job.raw_result()
        text = results.text(document, job.address)
        data = document.json()
        return {
            "duration": data.get("duration"),
            "intermediate_results": data.get("intermediate_results") or [],
            "job_id": data.get("job_id") or job_id,
            "results": text,
            "results_type": data.get("results_type"),
        }

    def cancel_job(self, job_id: str) -> None:
        """Ask the service to cancel a job; it may still end otherwise.

        Raises:
            TransportError: the service did not confirm it.
        """
        self.job(job_id).cancel()

    def rerun_job(self, job_id: str) -> str:
        """Submit again what a job was asked, as a new job, and return its id.

        Raises:
            ProgramError: what was asked is not known any more.
            TransportError: the service could not be asked, or did not take it.
        """
        asked = self.job(job_id).request()
        if not asked.programs:
            raise ProgramError(f"{self.job(job_id).address} cannot be run again: its input is gone")
        return self._submitted(asked)

    def get_job_availability(self) -> dict[str, int]:
        """Say that a job can be submitted: the Hub states no limit."""
        return {"max_jobs_in_queue": 1, "num_jobs_in_queue": 0}

    # -- the rest ---------------------------------------------------------------------------------

    def _submitted(self, request: Request) -> str:
        job = self.machine.cloud.submit(request)
        with self._lock:
            self._jobs[job.id] = job
            self._newest = job.id
            if len(self._jobs) > MOST_JOBS:
                del self._jobs[next(iter(self._jobs))]
        return job.id

    def _state(self, job_id: str) -> JobState:
        """Ask for the state; the first time after its submission, wait a moment for the job."""
        job = self.job(job_id)
        with self._lock:
            first = job_id == self._newest
            if first:
                self._newest = ""
        if first:
            try:
                return job.wait(FIRST_WAIT_S)
            except JobTimeout:
                pass
        return job.state()

    def _request(self, cloud_data: Mapping[str, Any]) -> Request:
        payload = cloud_data.get("payload")
        if not isinstance(payload, Mapping):
            raise ProgramError("there is no payload: it is what a RemoteProcessor prepares")
        shots = payload.get("max_shots")
        if not shots:
            raise ProgramError("there is no limit of shots: give max_shots_per_call")
        whole("max_shots", shots, 1, MOST_SHOTS)
        self._check(payload)
        name = str(cloud_data.get("job_name") or "")
        program = Program(Format.PERCEVAL, encoded(payload), Readout(()), 1, name)
        options = {key: str(cloud_data[key]) for key in _SETTINGS if cloud_data.get(key)}
        return Request(self.machine.name, (program,), shots, name, options=options)

    def _check(self, payload: Mapping[str, Any]) -> None:
        """Check what Perceval lets through; a payload of another form is left to the service."""
        able = self.machine.abilities()
        known = set(COMMANDS) | set(able.commands)
        if payload.get("command") not in known:
            raise ProgramError(
                f"{self.name} cannot do {payload.get('command')!r}: it can do "
                f"{', '.join(able.commands)}"
            )
        try:
            computation = payload.get("computation")
            if computation is not None:
                found = deserialize(computation)
                experiment, steps = found.experiment, getattr(found, "iterations", ())
            else:
                experiment = deserialize(payload.get("experiment"))
                steps = deserialize(list(payload.get("iterator") or ()), strict=False)
        except Exception as error:
            raise ProgramError(f"the payload cannot be read: {error!r}") from error
        check_experiment(experiment, steps, able, noise_is_ignored=True)


def restored(handler: RpcHandler, archive: Any, members: Any, _: int) -> None:
    """Open a handler that was kept in a file, with the credentials of wherever it is read."""
    kept = {name: archive.create(index) for name, index in members}
    RpcHandler.__init__(handler, kept["url"])


def _seconds(moment: datetime | None) -> float:
    return 0.0 if moment is None else moment.timestamp()


Serialization.register_class(
    RpcHandler,
    class_serial_members_write=lambda one, archive: archive.save_attr(one, ["url"]),
    class_serial_members_read=restored,
    tag="KetbridgeRpcHandler",
)
