"""No door without a lock: every route needs a scope or a signature, the same at the gateway and at the service."""

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from gateway.openapi.pages import PARTS
from gateway.routes import ROUTES
from libs.auth.require import Require, require
from libs.auth.roles import ALL_SCOPES
from libs.auth.signed import Signed
from tests.contract.documents import PACKAGES, application, services

OPEN = {"/livez", "/readyz", "/metrics", "/openapi.json", "/docs", "/docs/oauth2-redirect", "/redoc"}
SIGNATURE = "(signature)"  # what stands for a scope on a signed route
GATEWAY_OPEN = OPEN | {f"/docs/{part}" for part in PARTS} | {"/l/{code}"}


def scopes_of(dependant: Dependant | None) -> set[str]:
    """The scopes that a route asks for, also by a dependency of a dependency; or its signature."""
    if dependant is None:
        return set()
    own = set(dependant.call.scopes) if isinstance(dependant.call, Require) else set()
    if isinstance(dependant.call, Signed):
        own.add(SIGNATURE)
    return own.union(*(scopes_of(inner) for inner in dependant.dependencies))


def doors(app: FastAPI) -> dict[tuple[str, str], set[str]]:
    """The scopes of each route, by method and path."""
    return {
        (method, str(route.path)): scopes_of(getattr(route, "dependant", None))
        for route in iter_route_contexts(app.routes)
        for method in route.methods or {"ANY"}
    }


@pytest.mark.parametrize("service", services())
def test_every_route_of_a_service_needs_a_known_scope(service: str) -> None:
    found = doors(application(PACKAGES[service]))
    assert {path for (_, path), scopes in found.items() if not scopes} <= OPEN
    assert set().union(*found.values()) <= ALL_SCOPES | {SIGNATURE}
    assert [scopes for scopes in found.values() if SIGNATURE in scopes and len(scopes) > 1] == []
    assert any(scopes for scopes in found.values())


def test_the_gateways_own_routes_are_health_documents_and_links() -> None:
    found = doors(application("gateway"))
    assert {path for (_, path), scopes in found.items() if not scopes} <= GATEWAY_OPEN


def test_every_public_route_needs_a_known_scope() -> None:
    for route in ROUTES:
        assert bool(route.scopes) != route.signed, f"{route.method} {route.path} is open"
        assert set(route.scopes) <= ALL_SCOPES


@pytest.mark.parametrize("service", services())
def test_the_gateway_asks_for_what_the_service_asks_for(service: str) -> None:
    behind = doors(application(PACKAGES[service]))
    for route in ROUTES:
        if route.service == service:
            asked = {SIGNATURE} if route.signed else set(route.scopes)
            assert asked == behind.get((route.method, route.service_path)), f"{route.method} {route.path}"


@pytest.mark.parametrize("service", services())
def test_every_route_of_a_service_is_served_in_public(service: str) -> None:
    public = {(route.method, route.service_path) for route in ROUTES if route.service == service}
    behind = {door for door, scopes in doors(application(PACKAGES[service])).items() if scopes}
    assert behind == public


def test_an_open_route_would_be_seen() -> None:
    router = APIRouter()

    @router.get("/locked", dependencies=[Depends(require("content:read"))])
    async def locked() -> None:
        """Need a scope."""

    @router.get("/open")
    async def open_() -> None:
        """Need none."""

    app = FastAPI(openapi_url=None)
    app.include_router(router)
    assert doors(app) == {("GET", "/locked"): {"content:read"}, ("GET", "/open"): set()}
