"""Rules of clicks: which become interactions, and under which receipt."""

import hashlib
from uuid import UUID

from libs.events.intake import AcceptedInteraction, InteractionsAccepted
from libs.events.sharing import ClicksRecorded

SOURCE = "links"


def accepted_of(event: ClicksRecorded) -> InteractionsAccepted | None:
    """Return the valid clicks as what a door has accepted; None when there is none."""
    valid = [click for click in event.clicks if click.verdict == "valid"]
    if not valid:
        return None
    interactions = tuple(
        AcceptedInteraction(
            source=SOURCE,
            external_id=str(click.click_id),
            share_id=click.share_id,
            kind="click",
            name_key=click.visitor,
            occurred_at=click.occurred_at,
            provenance="measured",
            place=place,
        )
        for place, click in enumerate(valid)
    )
    return InteractionsAccepted(
        receipt_id=receipt_of(event), programme_id=event.programme_id, door="clicks", interactions=interactions
    )


def receipt_of(event: ClicksRecorded) -> UUID:
    """Return the receipt of an event's clicks: a UUIDv7 (RFC 9562) of the latest one, the same for every delivery."""
    latest = max(click.occurred_at for click in event.clicks)
    text = "\n".join(str(click.click_id) for click in event.clicks)
    rest = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=10).digest(), "big")
    milliseconds = int(latest.timestamp() * 1000)
    version, variant = 7 << 76, 0b10 << 62
    mask = ~(0xF << 76) & ~(0b11 << 62) & ((1 << 80) - 1)
    return UUID(int=milliseconds << 80 | version | variant | rest & mask)
