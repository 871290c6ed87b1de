"""What the aggregated OpenAPI document promises is what is answered: no failure of ours, no answer of another form."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from gateway.live.endpoint import PATH as LIVE
from gateway.routes import ROUTES, Route
from tests.support.people import OWN, done, enrol, make_programme
from tests.support.stack import RunningStack

CALLS = 10  # of each operation and mode
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
CALLED = [route for route in ROUTES if route.path != LIVE]  # a stream does not end by itself
ROLES = ("admin", "manager", "ambassador", "service")


@dataclass(frozen=True, kw_only=True)
class Promised:
    """The document of a running stack, things that are there by the name of their id, and who may do everything."""

    schema: BaseSchema
    there: dict[str, Any]
    session: requests.Session
    url: str

    def keep(self, route: Route, mode: GenerationMode) -> None:
        """Call a route in many ways. Raises what an answer breaks of the promise."""
        operation: Any = self.schema[route.path][route.method]
        names = [name for name in self.there if f"{{{name}}}" in route.path]

        @settings(
            max_examples=CALLS, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
        )
        @given(case=operation.as_strategy(mode, path_parameters={name: self.there[name] for name in names} or None))
        def call(case: Any) -> None:
            answer = case.call(base_url=self.url, session=self.session, timeout=30)
            case.validate_response(answer, checks=CHECKS)

        call()


@pytest.fixture(scope="module")
async def promised(stack: RunningStack) -> Promised:
    programme = await make_programme(stack)
    author = await enrol(programme, "Ada")
    share = await author.share(OWN, at=datetime.now(UTC) - timedelta(days=2))
    all_of_them = stack.caller(*ROLES, subject=author.caller.subject)
    session = requests.Session()
    session.trust_env = False
    session.headers.update(all_of_them.headers)
    document = done(await all_of_them.get("/openapi.json"))
    assert document["x-missing-services"] == []
    there = {
        "programme_id": str(programme.id),
        "item_id": str(programme.item_id),
        "board_id": str(programme.board_id),
        "ambassador_id": author.id,
        "share_id": share["id"],
        "version": 1,
        "name": "monthly",
        "season": "S001",
    }
    url = stack.stack.gateway_url
    return Promised(schema=schemathesis.openapi.from_dict(document), there=there, session=session, url=url)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["valid", "invalid"])
@pytest.mark.parametrize("route", CALLED, ids=lambda route: f"{route.method} {route.path}")
async def test_every_answer_is_one_that_the_document_promises(
    promised: Promised, route: Route, mode: GenerationMode
) -> None:
    await asyncio.to_thread(promised.keep, route, mode)
