"""Pulling ahead: as much as is allowed in bytes, and never stuck on it."""

from libs.bus import pull
from libs.bus.pull import Puller
from libs.bus.streams import ensure_consumer
from libs.clock import new_id
from libs.storage.outbox import Message
from tests.integration.libs.kit import Kit

SIZE = 100_000
MOST = 3 * SIZE


async def stored(kit: Kit, number: int) -> None:
    for _ in range(number):
        message = Message(id=str(new_id()), subject="sharing.team.created.v1.00", payload=b"x" * SIZE)
        await kit.connection.request(message.subject, message.payload)


async def test_large_messages_are_pulled_ahead_by_their_bytes_and_all_of_them_come(kit: Kit) -> None:
    await stored(kit, 60)
    stream = await ensure_consumer(kit.connection, kit.group)
    puller = Puller(kit.connection, stream, kit.group.name, batch=256, most_bytes=MOST)
    await puller.open()
    came, most_ahead, empty = 0, 0, 0
    while came < 60:
        batch = await puller.next_batch()
        assert sum(len(message.data) for message in batch) <= MOST
        for message in batch:
            await message.ack()
        came, empty = came + len(batch), empty + (not batch)
        info = await kit.in_group()
        most_ahead = max(most_ahead, info["num_ack_pending"] * SIZE)
    await puller.close()
    assert most_ahead <= 3 * MOST + pull.LARGEST_BYTES
    assert not puller.refused
    assert empty < 20, "it does not wait for requests to expire"
