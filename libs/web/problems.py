"""Rendering every failure as `application/problem+json` (RFC 9457), in one place."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import Response

from libs.problems import FieldError, Problem
from libs.storage.outage import is_outage
from libs.telemetry.context import current
from libs.telemetry.logs import logger
from libs.web.errors import (
    BodyTooLarge,
    InvalidRequest,
    MalformedBody,
    MethodNotAllowed,
    NoSuchRoute,
    ServerFault,
    StorageUnavailable,
    UnsupportedMediaType,
)

log = logger(__name__)

BY_STATUS: Mapping[int, type[Problem]] = {
    400: MalformedBody,
    404: NoSuchRoute,
    405: MethodNotAllowed,
    413: BodyTooLarge,
    415: UnsupportedMediaType,
}


class FieldErrorOut(BaseModel):
    """One field and what is wrong with it."""

    field: str
    reason: str


class ProblemOut(BaseModel):
    """The document of RFC 9457, with the request id and the fields at fault."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    errors: list[FieldErrorOut]


def document(problem: Problem) -> dict[str, Any]:
    """Return the problem document as JSON values."""
    return {
        "type": f"urn:timbre:problem:{problem.slug}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "request_id": current().correlation_id,
        "errors": [{"field": error.field, "reason": error.reason} for error in problem.errors],
    }


def render(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """Return the answer for a problem; `Retry-After` (seconds) where trying again later can help."""
    extra = dict(headers or {})
    if problem.retry_after is not None:
        extra["Retry-After"] = str(problem.retry_after)
    return Response(json.dumps(document(problem)), problem.status, extra, "application/problem+json")


def problems(*kinds: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """Return the `responses=` of a route that can fail in these ways."""
    by_status: dict[int | str, list[str]] = {}
    for kind in kinds:
        by_status.setdefault(kind.status, []).append(f"`{kind.slug}`: {kind.title}")
    return {status: {"description": "; ".join(lines)} for status, lines in by_status.items()}  # see libs.web.openapi


def field_path(location: Sequence[int | str]) -> str:
    """Return where a value stands as people write it: `captions[1].text`."""
    parts = location[1:] if location and location[0] in {"body", "query", "path", "header", "cookie"} else location
    path = ""
    for part in parts:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    return path or "body"


def of_validation(errors: Sequence[Any]) -> Problem:
    """Return the problem for pydantic's list of errors."""
    if any(error["type"] == "json_invalid" for error in errors):
        return MalformedBody(f"not JSON: {errors[0].get('ctx', {}).get('error', errors[0]['msg'])}")
    fields = [FieldError(field_path(error["loc"]), reason_of(error)) for error in errors[:50]]
    return InvalidRequest(f"{len(errors)} of the fields are not valid; see errors", errors=fields)


def reason_of(error: Mapping[str, Any]) -> str:
    """Return pydantic's message as the end of a sentence that begins with the field."""
    return re.sub(r"^(Value error|Assertion failed), ", "", str(error["msg"]))


def install(app: FastAPI) -> None:
    """Make `app` answer every failure with a problem document."""

    async def on_problem(_: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        return render(error)

    async def on_validation(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return render(of_validation(error.errors()))

    async def on_http(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        kind = BY_STATUS.get(error.status_code, ServerFault)
        return render(kind(str(error.detail)), error.headers)

    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(HTTPException, on_http)


def fault(error: BaseException) -> Response:
    """Return the 503 for a server behind us that is away, else the 500 for what nobody foresaw; logged whole."""
    if isinstance(error, Exception) and is_outage(error):
        log.warning("request_without_server", exc_info=error)
        return render(StorageUnavailable("it is not known whether it was done; try again in a second", retry_after=1))
    log.error("request_failed", exc_info=error)
    return render(ServerFault("the request id finds the cause in the log"))
