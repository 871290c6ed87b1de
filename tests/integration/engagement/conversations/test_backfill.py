"""The migration finds the conversations in the interactions that are there."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from libs.clock import new_id
from libs.storage.database import async_url
from libs.storage.migrate import migrate
from services.engagement.app import MIGRATIONS
from tests.integration.engagement.conversations.talk import ASKED
from tests.support.harness import Stage

INTERACTION = sa.text("""
    INSERT INTO interaction (programme_id, source, external_id, interaction_id, share_id, ambassador_id, kind, person,
        colleague_id, occurred_at, provenance, answers, digest)
    VALUES (:programme_id, 'crm', :external_id, :interaction_id, :share_id, :ambassador_id, :kind, 'p', :colleague_id,
        :occurred_at, 'measured', :answers, 'd')
""")


def interaction(kind: str, external_id: str, share_id: UUID, *, minutes: int = 0, **other: Any) -> dict[str, Any]:
    return {
        "programme_id": UUID(int=1),
        "ambassador_id": UUID(int=2),
        "interaction_id": new_id(),
        "kind": kind,
        "external_id": external_id,
        "share_id": share_id,
        "colleague_id": None,
        "occurred_at": ASKED + timedelta(minutes=minutes),
        "answers": None,
        **other,
    }


async def test_comments_and_their_first_answers_are_found(stage: Stage) -> None:
    url = await stage.servers.postgres.create_service_database("engagement_before_conversations")
    await migrate(url, MIGRATIONS, to="0003")
    share = new_id()
    rows = [
        interaction("comment", "waits", share),
        interaction("comment", "answered", share, colleague_id=UUID(int=3)),
        interaction("comment", "own", share, colleague_id=UUID(int=2)),
        interaction("reaction", "like", share),
        interaction("reply", "second", share, minutes=9, answers="answered"),
        interaction("reply", "first", share, minutes=5, answers="answered"),
        interaction("reply", "elsewhere", new_id(), minutes=1, answers="waits"),
    ]
    engine = create_async_engine(async_url(url), poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.execute(INTERACTION, rows)
        await migrate(url, MIGRATIONS)
        async with engine.connect() as connection:
            found = await connection.execute(
                sa.text("SELECT external_id, answered_at FROM conversation JOIN interaction USING (interaction_id)")
            )
            assert dict(found.all()) == {"waits": None, "answered": ASKED + timedelta(minutes=5)}
    finally:
        await engine.dispose()
