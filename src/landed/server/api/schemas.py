"""How the OpenAPI document describes parameters and answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

from pydantic import TypeAdapter

from landed.server.api.formats import MEDIA_TYPES
from landed.server.api.paging import MOST, USUAL
from landed.server.pages.filter_bar import PERIODS, USUAL_PERIOD

Answers: TypeAlias = dict[int | str, dict[str, Any]]
MODELS: dict[str, type] = {}
"""The classes that operations answer with, by name."""
SCHEMAS = "#/components/schemas/"
DAY = {"type": "string", "format": "date", "example": "2026-05-01"}
_MANY = {"type": "array", "items": {"type": "string"}}


def parameter(name: str, told: str, schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter of the query."""
    return {"name": name, "in": "query", "required": False, "description": told, "schema": schema}


FILTERS = (
    parameter(
        "period",
        "The time that is looked at, up to now; since and until outdo it.",
        {"type": "string", "enum": list(PERIODS), "default": USUAL_PERIOD},
    ),
    parameter("since", "The first day, in UTC. It is moved back where privacy needs it.", DAY),
    parameter("until", "The last day, included.", DAY),
    parameter("repository", "Ids of repositories, as /repositories tells them.", _MANY),
    parameter("team", "Names of teams; - is for people in none.", _MANY),
    parameter("agent", "Names of agents, such as claude-code.", _MANY),
    parameter("model", "Names of models; - is for those not told.", _MANY),
    parameter("feature", "Names of features; - is for work on none.", _MANY),
)
FORMATS = (
    parameter(
        "format",
        "The form of the answer; without it the header Accept decides.",
        {"type": "string", "enum": list(MEDIA_TYPES), "default": "json"},
    ),
)
TABLE = (
    parameter(
        "table",
        "One table of the answer, such as groups; CSV and Parquet are always one table.",
        {"type": "string"},
    ),
)
PAGING = (
    parameter(
        "limit",
        f"Rows at most; in JSON {USUAL} without it, in CSV and Parquet all.",
        {"type": "integer", "minimum": 1, "maximum": MOST},
    ),
    parameter("cursor", "Where the list goes on: `next` of the part before.", {"type": "string"}),
)
_NOTICE = {
    "type": ["string", "null"],
    "description": "A line to show with the figures, such as that they are made up.",
}
_LISTED = {
    "type": "object",
    "properties": {
        "as_of": {"type": "string", "format": "date-time"},
        "filter": {"type": "object", "additionalProperties": True},
        "notice": _NOTICE,
        "hidden": {
            "type": ["string", "null"],
            "description": "Why there are no rows, where privacy forbids them.",
        },
        "rows": {
            "type": ["array", "null"],
            "items": {"type": "object", "additionalProperties": True},
        },
        "total": {"type": ["integer", "null"]},
        "next": {"type": ["string", "null"], "description": "The cursor of the next part."},
    },
    "required": ["rows", "next"],
    "additionalProperties": True,
}
_PROBLEM = {
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong, and what to do."},
    },
    "required": ["type", "title", "status", "detail"],
}
_PROBLEMS = {
    400: "A parameter makes no sense; the detail says which.",
    401: "No token, or one that is no good.",
    403: "The token may not do this, or the rows would tell of single people.",
    404: "There is no such thing.",
    409: "It is under way already, or the list was made anew meanwhile.",
    503: "Nothing has been added up yet, or the store does not answer.",
}


def described(*parameters: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What an operation adds to its description: parameters that it reads by itself."""
    return {"parameters": [one for several in parameters for one in several]}


def model_answers(kind: type) -> Answers:
    """The answers of an operation that gives a model of this class."""
    MODELS[kind.__name__] = kind
    return _answers({"$ref": f"{SCHEMAS}{_answer_name(kind)}"})


def list_answers() -> Answers:
    """The answers of an operation that gives a list of rows."""
    return _answers({"$ref": f"{SCHEMAS}Rows"})


def problems(*statuses: int) -> Answers:
    """The answers that say what is wrong."""
    schema = {"$ref": f"{SCHEMAS}Problem"}
    return {
        status: {
            "description": _PROBLEMS[status],
            "content": {"application/problem+json": {"schema": schema}},
        }
        for status in statuses
    }


def components() -> dict[str, Any]:
    """Every schema by name."""
    keyed: list[tuple[str, Literal["serialization"], TypeAdapter[Any]]] = [
        (name, "serialization", TypeAdapter(kind)) for name, kind in MODELS.items()
    ]
    known, defined = TypeAdapter.json_schemas(keyed, ref_template=SCHEMAS + "{model}")
    found = {"Problem": _PROBLEM, "Rows": _LISTED, **defined.get("$defs", {})}
    for name, kind in MODELS.items():
        found[_answer_name(kind)] = _page(known[(name, "serialization")])
    return found


def _answers(schema: dict[str, Any]) -> Answers:
    content = {"application/json": {"schema": schema}}
    for media_type in (MEDIA_TYPES["csv"], MEDIA_TYPES["parquet"]):
        content[media_type.partition(";")[0]] = {"schema": {"type": "string"}}
    found: Answers = {
        200: {"description": "The answer.", "content": content},
        304: {"description": "Nothing is new since the answer with that ETag."},
    }
    return found | problems(*_PROBLEMS)


def _answer_name(kind: type) -> str:
    return f"{kind.__name__}Answer"


def _page(data: dict[str, Any]) -> dict[str, Any]:
    """The schema of the answer that holds a page's model."""
    return {
        "type": "object",
        "properties": {
            "as_of": {"type": "string", "format": "date-time"},
            "filter": {"type": "object", "additionalProperties": True},
            "notice": _NOTICE,
            "hidden": {
                "type": ["string", "null"],
                "description": "Why the data is null, where privacy forbids it as a whole.",
            },
            "data": {"anyOf": [data, {"type": "null"}]},
        },
        "required": ["as_of", "filter", "data"],
    }
