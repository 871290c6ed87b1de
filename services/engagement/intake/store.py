"""Every statement about receipts."""

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from libs.storage.database import Transaction
from services.engagement.intake.domain import Receipt
from services.engagement.intake.tables import ReceiptRow


async def add_to_receipts(tx: Transaction, receipts: Sequence[Receipt]) -> None:
    """Add what was applied to each receipt, making those that are not there; in the order of ids."""
    statement = insert(ReceiptRow)
    added = statement.excluded
    await tx.run(
        statement.on_conflict_do_update(
            index_elements=["receipt_id"],
            set_={
                "new": col(ReceiptRow.new) + added.new,
                "duplicates": col(ReceiptRow.duplicates) + added.duplicates,
                "conflicts": col(ReceiptRow.conflicts) + added.conflicts,
            },
        ),
        [asdict(receipt) for receipt in sorted(receipts, key=lambda receipt: receipt.receipt_id)],
    )


async def find_receipt(tx: Transaction, receipt_id: UUID) -> Receipt | None:
    """Return a receipt, whole or in part."""
    row = await tx.session.get(ReceiptRow, receipt_id)
    return Receipt(**row.model_dump()) if row else None


async def delete_receipts_before(tx: Transaction, first_kept: UUID) -> None:
    """Delete the receipts with smaller ids: as UUIDv7 begins with the time, these are the older ones."""
    await tx.run(delete(ReceiptRow).where(col(ReceiptRow.receipt_id) < first_kept))
