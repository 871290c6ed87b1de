"""Streams, buckets and consumers, made from the topology; making them again changes nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from libs.bus.connection import Connection
from libs.bus.errors import PublishRefused
from libs.bus.partitions import filter_subjects, is_of
from libs.events.topology import BUCKETS, STREAMS, Stream, Subscription, producer_of

NANOSECONDS = 1_000_000_000
DUPLICATE_WINDOW_SECONDS = 120  # for the relay's short repetitions; the inbox is what guarantees
ACK_WAIT_SECONDS = 30
MAX_ACK_PENDING = 4096
NAME_IN_USE = 10058
NO_SUCH_CONSUMER = 10014


async def ensure_streams(connection: Connection, *, replicas: int = 1) -> None:
    """Make every stream and bucket that is missing, and bring the others to what is declared."""
    for stream in STREAMS:
        await _ensure(connection, stream.name, stream_config(stream, replicas))
    for bucket in BUCKETS:
        await _ensure(connection, f"KV_{bucket}", bucket_config(bucket, replicas))


async def _ensure(connection: Connection, name: str, config: dict[str, Any]) -> None:
    try:
        await connection.api(f"STREAM.CREATE.{name}", config)
    except PublishRefused as refusal:
        if refusal.code != NAME_IN_USE:
            raise
        await connection.api(f"STREAM.UPDATE.{name}", config)


def stream_config(stream: Stream, replicas: int) -> dict[str, Any]:
    """Return JetStream's configuration of a stream: files, kept by limits, batches allowed."""
    return {
        "name": stream.name,
        "subjects": list(stream.subjects),
        "retention": "limits",
        "discard": "old",
        "storage": "file",
        "num_replicas": replicas,
        "max_age": stream.max_age_days * 86_400 * NANOSECONDS,
        "duplicate_window": DUPLICATE_WINDOW_SECONDS * NANOSECONDS,
        "allow_atomic": True,
        "allow_direct": True,
    }


def bucket_config(bucket: str, replicas: int) -> dict[str, Any]:
    """Return the configuration of the stream behind a key-value bucket (NATS ADR-8): the last value of each key."""
    return {
        "name": f"KV_{bucket}",
        "subjects": [f"$KV.{bucket}.>"],
        "retention": "limits",
        "discard": "new",
        "storage": "file",
        "num_replicas": replicas,
        "max_msgs_per_subject": 1,
        "duplicate_window": DUPLICATE_WINDOW_SECONDS * NANOSECONDS,
        "allow_rollup_hdrs": True,
        "deny_delete": True,
        "allow_direct": True,
    }


async def ensure_consumer(connection: Connection, subscription: Subscription) -> str:
    """Make the one durable consumer of a subscription and return the stream that it reads."""
    stream = stream_name(subscription)
    await make_consumer(connection, stream, subscription.name, filter_subjects(subscription, 1, 0), start=0)
    return stream


async def make_consumer(connection: Connection, stream: str, name: str, subjects: Sequence[str], *, start: int) -> None:
    """Make a durable consumer of these subjects from the sequence `start` on (0: from the first message)."""
    begin: dict[str, Any] = {"deliver_policy": "by_start_sequence", "opt_start_seq": start} if start else {}
    config = {
        "durable_name": name,
        "ack_policy": "explicit",
        "deliver_policy": "all",
        **begin,
        "ack_wait": ACK_WAIT_SECONDS * NANOSECONDS,
        "max_ack_pending": MAX_ACK_PENDING,
        "filter_subjects": list(subjects),
        # the runner decides when it has tried often enough, and parks the message with the reason
        "max_deliver": -1,
    }
    await connection.api(f"CONSUMER.CREATE.{stream}.{name}", {"stream_name": stream, "config": config, "action": ""})


async def delete_consumer(connection: Connection, stream: str, name: str) -> None:
    """Delete a durable consumer; one that is not there is no error."""
    try:
        await connection.api(f"CONSUMER.DELETE.{stream}.{name}")
    except PublishRefused as refusal:
        if refusal.code != NO_SUCH_CONSUMER:
            raise


async def consumers_of(connection: Connection, subscription: Subscription) -> list[dict[str, Any]]:
    """Return what the broker knows of each durable consumer of a subscription, under whichever plan."""
    found = await consumers_in(connection, stream_name(subscription))
    return [info for info in found if is_of(subscription, info["name"])]


async def consumers_in(connection: Connection, stream: str) -> list[dict[str, Any]]:
    """Return what the broker knows of each durable consumer of a stream."""
    found: list[dict[str, Any]] = []
    while True:
        page = await connection.api(f"CONSUMER.LIST.{stream}", {"offset": len(found)})
        found += page["consumers"] or []
        if len(found) >= page["total"] or not page["consumers"]:
            return found


async def waiting(connection: Connection, subscription: Subscription) -> int:
    """Return how many messages a subscription has still to apply: not delivered yet, or not acknowledged yet.

    Raises PublishRefused when it has no consumer.
    """
    infos = await consumers_of(connection, subscription)
    if not infos:
        raise PublishRefused(NO_SUCH_CONSUMER, f"nobody hears {subscription.name}")
    return sum(left_of(info) for info in infos)


def left_of(info: Mapping[str, Any]) -> int:
    """Return how many messages a durable consumer has still to apply."""
    return int(info["num_pending"]) + int(info["num_ack_pending"])


def stream_name(subscription: Subscription) -> str:
    """Return the stream that a subscription reads."""
    return producer_of(subscription.events[0]).upper()
