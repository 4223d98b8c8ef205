"""What notebooks ask of an account at IBM beside its machines and jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from ketbridge.errors import NotFound

from ..provider import KetbridgeProvider
from .backend import IbmBackend

if TYPE_CHECKING:
    from ketbridge.clouds.ibm import IbmCloud


class IbmProvider(KetbridgeProvider):
    """The machines and jobs of an instance of IBM Qiskit Runtime, and its use."""

    @property
    def cloud(self) -> IbmCloud:
        """The cloud, for what only the core offers."""
        return cast("IbmCloud", self._cloud)

    def backend(self, name: str, **choices: Any) -> IbmBackend:
        """Return one machine; nothing is sent before it is used.

        Args:
            name: its name.
            **choices: ``use_fractional_gates`` and ``calibration_id``.
        """
        return IbmBackend(self._cloud, name, provider=self, **choices)

    def backend_of_session(self, session_id: str, **choices: Any) -> IbmBackend:
        """Return the machine that a session is on.

        Args:
            session_id: the session.
            **choices: as for `backend`.

        Raises:
            NotFound: there is no such session, or it is on no machine yet.
            TransportError: the service could not be asked.
        """
        found = self._cloud.run(self._cloud.session_flow(session_id))
        if not found.backend:
            raise NotFound(f"session {session_id} is on no machine yet", status=200)
        return self.backend(found.backend, **choices)

    def delete_job(self, job_id: str) -> None:
        """Delete a job that has ended, and its results, there and in this computer's record.

        Raises:
            TransportError: the service did not confirm it.
        """
        self.delete([job_id])

    def usage(self) -> dict[str, Any]:
        """Return what the instance has used and may use in the current period, in seconds.

        What is left of its limit, or of what is allotted to it, is ``usage_remaining_seconds``.

        Raises:
            TransportError: the service could not be asked.
        """
        from ketbridge.clouds.ibm import operations

        found = _plain(self._cloud.send(operations.get_usage()))
        limit = found.get("usage_limit_seconds") or found.get("usage_allocation_seconds")
        if limit:
            left = max(limit - found["usage_consumed_seconds"], 0)
            found["usage_remaining_seconds"] = left
        return found

    def instance(self) -> dict[str, Any]:
        """Return what the instance is: its plan, its machines and its limits.

        Raises:
            TransportError: the service could not be asked.
        """
        from ketbridge.clouds.ibm import operations

        return _plain(self._cloud.send(operations.get_instance()))

    def instances(self) -> list[dict[str, Any]]:
        """List the instances that the account's key may use.

        Returns:
            For each ``crn``, ``plan``, ``name``, ``tags``, ``pricing_type`` and ``region``.

        Raises:
            CredentialError: there is no key.
            TransportError: the search could not be asked.
        """
        return [
            {
                "crn": one.crn,
                "plan": one.plan,
                "name": one.name,
                "tags": list(one.tags),
                "pricing_type": one.pricing,
                "region": one.region,
            }
            for one in self.cloud.instances()
        ]

    def active_instance(self) -> str:
        """Return the CRN of the instance.

        Raises:
            CredentialError: the account names no usable instance.
            TransportError: it had to be searched for, and could not be.
        """
        return self.cloud.instance_crn()

    def active_account(self) -> dict[str, Any]:
        """Return the account; its token is a `ketbridge.accounts.Secret`, which is not printed."""
        return shown(
            {
                **self._cloud.account.settings,
                "token": self._cloud.account.token,
                "url": self._cloud.account.url,
            }
        )


def shown(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields of an account under the names of IBM's own client, the token wrapped."""
    from ketbridge.accounts import Secret

    token = fields.get("token")
    found = {
        "channel": fields.get("channel") or "ibm_quantum_platform",
        "url": fields.get("url") or fields.get("platform_url"),
        "token": Secret(token, "token") if isinstance(token, str) else token,
        "instance": fields.get("instance"),
        "region": fields.get("region"),
    }
    return {name: value for name, value in found.items() if value is not None}


def _plain(answer: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", answer.model_dump(mode="json", exclude_none=True))
