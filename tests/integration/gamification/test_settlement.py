"""Reading only what new facts can change books exactly what scoring everything anew would."""

import asyncio
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from libs.clock import new_id
from libs.events.content import ProgrammeCreated
from libs.events.engagement import CountsReported, InteractionsRecorded, InteractionsWithdrawn
from libs.events.envelope import Event
from libs.events.sharing import SharePublished
from libs.storage.database import Database, open_database
from services.gamification.app import MIGRATIONS
from services.gamification.boards.consumers import on_programme_created
from services.gamification.evidence.consumers import (
    on_counts_reported,
    on_interactions_recorded,
    on_interactions_withdrawn,
    on_share_published,
)
from services.gamification.evidence.domain import Stretch, Told
from services.gamification.ledger.service import settle, settle_told
from services.gamification.rules.domain.documents import changed, preset_document
from services.gamification.rules.service import Draft, draft_version, ensure_first_version
from services.gamification.rules.service.activations import activate_for_season
from tests.support.builders import WEDNESDAY, Programme, act, reading
from tests.support.harness import Stage

HANDLERS: dict[type[Event], Any] = {
    SharePublished: on_share_published,
    InteractionsRecorded: on_interactions_recorded,
    InteractionsWithdrawn: on_interactions_withdrawn,
    CountsReported: on_counts_reported,
}
AMBASSADORS, OUTSIDERS, SHARES = 3, 3, 8
STEPS = 45 * 4  # times in steps of six hours, so that ties happen
STEP = timedelta(hours=6)
KINDS = ("reaction", "comment", "reshare", "mention", "click", "reply", "conversion")
# what a version does that runs beside this one, or a person by hand
FOREIGN = (
    """
    INSERT INTO evidence_touch (interaction_id, share_id, ambassador_id, person, kind, at)
    SELECT :id, share_id, ambassador_id, 'somebody else', 'reshare', at FROM evidence_touch
    WHERE interaction_id = :known AND CAST(:share AS uuid) IS NOT NULL AND CAST(:who AS uuid) IS NOT NULL
    """,
    """
    INSERT INTO evidence_reading (share_id, kind, at, provenance, ambassador_id, count)
    SELECT :share, 'reaction', at, 'measured', :who, 30 FROM evidence_touch
    WHERE interaction_id = :known AND CAST(:id AS uuid) IS NOT NULL
    """,
    """
    DELETE FROM evidence_touch WHERE interaction_id = :known
       AND CAST(:id AS uuid) IS NOT NULL AND CAST(:share AS uuid) IS NOT NULL AND CAST(:who AS uuid) IS NOT NULL
    """,
)


LINES = """
    SELECT ambassador_id, week, kind, share_id, milli_points FROM line
    WHERE ambassador_id = ANY(CAST(:ids AS uuid[])) AND milli_points <> 0 ORDER BY 1, 2, 3, 4
"""


@pytest.fixture(scope="module")
async def database_url(stage: Stage) -> str:
    return await stage.database("gamification", MIGRATIONS)


@pytest.fixture(scope="module")
async def other_url(stage: Stage) -> str:
    return await stage.database("gamification", MIGRATIONS)


@settings(max_examples=30)
@given(seed=st.integers(0, 2**32), facts=st.integers(10, 60), calendar_first=st.booleans())
@pytest.mark.timeout(240)
def test_the_narrow_way_books_what_scoring_everything_would(
    database_url: str, seed: int, facts: int, *, calendar_first: bool
) -> None:
    asyncio.run(_play(database_url, random.Random(seed), facts, calendar_first=calendar_first))


@settings(max_examples=30)
@given(seed=st.integers(0, 2**32), facts=st.integers(5, 40))
@pytest.mark.timeout(240)
def test_what_was_taken_back_is_worth_what_it_is_in_a_world_that_never_had_it(
    database_url: str, other_url: str, seed: int, facts: int
) -> None:
    asyncio.run(_compare(database_url, other_url, random.Random(seed), facts))


