"""Two programmes that are strangers to each other, made through the API: one of everything that a route can name."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from libs.clock import new_id
from services.gamification.integrity.service import Inspector
from tests.support.answers import done
from tests.support.eventually import eventually
from tests.support.harness import Caller
from tests.support.house import House

TODAY = datetime.now(UTC).date()
FIRST_DAY = TODAY - timedelta(days=TODAY.weekday(), weeks=8)
IN_THREE_DAYS = (TODAY + timedelta(days=3)).isoformat()
IN_TWO_WEEKS = (TODAY + timedelta(days=14)).isoformat()
NEXT_MONDAY = TODAY + timedelta(days=7 - TODAY.weekday())
UNSEEN_TEXT = "Nobody but my manager has seen this text before it was published."
UNSEEN_PROPOSAL = "I would like us to speak about the apprentices, and have told nobody yet."
UNSEEN_ANSWER = "They are my whole choir; we sing on Fridays."
PROGRAMME = {
    "name": "Voices of Lumen",
    "time_zone": "Europe/Paris",
    "first_day": FIRST_DAY.isoformat(),
    "charter_text": "Speak in your own words.",
}
CAMPAIGN = {
    "name": "Autumn",
    "objective": {"kind": "employer_brand", "kpi": "comments", "target": 300},
    "starts_on": FIRST_DAY.isoformat(),
    "ends_on": IN_TWO_WEEKS,
}
ITEM = {"title": "A day in the workshop", "captions": [{"language": "en", "text": "Our workshop opens on Friday."}]}
CHALLENGE = {
    "kind": "collective",
    "title": "Forty answers",
    "counter": "answers",
    "first_day": IN_THREE_DAYS,
    "last_day": IN_TWO_WEEKS,
    "target": 40,
}
BADGE = {
    "key": "first-voice",
    "titles": {"en": "First voice", "fr": "Première voix"},
    "condition": {"rule": "all", "parts": [{"counter": "shares", "at_least": 1}]},
}
RULES = {"preset": "authentic", "changes": {}, "valid_from": NEXT_MONDAY.isoformat(), "note": "The same."}
REWARD = {"name": "A day off", "price": 1, "stock": 10}
LINK = {"network": "linkedin", "url": "https://example.org/workshop"}
LINK_SETTINGS = {"hosts": ["example.org"]}
WEBHOOK = {"url": "http://127.0.0.1:9/hook", "event_types": ["sharing.share.published.v1"]}  # nobody answers there
COLUMNS = "share_id,read_at,reactions\n"
SETTLING_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Member:
    """An ambassador with a token."""

    id: str
    caller: Caller


@dataclass(kw_only=True)
class Estate:
    """A programme with all that is in it. `ids` are by the names that paths, queries and bodies use."""

    home: House
    ids: dict[str, str] = field(default_factory=dict)
    members: list[Member] = field(default_factory=list)

    @property
    def programme(self) -> UUID:
        return UUID(self.ids["programme_id"])

    @property
    def owner(self) -> Caller:
        """The ambassador to whom all that is private belongs."""
        return self.members[0].caller

    @property
    def colleague(self) -> Caller:
        """Another ambassador of the programme, who is in no cohort."""
        return self.members[-1].caller

    def someone(self, *roles: str) -> Caller:
        return self.home.caller(*roles, programmes=[self.programme])

    async def called(self, caller: Caller, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        """What the gateway answers to a call that must succeed."""
        rest = {"content": body, "headers": {"Content-Type": "text/csv"}} if isinstance(body, str) else {"json": body}
        answer = await caller.call(method, f"/v1{path.format(**self.ids)}", **rest)
        return done(answer, status) if answer.content else {}

    async def make(self, name: str, path: str, body: Any, *, by: Caller, key: str = "id", status: int = 201) -> None:
        """Make something, and remember its id as `name`."""
        self.ids[name] = str((await self.called(by, "POST", path, body, status))[key])


async def programme_of(home: House, people: int) -> Estate:
    """A programme with a campaign, two items, a team, and so many ambassadors."""
    estate = Estate(home=home)
    await estate.make("programme_id", "/programmes", PROGRAMME, by=home.caller("admin"))
    manager = estate.someone("manager")
    await estate.make("campaign_id", "/programmes/{programme_id}/campaigns", CAMPAIGN, by=manager)
    await estate.make("item_id", "/campaigns/{campaign_id}/items", ITEM, by=manager)
    await estate.called(manager, "POST", "/items/{item_id}:publish")
    await estate.make("draft_id", "/campaigns/{campaign_id}/items", ITEM, by=manager)
    await home.settled()
    await estate.make("team_id", "/programmes/{programme_id}/teams", {"name": "Workshop"}, by=manager)
    for number in range(people):
        await _join(estate, f"Member {number}")
    estate.ids["ambassador_id"] = estate.members[0].id
    await home.settled()
    return estate


async def _join(estate: Estate, name: str) -> None:
    caller = estate.someone("ambassador")
    body = {"display_name": name, "team_id": estate.ids["team_id"], "language": "en", "charter_version": 1}
    made = await estate.called(caller, "POST", "/programmes/{programme_id}/ambassadors", body, 201)
    await estate.called(caller, "PUT", f"/ambassadors/{made['id']}/consents/linkedin", {"mode": "manual"})
    estate.members.append(Member(id=made["id"], caller=caller))


async def furnished(home: House, clock: "ShiftedClock") -> Estate:
    """A programme with one of everything. Moves the clock of gamification by a day."""
    estate = await programme_of(home, people=9)
    await _listen(estate)
    await _speak(estate)
    await _play(estate)
    await _keep(estate)
    await _inspect(estate, clock)
    return estate


async def _listen(estate: Estate) -> None:
    """Webhooks, which hear what is told from now on, and where links may lead."""
    manager = estate.someone("manager")
    for name in ("webhook_id", "other_webhook_id"):
        await estate.make(name, "/programmes/{programme_id}/webhooks", WEBHOOK, by=manager)
    await estate.called(manager, "PUT", "/programmes/{programme_id}/link-settings", LINK_SETTINGS)
    link = {**LINK, "programme_id": estate.ids["programme_id"]}
    await estate.make("link_id", "/links", link, by=estate.owner)


async def _speak(estate: Estate) -> None:
    """Proposals, a cohort, a share that many people react to within a minute, and a comment on it."""
    proposal = {"title": "The apprentices", "language": "en", "text": UNSEEN_PROPOSAL}
    await estate.make("proposal_id", "/programmes/{programme_id}/proposals", proposal, by=estate.owner)
    await estate.make("declined_id", "/programmes/{programme_id}/proposals", proposal, by=estate.owner)
    for name, members in (("cohort_id", estate.members[:4]), ("other_cohort_id", estate.members[4:8])):
        cohort = {"name": name, "ambassador_ids": [member.id for member in members]}
        await estate.make(name, "/programmes/{programme_id}/cohorts", cohort, by=estate.someone("manager"))
    published = datetime.now(UTC) - timedelta(days=2)
    share = {
        "programme_id": estate.ids["programme_id"],
        "item_id": estate.ids["item_id"],
        "network": "linkedin",
        "text": UNSEEN_TEXT,
        "published_at": published.isoformat(),
    }
    await estate.make("share_id", "/shares", share, by=estate.owner)
    await estate.home.settled()
    deeds = [interaction(estate.ids["share_id"], n, at=published + timedelta(hours=1, seconds=n)) for n in range(25)]
    deeds.append({**interaction(estate.ids["share_id"], 99, at=published + timedelta(hours=2)), "kind": "comment"})
    deeds.append(interaction(str(new_id()), 100, at=published + timedelta(hours=1)))
    path = "/programmes/{programme_id}/interactions"
    await estate.make("receipt_id", path, deeds, by=estate.someone("service"), key="receipt_id", status=202)
    await estate.home.settled()
    talked = await estate.called(estate.owner, "GET", "/me/conversations")
    estate.ids["interaction_id"] = talked["items"][0]["interaction_id"]
    kept = await estate.called(estate.someone("manager"), "GET", "/quarantine?programme_id={programme_id}")
    estate.ids["quarantined_id"] = kept["items"][0]["id"]


def interaction(share_id: str, number: int, *, at: datetime) -> dict[str, Any]:
    return {
        "share_id": share_id,
        "kind": "reaction",
        "source": "test",
        "external_id": f"{share_id} {number}",
        "person": f"person {number}",
        "occurred_at": at.isoformat(),
        "provenance": "measured",
    }


async def _play(estate: Estate) -> None:
    """Points, rewards, a challenge, a badge, a spotlight, rules and what they would do."""
    manager = estate.someone("manager")
    points = await estate.called(estate.owner, "GET", "/ambassadors/{ambassador_id}/points")
    estate.ids["entry_id"] = points["entries"]["items"][0]["entry_id"]
    await estate.make("reward_id", "/programmes/{programme_id}/rewards", REWARD, by=manager)
    await estate.make("redemption_id", "/rewards/{reward_id}:redeem", None, by=estate.owner)
    await estate.make("challenge_id", "/programmes/{programme_id}/challenges", CHALLENGE, by=manager)
    await estate.called(manager, "POST", "/programmes/{programme_id}/badges", BADGE, 201)
    spotlight = {"ambassador_id": estate.ids["ambassador_id"], "reason": "Well answered."}
    await estate.make("spotlight_id", "/programmes/{programme_id}/spotlights", spotlight, by=manager)
    await estate.make("version", "/programmes/{programme_id}/rules", RULES, by=manager, key="version")
    boards = await estate.called(manager, "GET", "/programmes/{programme_id}/boards")
    estate.ids["board_id"] = boards["items"][0]["id"]
    correction = {"mode": "correction", "season": "S001"}
    path = "/programmes/{programme_id}/rules/{version}:activate"
    estate.ids["number"] = str((await estate.called(manager, "POST", path, correction))["number"])
    path = "/programmes/{programme_id}/rules/1:simulate"
    await estate.make("simulation_id", path, {"season": "S001"}, by=manager, key="simulation_id", status=202)
    estate.ids |= {"key": "first-voice", "season": "S001", "network": "linkedin", "export": "shares"}


async def _keep(estate: Estate) -> None:
    """Deliveries, keys, a file, and how to read it."""
    manager = estate.someone("manager")
    sent = await estate.called(manager, "GET", "/webhooks/{webhook_id}/deliveries")
    estate.ids["delivery_id"] = sent["items"][0]["id"]
    since = {"since": datetime.now(UTC).isoformat()}
    await estate.called(manager, "POST", "/webhooks/{webhook_id}:replay", since, 202)
    await estate.make("api_key_id", "/programmes/{programme_id}/api-keys", {"name": "CRM"}, by=manager)
    await estate.make("key_id", "/programmes/{programme_id}/conversion-keys", None, by=manager, key="key_id")
    estate.ids |= {"name": "ours", "other_name": "theirs"}
    mapping = {"columns": {"share_id": "share", "read_at": "day", "reactions": "likes"}}
    for name in ("name", "other_name"):
        path = f"/programmes/{{programme_id}}/import-mappings/{{{name}}}"
        await estate.called(manager, "PUT", path, mapping)
    file = f"{COLUMNS}{estate.ids['share_id']},{datetime.now(UTC).isoformat()},7\nnonsense,yesterday,many\n"
    path = "/programmes/{programme_id}/imports"
    await estate.make("import_id", path, file, by=manager, key="import_id", status=202)

    async def checked() -> bool:
        return bool((await estate.called(manager, "GET", "/imports/{import_id}"))["state"] == "checked")

    await eventually(checked, seconds=SETTLING_SECONDS)


async def _inspect(estate: Estate, clock: "ShiftedClock") -> None:
    """A night passes, and what looked arranged is held; its owner answers."""
    await estate.home.settled()
    clock.forward(timedelta(days=1))
    inspector: Inspector = estate.home.apps["gamification"].state.inspector

    async def held() -> Any:
        await inspector.inspect_due()
        found = await estate.called(estate.someone("manager"), "GET", "/programmes/{programme_id}/holds")
        return [hold for hold in found["items"] if hold["state"] == "held"]

    (hold,) = await eventually(held, seconds=SETTLING_SECONDS)
    estate.ids["hold_id"] = hold["id"]
    await estate.called(estate.owner, "POST", "/holds/{hold_id}:answer", {"text": UNSEEN_ANSWER})
    await estate.home.settled()

    async def shown() -> bool:
        return (await estate.someone("manager").get(f"/v1/boards/{estate.ids['board_id']}")).status_code == 200

    await eventually(shown, seconds=SETTLING_SECONDS)


class ShiftedClock:
    """The machine's time, some days ahead."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def forward(self, by: timedelta) -> None:
        self._ahead += by


def month_of(day: date) -> str:
    return day.strftime("%Y-%m")


def week_before(day: date) -> str:
    year, week, _ = (day - timedelta(weeks=1)).isocalendar()
    return f"{year}-W{week:02d}"
