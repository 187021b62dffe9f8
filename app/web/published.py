"""The published description of the API: which refusals to expect, in one shape for all of them."""

from typing import Any

PROBLEM = {
    "type": "object",
    "description": "RFC 9457. `code` names the refusal for programs, `detail` says what to do next.",
    "required": ["type", "title", "status", "code", "detail", "correlation_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "correlation_id": {"type": "string", "description": "Stands in the log beside what went wrong."},
        "error": {"type": "string", "description": "Pairing only: the code of RFC 8628."},
        "errors": {
            "type": "array",
            "description": "Where the request does not fit the schema.",
            "items": {
                "type": "object",
                "required": ["where", "what"],
                "properties": {"where": {"type": "array", "items": {}}, "what": {"type": "string"}},
            },
        },
    },
}
_REFUSED = {
    "description": "Refused, and nothing was changed.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
REFUSALS: dict[int | str, dict[str, Any]] = {"4XX": _REFUSED, "5XX": _REFUSED}


def with_problems(description: dict[str, Any]) -> dict[str, Any]:
    """The OpenAPI document with the schema that `REFUSALS` points to."""
    description["components"]["schemas"]["Problem"] = PROBLEM
    return description
