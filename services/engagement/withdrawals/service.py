"""Use cases of the door: keeping what is taken back."""

from datetime import datetime
from uuid import UUID

from libs.bus.publish import Publisher
from libs.events.intake import AcceptedWithdrawal, WithdrawalsAccepted
from services.engagement.intake import service as intake
from services.engagement.intake.domain import Judged


async def keep(
    publisher: Publisher, programme_id: UUID, judged: Judged[AcceptedWithdrawal], receipt_id: UUID, now: datetime
) -> None:
    """Return once what is valid is on the broker's disk. Raises NothingAccepted, BusUnavailable."""
    if not judged.accepted:
        raise intake.nothing_accepted(judged.refusals, field="withdrawals")
    event = WithdrawalsAccepted(
        receipt_id=receipt_id, programme_id=programme_id, door="withdrawals", withdrawals=tuple(judged.accepted)
    )
    await intake.keep(publisher, event, now=now)
