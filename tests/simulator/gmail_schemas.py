"""Google's own discovery document turned into strict JSON Schema: no unknown member, 64-bit numbers as text."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema

_FORMATS = {"uint64": "^[0-9]+$", "int64": "^-?[0-9]+$", "byte": "^[A-Za-z0-9_-]*={0,2}$"}


@cache
def document() -> dict[str, Any]:
    name = "discovery_cache/documents/gmail.v1.json"
    found: dict[str, Any] = json.loads(files("googleapiclient").joinpath(name).read_text("utf-8"))
    return found


def _strict(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return {"$ref": f"#/$defs/{schema['$ref']}"}
    made: dict[str, Any] = {"type": schema["type"]}
    if schema.get("format") in _FORMATS:
        made["pattern"] = _FORMATS[schema["format"]]
    if "enum" in schema:
        made["enum"] = schema["enum"]
    if schema["type"] == "object":
        made["properties"] = {name: _strict(inner) for name, inner in schema.get("properties", {}).items()}
        made["additionalProperties"] = False
    if schema["type"] == "array":
        made["items"] = _strict(schema["items"])
    return made


@cache
def _judge(name: str) -> jsonschema.Draft202012Validator:
    definitions = {key: _strict(schema) for key, schema in document()["schemas"].items()}
    return jsonschema.Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": definitions})


def assert_is(name: str, answer: object) -> None:
    """Raises when the answer is not what Google's document calls `name`."""
    _judge(name).validate(answer)
