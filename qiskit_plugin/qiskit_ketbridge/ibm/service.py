"""`QiskitRuntimeService`: an account with the calls of IBM's own client."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from ketbridge.errors import CredentialError, ProgramError

from .. import history
from ..jobs import KetbridgeJob
from ..provider import KetbridgeProvider
from . import saved
from .backend import IbmBackend
from .provider import IbmProvider

_STATUS = ("operational", "simulator")
_PLATFORM = "https://cloud.ibm.com"
_LARGEST_PAGE = 200


class QiskitRuntimeService(IbmProvider):
    """An account at IBM, made and used as with IBM's own client. Making it sends nothing.

    Without arguments it is the account that environment and files have. Where the instance is not
    given, it is searched for at the first call that needs it.

    Args:
        channel: ``ibm_quantum_platform`` or ``ibm_cloud``, which are the same here; ``local`` for
            the sandbox, whose machines are those of the fake backends.
        token: the API key.
        url: of the platform; not used, the service's own place is known or ``url_resolver``'s.
        filename: file of accounts of IBM's own client.
        name: name of a saved account.
        instance: CRN or name of the instance, or name of a saved account.
        proxies: not supported.
        verify: True or None; certificates are always verified.
        private_endpoint: not supported.
        url_resolver: gives the base URL of the service for a platform, an instance, whether the
            endpoint is private, and a channel.
        region: where the instance is to be, if it is not given by its CRN.
        plans_preference: names of plans, the best first, if the instance is not given.
        tags: labels of the instance, if it is not given by its CRN.
        **settings: further settings of the account; see `KetbridgeProvider`.

    Raises:
        CredentialError: there is no such account, or it cannot be used.
        ProgramError: an argument is not supported.
    """

    def __new__(cls, *_: Any, **__: Any) -> QiskitRuntimeService:
        """Make it, whatever the arguments."""
        return object.__new__(cls)

    def __init__(
        self,
        channel: str | None = None,
        token: str | None = None,
        url: str | None = None,
        filename: str | None = None,
        name: str | None = None,
        instance: str | None = None,
        proxies: dict[str, Any] | None = None,
        verify: bool | None = None,
        private_endpoint: bool | None = None,
        url_resolver: Callable[[str, str, bool | None, str], str] | None = None,
        region: str | None = None,
        plans_preference: list[str] | None = None,
        tags: list[str] | None = None,
        **settings: Any,
    ) -> None:
        saved.refuse(proxies, verify, private_endpoint)
        self._local = channel == "local"
        if self._local:
            super().__init__("sandbox:ibm", **settings)
            return
        saved.check_channel(channel)
        given = {
            "channel": channel,
            "token": token,
            "instance": instance,
            "region": region,
            "plans_preference": plans_preference,
            "tags": tags,
        }
        fields = {key: value for key, value in given.items() if value is not None}
        if name is not None or filename is not None:
            kept = saved.fields_of(name, filename)
            fields = kept | fields
        if url_resolver is not None:
            crn = str(fields.get("instance") or "")
            place = url_resolver(
                url or _PLATFORM, crn, private_endpoint, channel or saved.CHANNELS[0]
            )
            fields["url"] = place.rstrip("/").removesuffix("/v1")
        super().__init__("ibm", **fields, **settings)

    # -- machines ---------------------------------------------------------------------------------

    def backend(self, name: str, instance: str | None = None, **choices: Any) -> IbmBackend:
        """Return one machine; nothing is sent before it is used.

        Args:
            name: its name.
            instance: CRN or name of another instance to use it by.
            **choices: ``use_fractional_gates`` and ``calibration_id``.
        """
        if self._local:
            name = name.replace("fake_", "ibm_", 1)
        return IbmProvider.backend(self.at_instance(instance), name, **choices)

    def backends(  # pyright: ignore[reportIncompatibleMethodOverride]
        self,
        name: str | None = None,
        min_num_qubits: int | None = None,
        instance: str | None = None,
        dynamic_circuits: bool | None = None,
        filters: Callable[[IbmBackend], bool] | None = None,
        *,
        use_fractional_gates: bool | None = False,
        calibration_id: str | None = None,
        include_mocks: bool = False,
        **wanted: Any,
    ) -> list[IbmBackend]:
        """List the machines.

        Args:
            name: only the one of that name.
            min_num_qubits: only those with at least so many qubits.
            instance: CRN or name of another instance.
            dynamic_circuits: only those that run control flow, or only those that do not.
            filters: only those for which this is true.
            use_fractional_gates: as for the backend.
            calibration_id: as for the backend.
            include_mocks: has no effect: what the service lists is listed.
            **wanted: only those that have these values: ``operational`` and ``simulator``, which
                the list tells, or attributes of the backend, for which each machine is asked.

        Raises:
            AttributeError: the backends have no attribute of that name.
            TransportError: the service could not be asked.
        """
        choices = {"use_fractional_gates": use_fractional_gates, "calibration_id": calibration_id}
        listed = {key: wanted.pop(key) for key in _STATUS if key in wanted}
        found: list[Any] = KetbridgeProvider.backends(
            self.at_instance(instance),
            name,
            min_num_qubits=min_num_qubits or 0,
            **listed,
            **choices,
        )
        if dynamic_circuits is not None:
            found = [one for one in found if _has_flow(one) == dynamic_circuits]
        for key, value in wanted.items():
            found = [one for one in found if getattr(one, key) == value]
        return [one for one in found if filters is None or filters(one)]

    def least_busy(
        self,
        min_num_qubits: int | None = None,
        instance: str | None = None,
        filters: Callable[[IbmBackend], bool] | None = None,
        use_fractional_gates: bool | None = False,
        **wanted: Any,
    ) -> IbmBackend:
        """Return the machine that the service says has the shortest wait; see `backends`.

        Raises:
            UnknownBackendError: no machine fits.
            TransportError: the service could not be asked.
        """
        found: Any = super().least_busy(
            min_num_qubits=min_num_qubits,
            instance=instance,
            filters=filters,
            use_fractional_gates=use_fractional_gates,
            **wanted,
        )
        return found  # type: ignore[no-any-return]

    # -- jobs -------------------------------------------------------------------------------------

    def jobs(  # pyright: ignore[reportIncompatibleMethodOverride]
        self,
        limit: int | None = 10,
        skip: int = 0,
        backend_name: str | None = None,
        pending: bool | None = None,
        program_id: str | None = None,
        instance: str | None = None,
        job_tags: Iterable[str] | None = None,
        session_id: str | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        descending: bool = True,
        include_mocks: bool = False,
    ) -> list[KetbridgeJob]:
        """List jobs.

        Args:
            limit: how many at most; None for all.
            skip: how many to leave out before that.
            backend_name: only on the machine of that name.
            pending: True for those that are queued or running, False for those that have ended.
            program_id: only of this program, such as ``sampler``.
            instance: CRN or name of another instance.
            job_tags: only with all of these tags.
            session_id: only of this session.
            created_after: only created later; without a zone it is local time.
            created_before: only created earlier.
            descending: newest first.
            include_mocks: has no effect: what the service lists is listed.

        Raises:
            ProgramError: a filter cannot be used.
            TransportError: the service could not be asked.
        """
        if isinstance(job_tags, str):
            raise ProgramError(f"job_tags is a list of strings, not {job_tags!r}")
        if skip < 0 or (limit is not None and limit < 0):
            raise ProgramError(f"limit and skip are not negative, not {limit!r} and {skip!r}")
        given: dict[str, Any] = {
            "backend": backend_name,
            "pending": pending,
            "program": program_id,
            "session": session_id,
            "tags": None if job_tags is None else list(job_tags),
            "created_after": _moment(created_after),
            "created_before": _moment(created_before),
            "sort": None if descending else "ASC",
            "limit": None if limit is None else min(max(limit + skip, 1), _LARGEST_PAGE),
        }
        filters = {key: value for key, value in given.items() if value is not None}
        cloud = self.at_instance(instance)._cloud
        everything = history.jobs(cloud, history.job_filter(None, None, None, ()), None, filters)
        return list(islice(everything, skip, None if limit is None else skip + limit))

    # -- instances and accounts -------------------------------------------------------------------

    @property
    def channel(self) -> str:
        """The channel that the account was made with."""
        return str(self._cloud.account.settings.get("channel") or saved.CHANNELS[0])

    def at_instance(self, instance: str | None) -> QiskitRuntimeService:
        """Return the same account at another instance.

        Args:
            instance: its CRN or name; None for the account's own.
        """
        if instance is None or instance == self._cloud.account.settings.get("instance"):
            return self
        from ketbridge.connection import connect

        account = self._cloud.account
        other = QiskitRuntimeService.__new__(QiskitRuntimeService)
        other._local = self._local
        other._cloud = connect(
            "ibm",
            token=account.token,
            url=account.url,
            **{**account.settings, "instance": instance},
        )
        return other

    @staticmethod
    def save_account(
        token: str | None = None,
        url: str | None = None,
        instance: str | None = None,
        channel: str | None = None,
        filename: str | None = None,
        name: str | None = None,
        proxies: dict[str, Any] | None = None,
        verify: bool | None = None,
        *,
        overwrite: bool = False,
        set_as_default: bool | None = None,
        private_endpoint: bool | None = None,
        region: str | None = None,
        plans_preference: list[str] | None = None,
        tags: list[str] | None = None,
    ) -> None:
        """Keep an account in Ketbridge's file of accounts, which only its owner can read.

        Args:
            token: the API key.
            url: of the platform; not used.
            instance: CRN or name of the instance.
            channel: ``ibm_quantum_platform`` or ``ibm_cloud``.
            filename: not supported.
            name: name of the account; None for the default.
            proxies: not supported.
            verify: True or None.
            overwrite: whether to replace an account of the same name.
            set_as_default: whether it becomes the default too.
            private_endpoint: not supported.
            region: where the instance is to be, if it is not given by its CRN.
            plans_preference: names of plans, the best first, if the instance is not given.
            tags: labels of the instance, if it is not given by its CRN.

        Raises:
            CredentialError: there is one of that name, or no token.
            ProgramError: an argument is not supported.
        """
        saved.refuse(proxies, verify, private_endpoint)
        saved.check_channel(channel)
        if filename is not None:
            raise ProgramError("accounts are kept in Ketbridge's own file: leave filename out")
        if not token:
            raise CredentialError("there is no token to keep: give token=...")
        fields = {
            "instance": instance,
            "channel": channel,
            "region": region,
            "plans_preference": plans_preference,
            "tags": tags,
        }
        saved.keep(name, token, fields, overwrite, bool(set_as_default))

    @staticmethod
    def delete_account(
        filename: str | None = None, name: str | None = None, channel: str | None = None
    ) -> bool:
        """Remove an account from Ketbridge's file; False if it is not there.

        Args:
            filename: not supported: the file of IBM's own client is never changed.
            name: name of the account; None for the default.
            channel: not used.

        Raises:
            ProgramError: a file was given.
        """
        if filename is not None:
            raise ProgramError("the file of IBM's own client is not changed: leave filename out")
        return saved.forget(name)

    @staticmethod
    def saved_accounts(
        default: bool | None = None,
        channel: str | None = None,
        filename: str | None = None,
        name: str | None = None,
    ) -> dict[str, dict[str, Any]]:
        """List the kept accounts, Ketbridge's own and those of IBM's own client, by name.

        Tokens are `ketbridge.accounts.Secret`, which is not printed.

        Args:
            default: only the default ones, or only the others.
            channel: only those of this channel.
            filename: another file of IBM's own client, whose accounts alone are listed.
            name: only the one of that name.

        Raises:
            CredentialError: a file of accounts cannot be used.
        """
        return {
            one: fields
            for one, fields in saved.every(name, filename).items()
            if default in (None, saved.is_default(one)) and channel in (None, fields["channel"])
        }


def _has_flow(backend: IbmBackend) -> bool:
    instructions = backend.configuration().supported_instructions or ()
    return "if_else" in instructions


def _moment(given: datetime | None) -> datetime | None:
    return None if given is None else given.astimezone(UTC)
