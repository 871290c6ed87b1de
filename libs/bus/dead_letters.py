"""Dead letters: a message that nobody could handle is kept whole, with the reason, in the stream DEAD."""

from nats.aio.msg import Msg

from libs.bus.connection import Connection


async def park(connection: Connection, message: Msg, *, consumer: str, reason: str) -> None:
    """Store a copy under `dead.<consumer>`; the headers say where it came from and why. Raises BusUnavailable."""
    origin = message.metadata
    await connection.request(
        f"dead.{consumer}",
        message.data,
        headers={
            "Nats-Msg-Id": f"{consumer}:{origin.stream}:{origin.sequence.stream}",
            "Timbre-Consumer": consumer,
            "Timbre-Subject": message.subject,
            "Timbre-Stream": origin.stream,
            "Timbre-Sequence": str(origin.sequence.stream),
            # a header is one line of visible ASCII
            "Timbre-Reason": " ".join(reason.split()).encode("ascii", "replace").decode()[:500],
        },
    )
