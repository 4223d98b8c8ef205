"""Finding the instance of an account that does not name it by its CRN."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.ibm_service import CRN, KEY, IbmService

from ketbridge.accounts import Account, Secret
from ketbridge.address import CloudAddress
from ketbridge.clouds.ibm import IbmCloud, operations
from ketbridge.errors import AuthenticationFailed, CredentialError

FREE, PAID = ("mine", "us-east", "open", "free"), ("big", "us-east", "premium", "subscription")
ABROAD = ("abroad", "eu-de", "flex", "paygo")


@pytest.fixture(scope="module")
def running() -> Iterator[IbmService]:
    with IbmService() as service:
        yield service


@pytest.fixture
def server(running: IbmService) -> IbmService:
    running.reset()
    return running


@pytest.fixture
def cloud(server: IbmService, tmp_path: Path) -> Iterator[Callable[..., IbmCloud]]:
    """Makes clouds, and closes them."""
    made: list[IbmCloud] = []

    def make(key: str = KEY, **settings: Any) -> IbmCloud:
        places = {
            "iam_url": server.root,
            "search_url": f"{server.root}/gs",
            "catalog_url": f"{server.root}/gc/api/v1",
        }
        at, ledger = CloudAddress("ibm", "lab"), tmp_path / "ledger.sqlite"
        made.append(IbmCloud(Account(at, server.url, Secret(key), places | settings, ledger)))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_the_only_instance_needs_no_name_and_its_plan_is_not_asked(
    server: IbmService, cloud: Callable[..., IbmCloud]
) -> None:
    server.instances = [("mine", "us-east", "premium", "paid")]

    one = cloud()

    assert "ibm_tiny" in {info.name for info in one.backends()}
    assert one.instance_crn() == CRN
    assert server.calls == {"POST search": 1, "GET /backends": 1}
    assert len(server.iam_seen) == 1


def test_a_crn_is_not_searched_for(server: IbmService, cloud: Callable[..., IbmCloud]) -> None:
    one = cloud(instance=CRN)

    one.backends()

    assert one.instance_crn() == CRN and not server.calls["POST search"]


def test_an_instance_is_found_by_name_on_any_page(
    server: IbmService, cloud: Callable[..., IbmCloud]
) -> None:
    server.instances, server.page = [PAID, FREE], 1

    assert cloud(instance="mine").instance_crn() == CRN
    assert server.calls == {"POST search": 2}


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({}, "mine"),
        ({"plans_preference": ["Premium", "open"]}, "big"),
        ({"tags": ["PREMIUM"]}, "big"),
        ({"region": "eu-de"}, "abroad"),
    ],
)
def test_of_several_one_is_taken_that_was_preferred_or_costs_nothing(
    server: IbmService, cloud: Callable[..., IbmCloud], settings: dict[str, Any], name: str
) -> None:
    server.instances = [PAID, ("old", "us-east", "gone", "archived"), FREE]
    if "region" in settings:
        server.instances = [PAID, ABROAD]

    crn = cloud(**settings).instance_crn()

    assert (crn == CRN) if name == "mine" else f":{name}:" in crn


def test_one_that_costs_is_never_chosen_among_several(
    server: IbmService, cloud: Callable[..., IbmCloud]
) -> None:
    server.instances = [PAID, ABROAD]

    with pytest.raises(
        CredentialError, match=r"'big' \(us-east, premium\), 'abroad' \(eu-de, flex"
    ):
        cloud().backends()
    assert not server.seen


@pytest.mark.parametrize(
    ("instances", "settings", "message"),
    [
        ([], {}, "can use no instance"),
        ([("empty", "us-east", "lite", "free")], {}, "can use no instance"),
        ([PAID], {"instance": "bg"}, "no instance 'bg'; there is 'big'.*Did you mean 'big'"),
        ([PAID], {"region": "eu-de"}, "no such instance with region 'eu-de'"),
    ],
)
def test_an_instance_that_is_not_there_is_named_with_those_that_are(
    server: IbmService,
    cloud: Callable[..., IbmCloud],
    instances: list[Any],
    settings: dict[str, Any],
    message: str,
) -> None:
    server.instances = instances

    with pytest.raises(CredentialError, match=message):
        cloud(**settings).instance_crn()


def test_neither_key_nor_instance_go_to_the_search_and_the_catalogue(
    server: IbmService, cloud: Callable[..., IbmCloud]
) -> None:
    server.instances = [FREE, PAID]

    found = cloud().instances()

    assert [(one.name, one.plan, one.pricing) for one in found] == [
        ("mine", "open", "free"),
        ("big", "premium", "subscription"),
    ]
    assert len(server.beside_seen) == 3
    for headers in server.beside_seen:
        assert headers["authorization"] == "Bearer token-1"
        assert KEY not in str(headers) and "service-crn" not in headers


def test_a_key_that_iam_refuses_reaches_no_search(
    server: IbmService, cloud: Callable[..., IbmCloud]
) -> None:
    with pytest.raises(AuthenticationFailed) as refused:
        cloud("another-canary").instance_crn()
    assert "with its CRN" in refused.value.__notes__[0]
    assert not server.beside_seen


async def test_it_is_found_asynchronously_too(
    server: IbmService, cloud: Callable[..., IbmCloud]
) -> None:
    server.instances = [FREE]
    one = cloud()

    answer = await one.asend(operations.list_backends())

    assert answer.devices[0].name == "ibm_tiny"
    await one.client.aclose()


def test_threads_that_begin_at_once_search_once(
    server: IbmService, cloud: Callable[..., IbmCloud]
) -> None:
    server.instances = [FREE]
    one = cloud()

    threads = [threading.Thread(target=one.backends) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert server.calls == {"POST search": 1, "GET /backends": 8}
    assert len(server.iam_seen) == 1
