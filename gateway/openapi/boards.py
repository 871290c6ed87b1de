"""What the document says of the reads of boards, which FastAPI does not serve and so cannot describe."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from gateway.boards.answers import (
    AmongOut,
    AmongQuery,
    AroundQuery,
    PageQuery,
    RankOut,
    RankQuery,
    SeveralOut,
    SeveralQuery,
    StandingsOut,
)
from gateway.errors import BoardNotFound, BoardPending, BoardsUnavailable, NotOnBoard, PeriodNotFound
from gateway.openapi.merge import Document, described
from gateway.routes import Route
from libs.auth.errors import IdentityUnavailable, InvalidToken, MissingScope, MissingToken
from libs.problems import Problem
from libs.web.errors import InvalidCursor, InvalidRequest
from libs.web.problems import ProblemOut

TEMPLATE = "#/components/schemas/{model}"
SHARED = (
    MissingToken, InvalidToken, MissingScope, IdentityUnavailable, BoardNotFound, PeriodNotFound, InvalidRequest,
    BoardPending, BoardsUnavailable,
)  # fmt: skip


READS: dict[str, tuple[str, str, type[BaseModel], type[BaseModel], tuple[type[Problem], ...]]] = {
    "/v1/boards": ("get_boards", "Read the first rows of several boards", SeveralQuery, SeveralOut, ()),
    "/v1/boards/{board_id}": ("get_board", "Read a page of a board", PageQuery, StandingsOut, (InvalidCursor,)),
    "/v1/boards/{board_id}/around/{ambassador_id}": (
        "get_board_around", "Read the rows around an ambassador", AroundQuery, StandingsOut, (NotOnBoard,)
    ),
    "/v1/boards/{board_id}/rank/{ambassador_id}": (
        "get_rank", "Read the rank and percentile of an ambassador", RankQuery, RankOut, (NotOnBoard,)
    ),
    "/v1/boards/{board_id}/among": ("get_board_among", "Read the ranks of some people", AmongQuery, AmongOut, ()),
}  # fmt: skip


def paths(routes: Iterable[Route]) -> Document:
    """Return the path items of the reads."""
    return {
        route.path: {"get": described(route, with_path(_operation(*READS[route.path]), route.path))}
        for route in routes
        if route.path in READS
    }


def schemas() -> Document:
    """Return the schemas that the path items refer to."""
    answers = (StandingsOut, RankOut, AmongOut, SeveralOut, ProblemOut)
    models: list[tuple[type[BaseModel], JsonSchemaMode]] = [(model, "serialization") for model in answers]
    _, definitions = models_json_schema(models, ref_template=TEMPLATE)
    found: Document = definitions["$defs"]
    return found


def _operation(
    name: str, summary: str, query: type[BaseModel], answer: type[BaseModel], failures: tuple[type[Problem], ...]
) -> Document:
    form = query.model_json_schema()
    return {
        "tags": ["boards"],
        "operationId": name,
        "summary": summary,
        "description": answer.__doc__,
        "parameters": [
            {"name": field, "in": "query", "required": field in form.get("required", []), "schema": schema}
            for field, schema in form["properties"].items()
        ],
        "responses": {
            "200": {
                "description": "The rows.",
                "headers": {"ETag": {"description": "Changes with the rows.", "schema": {"type": "string"}}},
                "content": {"application/json": {"schema": {"$ref": TEMPLATE.format(model=answer.__name__)}}},
            },
            "304": {"description": "The client has these rows: `If-None-Match` names their ETag."},
            **refusals((*SHARED, *failures)),
        },
    }


def refusals(kinds: tuple[type[Problem], ...]) -> Document:
    """Return the answers for ways to fail."""
    by_status: dict[str, list[str]] = {}
    for kind in kinds:
        by_status.setdefault(str(kind.status), []).append(f"`{kind.slug}`: {kind.title}")
    schema = {"$ref": TEMPLATE.format(model="ProblemOut")}
    return {
        status: {"description": "; ".join(lines), "content": {"application/problem+json": {"schema": schema}}}
        for status, lines in by_status.items()
    }


def with_path(operation: Document, path: str) -> Document:
    """Return the operation with the parameters that its path names."""
    names = [name for name in ("board_id", "ambassador_id") if f"{{{name}}}" in path]
    in_path: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}} for name in names
    ]
    return {**operation, "parameters": [*in_path, *operation["parameters"]]}
