"""Every statement about interactions; all work on sets, in the order of keys so that workers cannot deadlock."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import RowMapping, or_, text
from sqlmodel import col, select

from libs.storage.database import Transaction
from services.engagement.interactions.domain import Candidate, Counted, Interaction, Key
from services.engagement.interactions.domain.withdrawals import EVERYWHERE
from services.engagement.interactions.tables import InteractionCounter

ROWS = 1000  # of one statement: what it is sent with takes some milliseconds of this process
COLUMNS = {
    "interaction_id": "uuid",
    "share_id": "uuid",
    "ambassador_id": "uuid",
    "kind": "text",
    "person": "text",
    "colleague_id": "uuid",
    "occurred_at": "timestamptz",
    "provenance": "text",
    "answers": "text",
    "asked_at": "timestamptz",
    "words": "int",
    "text_key": "text",
    "goal": "text",
    "collected_at": "timestamptz",
    "digest": "text",
}
KEY = {"programme_id": "uuid", "source": "text", "external_id": "text"}


def arrays(columns: Mapping[str, str]) -> str:
    """Return what makes rows of bound arrays, given names and types of columns."""
    return "unnest(" + ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in columns.items()) + ")"


# an interaction that is taken back before it comes is kept with the mark that waits for it
_INSERT = text(f"""
    WITH new AS (
        INSERT INTO interaction ({", ".join(KEY | COLUMNS)}, withdrawn_at)
        SELECT told.*, (
            SELECT min(mark.withdrawn_at) FROM interaction_withdrawal mark
            WHERE mark.source = told.source AND mark.external_id = told.external_id
              AND mark.programme_id IN (told.programme_id, '{EVERYWHERE}')
        ) FROM {arrays(KEY | COLUMNS)} AS told({", ".join(KEY | COLUMNS)})
        ON CONFLICT DO NOTHING RETURNING interaction_id, withdrawn_at
    ) SELECT coalesce(array_agg(interaction_id) FILTER (WHERE withdrawn_at IS NULL), '{{}}') AS counting,
             coalesce(array_agg(interaction_id) FILTER (WHERE withdrawn_at IS NOT NULL), '{{}}') AS withdrawn
    FROM new
""")
# those who apply do not keep each other waiting; who takes back waits for all of them, and they for it
_APPLYING = text("SELECT pg_advisory_xact_lock_shared(7201561)")
_TAKING_BACK = text("SELECT pg_advisory_xact_lock(7201561)")
_DIGESTS = text(f"""
    SELECT i.programme_id, i.source, i.external_id, i.digest
    FROM {arrays(KEY)} AS k(programme_id, source, external_id)
    JOIN interaction i USING (programme_id, source, external_id)
""")
# a reply takes its person from the comment on the same share, whichever of the two came first
_MEET = text(f"""
    UPDATE interaction reply
    SET person = asked.person, colleague_id = asked.colleague_id, asked_at = asked.occurred_at
    FROM {arrays(KEY)} AS k(programme_id, source, external_id)
    JOIN interaction asked USING (programme_id, source, external_id)
    WHERE asked.kind = 'comment' AND reply.kind = 'reply' AND reply.person IS NULL
      AND asked.withdrawn_at IS NULL AND reply.withdrawn_at IS NULL
      AND reply.programme_id = k.programme_id AND reply.source = k.source AND reply.answers = k.external_id
      AND reply.share_id = asked.share_id
    RETURNING {", ".join(f"reply.{name}" for name in KEY | COLUMNS)}
""")
_CONFLICT = text("""
    INSERT INTO interaction_conflict
        (programme_id, source, external_id, digest, receipt_id, share_id, kind, occurred_at, provenance)
    VALUES (:programme_id, :source, :external_id, :digest, :receipt_id, :share_id, :kind, :occurred_at, :provenance)
    ON CONFLICT DO NOTHING
""")
_COUNT = text("""
    INSERT INTO interaction_counter (share_id, kind, counted, own)
    SELECT * FROM unnest(CAST(:shares AS uuid[]), CAST(:kinds AS text[]), CAST(:counted AS int[]), CAST(:own AS int[]))
    ON CONFLICT (share_id, kind) DO UPDATE
    SET counted = interaction_counter.counted + excluded.counted, own = interaction_counter.own + excluded.own
