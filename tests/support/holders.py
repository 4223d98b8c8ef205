"""Those who hold a credential: each cloud, with the canary in each place that it can be in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from support.cloud_cases import DIRECT, IBM, IONQ, KIPU, Case
from support.operations import CANARY

from ketbridge.sandbox.ibm.instance import CRN
from ketbridge.sandbox.server import SANDBOX_KEY

ENVIRONMENT: Mapping[str, Callable[[str], str]] = {
    "IONQ_API_KEY": lambda url: CANARY,
    "IONQ_API_URL": lambda url: f"{url}/v0.4",
    "IAM_URL": lambda url: url,
    "QISKIT_IBM_TOKEN": lambda url: CANARY,
    "QISKIT_IBM_INSTANCE": lambda url: CRN,
    "KETBRIDGE_IBM_URL": lambda url: f"{url}/api",
    "KETBRIDGE_IBM_DIRECT_TOKEN": lambda url: CANARY,
    "KETBRIDGE_IBM_DIRECT_URL": lambda url: f"{url}/direct",
    "KETBRIDGE_IBM_DIRECT_ENDPOINT": lambda url: f"{url}/s3",
    "KETBRIDGE_IBM_DIRECT_BUCKET": lambda url: "ketbridge",
    "KETBRIDGE_IBM_DIRECT_ACCESS_KEY": lambda url: SANDBOX_KEY,
    "KETBRIDGE_IBM_DIRECT_SECRET_KEY": lambda url: CANARY,
    "KQH_PERSONAL_ACCESS_TOKEN": lambda url: CANARY,
    "KETBRIDGE_KIPU_URL": lambda url: f"{url}/quantum",
}
"""What a user has in the environment, by the URL of the sandbox."""


@dataclass(frozen=True)
class Holder:
    """A user with a credential.

    Attributes:
        name: what the tests call it.
        case: the cloud.
        places: where the credential goes: the server (``service``, ``exchange`` or ``store``), the
            part of the request, and what is there.
        settings: further arguments of ``connect``, by the URL of the sandbox.
    """

    name: str
    case: Case
    places: frozenset[tuple[str, str, str]]
    settings: Callable[[str], Mapping[str, Any]] = field(default=lambda url: {})

    def __str__(self) -> str:
        return self.name

    @property
    def machine(self) -> str:
        """Address of a machine that runs its request, outside of the sandbox's own account."""
        return f"{self.case.name}/{self.case.request().backend}"


_FORM = ("exchange", "body", "apikey=" + CANARY)

HOLDERS = (
    Holder("ionq", IONQ, frozenset({("service", "authorization", f"apiKey {CANARY}")})),
    Holder("ibm", IBM, frozenset({_FORM})),
    Holder("ibm-direct", DIRECT, frozenset({_FORM})),
    Holder("kipu", KIPU, frozenset({("service", "x-auth-token", CANARY)})),
    Holder(
        "kipu login",
        KIPU,
        frozenset({("exchange", "body", f"password={CANARY}")}),
        lambda url: {"username": "user", "password": CANARY, "login_url": f"{url}/login"},
    ),
)
KEPT = HOLDERS[:4]
"""Those whose credential is in the environment."""
