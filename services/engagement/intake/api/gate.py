"""In front of the doors: who would be turned away anyway is, before a route is looked for and a token is read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from libs.events.intake import Door, TakingBack
from libs.problems import Problem
from libs.web.problems import render
from services.engagement.intake.api.pressure import Pressure

MOST_LOOKED_AT = 512 * 1024  # of what a body announces: the door itself knows whether it is a stream of lines


@dataclass(frozen=True, slots=True)
class Path:
    """The path of a door, written as its route is."""

    door: Door | TakingBack
    path_format: str

    @property
    def pattern(self) -> re.Pattern[str]:
        """What a request's path must match."""
        return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(self.path_format)))


PATHS: Sequence[Path] = (
    Path("interactions", "/programmes/{programme_id}/interactions"),
    Path("snapshots", "/snapshots"),
    Path("withdrawals", "/interactions:withdraw"),
    Path("conversions", "/conversions"),
    Path("webhooks", "/webhooks/linkedin"),
    Path("webhooks", "/webhooks/x"),
    Path("webhooks", "/webhooks/meta"),
)


class Gate:
    """Plain ASGI: a refusal costs little more than the line that it logs, so that there can be many of them."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before `app`, whose state has the pressure."""
        self._app = app
        self._paths = [(path.pattern, path) for path in PATHS]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Turn a request away, or hand it on."""
        path = self._door_of(scope) if scope["type"] == "http" and scope["method"] == "POST" else None
        if path is None:
            await self._app(scope, receive, send)
            return
        pressure: Pressure = scope["app"].state.pressure
        try:
            pressure.check(path.door, min(_announced(scope), MOST_LOOKED_AT))
        except Problem as problem:
            scope["route"] = path  # for the metrics: no route was looked for
            await render(problem)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _door_of(self, scope: Scope) -> Path | None:
        return next((path for pattern, path in self._paths if pattern.fullmatch(scope["path"])), None)


def _announced(scope: Scope) -> int:
    length = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    return int(length) if length.isdigit() else 0
