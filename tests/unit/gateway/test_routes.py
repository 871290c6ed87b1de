"""The table itself: nothing is open by accident."""

import pytest

from gateway.paths import PARAMETER
from gateway.routes import ROUTES, SERVICES, Route
from libs.auth.roles import ALL_SCOPES

NAMES = [f"{route.method} {route.path}" for route in ROUTES]


@pytest.mark.parametrize("route", ROUTES, ids=NAMES)
def test_every_route_needs_a_scope_that_a_role_has_or_a_signature(route: Route) -> None:
    assert bool(route.scopes) != route.signed
    assert set(route.scopes) <= ALL_SCOPES


@pytest.mark.parametrize("route", ROUTES, ids=NAMES)
def test_every_route_is_bounded(route: Route) -> None:
    assert 0 < route.timeout <= 30
    assert route.body_limit <= 64 * 1024 * 1024
    assert (route.body_limit == 0) == (route.method in {"GET", "DELETE"})


@pytest.mark.parametrize("route", ROUTES, ids=NAMES)
def test_only_reads_are_made_again(route: Route) -> None:
    assert route.retried == (route.method == "GET")


@pytest.mark.parametrize("route", ROUTES, ids=NAMES)
def test_paths_are_public_and_their_services_known(route: Route) -> None:
    assert route.path.startswith("/v1/")
    assert route.service is None or route.service in SERVICES
    assert set(PARAMETER.findall(route.path)) <= set(PARAMETER.findall(route.service_path))


def test_the_signed_routes_are_these_and_no_other() -> None:
    assert {f"{route.method} {route.path}" for route in ROUTES if route.signed} == {
        "GET /v1/webhooks/linkedin",
        "POST /v1/webhooks/linkedin",
        "GET /v1/webhooks/x",
        "POST /v1/webhooks/x",
        "GET /v1/webhooks/meta",
        "POST /v1/webhooks/meta",
        "POST /v1/conversions",
    }


def test_no_route_stands_twice() -> None:
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("route", ROUTES, ids=NAMES)
def test_every_route_is_counted_and_has_its_place(route: Route) -> None:
    assert (route.rate == "login-less") == (route.work == "login-less") == route.signed
    assert (route.rate == "board") == (route.service is None)
    assert route.work in {route.service, "ingest", "export", "login-less"} or route.service is None
    assert route.rate != "read" or route.method == "GET"
    assert route.rate != "write" or route.method != "GET"