async def _compare(url: str, other: str, chance: random.Random, facts: int) -> None:
    programme, people = Programme(), [new_id() for _ in range(AMBASSADORS)]
    shares = [
        programme.share(chance.choice(people), at=_at(chance), words=60, copied=chance.randrange(60))
        for _ in range(SHARES)
    ]
    events = [_fact(programme, people, chance.choice(shares), chance) for _ in range(facts)]
    recorded = [event for event in events if isinstance(event, InteractionsRecorded)]
    gone = chance.sample(recorded, len(recorded) // 3)
    told = [programme.withdrawn(*event.interactions) for event in gone]
    never = [*shares, *(event for event in events if event not in gone)]
    always = [*shares, *events, *told, *chance.sample([*told, *gone], len(gone))]  # some are told again
    chance.shuffle(always)
    held = []
    for where, what in ((url, always), (other, never)):
        async with open_database(where, service="gamification", pool_size=1) as db:
            async with db.transaction() as tx:
                await ensure_first_version(tx, now=WEDNESDAY)
            for start in range(0, len(what), 4):
                await _settle(db, what[start : start + 4] if start else [programme.created(), *what[:4]])
            async with db.transaction() as tx:
                stretches = [_stretch(programme, who, days=400) for who in sorted(people)]
                assert await settle(tx, stretches, now=WEDNESDAY, new_id=new_id) == []
                held.append([tuple(row) for row in await tx.run(text(LINES), {"ids": people})])
    assert held[0] == held[1]


def test_a_late_answer_is_followed_to_the_answer_after_its_copy(database_url: str) -> None:
    """The copy is 25 days later, and the next answer to the same person 25 days after the copy."""
    asyncio.run(_answer_late(database_url))


async def _answer_late(url: str) -> None:
    programme, who = Programme(), new_id()
    shares = [programme.share(who, at=WEDNESDAY) for _ in range(2)]

    def answered(share: SharePublished, person: str, day: int, words: str) -> InteractionsRecorded:
        asked = WEDNESDAY + timedelta(days=day)
        more = {"asked_at": asked, "words": 5, "text_key": f"{programme.id} {words}"}
        return programme.recorded(act(share, "reply", f"{programme.id} {person}", hours=24 * day + 1, **more))

    known = [answered(shares[0], "Léa", 25, "thanks"), answered(shares[1], "Léa", 50, "merci")]
    async with open_database(url, service="gamification", pool_size=1) as db:
        async with db.transaction() as tx:
            await ensure_first_version(tx, now=WEDNESDAY)
        await _settle(db, [programme.created(), *shares, *known])
        late = answered(shares[0], "Tom", 0, "thanks")
        async with db.transaction() as tx:
            await on_interactions_recorded(tx, [late])
            near = await settle(tx, [_stretch(programme, who, days=0)], now=WEDNESDAY, new_id=new_id)
            assert len({difference.key.week for difference in near}) == 3
            assert await settle(tx, [_stretch(programme, who, days=400)], now=WEDNESDAY, new_id=new_id) == []


def test_shares_are_measured_anew_under_other_rules(database_url: str) -> None:
    asyncio.run(_change_rules(database_url))


async def _change_rules(url: str) -> None:
    programme, who = Programme(), new_id()
    share = programme.share(who, at=WEDNESDAY)
    acts = [programme.recorded(act(share, "comment", f"{programme.id} {n}", hours=n)) for n in range(1, 9)]
    async with open_database(url, service="gamification", pool_size=1) as db:
        async with db.transaction() as tx:
            await ensure_first_version(tx, now=WEDNESDAY)
        await _settle(db, [programme.created(), share, *acts[:4]])
        document = changed(preset_document("authentic"), {"people": {"comment": 9, "most_per_person": 20}})
        async with db.transaction() as tx:
            draft = Draft(document=document, within="document", valid_from=WEDNESDAY.date(), note="")
            row = await draft_version(tx, programme.id, draft)
            await activate_for_season(tx, programme.id, row.version, season="S001", now=WEDNESDAY)
        for fact in acts[4:]:
            await _settle(db, [fact])
            async with db.transaction() as tx:
                assert await settle(tx, [_stretch(programme, who, days=400)], now=WEDNESDAY, new_id=new_id) == []


@pytest.mark.parametrize("statement", FOREIGN)
def test_what_somebody_else_writes_is_counted_with_the_next_touch(database_url: str, statement: str) -> None:
    asyncio.run(_write_beside(database_url, statement))


async def _write_beside(url: str, statement: str) -> None:
    programme, who, colleague = Programme(), new_id(), new_id()
    share, theirs = programme.share(who), programme.share(colleague)
    known = act(share, "comment", f"{programme.id} Léa", hours=1)
    told = [act(share, "comment", f"{programme.id} {n}", hours=n, colleague_id=colleague) for n in (2, 3)]
    async with open_database(url, service="gamification", pool_size=1) as db:
        async with db.transaction() as tx:
            await ensure_first_version(tx, now=WEDNESDAY)
        await _settle(db, [programme.created(), share, theirs, programme.recorded(known, told[0])])
        async with db.transaction() as tx:
            parameters = {"id": new_id(), "known": known.interaction_id, "share": share.share_id, "who": who}
            await tx.run(text(statement), parameters)
        await _settle(db, [programme.recorded(told[1])])
        stretches = [_stretch(programme, one, days=400) for one in sorted((who, colleague))]
        async with db.transaction() as tx:
            assert await settle(tx, stretches, now=WEDNESDAY, new_id=new_id) == []


def _stretch(programme: Programme, who: UUID, *, days: int) -> Stretch:
    return Stretch(who, programme.id, WEDNESDAY - timedelta(days=days), WEDNESDAY + timedelta(days=days))


async def _play(url: str, chance: random.Random, facts: int, *, calendar_first: bool) -> None:
    programme, people = Programme(), [new_id() for _ in range(AMBASSADORS)]
    shares = [
        programme.share(chance.choice(people), at=_at(chance), words=60, copied=chance.randrange(60))
        for _ in range(SHARES)
    ]
    events: list[Event] = [*shares, *(_fact(programme, people, chance.choice(shares), chance) for _ in range(facts))]
    recorded = [event for event in events if isinstance(event, InteractionsRecorded)]
    events += [programme.withdrawn(*event.interactions) for event in chance.sample(recorded, len(recorded) // 5)]
    chance.shuffle(events)
    events += chance.sample(events, 5)  # told again
    stretches = [_stretch(programme, who, days=400) for who in sorted(people)]
    async with open_database(url, service="gamification", pool_size=1) as db:
        async with db.transaction() as tx:
            await ensure_first_version(tx, now=WEDNESDAY)
        batches = [events[start : start + 4] for start in range(0, len(events), 4)]
        batches.insert(0 if calendar_first else len(batches), [programme.created()])
        for batch in batches:
            await _settle(db, batch)
            if batch is not batches[-1] and not calendar_first:
                continue
            async with db.transaction() as tx:
                left = await settle(tx, stretches, now=WEDNESDAY, new_id=new_id)
            assert left == []


async def _settle(db: Database, batch: Sequence[Event]) -> None:
    async with db.transaction() as tx:
        for event in batch:
            if handle := HANDLERS.get(type(event)):
                await handle(tx, [event])
            else:
                assert isinstance(event, ProgrammeCreated)
                await on_programme_created(tx, event)
        await settle_told(tx, Told(batch), now=WEDNESDAY, new_id=new_id)


def _at(chance: random.Random) -> datetime:
    return WEDNESDAY + chance.randrange(STEPS) * STEP


def _fact(programme: Programme, people: Sequence[UUID], share: SharePublished, chance: random.Random) -> Event:
    at, who = _at(chance), chance.randrange(AMBASSADORS + OUTSIDERS)
    if chance.random() < 0.1:
        days = (at - share.published_at) / timedelta(days=1)
        return programme.counted(reading(share, "reaction", chance.randrange(9), days=days))
    kind = chance.choice(KINDS)
    more: dict[str, Any] = {"occurred_at": at}
    if who < AMBASSADORS:
        more["colleague_id"] = people[who]
    if kind == "reply":
        more |= {"asked_at": at - timedelta(hours=3), "words": 5, "text_key": f"{programme.id} {chance.randrange(9)}"}
    return programme.recorded(act(share, kind, f"{programme.id} {who}", **more))
