"""The parts that requests work with, built in `app.py` when the gateway starts."""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.boards.endpoint import Boards
from gateway.limits.limits import Limits
from gateway.limits.places import Places
from gateway.links.visitors import VisitorKeys
from gateway.live.endpoint import Live
from gateway.metrics import Metrics
from gateway.names import Names
from gateway.paths import RouteTable
from gateway.proxy.upstream import Upstream
from gateway.routes import Service
from libs.auth.tokens import Verifier
from libs.bus.connection import Connection
from libs.storage.pipelined import Pipelined


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What `app.state.parts` holds while the gateway runs."""

    table: RouteTable
    verifier: Verifier
    upstreams: Mapping[Service, Upstream]
    limits: Limits
    places: Places
    names: Names
    boards: Boards
    live: Live
    visitor_keys: VisitorKeys
    connection: Connection
    pipelined: Pipelined
    metrics: Metrics
    body_limit: int
