"""What the document says of answers that the gateway itself gives on any route, whatever the service says."""

from typing import Any

from gateway.errors import (
    BodyTooSlow,
    LimitsUnavailable,
    Overloaded,
    ServiceFailed,
    ServiceTooSlow,
    ServiceUnavailable,
    TooManyRequests,
)
from gateway.routes import Route
from libs.auth.errors import ForeignProgramme, IdentityUnavailable, InvalidToken, MissingScope, MissingToken
from libs.deadline import DeadlinePassed
from libs.problems import Problem
from libs.web.errors import BodyTooLarge, HeadTooLarge

TEMPLATE = "#/components/schemas/{model}"
TOKEN: tuple[type[Problem], ...] = (MissingToken, InvalidToken, IdentityUnavailable, MissingScope, ForeignProgramme)
BODY: tuple[type[Problem], ...] = (BodyTooLarge, BodyTooSlow)
LIMITS: tuple[type[Problem], ...] = (HeadTooLarge, TooManyRequests, Overloaded, LimitsUnavailable)
SERVICE: tuple[type[Problem], ...] = (ServiceUnavailable, ServiceFailed, ServiceTooSlow, DeadlinePassed)
FIELDS = {
    "RateLimit-Policy": "The limit: `q` calls, and as many again in each `w` seconds.",
    "RateLimit": "`r` calls are left; in `t` seconds all are.",
}
RETRY = {"Retry-After": "In so many seconds it can be tried again."}


def refusals(route: Route) -> dict[str, Any]:
    """Return references to the answers that a route may be given by the gateway, by status."""
    kinds = [*(() if route.signed else TOKEN), *(BODY if route.body_limit else ()), *LIMITS]
    if route.service is not None:
        kinds += SERVICE
    return {str(kind.status): {"$ref": f"#/components/responses/{kind.status}"} for kind in kinds}


def responses() -> dict[str, Any]:
    """Return what `refusals` refers to."""
    by_status: dict[int, list[type[Problem]]] = {}
    for kind in (*TOKEN, *BODY, *LIMITS, *SERVICE):
        by_status.setdefault(kind.status, []).append(kind)
    return {str(status): _described(status, kinds) for status, kinds in sorted(by_status.items())}


def _described(status: int, kinds: list[type[Problem]]) -> dict[str, Any]:
    headers = {**(FIELDS if status == 429 else {}), **(RETRY if status in {429, 503} else {})}
    return {
        "description": "; ".join(f"`{kind.slug}`: {kind.title}" for kind in kinds),
        "headers": {name: {"description": text, "schema": {"type": "string"}} for name, text in headers.items()},
        "content": {"application/problem+json": {"schema": {"$ref": TEMPLATE.format(model="ProblemOut")}}},
    }
