"""Every route of every process, read off the code, and how each is called with what belongs to an estate."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx

from gateway.routes import ROUTES
from libs.auth.roles import SCOPES
from tests.architecture.test_routes import SIGNATURE, doors
from tests.contract.documents import application
from tests.integration.identity import estate as made
from tests.integration.identity.estate import Estate
from tests.support.harness import Caller
from tests.support.house import GATEWAY, PACKAGES, SERVICES

PARAMETER = re.compile(r"\{(\w+)\}")
SEASONS = count()  # each is planned after those before it
Body = Callable[[dict[str, str]], Any]
Key = tuple[str, str]  # method, and path at the service


@dataclass(frozen=True)
class Door:
    """One route of one process."""

    process: str
    method: str
    path: str
    service_path: str
    scopes: frozenset[str]

    def __str__(self) -> str:
        return f"{self.process} {self.method} {self.path}"

    @property
    def key(self) -> Key:
        return self.method, self.service_path

    @property
    def signed(self) -> bool:
        return SIGNATURE in self.scopes

    def open_to(self, role: str) -> bool:
        return bool(self.scopes & SCOPES[role])

    @property
    def names_something(self) -> bool:
        """Whether its path names a programme or something in one; the product's own rules are everybody's."""
        return "{" in self.service_path and self.service_path != "/rules/{version}"

    @property
    def role(self) -> str:
        """Whom a route is for: a person, when it is about oneself."""
        return next(role for role in ("manager", "ambassador", "admin") if self.open_to(role))


def every_door() -> list[Door]:
    """The routes of the services and of the gateway; those that need nothing are of health and documents."""
    found = [
        Door(service, method, path, path, frozenset(scopes))
        for service in SERVICES
        for (method, path), scopes in doors(application(PACKAGES[service])).items()
        if scopes
    ]
    return found + [
        Door(GATEWAY, one.method, one.path, one.service_path, frozenset(one.scopes or {SIGNATURE})) for one in ROUTES
    ]


def _act(ids: dict[str, str]) -> dict[str, Any]:
    return made.interaction(ids["share_id"], 7, at=datetime.now(UTC) - timedelta(hours=1))


def _draft(ids: dict[str, str]) -> dict[str, Any]:
    where = {"programme_id": ids["programme_id"], "item_id": ids["item_id"], "network": "linkedin"}
    return {**where, "text": "Something of my own, about the looms and who mends them."}


def _file(ids: dict[str, str]) -> str:
    return f"{made.COLUMNS}{ids['share_id']},{datetime.now(UTC).isoformat()},8\n"


def _five(ids: dict[str, str]) -> list[str]:
    return ids["members"].split()


def _enrolment(ids: dict[str, str]) -> dict[str, Any]:
    return {"display_name": "Somebody", "team_id": ids["team_id"], "language": "en", "charter_version": 1}


# the body of each route that takes one; a route that is not here is called without
BODIES: dict[Key, Body] = {
    ("POST", "/programmes"): lambda _: made.PROGRAMME,
    ("POST", "/programmes/{programme_id}/campaigns"): lambda _: made.CAMPAIGN,
    ("POST", "/campaigns/{campaign_id}/items"): lambda _: made.ITEM,
    ("POST", "/programmes/{programme_id}/proposals"): lambda _: {"title": "A", "language": "en", "text": "B"},
    ("POST", "/proposals/{proposal_id}:approve"): lambda ids: {"campaign_id": ids["campaign_id"]},
    ("POST", "/proposals/{proposal_id}:decline"): lambda _: {"reason": "We told this last week."},
    ("POST", "/programmes/{programme_id}/api-keys"): lambda _: {"name": "Intranet"},
    ("POST", "/api-keys/{api_key_id}:rotate"): lambda _: {"overlap_hours": 1},
    ("POST", "/programmes/{programme_id}/teams"): lambda _: {"name": "Another"},
    ("POST", "/programmes/{programme_id}/ambassadors"): _enrolment,
    ("POST", "/programmes/{programme_id}/cohorts"): lambda ids: {"name": "Two", "ambassador_ids": _five(ids)},
    ("PUT", "/cohorts/{cohort_id}/members"): lambda ids: {"ambassador_ids": _five(ids)},
    ("PUT", "/ambassadors/{ambassador_id}/consents/{network}"): lambda _: {"mode": "manual"},
    ("POST", "/shares:preview"): _draft,
    ("POST", "/shares"): _draft,
    ("POST", "/programmes/{programme_id}/interactions"): lambda ids: [_act(ids)],
    ("POST", "/programmes/{programme_id}/imports"): _file,
    ("POST", "/snapshots"): lambda ids: [
        {
            "share_id": ids["share_id"],
            "kind": "reaction",
            "count": 30,
            "read_at": (datetime.now(UTC) - timedelta(minutes=1)).isoformat(),
            "provenance": "imported",
        }
    ],
    ("POST", "/interactions:withdraw"): lambda ids: [{"source": "test", "external_id": f"{ids['share_id']} 24"}],
    ("PUT", "/programmes/{programme_id}/import-mappings/{name}"): lambda _: {"columns": {"share_id": "share"}},
    ("POST", "/quarantine/{quarantined_id}:discard"): lambda _: {"note": "not ours"},
    ("PUT", "/programmes/{programme_id}/rates"): lambda _: {"currency": "EUR", "rates": []},
    ("PUT", "/programmes/{programme_id}/reminders"): lambda _: {
        "after_hours": 24,
        "quiet_from": "20:00",
        "quiet_until": "08:00",
    },
    ("POST", "/programmes/{programme_id}/rules"): lambda _: made.RULES,
    ("POST", "/programmes/{programme_id}/rules/{version}:activate"): lambda _: {
        "mode": "from",
        "valid_from": (made.NEXT_MONDAY + timedelta(weeks=1)).isoformat(),
    },
    ("POST", "/programmes/{programme_id}/rules/{version}:simulate"): lambda _: {"season": "S001"},
    ("PUT", "/programmes/{programme_id}/levels"): lambda _: {"points": [10, 20]},
    ("POST", "/programmes/{programme_id}/badges"): lambda _: {**made.BADGE, "key": "second-voice"},
    ("PUT", "/programmes/{programme_id}/badges/{key}"): lambda _: {"titles": made.BADGE["titles"], "version": 1},
    ("PUT", "/ambassadors/{ambassador_id}/cadence"): lambda _: {"target": 2, "time_zone": "Europe/Paris"},
    ("POST", "/programmes/{programme_id}/challenges"): lambda _: made.CHALLENGE,
    ("PUT", "/challenges/{challenge_id}"): lambda _: made.CHALLENGE,
    ("POST", "/programmes/{programme_id}/boards"): lambda _: {"title": "Voices of the month"},
    ("PUT", "/ambassadors/{ambassador_id}/visibility"): lambda _: {"boards": "name"},
    ("POST", "/programmes/{programme_id}/seasons"): lambda _: {
        "title": "Spring",
        "first_monday": (made.NEXT_MONDAY + timedelta(weeks=60 + next(SEASONS))).isoformat(),
        "weeks": 1,
    },
    ("POST", "/programmes/{programme_id}/rewards"): lambda _: made.REWARD,
    ("PUT", "/rewards/{reward_id}"): lambda _: made.REWARD,
    ("POST", "/programmes/{programme_id}/spotlights"): lambda ids: {
        "ambassador_id": ids["ambassador_id"],
        "reason": "Thanks.",
    },
    ("PUT", "/programmes/{programme_id}/integrity"): lambda _: {"hold_automatically": True},
    ("PUT", "/programmes/{programme_id}/integrity/limits"): lambda _: {"version": 1},
    ("POST", "/holds/{hold_id}:answer"): lambda _: {"text": "They are my choir."},
    ("POST", "/links"): lambda ids: {**made.LINK, "programme_id": ids["programme_id"]},
    ("PUT", "/programmes/{programme_id}/link-settings"): lambda _: made.LINK_SETTINGS,
    ("POST", "/programmes/{programme_id}/webhooks"): lambda _: made.WEBHOOK,
    ("PUT", "/webhooks/{webhook_id}"): lambda _: made.WEBHOOK,
    ("POST", "/webhooks/{webhook_id}:rotate"): lambda _: {"overlap_hours": 0},
    ("POST", "/webhooks/{webhook_id}:replay"): lambda _: {"since": datetime.now(UTC).isoformat()},
}
# what a route asks for in its query
QUERIES: dict[Key, Body] = {
    ("GET", "/measures"): lambda ids: {"programme_id": ids["programme_id"], "by": "share"},
    ("GET", "/quarantine"): lambda ids: {"programme_id": ids["programme_id"]},
    ("GET", "/quarantine/reasons"): lambda ids: {"programme_id": ids["programme_id"]},
    ("POST", "/snapshots"): lambda ids: {"programme_id": ids["programme_id"]},
    ("POST", "/interactions:withdraw"): lambda ids: {"programme_id": ids["programme_id"]},
    ("GET", "/me/points"): lambda ids: {"programme_id": ids["programme_id"]},
    ("GET", "/programmes/{programme_id}/participation"): lambda _: {"month": made.month_of(made.TODAY)},
    ("GET", "/programmes/{programme_id}/spotlights/suggestions"): lambda _: {"week": made.week_before(made.TODAY)},
    ("GET", "/boards"): lambda ids: {"ids": ids["board_id"]},
    ("GET", "/boards/{board_id}/among"): lambda ids: {"ids": ids["ambassador_id"]},
}
# of these, another of the estate's things than its first
INSTEAD: dict[Key, dict[str, str]] = {
    ("POST", "/items/{item_id}:publish"): {"item_id": "draft_id"},
    ("POST", "/proposals/{proposal_id}:decline"): {"proposal_id": "declined_id"},
    ("POST", "/programmes/{programme_id}/rules/{version}:simulate"): {"version": "product_version"},
    ("GET", "/rules/{version}"): {"version": "product_version"},
}


def unknown_names(door: Door, ids: dict[str, str]) -> set[str]:
    """The parameters of a route for which an estate has nothing."""
    return set(PARAMETER.findall(door.path)) - ids.keys()


async def call(door: Door, caller: Caller, ids: dict[str, str]) -> httpx.Response:
    """Call a route with these ids, as if they were the caller's own."""
    own = {**ids, **{name: ids[other] for name, other in INSTEAD.get(door.key, {}).items()}}
    query = QUERIES[door.key](own) if door.key in QUERIES else {}
    public = set(PARAMETER.findall(door.path))
    query |= {name: own[name] for name in PARAMETER.findall(door.service_path) if name not in public}
    body = BODIES[door.key](own) if door.key in BODIES else None
    sent: dict[str, Any] = {"content": body, "headers": {"Content-Type": "text/csv"}} if isinstance(body, str) else {}
    if body is not None and not sent:
        sent = {"json": body}
    path = door.path.format(**own)
    if door.service_path.endswith("/live"):
        return await beginning(caller, path)
    return await caller.call(door.method, path, params=query, **sent)


async def beginning(caller: Caller, path: str) -> httpx.Response:
    """The answer with the first of what a stream sends."""
    async with caller.client.stream("GET", path, headers=caller.headers) as answer:
        pieces = answer.aiter_bytes()
        answer._content = await anext(pieces, b"")
    return answer


def furnishings(estate: Estate) -> dict[str, str]:
    """The ids of an estate under every name that routes use."""
    people = " ".join(member.id for member in estate.members[1:6])
    return {**estate.ids, "members": people, "product_version": "1"}
