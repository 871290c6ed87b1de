from uuid import UUID

import pytest

from libs.events.sharing import TeamCreated
from tests.integration.libs.kit import Kit


async def test_an_event_that_no_broker_would_take_is_refused_where_it_is_told(kit: Kit) -> None:
    huge = TeamCreated(team_id=UUID(int=1), programme_id=UUID(int=2), name="x" * 1_100_000)
    with pytest.raises(ValueError, match="the most is"):
        async with kit.db.transaction() as tx:
            tx.emit(huge, key="k")
    assert await kit.outbox() == []
