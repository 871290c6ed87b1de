"""Fixed values that the examples of events share."""

from datetime import UTC, datetime
from uuid import UUID

AT = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)


def fixed_id(kind: int, number: int = 1) -> UUID:
    """Return a UUIDv7 that is always the same; `kind` and `number` tell the ids of an example apart."""
    return UUID(f"019a93c1-7e00-7{kind:03x}-8000-{number:012x}")


PROGRAMME, CAMPAIGN, ITEM, TEAM = (fixed_id(kind) for kind in (1, 2, 3, 4))
AMBASSADOR, COLLEAGUE = fixed_id(5), fixed_id(5, 2)
SHARE, RECEIPT = fixed_id(6), fixed_id(7)
PERSON = "5f0c3a9e8b714d26a1c7e4f2900d6b3a"
OTHER_PERSON = "c41d7be0932f4a85b6e1f70824ad59c3"
TEXT_KEY = "90b2e6d1f8744c0fa35d1b7c6e290f48"
