"""Addresses that were stored before posts were told apart by their ids become what is stored today."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from libs.clock import new_id
from libs.storage.database import async_url
from libs.storage.migrate import migrate
from services.engagement.app import MIGRATIONS
from services.engagement.shares.domain import address_of
from tests.integration.engagement.play import PUBLISHED
from tests.support.harness import Stage

OLD = [
    "https://www.linkedin.com/feed/update/urn:li:activity:7264410112233445566",
    "https://linkedin.com/posts/alice_open-doors-share-42-abcd?utm_source=x",
    "https://www.linkedin.com/posts/alice-1",
    "https://twitter.com/alice/status/1900000000000000001?s=20",
    "https://x.com/alice/status/1900000000000000002/photo/1",
    "https://x.com/alice",
    "https://www.facebook.com/corp/posts/1234?x=1",
    "https://www.facebook.com/corp",
    "https://example.org/posts/1234",
]
SHARE = sa.text("INSERT INTO engagement_share VALUES (:s, :p, :p, 'other', :url, :at)")


async def test_stored_addresses_become_those_of_today(stage: Stage) -> None:
    url = await stage.servers.postgres.create_service_database("engagement_old_addresses")
    await migrate(url, MIGRATIONS, to="0003")
    engine = create_async_engine(async_url(url), poolclass=NullPool)
    rows = [{"s": new_id(), "p": new_id(), "url": old, "at": PUBLISHED} for old in OLD]
    try:
        async with engine.begin() as connection:
            await connection.execute(SHARE, rows)
        await migrate(url, MIGRATIONS, to="0004")
        async with engine.connect() as connection:
            found = await connection.execute(sa.text("SELECT post_url FROM engagement_share ORDER BY share_id"))
            assert list(found.scalars()) == [address_of(old) for old in OLD]
    finally:
        await engine.dispose()
