"""The limits of all classes: counting a call, and refusing the one that is too many."""

import math
import time
from collections.abc import Callable, Mapping

from starlette.types import Scope

from gateway.call import Call
from gateway.errors import LimitsUnavailable, TooManyRequests
from gateway.limits.allowance import Allowance, Fields, Policy
from gateway.limits.apart import Apart
from gateway.limits.classes import CLASSES, Limit
from gateway.limits.together import Together
from gateway.links.visitors import UNKNOWN, network_of
from gateway.metrics import Metrics
from gateway.routes import Rate
from libs.auth.person_keys import PersonKeys
from libs.storage.pipelined import Pipelined
from libs.storage.valkey import ValkeyError
from libs.telemetry.logs import logger

log = logger(__name__)

AWAY_SECONDS = 1.0  # for which Valkey is not asked again after it has failed


class Limits:
    """Counts calls by person, and those that nobody has signed in for by network.

    Keys are hashed: neither a subject nor an address is stored.
    """

    def __init__(
        self,
        valkey: Pipelined,
        metrics: Metrics,
        person_keys: PersonKeys,
        *,
        given: Mapping[Rate, Limit],
        patience: float,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Use the limits that are `given`, and those of the class for the others."""
        self._metrics = metrics
        self._person_keys = person_keys
        self._now = now
        self._asked_from = 0.0
        self._policies = {rate: Policy(rate, given.get(rate, kind.limit)) for rate, kind in CLASSES.items()}
        self._apart = {rate: Apart(policy, now=now) for rate, policy in self._policies.items()}
        self._together = {
            rate: Together(valkey, rate, policy, patience=patience)
            for rate, policy in self._policies.items()
            if CLASSES[rate].counted == "together"
        }

    async def let_in(self, call: Call) -> Fields:
        """Count a call; returns what its answer says of it. Raises TooManyRequests, LimitsUnavailable."""
        if call.principal is None:
            return await self.let_in_from(call.scope)
        return await self.take(call.route.rate, call.principal.subject)

    async def let_in_from(self, scope: Scope) -> Fields:
        """Count a request that nobody has signed in for. Raises TooManyRequests, LimitsUnavailable."""
        return await self.take("login-less", _network(scope))

    async def take(self, rate: Rate, who: str) -> Fields:
        """Count a call of `who`, a subject or a network. Raises TooManyRequests, LimitsUnavailable."""
        allowance = await self._shared(rate, who)
        return self.take_apart(rate, who) if allowance is None else self._fields(rate, allowance)

    def take_apart(self, rate: Rate, who: str) -> Fields:
        """Count a call in this process only, at once. Raises TooManyRequests."""
        return self._fields(rate, self._apart[rate].take(who))

    def let_follow(self, scope: Scope) -> None:
        """Count a visit of a link. Raises TooManyRequests."""
        self._granted("link", self._apart["link"].take(_network(scope)))

    def line_apart(self, rate: Rate, who: str) -> bytes:
        """Do the same; returns the fields as HTTP/1.1 writes them, for who writes to a connection himself."""
        return self._policies[rate].line(self._granted(rate, self._apart[rate].take(who)))

    def _fields(self, rate: Rate, allowance: Allowance) -> Fields:
        return self._policies[rate].fields(self._granted(rate, allowance))

    def _granted(self, rate: Rate, allowance: Allowance) -> Allowance:
        if allowance.granted:
            return allowance
        policy = self._policies[rate]
        self._metrics.limited(rate)
        raise TooManyRequests(
            f"`{rate}` allows {policy.limit.quota} in {policy.limit.window} seconds",
            retry_after=math.ceil(allowance.wait),
            fields=policy.fields(allowance),
        )

    async def _shared(self, rate: Rate, who: str) -> Allowance | None:
        """Return what Valkey says; nothing where this process has to count. Raises LimitsUnavailable."""
        together = self._together.get(rate)
        if together is None:
            return None
        if self._now() >= self._asked_from:
            try:
                return await together.take(self._person_keys.of_text(f"limit:{who}"))
            except (ValkeyError, TimeoutError, OSError) as error:
                self._asked_from = self._now() + AWAY_SECONDS
                log.warning("limits_unshared", error=repr(error))
        if CLASSES[rate].without_valkey == "closed":
            raise LimitsUnavailable("calls cannot be counted; try again in a second", retry_after=1)
        self._metrics.uncounted(rate)
        return None


def _network(scope: Scope) -> str:
    client = scope.get("client")
    return (network_of(client[0]) if client else UNKNOWN).decode()
