"""The form of every failure."""

import json
import re
from collections.abc import AsyncIterator
from typing import Annotated, Any, ClassVar

import httpx
import pytest
from fastapi import FastAPI, HTTPException, Query
from pydantic import BaseModel, Field, field_validator

from libs.problems import FieldError, Problem
from libs.telemetry.context import Context, bound
from libs.telemetry.metrics import Telemetry
from libs.web import problems
from libs.web.problems import document, field_path, render
from libs.web.request import RequestMetrics, RequestSurround


class ShelfEmpty(Problem):
    """Nothing is left."""

    slug: ClassVar[str] = "shelf-empty"
    status: ClassVar[int] = 409
    title: ClassVar[str] = "The shelf is empty"


class ShelfLocked(Problem):
    """Somebody has the key."""

    slug: ClassVar[str] = "shelf-locked"
    status: ClassVar[int] = 409
    title: ClassVar[str] = "The shelf is locked"


class Book(BaseModel):
    title: str = Field(min_length=1)
    pages: list[int] = []

    @field_validator("title")
    @classmethod
    def not_blank(cls, title: str) -> str:
        if not title.strip():
            raise ValueError("must not be blank")
        return title


def application() -> FastAPI:
    app = FastAPI()
    app.add_middleware(RequestSurround, metrics=RequestMetrics(Telemetry("shelf")))
    problems.install(app)

    @app.post("/books")
    async def add(book: Book) -> str:
        return book.title

    @app.get("/books")
    async def find(page: Annotated[int, Query(ge=1)] = 1) -> int:
        return page

    @app.get("/empty")
    async def empty() -> None:
        raise ShelfEmpty("come back later", errors=[FieldError("shelf[0]", "has no book")], retry_after=30)

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("a secret that is nobody's business")

    @app.get("/no-server")
    async def no_server() -> None:
        raise ConnectionRefusedError("a secret address")

    @app.get("/unknown-status")
    async def teapot() -> None:
        raise HTTPException(418, "short and stout")

    return app


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(application(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@pytest.mark.parametrize(
    ("location", "path"),
    [
        (("body", "captions", 2, "text"), "captions[2].text"),
        (("body",), "body"),
        ((), "body"),
        (("query", "limit"), "limit"),
        (("path", "item_id"), "item_id"),
        (("header", "Idempotency-Key"), "Idempotency-Key"),
        (("body", 0, "kind"), "[0].kind"),
        (("body", "a", 0, 1, "b"), "a[0][1].b"),
        (("body", "body"), "body"),
        (("captions", 0), "captions[0]"),
    ],
)
def test_a_place_is_written_as_people_write_it(location: tuple[str | int, ...], path: str) -> None:
    assert field_path(location) == path


def test_a_problem_document_is_that_of_rfc_9457() -> None:
    with bound(Context(correlation_id="request-7")):
        answer = render(ShelfEmpty("come back later", errors=[FieldError("shelf", "has no book")], retry_after=30))
    assert answer.status_code == 409
    assert answer.media_type == "application/problem+json"
    assert answer.headers["retry-after"] == "30"
    assert json.loads(bytes(answer.body)) == {
        "type": "urn:timbre:problem:shelf-empty",
        "title": "The shelf is empty",
        "status": 409,
        "detail": "come back later",
        "request_id": "request-7",
        "errors": [{"field": "shelf", "reason": "has no book"}],
    }


def test_a_problem_without_words_still_has_a_message() -> None:
    assert str(ShelfEmpty()) == "The shelf is empty"
    assert document(ShelfEmpty())["detail"] == ""
    assert "retry-after" not in render(ShelfEmpty()).headers


def test_the_declared_failures_of_a_status_stand_together() -> None:
    declared = problems.problems(ShelfEmpty, ShelfLocked)
    assert list(declared) == [409]
    assert declared[409]["description"] == "`shelf-empty`: The shelf is empty; `shelf-locked`: The shelf is locked"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "slug", "fields"),
    [
        ("GET", "/empty", None, 409, "shelf-empty", ["shelf[0]"]),
        ("GET", "/nowhere", None, 404, "no-such-route", []),
        ("DELETE", "/books", None, 405, "method-not-allowed", []),
        ("GET", "/books?page=0", None, 422, "invalid-request", ["page"]),
        ("POST", "/books", b"{", 400, "malformed-body", []),
        ("POST", "/books", b"", 422, "invalid-request", ["body"]),
        ("POST", "/books", b'{"title": "", "pages": [1, "x"]}', 422, "invalid-request", ["title", "pages[1]"]),
        ("GET", "/broken", None, 500, "server-fault", []),
        ("GET", "/no-server", None, 503, "storage-unavailable", []),
    ],
)
async def test_every_failure_is_a_problem_document(
    client: httpx.AsyncClient, method: str, path: str, body: bytes | None, status: int, slug: str, fields: list[str]
) -> None:
    answer = await client.request(method, path, content=body, headers={"content-type": "application/json"})
    told: dict[str, Any] = answer.json()
    assert (answer.status_code, told["status"], told["type"]) == (status, status, f"urn:timbre:problem:{slug}")
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in told["errors"]] == fields
    assert told["request_id"] == answer.headers["x-request-id"]


async def test_a_fault_of_ours_tells_nothing_of_itself(client: httpx.AsyncClient) -> None:
    assert "secret" not in (await client.get("/broken")).text
    away = await client.get("/no-server")
    assert "secret" not in away.text
    assert away.headers["retry-after"] == "1"


async def test_our_own_words_stand_without_pydantics_opening(client: httpx.AsyncClient) -> None:
    assert (await client.post("/books", json={"title": " "})).json()["errors"] == [
        {"field": "title", "reason": "must not be blank"}
    ]


async def test_at_most_fifty_fields_are_named(client: httpx.AsyncClient) -> None:
    answer = (await client.post("/books", json={"title": "A", "pages": ["x"] * 80})).json()
    assert len(answer["errors"]) == 50
    assert answer["detail"].startswith("80 ")


@pytest.mark.parametrize("given", ["request-0001", "a" * 64, "A.b_c-1234"])
async def test_a_callers_request_id_is_kept(client: httpx.AsyncClient, given: str) -> None:
    assert (await client.get("/books", headers={"X-Request-Id": given})).headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "short", "a" * 65, "with blank", "new\tline1", 'quote"quote'])
async def test_a_request_id_that_is_not_safe_to_log_is_replaced(client: httpx.AsyncClient, given: str) -> None:
    made = (await client.get("/books", headers={"X-Request-Id": given})).headers["x-request-id"]
    assert re.fullmatch("[0-9a-f]{32}", made)
