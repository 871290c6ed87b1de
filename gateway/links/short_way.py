"""The short way of links: whoever follows one is sent on by the connection itself, without a task and without ASGI.

It begins with a request that uvicorn has parsed, and leaves to the door whatever is not usual: an unknown code, a link
that is gone, a limit that is reached, a Valkey that does not answer.
"""

from collections.abc import Callable
from functools import partial

from starlette.types import Scope

from gateway.heads import Form
from gateway.limits.addresses import client_of
from gateway.limits.limits import Limits
from gateway.links.door import COUNTED, HEADERS, METHODS, PATH, STATUS
from gateway.links.targets import Target, Targets, read_target
from gateway.links.visits import Visits
from libs.problems import Problem
from libs.storage.valkey import ValkeyError

FORM = Form(STATUS, HEADERS)
Told = Callable[[Target | None], None]


class LinkWay:
    """Finds where a link leads, and writes the answer."""

    def __init__(self, targets: Targets, visits: Visits, limits: Limits, *, trusted_proxies: int) -> None:
        """Find in `targets`, tell through `visits`."""
        self._targets, self._visits, self._limits = targets, visits, limits
        self._trusted_proxies = trusted_proxies

    def begin(self, scope: Scope, told: Told) -> bool:
        """Ask where a link leads; `told` is called with it, or with None where the door has to say. False: at once."""
        if scope["method"] not in METHODS:
            return False
        if self._trusted_proxies:
            scope["client"] = client_of(scope, trusted_proxies=self._trusted_proxies)
        try:
            self._limits.let_follow(scope)
            scope[COUNTED] = True
            self._targets.ask(scope["path"][len(PATH) :], partial(_read, told))
        except Problem:
            return False
        return True

    def answer(self, scope: Scope, target: Target) -> bytes:
        """Return the head of the answer, without the empty line at its end, and note the visit."""
        self._visits.note(target.link_id, scope)
        return b"%blocation: %b\r\n" % (FORM.head, target.url)


def _read(told: Told, found: bytes | ValkeyError | None) -> None:
    try:
        target = read_target(found) if isinstance(found, bytes) else None
    except Problem:
        target = None
    told(target)
