"""The door of `/l/`: sends on to where the code leads, before everything that stands around a request.

A short answer that very many ask for: no log line, no request id, no metric of requests. Where nobody can be sent on,
the request goes the way of all others, to `pages.py`, which says why.
"""

from http import HTTPStatus
from typing import Final

from starlette.types import Message, Scope, Send

from gateway.limits.limits import Limits
from gateway.links.metrics import LinkMetrics
from gateway.links.targets import Targets
from gateway.links.visits import Visits
from libs.problems import Problem

PATH: Final = "/l/"
METHODS = frozenset({"GET", "HEAD"})
FAILURE = "timbre.link_failure"  # in the scope: why nobody can be sent on
COUNTED = "timbre.link_counted"  # in the scope: that the limit has let it in already, on the short way
# Each visit comes to us, and the target does not learn from where: what it may know stands in its address (utm_…).
# 302 and not 301 or 308, which browsers keep; not 303 or 307, which some that only draw a preview do not follow.
STATUS = HTTPStatus.FOUND
HEADERS = [
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-length", b"0"),
]
NOTHING: Message = {"type": "http.response.body", "body": b""}


class LinkDoor:
    """Sends on whoever follows a link."""

    def __init__(self, targets: Targets, visits: Visits, metrics: LinkMetrics, limits: Limits) -> None:
        """Find in `targets`, tell through `visits`."""
        self._limits = limits
        self._targets = targets
        self._visits = visits
        self._metrics = metrics

    async def send_on(self, scope: Scope, send: Send) -> bool:
        """Answer a request for a path below `/l/`; False when that is left to the application.

        The query is not looked at: where a link leads stands with us alone.
        """
        if scope["method"] not in METHODS:
            return False
        try:
            if COUNTED not in scope:
                self._limits.let_follow(scope)
            link_id, url = await self._targets.find(scope["path"][len(PATH) :])
        except Problem as problem:
            self._metrics.refused(problem.slug)
            scope[FAILURE] = problem
            return False
        self._visits.note(link_id, scope)
        await send({"type": "http.response.start", "status": STATUS, "headers": [(b"location", url), *HEADERS]})
        await send(NOTHING)
        return True
