"""Reading again what a stream keeps."""

from datetime import UTC, datetime, timedelta

import pytest

from deploy.local.servers.nats import NatsServer
from libs.bus.connection import open_connection
from libs.bus.errors import BusUnavailable
from libs.bus.log import read_log, read_one
from libs.bus.streams import ensure_streams

SUBJECT = "content.item.published.v1"


async def test_a_log_is_read_in_pieces_from_a_sequence_or_a_time_on(broker: NatsServer) -> None:
    async with open_connection(broker.url, name="operator") as connection:
        await ensure_streams(connection)
        for number in range(5):
            await connection.request(f"{SUBJECT}.{number:02d}", str(number).encode())
            await connection.request("content.campaign.created.v1.00", b"of another type")
        hour = datetime.now(UTC) - timedelta(hours=1)
        first = await read_log(connection, "CONTENT", f"{SUBJECT}.*", start=hour, limit=3)
        rest = await read_log(connection, "CONTENT", f"{SUBJECT}.*", start=first[-1].sequence + 1, limit=3)
        assert [one.data for one in [*first, *rest]] == [b"0", b"1", b"2", b"3", b"4"]
        assert [one.at for one in [*first, *rest]] == sorted(one.at for one in [*first, *rest])
        assert all(hour < one.at <= datetime.now(UTC) + timedelta(minutes=1) for one in first)
        later = await read_log(connection, "CONTENT", f"{SUBJECT}.*", start=first[1].at, limit=1)
        assert later[0].sequence in {first[1].sequence, first[2].sequence}
        beyond = rest[-1].sequence + 100
        assert await read_log(connection, "CONTENT", f"{SUBJECT}.*", start=beyond, limit=3) == []
        assert await read_log(connection, "SHARING", "sharing.>", start=1, limit=3) == []
        assert await read_one(connection, "CONTENT", first[1].sequence) == b"1"
        assert await read_one(connection, "CONTENT", beyond) is None


async def test_large_messages_come_few_at_a_time(broker: NatsServer) -> None:
    async with open_connection(broker.url, name="operator") as connection:
        await ensure_streams(connection)
        for number in range(6):
            await connection.request(f"engagement.counts.reported.v1.{number:02d}", b"x" * 1_000_000)
        found, start = 0, 1
        while piece := await read_log(
            connection, "ENGAGEMENT", "engagement.counts.reported.v1.*", start=start, limit=100
        ):
            assert len(piece) < 6
            found, start = found + len(piece), piece[-1].sequence + 1
        assert found == 6


async def test_a_stream_that_is_not_there_cannot_be_read(broker: NatsServer) -> None:
    async with open_connection(broker.url, name="operator") as connection:
        with pytest.raises(BusUnavailable):
            await read_log(connection, "NOTHING", "nothing.>", start=1, limit=1)
