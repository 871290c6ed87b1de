"""The statements that take evidence back, and find which shares of others that can change."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import text

from libs.events.engagement import WithdrawnInteraction
from libs.storage.database import Transaction

_REMEMBER = text("""
    INSERT INTO evidence_withdrawn (interaction_id, share_id, ambassador_id, kind, withdrawn_at)
    SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:shares AS uuid[]), CAST(:authors AS uuid[]),
                         CAST(:kinds AS text[]), CAST(:times AS timestamptz[]))
    ORDER BY 1 ON CONFLICT DO NOTHING
""")
_KNOWN = text("SELECT interaction_id FROM evidence_withdrawn WHERE interaction_id = ANY(CAST(:ids AS uuid[]))")
_TABLES = ("evidence_touch", "evidence_answer", "evidence_conversion")
_DELETE = [text(f"DELETE FROM {table} WHERE interaction_id = ANY(CAST(:ids AS uuid[]))") for table in _TABLES]
# what the person did on the author's shares from then on, and what author and colleague did for each other
_AFTER = text("""
    SELECT later.share_id, later.ambassador_id
    FROM unnest(CAST(:authors AS uuid[]), CAST(:persons AS text[]), CAST(:times AS timestamptz[]))
         AS gone(author, person, at)
    JOIN evidence_touch AS later
      ON later.ambassador_id = gone.author AND later.person = gone.person AND later.at >= gone.at
    UNION
    SELECT later.share_id, later.ambassador_id
    FROM unnest(CAST(:authors AS uuid[]), CAST(:colleagues AS uuid[]), CAST(:times AS timestamptz[]))
         AS gone(author, colleague, at)
    CROSS JOIN LATERAL (VALUES (author, colleague), (colleague, author)) AS way(author, by)
    JOIN evidence_touch AS later
      ON later.colleague_id = way.by AND later.ambassador_id = way.author AND later.at >= gone.at
""")


async def remember(tx: Transaction, withdrawn: Sequence[WithdrawnInteraction]) -> None:
    """Keep which interactions were taken back; twice is as good as once."""
    columns = {
        "ids": [one.interaction_id for one in withdrawn],
        "shares": [one.share_id for one in withdrawn],
        "authors": [one.ambassador_id for one in withdrawn],
        "kinds": [one.kind for one in withdrawn],
        "times": [one.withdrawn_at for one in withdrawn],
    }
    await tx.run(_REMEMBER, columns)


async def known(tx: Transaction, interaction_ids: Collection[UUID]) -> list[UUID]:
    """Return which of these interactions were taken back."""
    return list((await tx.run(_KNOWN, {"ids": list(interaction_ids)})).scalars())


async def delete(tx: Transaction, interaction_ids: Sequence[UUID]) -> None:
    """Delete the evidence of interactions."""
    for statement in _DELETE:
        await tx.run(statement, {"ids": list(interaction_ids)})


async def shares_after(tx: Transaction, touches: Sequence[WithdrawnInteraction]) -> list[tuple[UUID, UUID]]:
    """Return share and author of what may be worth something else without these touches, their own shares left out."""
    columns = {
        "authors": [one.ambassador_id for one in touches],
        "persons": [one.person for one in touches],
        "colleagues": [one.colleague_id if one.kind != "click" else None for one in touches],
        "times": [one.occurred_at for one in touches],
    }
    return [(row.share_id, row.ambassador_id) for row in (await tx.run(_AFTER, columns)).all()]
