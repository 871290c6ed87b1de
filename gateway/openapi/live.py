"""What the document says of following a board live."""

from collections.abc import Iterable

from pydantic.json_schema import models_json_schema

from gateway.errors import LiveFull, TooManyStreams
from gateway.live.answers import ChangeOut, LiveQuery
from gateway.live.endpoint import PATH
from gateway.openapi.boards import SHARED, TEMPLATE, refusals, with_path
from gateway.openapi.merge import Document, described
from gateway.routes import Route

DESCRIPTION = """\
A stream of server-sent events (WHATWG HTML, section 9.2) that lasts until the token ends, an hour at most.

`snapshot` holds a whole page, as `GET /v1/boards/{board_id}` answers it; a client replaces what it has. `change` holds
a `ChangeOut`: what makes the page now of the page before. Whoever sends the `id` of its last event as `Last-Event-ID`
gets what it has missed as one `change`, or a `snapshot`. When the stream ends, come back after `retry` milliseconds.
The token is taken from the header `Authorization` alone. A browser's `EventSource` sends none: read with `fetch`.
"""


def paths(routes: Iterable[Route]) -> Document:
    """Return the path item of the stream."""
    return {
        route.path: {"get": described(route, with_path(_operation(), route.path))}
        for route in routes
        if route.path == PATH
    }


def schemas() -> Document:
    """Return the schema of a change; no answer refers to it, because OpenAPI cannot say what events hold."""
    _, definitions = models_json_schema([(ChangeOut, "serialization")], ref_template=TEMPLATE)
    found: Document = definitions["$defs"]
    return found


def _operation() -> Document:
    form = LiveQuery.model_json_schema()
    query = [{"name": name, "in": "query", "required": False, "schema": of} for name, of in form["properties"].items()]
    seen = {"name": "Last-Event-ID", "in": "header", "required": False, "schema": {"type": "string"}}
    return {
        "tags": ["boards"],
        "operationId": "follow_board",
        "summary": "Follow a page of a board live",
        "description": DESCRIPTION,
        "parameters": [*query, seen],
        "responses": {
            "200": {
                "description": "The events, as they come.",
                "content": {"text/event-stream": {"schema": {"type": "string"}}},
            },
            **refusals((*SHARED, TooManyStreams, LiveFull)),
        },
    }
