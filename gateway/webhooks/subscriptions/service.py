"""Use cases of webhooks: making, changing, rotating and ending them, and judging their health."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from gateway.webhooks.subscriptions import store
from gateway.webhooks.subscriptions.domain.health import Disabled, verdict
from gateway.webhooks.subscriptions.domain.sealing import Sealer
from gateway.webhooks.subscriptions.errors import TooManySecrets, TooManyWebhooks, WebhookDisabled, WebhookNotFound
from gateway.webhooks.subscriptions.tables import Webhook, WebhookSecret
from libs.auth.principal import Programmes, within
from libs.events.webhooks import EndpointDisabled
from libs.storage.database import Transaction

MOST_WEBHOOKS = 20  # of a programme
MOST_SECRETS = 5  # of a webhook, in use at once: each is a signature in the header


async def create(tx: Transaction, row: Webhook, secret: bytes, *, sealer: Sealer) -> Webhook:
    """Keep a new webhook with its first secret. Raises TooManyWebhooks."""
    await store.hold_programme(tx, row.programme_id)
    if await store.count_in(tx, row.programme_id) >= MOST_WEBHOOKS:
        raise TooManyWebhooks(f"a programme may have {MOST_WEBHOOKS}; delete one that nobody needs")
    await store.save(tx, row)
    await store.save(tx, WebhookSecret(webhook_id=row.id, number=1, sealed=sealer.seal(secret)))
    return row


async def get(tx: Transaction, webhook_id: UUID, *, among: Programmes, lock: bool = False) -> Webhook:
    """Return a webhook of the programmes `among`. Raises WebhookNotFound."""
    row = await store.find(tx, webhook_id, lock=lock)
    if row is None or not within(among, row.programme_id):
        raise WebhookNotFound(f"no webhook has the id {webhook_id}")
    return row


async def is_among(tx: Transaction, webhook_id: UUID, among: Programmes) -> bool:
    """Whether a webhook is of one of these programmes."""
    row = await store.find(tx, webhook_id, lock=False)
    return row is not None and within(among, row.programme_id)


async def find_held(tx: Transaction, webhook_id: UUID) -> Webhook | None:
    """Return a webhook that nobody else changes until the commit; None when it was deleted."""
    return await store.find(tx, webhook_id, lock=True)


async def listed(tx: Transaction, programme_id: UUID, *, last: UUID | None, limit: int) -> Sequence[Webhook]:
    """Return the webhooks of a programme, oldest first."""
    return await store.after(tx, programme_id, last, limit=limit)


async def of_ids(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, Webhook]:
    """Return the webhooks of these ids that there are."""
    return {row.id: row for row in await store.of_ids(tx, ids)}


async def hearing(tx: Transaction, programmes: Collection[UUID], types: Collection[str]) -> Sequence[Webhook]:
    """Return the enabled webhooks of these programmes that hear any of these types."""
    return await store.hearing(tx, programmes, types)


async def first_secret(tx: Transaction, webhook_id: UUID, *, sealer: Sealer, now: datetime) -> bytes | None:
    """Return the secret that a webhook was made with, while it is its only one."""
    found = await store.secrets_of(tx, [webhook_id], now=now)
    return sealer.open(found[0].sealed) if found and found[0].number == 1 else None


async def secrets_of(
    tx: Transaction, ids: Collection[UUID], *, sealer: Sealer, now: datetime
) -> dict[UUID, list[bytes]]:
    """Return the secrets with which each webhook signs now, the newest first."""
    found: dict[UUID, list[bytes]] = {}
    for row in await store.secrets_of(tx, ids, now=now):
        found.setdefault(row.webhook_id, []).append(sealer.open(row.sealed))
    return found


async def rotate(
    tx: Transaction, row: Webhook, secret: bytes, *, overlap: timedelta, sealer: Sealer, now: datetime
) -> None:
    """Sign with a new secret from now on, and with those in use beside it for a while. Raises TooManySecrets."""
    live = await store.secrets_of(tx, [row.id], now=now)
    if len(live) >= MOST_SECRETS and overlap:
        raise TooManySecrets("rotate with `overlap_hours` 0, or wait until the earlier ones end")
    await store.end_secrets(tx, row.id, at=now + overlap)
    await store.save(tx, WebhookSecret(webhook_id=row.id, number=live[0].number + 1, sealed=sealer.seal(secret)))
    row.changed_at = now
    await store.save(tx, row)


async def enable(tx: Transaction, row: Webhook, *, now: datetime) -> Webhook:
    """Let a webhook hear again, with a clean record."""
    row.disabled_at = row.disabled_reason = None
    _forgive(row)
    row.changed_at = now
    await store.save(tx, row)
    return row


async def disable(tx: Transaction, row: Webhook, *, now: datetime) -> Webhook:
    """Let a webhook hear nothing until it is enabled; one that is disabled stays as it is."""
    if row.disabled_at is None:
        row.disabled_at, row.disabled_reason = now, Disabled.OWNER.value
        row.changed_at = now
        await store.save(tx, row)
    return row


async def change(
    tx: Transaction,
    row: Webhook,
    *,
    url: str,
    description: str,
    event_types: Sequence[str],
    filters: dict[str, str | int | bool],
    now: datetime,
) -> Webhook:
    """Replace what a webhook is; another address begins with a clean record."""
    if url != row.url:
        _forgive(row)
    row.url, row.description, row.event_types, row.filters = url, description, list(event_types), filters
    row.changed_at = now
    await store.save(tx, row)
    return row


async def remove(tx: Transaction, row: Webhook) -> None:
    """Delete a webhook with its secrets and deliveries."""
    await store.remove(tx, row.id)


def require_enabled(row: Webhook) -> None:
    """Raise WebhookDisabled unless the webhook hears."""
    if row.disabled_at is not None:
        raise WebhookDisabled("enable it first")


async def end_throttling(tx: Transaction, row: Webhook) -> None:
    """Send to a held webhook's endpoint again, whatever it asked for."""
    row.throttled_until = None
    await store.save(tx, row)


