"""Reading what the ledger holds: accounts, sums, entries, and whether they agree."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from libs.auth.principal import Programmes, within
from libs.storage.database import Transaction
from services.gamification.ledger import store
from services.gamification.ledger.domain import (
    Worth,
    kinds_of,
)
from services.gamification.ledger.errors import EntryNotFound
from services.gamification.ledger.tables import Balance, Entry


@dataclass(frozen=True, slots=True)
class Totals:
    """Grand totals in milli-points, and the number of entries."""

    entries: int
    lines: int
    balances: int
    count: int


@dataclass(frozen=True, slots=True)
class Account:
    """What an ambassador holds, and the newest entries of how it came about."""

    balances: Sequence[Balance]
    entries: Sequence[Entry]


async def account_of(tx: Transaction, ambassador_id: UUID, *, last: int | None, limit: int) -> Account:
    """Return an ambassador's balances and their entries, newest first, from just before sequence `last`."""
    return Account(
        balances=await store.balances_of(tx, ambassador_id),
        entries=await store.entries_before(tx, ambassador_id, last, limit=limit),
    )


async def hold_account(tx: Transaction, ambassador_id: UUID) -> None:
    """Keep an ambassador's points as they are until the commit."""
    await store.lock_accounts(tx, [ambassador_id])


async def lifetime_of(tx: Transaction, ambassador_id: UUID) -> int:
    """Return all milli-points that an ambassador ever got, corrections included."""
    return await store.lifetime_of(tx, ambassador_id)


async def lifetimes_of(tx: Transaction, ambassador_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return the same of each of several ambassadors who have any."""
    return await store.lifetimes_of(tx, ambassador_ids)


async def most_of_a_kind(
    tx: Transaction, programme_id: UUID, week: str, kind: str, *, limit: int
) -> list[tuple[UUID, int]]:
    """Return who has the most milli-points of one kind of line in a week."""
    return await store.most_of_a_kind(tx, programme_id, week, kind, limit=limit)


async def most_among(
    tx: Transaction, programme_id: UUID, week: str, ambassador_ids: Sequence[UUID], *, limit: int
) -> list[tuple[UUID, int]]:
    """Return who of some ambassadors has the most milli-points in a week."""
    return await store.most_among(tx, programme_id, week, ambassador_ids, limit=limit)


async def most_grown(
    tx: Transaction, programme_id: UUID, weeks: Sequence[str], before: Sequence[str], *, limit: int
) -> list[tuple[UUID, int, int]]:
    """Return whose milli-points in `weeks` grew most over those in `before`, with both; who had none is left out."""
    return await store.most_grown(tx, programme_id, weeks, before, limit=limit)


async def get_entry(tx: Transaction, entry_id: UUID, *, among: Programmes) -> Entry:
    """Return an entry of the programmes `among`. Raises EntryNotFound."""
    row = await store.find_entry(tx, entry_id)
    if row is None or not within(among, row.programme_id):
        raise EntryNotFound(f"no entry has the id {entry_id}")
    return row


async def people_after(tx: Transaction, programme_id: UUID, last: UUID | None, *, limit: int) -> Sequence[UUID]:
    """Return ambassadors of a programme who have a balance, in the order of their ids, from just after `last`."""
    return await store.people_after(tx, programme_id, last, limit=limit)


async def balances_of_people(tx: Transaction, programme_id: UUID, ambassador_ids: Sequence[UUID]) -> Sequence[Balance]:
    """Return all balances of these ambassadors in a programme."""
    return await store.balances_of_people(tx, programme_id, ambassador_ids)


async def ranked_balances(tx: Transaction, programme_id: UUID, period: str) -> Sequence[Balance]:
    """Return the balances of a period as boards rank them: more first, of equals whoever had it first."""
    return await store.ranked(tx, programme_id, period)


async def audit(tx: Transaction) -> tuple[Totals, list[str]]:
    """Return the grand totals, and one line for each balance that is not the sum of its entries."""
    wrong = [
        f"balance {row['period']} of {row['ambassador_id']} is {row['balance']}, its entries sum to {row['entries']}"
        for row in await store.disagreements(tx)
    ]
    row = await store.totals(tx)
    totals = Totals(entries=row["entries"], lines=row["lines"], balances=row["balances"], count=row["count"])
    if len({totals.entries, totals.lines, totals.balances}) > 1:
        wrong.append(f"entries sum to {totals.entries}, lines to {totals.lines}, balances to {totals.balances}")
    return totals, wrong


async def lines_of(tx: Transaction, ambassador_ids: Collection[UUID], measure: str) -> list[Worth]:
    """Return what the lines of ambassadors that count in a measure are worth in it."""
    return [Worth(**row) for row in await store.lines_of(tx, ambassador_ids, measure, kinds_of(measure))]
