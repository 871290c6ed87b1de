"""Reading again what a stream keeps, without a consumer: JetStream's direct get, in batches (NATS ADR-31)."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import nats.errors
from nats.aio.msg import Msg

from libs.bus.connection import UNAVAILABLE, Connection
from libs.bus.errors import BusUnavailable, PublishRefused
from libs.bus.plans import NO_MESSAGE

ANSWER_SECONDS = 5.0
MOST_BYTES = 4 * 1024 * 1024
END, NOTHING = "204", "404"


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """A message as its stream keeps it; `at` is when the broker stored it."""

    sequence: int
    at: datetime
    data: bytes


async def read_log(
    connection: Connection, stream: str, subject: str, *, start: int | datetime, limit: int
) -> list[Logged]:
    """Return messages in order from a sequence or a time on, `limit` or 4 MiB at most; none where there are no more.

    Raises BusUnavailable.
    """
    begin = {"start_time": start.isoformat()} if isinstance(start, datetime) else {"seq": start}
    asked = {"next_by_subj": subject, "batch": limit, "max_bytes": MOST_BYTES, **begin}
    inbox = connection.client.new_inbox()
    try:
        answers = await connection.client.subscribe(inbox)
        try:
            await connection.client.publish(f"$JS.API.DIRECT.GET.{stream}", json.dumps(asked).encode(), reply=inbox)
            return await _all_of(answers)
        finally:
            await answers.unsubscribe()
    except UNAVAILABLE as error:
        raise BusUnavailable(f"{stream} cannot be read: {error!r}", retry_after=1) from error


async def _all_of(answers: Any) -> list[Logged]:  # noqa: ANN401 - nats-py leaves it untyped
    found: list[Logged] = []
    while True:
        message: Msg = await answers.next_msg(timeout=ANSWER_SECONDS)
        headers: dict[str, str] = message.headers or {}
        status = headers.get("Status")
        if status in {END, NOTHING}:
            return found
        if status is not None:
            raise nats.errors.Error(f"status {status}")
        at = datetime.fromisoformat(headers["Nats-Time-Stamp"])
        found.append(Logged(sequence=int(headers["Nats-Sequence"]), at=at, data=message.data))


async def read_one(connection: Connection, stream: str, sequence: int) -> bytes | None:
    """Return the message of a sequence; None when the stream keeps it no more. Raises BusUnavailable."""
    try:
        found = await connection.api(f"STREAM.MSG.GET.{stream}", {"seq": sequence})
    except PublishRefused as refusal:
        if refusal.code != NO_MESSAGE:
            raise
        return None
    return base64.b64decode(found["message"]["data"])