""")


class Added(NamedTuple):
    """Ids of interactions that were not there: those that count, and those that were taken back before they came."""

    counting: set[UUID]
    withdrawn: set[UUID]


async def hold_off_withdrawals(tx: Transaction) -> None:
    """Let nobody take back until this transaction ends: a mark is seen here, or its transaction sees what is here.

    The last of the locks of whoever applies, and the first of whoever takes back, so that they cannot deadlock.
    """
    await tx.run(_APPLYING)


async def hold_off_applying(tx: Transaction) -> None:
    """Wait for all who apply, and let no other add or count interactions until this transaction ends."""
    await tx.run(_TAKING_BACK)


async def add_new(tx: Transaction, interactions: Iterable[Interaction]) -> Added:
    """Insert those whose key is not there; returns their ids."""
    # by what differs first: comparing UUIDs is slow
    rows = sorted(interactions, key=lambda row: (row.key.external_id, row.key.source, row.key.programme_id))
    new = Added(set(), set())
    for start in range(0, len(rows), ROWS):
        part = rows[start : start + ROWS]
        columns = dict(zip(Interaction._fields, zip(*part, strict=True), strict=True))
        keys = dict(zip(KEY, zip(*columns.pop("key"), strict=True), strict=True))
        found = (await tx.run(_INSERT, {**keys, **columns})).one()
        new.counting.update(found.counting)
        new.withdrawn.update(found.withdrawn)
    return new


async def digests_of(tx: Transaction, keys: Collection[Key]) -> dict[Key, str]:
    """Return the digest of each interaction that counts under one of the keys."""
    found = await tx.run(_DIGESTS, key_arrays(sorted(keys)))
    return {_key(row): row["digest"] for row in found.mappings()}


async def meet(tx: Transaction, comments: Collection[Key]) -> list[Interaction]:
    """Give replies that wait for one of these comments their person; returns these replies, whole."""
    found = await tx.run(_MEET, key_arrays(sorted(comments)))
    return [interaction_of(row) for row in found.mappings()]


async def add_conflicts(tx: Transaction, conflicts: Sequence[tuple[Candidate, str]]) -> None:
    """Note candidates, each with its digest, that contradicted what counts."""
    rows = [
        {
            **candidate.key._asdict(),
            "digest": digest,
            "receipt_id": candidate.accepted.receipt_id,
            "share_id": candidate.share.share_id,
            "kind": candidate.item.kind,
            "occurred_at": candidate.item.occurred_at,
            "provenance": candidate.item.provenance,
        }
        for candidate, digest in conflicts
    ]
    await tx.run(_CONFLICT, sorted(rows, key=lambda row: (row["programme_id"], row["source"], row["external_id"])))


async def count(tx: Transaction, added: Mapping[tuple[UUID, str], tuple[int, int]]) -> None:
    """Add (all but own, own) to the counters of (share, kind); what is below zero takes away."""
    if not added:
        return
    keys = sorted(added)
    columns: dict[str, list[Any]] = {  # Any: each array has its own type
        "shares": [share_id for share_id, _ in keys],
        "kinds": [kind for _, kind in keys],
        "counted": [added[key][0] for key in keys],
        "own": [added[key][1] for key in keys],
    }
    await tx.run(_COUNT, columns)


async def counters_of(tx: Transaction, share_id: UUID) -> list[Counted]:
    """Return the counters of a share that count anything, by kind."""
    anything = or_(col(InteractionCounter.counted) > 0, col(InteractionCounter.own) > 0)
    query = select(InteractionCounter).where(InteractionCounter.share_id == share_id, anything)
    found = await tx.session.exec(query.order_by(col(InteractionCounter.kind)))
    return [Counted(kind=row.kind, counted=row.counted, own=row.own) for row in found]


def key_arrays(keys: Sequence[Key]) -> dict[str, list[Any]]:  # Any: each array has its own type
    """Return keys as the columns that `arrays(KEY)` takes."""
    return {name: [getattr(key, name) for key in keys] for name in KEY}


def interaction_of(row: RowMapping) -> Interaction:
    """Return a row as the interaction that it holds."""
    return Interaction(key=_key(row), **{name: row[name] for name in COLUMNS})


def _key(row: RowMapping) -> Key:
    return Key(row["programme_id"], row["source"], row["external_id"])
