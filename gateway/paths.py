"""Finding the route of a path in time that does not grow with the table, and reading the parameters in it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from gateway.routes import Route
from libs.problems import FieldError
from libs.web.errors import InvalidRequest, MethodNotAllowed, NoSuchRoute

PARAMETER = re.compile(r"\{(\w+)\}")
ANY = "{}"
# a value goes into the path at the service, so it may hold nothing that has a meaning there
TEXT = re.compile(r"[A-Za-z0-9_-]{1,64}")
CANONICAL_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class WrongMethod(MethodNotAllowed):
    """The path is served, with other methods: `allowed`."""

    def __init__(self, route: Route, allowed: str) -> None:
        super().__init__(f"this path takes {allowed}")
        self.route = route
        self.allowed = allowed


@dataclass(slots=True)
class _Node:
    children: "dict[str, _Node]" = field(default_factory=dict)
    routes: dict[str, Route] = field(default_factory=dict)


def _segments(path: str) -> list[str]:
    # an action such as `:publish` is a segment of its own
    return path.replace(":", "/:").split("/")


class RouteTable:
    """The routes as a tree of path segments."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Node()
        for route in routes:
            node = self._root
            for segment in _segments(PARAMETER.sub(ANY, route.path)):
                node = node.children.setdefault(segment, _Node())
            node.routes[route.method] = route

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        """Return the route and the parameters of a decoded path. Raises NoSuchRoute, WrongMethod."""
        node, values = self._root, []
        for segment in _segments(path):
            child = node.children.get(segment)
            if child is None and segment and (child := node.children.get(ANY)):
                values.append(segment)
            if child is None:
                raise NoSuchRoute("see /docs for what is served")
            node = child
        if not node.routes:
            raise NoSuchRoute("see /docs for what is served")
        route = node.routes.get(method)
        if route is None:
            raise WrongMethod(next(iter(node.routes.values())), ", ".join(sorted(node.routes)))
        return route, dict(zip(PARAMETER.findall(route.path), values, strict=True))


def check(parameters: Mapping[str, str]) -> None:
    """Raise InvalidRequest unless `…_id` are UUIDs and the others short plain words."""
    wrong = [FieldError(name, reason) for name, value in parameters.items() if (reason := _fault(name, value))]
    if wrong:
        raise InvalidRequest("a parameter of the path is not valid; see errors", errors=wrong)


def _fault(name: str, value: str) -> str:
    if name.endswith("_id"):
        return "" if CANONICAL_UUID.fullmatch(value) else "must be a UUID"
    return "" if TEXT.fullmatch(value) else "must be letters, digits, _ or -"


def programme_of(parameters: Mapping[str, str]) -> UUID | None:
    """Return the programme that a checked path names, if it does."""
    value = parameters.get("programme_id")
    return UUID(value) if value else None