async def note_success(tx: Transaction, row: Webhook) -> None:
    """Keep that a held webhook's endpoint answers."""
    if row.failing_since is not None or row.throttled_until is not None:
        _forgive(row)
        await store.save(tx, row)


async def note_failure(
    tx: Transaction, row: Webhook, *, gone: bool, throttled: timedelta | None, patience: timedelta, now: datetime
) -> Disabled | None:
    """Keep that a held webhook's endpoint has failed; disables it where it is time, tells so, and returns why."""
    row.failing_since = row.failing_since or now
    if throttled is not None:
        row.throttled_until = now + throttled
    reason = verdict(gone=gone, failing_since=row.failing_since, patience=patience, now=now)
    if reason is not None and row.disabled_at is None:
        row.disabled_at, row.disabled_reason = now, reason.value
        event = EndpointDisabled(
            webhook_id=row.id,
            programme_id=row.programme_id,
            reason="gone" if reason is Disabled.GONE else "failing",
            failing_since=row.failing_since,
            disabled_at=now,
        )
        tx.emit(event, key=str(row.id))
    else:
        reason = None
    await store.save(tx, row)
    return reason


async def seal_anew(tx: Transaction, sealer: Sealer) -> int:
    """Encrypt under the newest key what is not; returns how many secrets. Raises SecretUnreadable."""
    changed = 0
    for row in await store.all_secrets(tx):
        if (sealed := sealer.sealed_anew(row.sealed)) is not None:
            row.sealed = sealed
            changed += 1
    return changed


async def forget_ended(tx: Transaction, *, now: datetime) -> None:
    """Forget secrets that sign no more."""
    await store.forget_secrets(tx, before=now)


def _forgive(row: Webhook) -> None:
    row.failing_since = row.throttled_until = None
