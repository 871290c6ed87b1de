"""Numbers of groups of shares, one page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from libs.storage.database import Transaction
from services.engagement.measures.domain.numbers import By, Measure, measures_of
from services.engagement.measures.domain.periods import BEGINNING, Span
from services.engagement.measures.store import numbers as store
from services.engagement.measures.store.numbers import Picked

Place = tuple[datetime, UUID] | str | None  # where the page before ended: a share, or the key of a group
FIRST_ID = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked: shares of a programme published in a span, grouped; `keys` None asks for all groups."""

    programme_id: UUID
    by: By
    span: Span
    keys: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """One group in numbers. `published_at` is of a share."""

    key: str
    measure: Measure
    published_at: datetime | None

    @property
    def place(self) -> Place:
        """Where a page that ends with this group is gone on from."""
        return (self.published_at, UUID(self.key)) if self.published_at else self.key


async def page_of_measures(tx: Transaction, question: Question, *, after: Place, limit: int) -> list[Group]:
    """Return up to `limit` groups after a place: shares as they were published, others by the text of their key."""
    keys = await _keys(tx, question, after, limit)
    picked = store.in_groups(question.programme_id, question.by, question.span, list(keys))
    found = await measure(tx, picked) if keys else {}
    return [Group(key, found[key], published_at) for key, published_at in keys.items() if key in found]


async def measure_campaign(tx: Transaction, campaign_id: UUID) -> Measure | None:
    """Return a campaign in numbers; None while nothing of it has been shared."""
    return (await measure(tx, store.of_campaign(campaign_id))).get(str(campaign_id))


async def measure(tx: Transaction, picked: Picked) -> dict[str, Measure]:
    """Return the numbers of the picked shares, by group."""
    tallies = await store.tallies_of(tx, picked)
    rows = await store.numbers_of(tx, picked)
    return dict(measures_of(tallies, rows, await store.converted_of(tx, picked)))


async def _keys(tx: Transaction, question: Question, after: Place, limit: int) -> dict[str, datetime | None]:
    about = (tx, question.programme_id)
    ids = list(question.keys) if question.keys is not None else None
    if question.by == "share":
        at, share_id = after if isinstance(after, tuple) else (BEGINNING, FIRST_ID)
        place: dict[str, object] = {"ids": ids, "at": at, "after": share_id}
        rows = await store.page_of_shares(*about, question.span, place, limit=limit)
        return {row["key"]: row["published_at"] for row in rows}
    place = {"ids": ids, "after": after if isinstance(after, str) else None}
    return dict.fromkeys(await store.page_of_groups(*about, question.by, question.span, place, limit=limit))
