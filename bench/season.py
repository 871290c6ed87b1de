"""Generated seasons: what the ambassadors of a programme did so far, and the interactions that arrive now.

Everything follows from numbers, so that the servers and this program make the same ids. Each ambassador has four shares
of two weeks with six touches each, booked in the ledger; what arrives concerns these shares in the way connectors
report: a few interactions of one share at a time, mostly of its people, now and then of a colleague.
"""

import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import md5
from uuid import UUID

from libs.events.content import ProgrammeCreated
from libs.events.engagement import InteractionsRecorded, Kind, RecordedInteraction
from libs.events.envelope import PARTITIONS, partition_of
from libs.events.sharing import SharePublished

PROGRAMME = UUID(int=7)
FIRST_DAY = date(2026, 9, 7)
LATEST = datetime(2026, 11, 12, 8, tzinfo=UTC)  # about when each ambassador's newest share was published
SHARES, PEOPLE = 4, 24
KINDS: tuple[Kind, ...] = ("reaction", "comment", "reshare", "mention", "click", "reply", "conversion")
WEIGHTS = (55, 12, 4, 2, 20, 6, 1)
ARRIVING_TOGETHER, COLLEAGUES, AGAIN = 5, 0.1, 0.02  # mean of a report, parts of all interactions

_SHARES = """
    INSERT INTO evidence_share (share_id, ambassador_id, programme_id, network, published_at, words, copied, parrot,
                                self_repeats, audience)
    SELECT md5('share ' || a || ' ' || s)::uuid, md5('ambassador ' || a)::uuid, $2, 'linkedin',
           $3::timestamptz - s * interval '84 hours' - (a % 300) * interval '1 minute', 60, a % 60, a % 5 * 2000, 0,
           200 + a % 900
    FROM generate_series(0, $1::int - 1) AS a, generate_series(0, 3) AS s
"""
_TOUCHES = """
    INSERT INTO evidence_touch (interaction_id, share_id, ambassador_id, person, colleague_id, kind, at)
    SELECT md5('touch ' || a || ' ' || s || ' ' || t)::uuid, md5('share ' || a || ' ' || s)::uuid,
           md5('ambassador ' || a)::uuid, 'person ' || a || ' ' || (s * 5 + t * 3) % 24,
           CASE WHEN t = 5 THEN md5('ambassador ' || (a + 7 * s + 1) % $1)::uuid END,
           (ARRAY['reaction', 'comment', 'click'])[1 + t % 3],
           $2::timestamptz - s * interval '84 hours' - (a % 300) * interval '1 minute' + t * interval '20 minutes'
    FROM generate_series(0, $1::int - 1) AS a, generate_series(0, 3) AS s, generate_series(0, 5) AS t
"""
_LEDGER = (
    "INSERT INTO account SELECT DISTINCT ambassador_id FROM evidence_share",
    """
    INSERT INTO entry (entry_id, programme_id, ambassador_id, week, season, kind, share_id, cause, rules_version,
                       before, after, factors, booked_at)
    SELECT gen_random_uuid(), programme_id, ambassador_id,
           to_char(published_at AT TIME ZONE 'Europe/Paris', 'IYYY"-W"IW'), 'S001', 'share', share_id, 'bench', 1,
           0, 1000, '{}', published_at
    FROM evidence_share
    """,
    """
    INSERT INTO line (ambassador_id, week, kind, share_id, milli_points)
    SELECT ambassador_id, week, kind, share_id, after FROM entry
    """,
    """
    INSERT INTO balance (programme_id, period, ambassador_id, milli_points, sequence)
    SELECT programme_id, period, ambassador_id, sum(after), max(sequence)
    FROM entry, unnest(ARRAY['all', season, week]) AS period GROUP BY 1, 2, 3
    """,
    "ANALYZE",
)


