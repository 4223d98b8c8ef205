"""The contract of the Kipu Hub, an OpenAPI 3.1 document whose schemas leave most things open."""

from __future__ import annotations

import json
from typing import Any

from openapi_schema_validator import OAS31Validator, oas31_format_checker

from contract.openapi import HERE, Contract

NAMED = ("Backend", "Job", "Session", "WorkloadResponse")
"""Schemas of things that no client can use without their id, which none of them requires."""


class HubContract(Contract):
    """The contract; ``strict`` adds what it leaves unsaid, so that answers can be generated."""

    def __init__(self, name: str, *, strict: bool = False) -> None:
        super().__init__(name)
        schemas = self.document["components"]["schemas"]
        if strict:
            for schema in schemas.values():
                if "properties" in schema:
                    schema.setdefault("type", "object")
            for named in NAMED:
                schemas[named]["required"] = ["id"]

    def errors(self, schema: dict[str, Any], value: Any, *, sent: bool) -> list[str]:
        """Say what of a value the schema does not allow."""
        rooted = {"allOf": [schema], "components": self.document["components"]}
        validator = OAS31Validator(rooted, format_checker=oas31_format_checker)
        return [f"{list(e.absolute_path)}: {e.message}" for e in validator.iter_errors(value)]


EXAMPLES: dict[str, Any] = json.loads((HERE / "kipu_examples.json").read_text())
