"""The one public document, from the stored ones of the services: it has every route of the table and its refusals."""

from typing import Any

import pytest

from gateway.openapi.document import Documents
from gateway.openapi.merge import joined
from gateway.routes import ROUTES, Route
from tests.contract.documents import application, services, stored

NAMES = [f"{route.method} {route.path}" for route in ROUTES]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    own = Documents(application("gateway"), {}, ROUTES)._own()
    return joined(own, {service: stored(service) for service in services()}, ROUTES)


def operation(document: dict[str, Any], route: Route) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"][route.path][route.method.lower()]
    return found


@pytest.mark.parametrize("route", ROUTES, ids=NAMES)
def test_every_route_is_described_with_who_may_call_it(document: dict[str, Any], route: Route) -> None:
    found = operation(document, route)
    assert [next(iter(one)) for one in found["security"]] == ["bearer"] * len(route.scopes)
    assert {scope for one in found["security"] for scope in one["bearer"]} == set(route.scopes)
    assert found["description"].endswith(("signed.", ".`", "`."))


@pytest.mark.parametrize("route", ROUTES, ids=NAMES)
def test_every_route_says_how_it_refuses(document: dict[str, Any], route: Route) -> None:
    wanted = {"429", "503"} if route.signed else {"401", "403", "429", "503"}
    assert wanted <= set(operation(document, route)["responses"])


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def references(value: Any) -> set[str]:
        if isinstance(value, dict):
            own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
            return own.union(*(references(inner) for inner in value.values()))
        return set().union(*(references(inner) for inner in value)) if isinstance(value, list) else set()

    for reference in references(document):
        _, kind, name = reference.removeprefix("#/").split("/")
        assert name in document["components"][kind], reference


def test_too_many_requests_tells_what_is_left_and_when_to_come_again(document: dict[str, Any]) -> None:
    refusal = document["components"]["responses"]["429"]
    assert set(refusal["headers"]) == {"RateLimit-Policy", "RateLimit", "Retry-After"}
    assert "application/problem+json" in refusal["content"]