@dataclass(frozen=True, slots=True)
class Season:
    """A programme with so many ambassadors; `seed` decides what arrives."""

    ambassadors: int
    seed: int = 1

    def created(self) -> ProgrammeCreated:
        """Return the event of its programme."""
        return ProgrammeCreated(
            programme_id=PROGRAMME, name="Season", time_zone="Europe/Paris", first_day=FIRST_DAY, charter_version=1
        )

    def history(self) -> Sequence[tuple[str, tuple[object, ...]]]:
        """Return the statements, with parameters, that write what happened so far into gamification's database."""
        return (
            (_SHARES, (self.ambassadors, PROGRAMME, LATEST)),
            (_TOUCHES, (self.ambassadors, LATEST)),
            *((statement, ()) for statement in _LEDGER),
        )

    def arrivals(self, count: int) -> list[RecordedInteraction]:
        """Return so many interactions in the order in which they are told; a few of them are told twice."""
        chance = random.Random(self.seed)
        found: list[RecordedInteraction] = []
        while len(found) < count:
            author, number = chance.randrange(self.ambassadors), chance.choice((0, 0, 0, 1, 1, 2))
            at = LATEST + timedelta(minutes=len(found) // 20)
            size = 1 + int(chance.expovariate(1 / (ARRIVING_TOGETHER - 1)))
            report = [self._one(chance, author, number, at + timedelta(seconds=i)) for i in range(size)]
            found += report
            if chance.random() < AGAIN * ARRIVING_TOGETHER:
                found.append(chance.choice(report))
        return found[:count]

    def published(self, people: Collection[UUID]) -> Iterator[SharePublished]:
        """Return what was told of the shares of some ambassadors, as the statements above have it."""
        for author in range(self.ambassadors):
            who = named("ambassador", author)
            for number in range(SHARES) if who in people else ():
                yield SharePublished(
                    share_id=named("share", author, number),
                    ambassador_id=who,
                    programme_id=PROGRAMME,
                    team_id=PROGRAMME,
                    item_id=None,
                    campaign_id=None,
                    network="linkedin",
                    post_url=None,
                    published_at=LATEST - timedelta(hours=84 * number, minutes=author % 300),
                    words=60,
                    copied=author % 60,
                    parrot=author % 5 * 2000,
                    self_repeats=0,
                    audience=200 + author % 900,
                    measure_version=1,
                )

    def _one(self, chance: random.Random, author: int, number: int, at: datetime) -> RecordedInteraction:
        kind = chance.choices(KINDS, WEIGHTS)[0]
        colleague = (author + chance.choice((1, 8, 15))) % self.ambassadors if chance.random() < COLLEAGUES else None
        is_reply = kind == "reply"
        return RecordedInteraction.model_construct(
            interaction_id=UUID(int=chance.getrandbits(128)),
            share_id=named("share", author, number),
            ambassador_id=named("ambassador", author),
            kind=kind,
            person=f"person {author} {chance.randrange(PEOPLE)}" if colleague is None else f"colleague {colleague}",
            colleague_id=None if colleague is None else named("ambassador", colleague),
            occurred_at=at,
            provenance="measured",
            asked_at=at - timedelta(hours=2) if is_reply else None,
            words=9 if is_reply else None,
            text_key=f"{chance.getrandbits(64):x}" if is_reply else None,
        )


def named(kind: str, *numbers: int) -> UUID:
    """Return the id that the statements above give to a thing."""
    return UUID(md5(" ".join([kind, *map(str, numbers)]).encode(), usedforsecurity=False).hexdigest())


def told(arrivals: Sequence[RecordedInteraction], *, together: int) -> Iterator[InteractionsRecorded]:
    """Return the events that engagement would tell: for each `together` interactions one for each partition."""
    for start in range(0, len(arrivals), together):
        parts: dict[int, list[RecordedInteraction]] = {}
        for one in arrivals[start : start + together]:
            parts.setdefault(partition_of(str(one.ambassador_id)), []).append(one)
        for partition in range(PARTITIONS):
            if partition in parts:
                yield InteractionsRecorded(programme_id=PROGRAMME, interactions=tuple(parts[partition]))
