import asyncio
from uuid import UUID

import pytest

from libs.clock import new_id
from libs.events.engagement import Kind
from libs.events.intake import AcceptedInteraction, InteractionsAccepted
from services.engagement.interactions.service import apply_accepted
from tests.integration.engagement.play import PUBLISHED, Play
from tests.support.eventually import eventually

WAITING = "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def batch(play: Play, share_id: UUID, kind: Kind, external_id: str, answers: str | None = None) -> InteractionsAccepted:
    item = AcceptedInteraction(
        source="connector",
        external_id=external_id,
        share_id=share_id,
        kind=kind,
        name_key=None if kind == "reply" else "somebody",
        occurred_at=PUBLISHED,
        provenance="measured",
        answers=answers,
    )
    return InteractionsAccepted(
        receipt_id=new_id(), programme_id=play.programme_id, door="interactions", interactions=(item,)
    )


async def apply(play: Play, accepted: InteractionsAccepted) -> None:
    async with play.running.parts.db.transaction() as tx:
        await apply_accepted(tx, [accepted], people=play.running.parts.person_keys)


@pytest.mark.parametrize("comment_first", [True, False])
async def test_a_comment_and_its_reply_in_two_workers_do_not_miss_each_other(
    play: Play, *, comment_first: bool
) -> None:
    share = await play.publishes()
    both = [batch(play, share.share_id, "comment", "c"), batch(play, share.share_id, "reply", "r", "c")]
    first, second = both if comment_first else both[::-1]

    async def one_waits() -> bool:
        return bool((await play.running.rows(WAITING))[0]["n"])

    async with play.running.parts.db.transaction() as tx:
        await apply_accepted(tx, [first], people=play.running.parts.person_keys)
        other = asyncio.create_task(apply(play, second))
        await eventually(one_waits)
    await other
    assert sorted(one.kind for one in await play.recorded()) == ["comment", "reply"]


async def test_the_same_interactions_in_many_workers_count_once_without_deadlock(play: Play) -> None:
    shares = [await play.publishes() for _ in range(3)]
    one = [
        batch(play, share.share_id, "reaction", f"{share.share_id}-{n}").interactions[0]
        for share in shares
        for n in range(50)
    ]
    whole = [
        InteractionsAccepted(
            receipt_id=new_id(),
            programme_id=play.programme_id,
            door="interactions",
            interactions=tuple(one[::-1] if n % 2 else one),
        )
        for n in range(8)
    ]
    await asyncio.gather(*(apply(play, accepted) for accepted in whole))
    assert len(await play.recorded()) == 150
    for share in shares:
        assert (await play.numbers(share))["interactions"] == [{"kind": "reaction", "counted": 50, "own": 0}]
