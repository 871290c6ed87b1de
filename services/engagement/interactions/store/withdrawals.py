"""The statements that take interactions back; whoever runs them holds off all who apply."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from libs.storage.database import Transaction
from services.engagement.interactions.domain import Interaction, Key
from services.engagement.interactions.domain.withdrawals import EVERYWHERE, Mark, Withdrawn
from services.engagement.interactions.store import COLUMNS, KEY, arrays, interaction_of, key_arrays

_MARK = {**KEY, "withdrawn_at": "timestamptz"}
_ADD = text(f"""
    INSERT INTO interaction_withdrawal (programme_id, source, external_id, withdrawn_at, receipt_id)
    SELECT * FROM {arrays({**_MARK, "receipt_id": "uuid"})}
    ON CONFLICT DO NOTHING RETURNING programme_id, source, external_id
""")
# what is taken back everywhere is looked for in each programme: from one to the next in the index of interactions
_TAKE_BACK = text(f"""
    WITH RECURSIVE programme(id) AS (
        (SELECT programme_id FROM interaction ORDER BY programme_id LIMIT 1)
        UNION ALL
        SELECT (SELECT i.programme_id FROM interaction i WHERE i.programme_id > programme.id
                ORDER BY i.programme_id LIMIT 1)
        FROM programme WHERE programme.id IS NOT NULL
    ), mark AS (
        SELECT programme.id AS programme_id, told.source, told.external_id, min(told.withdrawn_at) AS withdrawn_at
        FROM {arrays(_MARK)} AS told(programme_id, source, external_id, withdrawn_at)
        JOIN programme ON told.programme_id IN (programme.id, '{EVERYWHERE}')
        GROUP BY 1, 2, 3
    )
    UPDATE interaction known SET withdrawn_at = mark.withdrawn_at FROM mark
    WHERE known.programme_id = mark.programme_id AND known.source = mark.source
      AND known.external_id = mark.external_id AND known.withdrawn_at IS NULL
    RETURNING {", ".join(f"known.{name}" for name in KEY | COLUMNS)}, known.withdrawn_at
""")
# what such replies were when they counted; they wait again for a comment that will not come
_PART = text(f"""
    UPDATE interaction reply SET person = NULL, colleague_id = NULL, asked_at = NULL
    FROM (
        SELECT met.* FROM {arrays({**KEY, "share_id": "uuid"})} AS k(programme_id, source, external_id, share_id)
        JOIN interaction met
          ON met.share_id = k.share_id AND met.kind = 'reply' AND met.programme_id = k.programme_id
         AND met.source = k.source AND met.answers = k.external_id
        WHERE met.person IS NOT NULL AND met.withdrawn_at IS NULL
    ) met
    WHERE reply.programme_id = met.programme_id AND reply.source = met.source AND reply.external_id = met.external_id
    RETURNING {", ".join(f"met.{name}" for name in KEY | COLUMNS)}
""")
_FIRST_ANSWERS = text(f"""
    SELECT comment.interaction_id, (
        SELECT min(reply.occurred_at) FROM interaction reply
        WHERE reply.share_id = comment.share_id AND reply.kind = 'reply' AND reply.source = comment.source
          AND reply.answers = comment.external_id AND reply.person IS NOT NULL AND reply.withdrawn_at IS NULL
    ) AS first_at
    FROM {arrays(KEY)} AS k(programme_id, source, external_id)
    JOIN interaction comment USING (programme_id, source, external_id)
    WHERE comment.withdrawn_at IS NULL
""")


async def add_marks(tx: Transaction, marks: Mapping[Key, Mark]) -> set[Key]:
    """Keep marks; returns those that were not there."""
    columns = {**_columns(marks), "receipt_id": [mark.receipt_id for mark in marks.values()]}
    found = await tx.run(_ADD, columns)
    return {Key(row.programme_id, row.source, row.external_id) for row in found.all()}


async def take_back(tx: Transaction, marks: Mapping[Key, Mark]) -> list[Withdrawn]:
    """Mark the known interactions that are meant as withdrawn; returns those that were not so before."""
    found = await tx.run(_TAKE_BACK, _columns(marks))
    return [Withdrawn(interaction_of(row), row["withdrawn_at"]) for row in found.mappings()]


async def part(tx: Transaction, comments: Collection[Interaction]) -> list[Interaction]:
    """Take from replies the comment that they answered; returns the replies as they were when they counted."""
    keys = key_arrays([comment.key for comment in comments])
    columns = {**keys, "share_id": [comment.share_id for comment in comments]}
    return [interaction_of(row) for row in (await tx.run(_PART, columns)).mappings()]


async def first_answers(tx: Transaction, comments: Collection[Key]) -> dict[UUID, datetime | None]:
    """Return when each of these comments that still count was first answered, by its interaction id."""
    found = await tx.run(_FIRST_ANSWERS, key_arrays(sorted(comments)))
    return {row.interaction_id: row.first_at for row in found.all()}


def _columns(marks: Mapping[Key, Mark]) -> dict[str, Sequence[Any]]:  # Any: each array has its own type
    return {**key_arrays(list(marks)), "withdrawn_at": [mark.withdrawn_at for mark in marks.values()]}
