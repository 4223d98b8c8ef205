"""Reading an OpenAPI contract: operations, validators, random instances of its schemas."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from hypothesis import strategies as st
from openapi_schema_validator import (
    OAS30ReadValidator,
    OAS30WriteValidator,
    OAS31Validator,
    oas30_format_checker,
    oas31_format_checker,
)

HERE = Path(__file__).parent
_ONE_LINE = "^.*$"


@dataclass(frozen=True)
class Documented:
    """One operation as the contract has it."""

    id: str
    method: str
    path: str
    spec: dict[str, Any]


class Contract:
    """An OpenAPI document."""

    def __init__(self, name: str) -> None:
        self.document = json.loads((HERE / name).read_text())
        self._named: dict[str, st.SearchStrategy[Any]] = {}
        self.operations = {
            spec["operationId"]: Documented(
                spec["operationId"],
                method.upper(),
                path,
                spec
                | {"parameters": [*methods.get("parameters", []), *spec.get("parameters", [])]},
            )
            for path, methods in self.document["paths"].items()
            for method, spec in methods.items()
            if method != "parameters"
        }

    def resolve(self, node: Any) -> Any:
        """Follow ``$ref`` of a parameter, response or schema."""
        while isinstance(node, dict) and "$ref" in node:
            target: Any = self.document
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def reply_schema(self, operation_id: str) -> dict[str, Any]:
        """Return the schema of the successful answer in JSON; KeyError where it has none."""
        responses = self.operations[operation_id].spec["responses"]
        answer = self.resolve(next(spec for code, spec in responses.items() if code[0] == "2"))
        return answer["content"]["application/json"]["schema"]

    def named_schema(self, name: str) -> dict[str, Any]:
        """Return a schema by its name."""
        return {"$ref": f"#/components/schemas/{name}"}

    def request_schema(self, operation_id: str) -> dict[str, Any] | None:
        """Return the schema of the request body, None for an operation without one."""
        body = self.operations[operation_id].spec.get("requestBody")
        return body["content"]["application/json"]["schema"] if body else None

    def errors(self, schema: dict[str, Any], value: Any, *, sent: bool) -> list[str]:
        """Say what of a value the schema does not allow."""
        rooted = {"allOf": [schema], "components": self.document["components"]}
        if self.document["openapi"].startswith("3.1"):
            validator = OAS31Validator(rooted, format_checker=oas31_format_checker)
        else:
            kind = OAS30WriteValidator if sent else OAS30ReadValidator
            validator = kind(rooted, format_checker=oas30_format_checker)
        return [f"{list(e.absolute_path)}: {e.message}" for e in validator.iter_errors(value)]

    def parameters(self, operation_id: str, place: str) -> dict[str, dict[str, Any]]:
        """Return the parameters of an operation that are in the path or in the query."""
        listed = map(self.resolve, self.operations[operation_id].spec.get("parameters", []))
        return {one["name"]: one for one in listed if one["in"] == place}

    def match_path(self, operation_id: str, path: str) -> dict[str, str] | None:
        """Return the path's ids if it is one of the operation's, otherwise None."""
        template = self.operations[operation_id].path
        names = re.findall(r"\{([\w-]+)\}", template)
        pattern = re.sub(r"\\\{[\w\\-]+\\\}", "([^/?#]+)", re.escape(template))
        found = re.fullmatch(pattern, path)
        return dict(zip(names, map(unquote, found.groups()), strict=True)) if found else None

    # -- random instances -------------------------------------------------------------------------

    def instances(self, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
        """Generate values that the schema allows."""
        if "$ref" in schema:
            if schema["$ref"] not in self._named:
                self._named[schema["$ref"]] = st.deferred(
                    lambda: self.instances(self.resolve(schema))
                )
            return self._named[schema["$ref"]]
        made = self._plain(schema)
        return (
            st.none() | made
            if schema.get("nullable") and None not in schema.get("enum", [])
            else made
        )

    def _plain(self, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        for choice in ("anyOf", "oneOf"):
            if choice in schema:
                return st.one_of(*map(self.instances, schema[choice]))
        if "allOf" in schema:
            return self.instances(self._merged(schema))
        kind = schema.get("type")
        if isinstance(kind, list):
            return st.one_of(*(self.instances({**schema, "type": one}) for one in kind))
        if kind == "null":
            return st.none()
        if kind == "object":
            return self._object(schema)
        if kind == "array":
            low, high = schema.get("minItems", 0), min(schema.get("maxItems", 3), 3)
            items = self.instances(schema.get("items", {}))
            distinct = repr if schema.get("uniqueItems") else None
            return st.lists(items, min_size=low, max_size=max(low, high), unique_by=distinct)
        if kind == "boolean":
            return st.booleans()
        if kind == "integer":
            low, high = schema.get("minimum", -(2**31)), schema.get("maximum", 2**31 - 1)
            return st.integers(low, high)
        if kind == "number":
            return st.floats(
                schema.get("minimum"), schema.get("maximum"), allow_nan=False, allow_infinity=False
            ) | st.integers(int(schema.get("minimum", -100)), int(schema.get("maximum", 100)))
        if kind == "string":
            return _text(schema.get("format"), schema)
        return st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2)
            ),
            max_leaves=4,
        )

    def _merged(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Put the parts of an ``allOf`` of objects into one."""
        parts = [self.resolve(part) for part in schema["allOf"]] + [schema]
        merged: dict[str, Any] = {"type": "object", "properties": {}, "required": []}
        for part in parts:
            flat = self._merged(part) if part is not schema and "allOf" in part else part
            merged["properties"] |= flat.get("properties", {})
            merged["required"] += flat.get("required", [])
        return merged

    def _object(self, schema: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
        properties = schema.get("properties", {})
        required = set(schema.get("required", []))
        fixed = st.fixed_dictionaries(
            {name: self.instances(one) for name, one in properties.items() if name in required},
            optional={
                name: self.instances(one)
                for name, one in properties.items()
                if name not in required
            },
        )
        more = schema.get("additionalProperties", not properties)
        if more is False or (more is True and properties):
            return fixed
        extra = st.dictionaries(
            st.text(max_size=8), self.instances(more if isinstance(more, dict) else {}), max_size=3
        )
        return st.builds(lambda one, two: {**two, **one}, fixed, extra)


def _text(form: str | None, schema: dict[str, Any]) -> st.SearchStrategy[str]:
    if form == "uuid":
        return st.uuids().map(str)
    if form == "date":
        return st.dates().map(str)
    if form == "date-time":
        return st.datetimes().map(lambda moment: f"{moment.isoformat()}Z")
    low, high = schema.get("minLength", 0), schema.get("maxLength", 20)
    pattern = schema.get("pattern", _ONE_LINE)
    if pattern != _ONE_LINE:
        matching = st.from_regex(pattern, fullmatch=True)
        return matching.filter(lambda text: low <= len(text) <= high and "\n" not in text)
    letters = st.characters(codec="utf-8", exclude_characters="\n") if "pattern" in schema else None
    sizes = {"min_size": low, "max_size": max(low, min(high, 20))}
    return st.text(**sizes) if letters is None else st.text(letters, **sizes)
