"""Use cases of evidence: keep what is told, and open the dossiers that scoring reads."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from libs.events.engagement import CountsReported, InteractionsRecorded, RecordedInteraction
from libs.events.sharing import SharePublished
from libs.storage.database import Transaction
from services.gamification.evidence import store
from services.gamification.evidence.domain import TOUCHES, Dossier, Stretch, Touched, capability_of
from services.gamification.evidence.tables import (
    EvidenceReading,
    EvidenceShare,
)
from services.gamification.members.domain import Calendar
from services.gamification.rules.domain import Answer, Conversion, CountReading, Kind, PairTouch, ShareFacts, Touch

Columns = Mapping[str, tuple[str, list[Any]]]  # of each column its type and its values


async def keep_share(tx: Transaction, event: SharePublished) -> None:
    """Keep a share's numbers."""
    fields = EvidenceShare.model_fields
    await store.add(tx, [EvidenceShare(**{name: value for name, value in dict(event).items() if name in fields})])


async def keep_interactions(tx: Transaction, event: InteractionsRecorded) -> None:
    """Keep touches, answers and conversions, each in its table."""
    by_kind: dict[str, list[RecordedInteraction]] = {"touch": [], "reply": [], "conversion": []}
    for interaction in event.interactions:
        by_kind["touch" if interaction.kind in TOUCHES else interaction.kind].append(interaction)
    for kind, interactions in by_kind.items():
        if interactions:
            await store.add_columns(tx, *COLUMNS[kind](interactions))


def _who(told: Sequence[RecordedInteraction]) -> Columns:
    return {
        "interaction_id": ("uuid", [one.interaction_id for one in told]),
        "share_id": ("uuid", [one.share_id for one in told]),
        "ambassador_id": ("uuid", [one.ambassador_id for one in told]),
        "at": ("timestamptz", [one.occurred_at for one in told]),
    }


def _touches(told: Sequence[RecordedInteraction]) -> tuple[str, Columns]:
    return "evidence_touch", {
        **_who(told),
        "person": ("text", [one.person for one in told]),
        "colleague_id": ("uuid", [one.colleague_id for one in told]),
        "kind": ("text", [one.kind for one in told]),
    }


def _answers(told: Sequence[RecordedInteraction]) -> tuple[str, Columns]:
    return "evidence_answer", {
        **_who(told),
        "person": ("text", [one.person for one in told]),
        "colleague_id": ("uuid", [one.colleague_id for one in told]),
        "asked_at": ("timestamptz", [one.asked_at or one.occurred_at for one in told]),
        "words": ("int", [one.words or 0 for one in told]),
        "text_key": ("text", [one.text_key or str(one.interaction_id) for one in told]),
    }


def _conversions(told: Sequence[RecordedInteraction]) -> tuple[str, Columns]:
    return "evidence_conversion", {**_who(told), "visitor": ("text", [one.person for one in told])}


COLUMNS = {"touch": _touches, "reply": _answers, "conversion": _conversions}


async def keep_counts(tx: Transaction, event: CountsReported) -> None:
    """Keep readings."""
    rows = [
        EvidenceReading(
            share_id=count.share_id,
            kind=count.kind,
            at=count.read_at,
            provenance=count.provenance,
            ambassador_id=count.ambassador_id,
            count=count.count,
        )
        for count in event.counts
    ]
    await store.add(tx, rows)


async def note_counts(tx: Transaction, touched: Touched, events: Sequence[CountsReported]) -> None:
    """Note whom readings touch: the week of the share, whenever the reading was taken."""
    shares = {count.share_id for event in events for count in event.counts}
    for row in await store.authors(tx, list(shares)):
        touched.add(row["programme_id"], row["ambassador_id"], row["published_at"])


async def note_conversions(tx: Transaction, touched: Touched, event: InteractionsRecorded) -> None:
    """Note the weeks of all conversions of these visitors: an earlier one takes the place of a later one."""
    found = [interaction for interaction in event.interactions if interaction.kind == "conversion"]
    shares, visitors = [one.share_id for one in found], [one.person for one in found]
    for row in await store.conversions_by(tx, shares, visitors) if found else ():
        touched.add(event.programme_id, row["ambassador_id"], row["at"])


async def note_programme(tx: Transaction, touched: Touched, programme_id: UUID) -> None:
    """Note everybody whose shares were told before their programme's calendar was."""
    for row in await store.of_programme(tx, programme_id):
        touched.add(programme_id, row["ambassador_id"], row["since"])
        touched.add(programme_id, row["ambassador_id"], row["until"])


