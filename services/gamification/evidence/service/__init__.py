"""Use cases of evidence: whom facts touch, the dossiers that scoring reads, and what happened by day."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from libs.events.engagement import CountsReported, InteractionsRecorded
from libs.periods import week_of
from libs.storage.database import Transaction
from services.gamification.evidence import store
from services.gamification.evidence.domain import Dossier, Stretch, Touched, capability_of
from services.gamification.members.domain import Calendar
from services.gamification.rules.domain import Answer, Conversion, CountReading, Kind, PairTouch, ShareFacts, Touch


async def note_counts(tx: Transaction, touched: Touched, events: Sequence[CountsReported]) -> None:
    """Note whom readings touch: the week of the share, whenever the reading was taken."""
    shares = {count.share_id for event in events for count in event.counts}
    for row in await store.authors(tx, list(shares)) if shares else ():
        touched.add(row["programme_id"], row["ambassador_id"], row["published_at"], active=False)


async def note_conversions(tx: Transaction, touched: Touched, events: Sequence[InteractionsRecorded]) -> None:
    """Note the weeks of all conversions of these visitors: an earlier one takes the place of a later one."""
    found = [(event, one) for event in events for one in event.interactions if one.kind == "conversion"]
    shares, visitors = [one.share_id for _, one in found], [one.person for _, one in found]
    programmes = {one.share_id: event.programme_id for event, one in found}
    for row in await store.conversions_by(tx, shares, visitors) if found else ():
        touched.add(programmes[row["share_id"]], row["ambassador_id"], row["at"], active=False)


async def note_programme(tx: Transaction, touched: Touched, programme_id: UUID) -> None:
    """Note everybody whose shares were told before their programme's calendar was."""
    for row in await store.of_programme(tx, programme_id):
        touched.add(programme_id, row["ambassador_id"], row["since"])
        touched.add(programme_id, row["ambassador_id"], row["until"])


async def dossiers(
    tx: Transaction, stretches: Sequence[Stretch], *, reach: timedelta, calendars: dict[UUID, Calendar]
) -> dict[UUID, Dossier]:
    """Return what scoring needs of each ambassador: twice the reach for the weeks touched, and their history."""
    wide = [stretch.widened(3 * reach) for stretch in stretches]
    found = {stretch.ambassador_id: Dossier() for stretch in stretches}
    for row in await store.facts(tx, "evidence_share", wide, time="published_at"):
        if calendar := calendars.get(row.programme_id):
            found[row.ambassador_id].shares.append(share_facts(row, calendar))
    for row in await store.facts(tx, "evidence_touch", wide):
        found[row.ambassador_id].touches.append(_touch_of(row))
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


def share_facts(row: Any, calendar: Calendar) -> ShareFacts:  # noqa: ANN401 - a row
    """Return a row of a share as what scoring takes."""
    day = calendar.day(row.published_at)
    return ShareFacts(
        share_id=row.share_id,
        ambassador_id=row.ambassador_id,
        published_at=row.published_at,
        day=day,
        week=week_of(day),
        words=row.words,
        copied=row.copied,
        parrot=row.parrot,
        self_repeats=row.self_repeats,
        audience=row.audience,
        capability=capability_of(row.network),
    )


def _touch_of(row: Any) -> Touch:  # noqa: ANN401 - a row
    return Touch(
        share_id=row.share_id,
        person=row.person,
        colleague_id=row.colleague_id,
        kind=Kind(row.kind),
        at=row.at,
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
