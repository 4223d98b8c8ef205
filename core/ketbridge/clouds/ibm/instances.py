"""Which instance an account runs on: one that it names, or the only one that it can mean."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ...errors import CredentialError, ServiceError, nearest
from ...transport.auth import Auth, Credential
from ...transport.client import Client
from ...transport.wire import Settings
from ..ibm_shared.places import place
from . import directory
from .directory import InstanceInfo

if TYPE_CHECKING:
    from ...accounts import Account

CRN = re.compile(r"crn:v[0-9]+(:[A-Za-z0-9._~/%-]*){8}")
_RETIRED = re.compile(r"[^/:]+/[^/:]+/[^/:]+")
_CHEAPEST_FIRST = ("free", "trial")
_HOW = (
    "give instance=... in the call, set QISKIT_IBM_INSTANCE, or keep it in accounts.toml as "
    "instance"
)


def crn(account: Account) -> str | None:
    """Return the CRN that an account names; None where the instance has to be searched for.

    Raises:
        CredentialError: what it names can be neither a CRN nor the name of an instance.
    """
    given: Any = account.settings.get("instance")
    if given is None:
        return None
    if isinstance(given, str) and CRN.fullmatch(given):
        return given
    if not isinstance(given, str) or given.startswith("crn:") or not given.isprintable():
        raise CredentialError(
            f"the instance of {account.at} is no CRN: it has the form crn:v1:bluemix:public:"
            "quantum-computing:<region>:a/<account>:<instance>:: and is shown with the instance "
            "at quantum.cloud.ibm.com; or it is the name of an instance"
        )
    if _RETIRED.fullmatch(given):
        raise CredentialError(
            f"the instance of {account.at}, {given!r}, is a hub, group and project of the former "
            f"service; its place is taken by the CRN or the name of an instance: {_HOW}"
        )
    return given if CRN.fullmatch(given) else None


def listed(account: Account, auth: Auth, settings: Settings) -> list[InstanceInfo]:
    """Search for the instances that the account's key may use, with their plans.

    Args:
        account: whose.
        auth: shows who asks.
        settings: of the clients that ask; they must not have an account's header fields.

    Raises:
        TransportError: the search could not be asked.
    """
    return _with_plans(account, auth, settings, _search(account, auth, settings))


def choose(account: Account, auth: Auth, settings: Settings) -> InstanceInfo:
    """Search for the instance that an account means; arguments as for `listed`.

    It is the one of the name that the account gives, or else any, in the region and with the tags
    that it gives. Of several, it is the first of ``plans_preference``, else one that costs nothing:
    none that has to be paid is chosen by itself if there is another.

    Raises:
        CredentialError: there is none, or it is not clear which; the message names them.
        TransportError: the search could not be asked.
    """
    wanted = account.settings
    name, region, tags = (wanted.get(one) for one in ("instance", "region", "tags"))
    everything = _search(account, auth, settings)
    fits = [
        one
        for one in everything
        if name in (None, one.name)
        and region in (None, one.region)
        and {tag.lower() for tag in tags or ()} <= {tag.lower() for tag in one.tags}
    ]
    if not fits:
        raise CredentialError(_none(account, everything))
    plans = [str(plan).lower() for plan in wanted.get("plans_preference") or ()]
    if len(fits) == 1 and not plans:
        return fits[0]
    fits = _with_plans(account, auth, settings, fits)
    order, kind = (plans, "plan") if plans else (_CHEAPEST_FIRST, "pricing")
    ranked = sorted(
        (one for one in fits if getattr(one, kind) in order),
        key=lambda one: order.index(getattr(one, kind)),
    )
    if not ranked:
        raise CredentialError(
            f"{account.at} can run on {len(fits)} instances, {_names(fits)}: {_HOW}, by CRN or name"
        )
    return ranked[0]


def _none(account: Account, everything: Sequence[InstanceInfo]) -> str:
    name = account.settings.get("instance")
    if not everything:
        return f"the key of {account.at} can use no instance: {_HOW}, as a CRN"
    what = "no such instance" if name is None else f"no instance {name!r}"
    also = ", ".join(
        f"{key} {account.settings[key]!r}"
        for key in ("region", "tags")
        if account.settings.get(key)
    )
    near = nearest(str(name), [one.name for one in everything]) if name else ""
    return (
        f"the key of {account.at} can use {what}{' with ' + also if also else ''}; there is "
        f"{_names(everything)}.{near}"
    )


def _names(found: Iterable[InstanceInfo]) -> str:
    return ", ".join(
        f"{one.name!r} ({one.region}{', ' + one.plan if one.plan else ''})" for one in found
    )


def _search(account: Account, auth: Auth, settings: Settings) -> list[InstanceInfo]:
    chosen = account.settings.get("search_url")
    url = place(
        chosen,
        "GLOBAL_SEARCH_URL",
        directory.SEARCH_URL,
        gets="an access token",
        setting="search_url",
    )
    with _Visit(url, auth, settings) as client:
        return client.run(directory.found())


def _with_plans(
    account: Account, auth: Auth, settings: Settings, found: Sequence[InstanceInfo]
) -> list[InstanceInfo]:
    chosen = account.settings.get("catalog_url")
    url = place(
        chosen,
        "GLOBAL_CATALOG_URL",
        directory.CATALOG_URL,
        gets="an access token",
        setting="catalog_url",
    )
    with _Visit(url, auth, settings) as client:
        plans = {one.plan_id: _plan(client, one.plan_id) for one in found}
    return [
        dataclasses.replace(
            one, plan=plans[one.plan_id].name, pricing=plans[one.plan_id].metadata.pricing.type
        )
        for one in found
    ]


def _plan(client: Client, plan_id: str) -> directory.Plan:
    """Ask for a plan; one that the catalogue does not show any more is unknown."""
    if not plan_id:
        return directory.Plan()
    try:
        return client.send(directory.plan(plan_id))
    except ServiceError:
        return directory.Plan()


class _Visit:
    """A client for a few questions, closed after them without closing what authenticates."""

    def __init__(self, url: str, auth: Auth, settings: Settings) -> None:
        self._client = Client(url, _Borrowed(auth), settings=settings)

    def __enter__(self) -> Client:
        return self._client

    def __exit__(self, *_: object) -> None:
        self._client.close()


class _Borrowed(Auth):
    """Authenticates as another does, and does not close it."""

    def __init__(self, owner: Auth) -> None:
        self._owner = owner
        self.renewable = owner.renewable

    def credential(self) -> Credential | None:
        return self._owner.credential()

    def secrets(self) -> tuple[str, ...]:
        return self._owner.secrets()

    def renew(self, stale: Credential | None, timeout_s: float) -> None:
        self._owner.renew(stale, timeout_s)