async def dossiers(
    tx: Transaction, stretches: Sequence[Stretch], *, reach: timedelta, calendars: dict[UUID, Calendar]
) -> dict[UUID, Dossier]:
    """Return what scoring needs of each ambassador: twice the reach, for the weeks touched and for their history."""
    wide = [stretch.widened(2 * reach) for stretch in stretches]
    found = {stretch.ambassador_id: Dossier() for stretch in stretches}
    for row in await store.facts(tx, "evidence_share", wide, time="published_at"):
        if calendar := calendars.get(row["programme_id"]):
            found[row["ambassador_id"]].shares.append(share_facts(row, calendar))
    for row in await store.facts(tx, "evidence_touch", wide):
        found[row["ambassador_id"]].touches.append(_touch_of(row))
    for row in await store.conversions(tx, wide):
        found[row["ambassador_id"]].conversions.append(
            Conversion(share_id=row["share_id"], visitor=row["visitor"], at=row["at"])
        )
    for row in await store.answers(tx, wide, reach=reach):
        found[row["ambassador_id"]].answers.append(answer_of(row))
    for row in await store.pair_touches(tx, wide):
        found[row["of"]].pair_touches.append(PairTouch(by=row["by"], author=row["author"], at=row["at"]))
    share_ids = [share.share_id for dossier in found.values() for share in dossier.shares]
    for row in await store.readings(tx, share_ids):
        found[row["ambassador_id"]].readings.append(
            CountReading(share_id=row["share_id"], kind=Kind(row["kind"]), count=row["count"], at=row["at"])
        )
    return found


async def daily(
    tx: Transaction, stretches: Sequence[Stretch], midnights: Sequence[datetime]
) -> list[tuple[UUID, int, str, int]]:
    """Return what happened in the stretches as counts: ambassador, the day as n of the nth midnight, name, value."""
    return [(row[0], row[1], row[2], row[3]) for row in await store.daily(tx, stretches, midnights)]


async def activity(tx: Transaction, stretches: Sequence[Stretch]) -> dict[UUID, list[datetime]]:
    """Return when each ambassador shared or answered in the stretches."""
    found: dict[UUID, list[datetime]] = {stretch.ambassador_id: [] for stretch in stretches}
    for ambassador_id, at in await store.activity(tx, stretches):
        found[ambassador_id].append(at)
    return found


async def extents(tx: Transaction, ambassador_ids: Sequence[UUID]) -> dict[UUID, tuple[datetime, datetime]]:
    """Return the time of the first and the last fact about each ambassador of whom anything is known."""
    if not ambassador_ids:
        return {}
    return {who: (since, until) for who, since, until in await store.extents(tx, ambassador_ids)}


def share_facts(row: Mapping[str, Any], calendar: Calendar) -> ShareFacts:
    """Return a row of a share as what scoring takes."""
    return ShareFacts(
        share_id=row["share_id"],
        ambassador_id=row["ambassador_id"],
        published_at=row["published_at"],
        day=calendar.day(row["published_at"]),
        week=calendar.week(row["published_at"]),
        words=row["words"],
        copied=row["copied"],
        parrot=row["parrot"],
        self_repeats=row["self_repeats"],
        audience=row["audience"],
        capability=capability_of(row["network"]),
    )


def _touch_of(row: Mapping[str, Any]) -> Touch:
    return Touch(
        share_id=row["share_id"],
        person=row["person"],
        colleague_id=row["colleague_id"],
        kind=Kind(row["kind"]),
        at=row["at"],
    )


def answer_of(row: Mapping[str, Any]) -> Answer:
    """Return a row of an answer, with whether it is a repetition, as what scoring takes."""
    return Answer(
        share_id=row["share_id"],
        person=row["person"],
        colleague_id=row["colleague_id"],
        commented_at=row["asked_at"],
        answered_at=row["at"],
        words=row["words"],
        repeated=row["repeated"],
    )


async def note_shares(tx: Transaction, touched: Touched, share_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Note the authors of shares at the time of publication; returns the author of each that is known."""
    found = {}
    for row in await store.authors(tx, share_ids):
        touched.add(row["programme_id"], row["ambassador_id"], row["published_at"])
        found[row["share_id"]] = row["ambassador_id"]
    return found
