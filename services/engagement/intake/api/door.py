"""Who comes in at a door, and a kind of route that costs little."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute

from libs.auth.principal import Principal
from libs.auth.require import require
from libs.problems import FieldError
from libs.process.parts import Parts
from libs.web.errors import InvalidRequest
from services.engagement.intake.api.pressure import Pressure
from services.engagement.intake.metrics import DoorMetrics

send_scope = require("engagement:write")
Sender = Annotated[Principal, Depends(send_scope)]


class HotRoute(APIRoute):
    """A route whose function is called with the request alone.

    It is described as every other, by its declared dependencies and answers; but none of these is run for a request,
    which costs more than all that such a door does. So the function itself asks `send_scope` who comes in.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the function itself."""
        handler: Callable[[Request], Coroutine[Any, Any, Response]] = self.endpoint
        return handler


async def programme_in(programme_id: UUID) -> None:
    """Describe the parameter of the path for a `HotRoute`."""


async def door_of(request: Request) -> tuple[UUID, Parts, Pressure, DoorMetrics]:
    """Return the programme, which the caller may enter, and the parts. Raises what is wrong with token or programme."""
    given = request.path_params["programme_id"]
    principal = await send_scope(request, None)
    try:
        programme_id = UUID(given)
    except ValueError as error:
        raise InvalidRequest("see errors", errors=[FieldError("programme_id", "must be a UUID")]) from error
    principal.enter(programme_id)
    state = request.app.state
    return programme_id, state.parts, state.pressure, state.door_metrics


async def _door_metrics(request: Request) -> DoorMetrics:
    metrics: DoorMetrics = request.app.state.door_metrics
    return metrics


Doors = Annotated[DoorMetrics, Depends(_door_metrics)]
