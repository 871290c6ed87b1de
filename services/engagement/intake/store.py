"""Every statement about receipts."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import delete, func, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from libs.storage.database import Transaction
from services.engagement.intake.domain import Moved, Receipt
from services.engagement.intake.tables import ReceiptRow

# a receipt that has been forgotten since stays so
_MOVE = text("""
    UPDATE receipt SET quarantined = quarantined - :moved, new = new + :new, duplicates = duplicates + :duplicates,
        conflicts = conflicts + :conflicts
    WHERE receipt_id = :receipt_id
""")


async def add_to_receipts(tx: Transaction, receipts: Sequence[Receipt]) -> None:
    """Add what was applied to each receipt, making those that are not there; in the order of ids."""
    statement = insert(ReceiptRow)
    added = statement.excluded
    await tx.run(
        statement.on_conflict_do_update(
            index_elements=["receipt_id"],
            set_={
                # the size of a stream comes with its last part, which may be applied first
                "accepted": func.greatest(col(ReceiptRow.accepted), added.accepted),
                "new": col(ReceiptRow.new) + added.new,
                "duplicates": col(ReceiptRow.duplicates) + added.duplicates,
                "conflicts": col(ReceiptRow.conflicts) + added.conflicts,
                "quarantined": col(ReceiptRow.quarantined) + added.quarantined,
            },
        ),
        [asdict(receipt) for receipt in sorted(receipts, key=lambda receipt: receipt.receipt_id)],
    )


async def move(tx: Transaction, moved: Sequence[Moved]) -> None:
    """Take items out of what their receipts count as quarantined; in the order of ids."""
    counts: dict[UUID, Counter[str]] = defaultdict(Counter)
    for one in moved:
        counts[one.receipt_id][one.outcome] += 1
    rows = [
        {
            "receipt_id": receipt_id,
            "moved": count.total(),
            "new": count["new"],
            "duplicates": count["duplicate"] + count["conflict"],
            "conflicts": count["conflict"],
        }
        for receipt_id, count in sorted(counts.items())
    ]
    await tx.run(_MOVE, rows)


async def find_receipt(tx: Transaction, receipt_id: UUID) -> Receipt | None:
    """Return a receipt, whole or in part."""
    row = await tx.session.get(ReceiptRow, receipt_id)
    return Receipt(**row.model_dump()) if row else None


async def delete_receipts_before(tx: Transaction, first_kept: UUID) -> None:
    """Delete the receipts with smaller ids: as UUIDv7 begins with the time, these are the older ones."""
    await tx.run(delete(ReceiptRow).where(col(ReceiptRow.receipt_id) < first_kept))
