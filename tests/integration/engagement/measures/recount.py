"""The numbers of a past, computed from its raw facts one by one: slow, plain, and without a line of SQL."""

from collections import defaultdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from libs.events.sharing import SharePublished
from libs.periods import local_day, season_of, week_of
from tests.integration.engagement.measures.past import Past

NAMES = {
    "reach": "reach",
    "impression": "impressions",
    "reaction": "reactions",
    "comment": "comments",
    "reshare": "reshares",
    "mention": "mentions",
    "click": "clicks",
    "follow": "follows",
}
ENGAGEMENT = ("reaction", "comment", "reshare", "mention", "click")
PROVENANCES = ("measured", "imported", "declared")
ZERO = {"value": 0, "measured": 0, "imported": 0, "declared": 0, "people": 0, "estimated": 0}


def periods_of(past: Past, share: SharePublished) -> set[str]:
    day = local_day(share.published_at, past.time_zone)
    return {"all", day.isoformat(), week_of(day), day.isoformat()[:7], season_of(day, past.first_day)}


def key_of(share: SharePublished, by: str) -> str | None:
    found = {
        "share": share.share_id,
        "item": share.item_id,
        "campaign": share.campaign_id,
        "team": share.team_id,
        "network": share.network,
        "programme": share.programme_id,
    }[by]
    return None if found is None else str(found)


def on(past: Past, share: SharePublished) -> list[dict[str, Any]]:
    """What others than the author did on a share."""
    return [
        row
        for row in past.interactions
        if row["share_id"] == share.share_id and row["colleague_id"] != row["ambassador_id"]
    ]


def number(past: Past, share: SharePublished, kind: str) -> dict[str, int]:
    people = [row for row in on(past, share) if row["kind"] == kind]
    reports = [row for row in past.readings if row["share_id"] == share.share_id and row["kind"] == kind]
    sure = [row for row in reports if row["provenance"] != "estimated"]
    guesses = [row for row in reports if row["provenance"] == "estimated"]
    latest = max(sure, key=lambda row: (row["read_at"], -PROVENANCES.index(row["provenance"])), default=None)
    found = dict(ZERO)
    if latest is not None and latest["count"] > len(people):
        found[latest["provenance"]] = latest["count"]
    else:
        for row in people:
            found[row["provenance"]] += 1
        found["people"] = len(people)
    found["value"] = sum(found[provenance] for provenance in PROVENANCES)
    if not people and not sure and guesses:
        found["estimated"] = max(guesses, key=lambda row: row["read_at"])["count"]
    return found


def answered(past: Past, share: SharePublished) -> int:
    replies = {(row["source"], row["answers"]) for row in on(past, share) if row["kind"] == "reply" and row["person"]}
    return len(replies)


def goals(past: Past, shares: list[SharePublished]) -> dict[str | None, int]:
    found: dict[str | None, set[tuple[UUID, str]]] = defaultdict(set)
    for share in shares:
        for row in on(past, share):
            if row["kind"] == "conversion":
                found[row["goal"]].add((share.share_id, row["person"]))
    return {goal: len(visitors) for goal, visitors in found.items()}


def recount(past: Past, shares: list[SharePublished]) -> dict[str, Any]:
    """What `/measures` must say of these shares."""
    kinds = {name: dict(ZERO) for name in NAMES.values()}
    for share in shares:
        for kind, name in NAMES.items():
            for part, value in number(past, share, kind).items():
                kinds[name][part] += value
    engagement = sum(kinds[NAMES[kind]]["value"] for kind in ENGAGEMENT)
    asked = sum(row["kind"] == "comment" for share in shares for row in on(past, share))
    first = sum(
        row["kind"] in ENGAGEMENT and row["occurred_at"] < share.published_at + timedelta(hours=1)
        for share in shares
        for row in on(past, share)
    )
    replied = sum(answered(past, share) for share in shares)
    return {
        **kinds,
        "shares": len(shares),
        "audience": sum(share.audience or 0 for share in shares),
        "conversions": goals(past, shares),
        "engagement": engagement,
        "engagement_per_share": round(engagement / len(shares), 4),
        "comments_by_others": asked,
        "answered": replied,
        "answer_rate": round(replied / asked, 4) if asked else None,
        "first_hour": first,
        "first_hour_per_share": round(first / len(shares), 4),
    }


def recounted(past: Past, by: str, period: str) -> dict[str | None, Any]:
    """The same for every group of a period."""
    groups: dict[str | None, list[SharePublished]] = defaultdict(list)
    for share in past.shares:
        if period in periods_of(past, share):
            groups[key_of(share, by)].append(share)
    return {key: recount(past, shares) for key, shares in groups.items()}


def told(item: dict[str, Any]) -> dict[str, Any]:
    """An answer of `/measures`, in the form of a recount."""
    parts = {name: {part: item[name][part] for part in ZERO} for name in NAMES.values()}
    names = set(item) - set(NAMES.values()) - {"by", "key", "published_at", "emv", "conversions"}
    visitors = {one["goal"]: one["visitors"]["value"] for one in item["conversions"]}
    return {**parts, **{name: item[name] for name in names}, "conversions": visitors}
