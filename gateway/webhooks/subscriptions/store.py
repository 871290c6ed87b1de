"""Every statement about webhooks and their secrets."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Text, delete, func, literal, or_, text, update
from sqlmodel import SQLModel, col, select

from gateway.webhooks.subscriptions.tables import Webhook, WebhookSecret
from libs.storage.database import Transaction
from libs.storage.tables import any_of

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('webhooks' || :programme_id, 0))")


async def hold_programme(tx: Transaction, programme_id: UUID) -> None:
    """Let no other transaction add a webhook to the programme until this one ends."""
    await tx.run(_ONE_AT_A_TIME, {"programme_id": str(programme_id)})


async def save(tx: Transaction, row: SQLModel) -> None:
    """Insert a row, or write what changed of it."""
    tx.session.add(row)
    await tx.session.flush()


async def count_in(tx: Transaction, programme_id: UUID) -> int:
    """Return how many webhooks a programme has."""
    query = select(func.count()).select_from(Webhook).where(Webhook.programme_id == programme_id)
    return int((await tx.session.exec(query)).one())


async def find(tx: Transaction, webhook_id: UUID, *, lock: bool = False) -> Webhook | None:
    """Return a webhook; locked, nobody else changes it until the commit, and deliveries can still be added."""
    held = {"key_share": True} if lock else None
    return await tx.session.get(Webhook, webhook_id, with_for_update=held, populate_existing=lock)


async def after(tx: Transaction, programme_id: UUID, last: UUID | None, *, limit: int) -> Sequence[Webhook]:
    """Return webhooks of a programme by id, from just after `last`."""
    query = select(Webhook).where(Webhook.programme_id == programme_id).order_by(col(Webhook.id)).limit(limit)
    return (await tx.session.exec(query.where(col(Webhook.id) > last) if last else query)).all()


async def of_ids(tx: Transaction, ids: Collection[UUID]) -> Sequence[Webhook]:
    """Return the webhooks of these ids that there are."""
    return (await tx.session.exec(select(Webhook).where(col(Webhook.id) == any_of(ids)))).all()


async def hearing(tx: Transaction, programmes: Collection[UUID], types: Collection[str]) -> Sequence[Webhook]:
    """Return the enabled webhooks of these programmes that hear any of these types, in the order of their ids."""
    query = select(Webhook).where(
        col(Webhook.programme_id) == any_of(programmes),
        col(Webhook.disabled_at).is_(None),
        col(Webhook.event_types).op("&&")(literal(list(types), ARRAY(Text))),
    )
    return (await tx.session.exec(query.order_by(col(Webhook.id)))).all()


async def remove(tx: Transaction, webhook_id: UUID) -> bool:
    """Delete a webhook with all that hangs on it; returns whether it was there."""
    gone = await tx.run(delete(Webhook).where(col(Webhook.id) == webhook_id).returning(col(Webhook.id)))
    return gone.first() is not None


async def secrets_of(tx: Transaction, ids: Collection[UUID], *, now: datetime) -> Sequence[WebhookSecret]:
    """Return the secrets of webhooks that sign now, the newest of each first."""
    lives = or_(col(WebhookSecret.ends_at).is_(None), col(WebhookSecret.ends_at) > now)
    query = select(WebhookSecret).where(col(WebhookSecret.webhook_id) == any_of(ids), lives)
    return (await tx.session.exec(query.order_by(col(WebhookSecret.number).desc()))).all()


async def all_secrets(tx: Transaction) -> Sequence[WebhookSecret]:
    """Return every secret there is, and hold them all."""
    return (await tx.session.exec(select(WebhookSecret).with_for_update())).all()


async def end_secrets(tx: Transaction, webhook_id: UUID, *, at: datetime) -> None:
    """Give the newest secret an end, and each other one this end where its own is later."""
    mine = update(WebhookSecret).where(col(WebhookSecret.webhook_id) == webhook_id)
    await tx.run(mine.values(ends_at=func.least(col(WebhookSecret.ends_at), at)))  # least() passes over nulls


async def forget_secrets(tx: Transaction, *, before: datetime) -> None:
    """Delete secrets that ended before a time."""
    await tx.run(delete(WebhookSecret).where(col(WebhookSecret.ends_at) < before))
