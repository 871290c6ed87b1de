"""Joining OpenAPI documents: only what the table serves, under public paths, with names that do not collide."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from gateway.openapi.refusals import refusals
from gateway.paths import PARAMETER
from gateway.routes import Route

Document = dict[str, Any]  # a JSON object: OpenAPI has no types of its own here
REFERENCE = re.compile(r'"#/components/schemas/([^"/]+)"')
BEARER = {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}


def joined(own: Document, services: Mapping[str, Document], routes: Iterable[Route]) -> Document:
    """Return `own` with every route of the table that a service's document describes."""
    components = {"securitySchemes": BEARER, "responses": own.get("components", {}).get("responses", {})}
    merged: Document = {**own, "paths": dict(own["paths"]), "components": components}
    schemas: Document = dict(own.get("components", {}).get("schemas", {}))
    table = list(routes)
    for service, document in services.items():
        served = [
            (route, found) for route in table if route.service == service and (found := _operation(document, route))
        ]
        known = document.get("components", {}).get("schemas", {})
        used = _closure(known, _names_in([operation for _, operation in served]))
        names = _new_names(service, {name: known[name] for name in used}, schemas)
        for name, new in names.items():
            schemas[new] = _renamed(known[name], names)
        for route, operation in served:
            _add(merged, route, _renamed(operation, names))
    merged["components"]["schemas"] = dict(sorted(schemas.items()))
    merged["paths"] = dict(sorted(merged["paths"].items()))
    return merged


def described(route: Route, operation: Document) -> Document:
    """Return the operation as the public sees it: its scopes, and parameters where the public route has them."""
    scopes = " or ".join(f"`{scope}`" for scope in route.scopes)
    needs = "Needs no token: the request is signed." if route.signed else f"Needs the scope {scopes}."
    text = f"{operation.get('description', '')}\n\n{needs}".strip()
    public = set(PARAMETER.findall(route.path))
    parameters = [
        {**parameter, "in": "query"} if parameter["in"] == "path" and parameter["name"] not in public else parameter
        for parameter in operation.get("parameters", [])
    ]
    changed = {
        **operation,
        "description": text,
        # whoever holds one of the scopes: each is an alternative (OpenAPI 3.1, 4.8.30)
        "security": [{"bearer": [scope]} for scope in route.scopes],
        "parameters": parameters,
        "responses": {**refusals(route), **operation.get("responses", {})},
    }
    if any(parameter["in"] == "query" for parameter in parameters) and public != set(
        PARAMETER.findall(route.service_path)
    ):
        changed["operationId"] = f"{operation['operationId']}_by_query"
    return changed


def _add(merged: Document, route: Route, operation: Document) -> None:
    merged["paths"].setdefault(route.path, {})[route.method.lower()] = described(route, operation)


def _operation(document: Document, route: Route) -> Document | None:
    found: Document | None = document.get("paths", {}).get(route.service_path, {}).get(route.method.lower())
    return found


def _names_in(value: Any) -> set[str]:  # noqa: ANN401 - any JSON
    return set(REFERENCE.findall(json.dumps(value)))


def _closure(schemas: Document, names: set[str]) -> list[str]:
    """Return the names and all that their schemas refer to, in order."""
    found: set[str] = set()
    waiting = names & schemas.keys()
    while waiting:
        found |= waiting
        waiting = (_names_in([schemas[name] for name in waiting]) & schemas.keys()) - found
    return sorted(found)


def _new_names(service: str, schemas: Document, taken: Document) -> dict[str, str]:
    """Return a name for each schema: its own, or one with the service in front when another has it.

    A schema that refers to a renamed one is another schema too, even when it reads the same.
    """
    clashing = {name for name, schema in schemas.items() if name in taken and taken[name] != schema}
    grown = True
    while grown:
        more = {name for name, schema in schemas.items() if name in taken and _names_in(schema) & clashing} - clashing
        clashing |= more
        grown = bool(more)
    return {name: f"{service.capitalize()}{name}" if name in clashing else name for name in schemas}


def _renamed(value: Any, names: Mapping[str, str]) -> Any:  # noqa: ANN401 - any JSON
    def reference(match: re.Match[str]) -> str:
        return f'"#/components/schemas/{names.get(match[1], match[1])}"'

    return json.loads(REFERENCE.sub(reference, json.dumps(value)))
