"""Use cases of sending: who is sent to next, and what becomes of an attempt."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from gateway.webhooks.deliveries import store
from gateway.webhooks.deliveries.domain import Bounds, Parcel, State, logged
from gateway.webhooks.deliveries.domain.body import message_id_of
from gateway.webhooks.deliveries.domain.schedule import pause_after
from gateway.webhooks.deliveries.domain.turns import Capacity, chosen
from gateway.webhooks.deliveries.tables import Delivery
from gateway.webhooks.endpoints.answers import Answer, Outcome
from gateway.webhooks.subscriptions import service as subscriptions
from gateway.webhooks.subscriptions.domain.health import Disabled, pause_of, throttle
from gateway.webhooks.subscriptions.domain.sealing import Sealer
from gateway.webhooks.subscriptions.tables import Webhook
from libs.storage.database import Transaction

SHOWN_ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class Concluded:
    """What an attempt has led to: where the delivery stands, and why its webhook was disabled, if it was."""

    state: State
    disabled: Disabled | None


async def claim(
    tx: Transaction,
    *,
    busy: Mapping[UUID, int],
    ailing: Mapping[UUID, int],
    capacity: Capacity,
    lease: timedelta,
    sealer: Sealer,
    now: datetime,
) -> list[Parcel]:
    """Claim what is due and fits: `busy` is under way by webhook, `ailing` of that to endpoints that had failed.

    Should this process die, others may take a parcel once the lease is over; the receiver then gets it once more.
    """
    free, under_way = capacity.total - sum(busy.values()), sum(ailing.values())
    kept = 0 if under_way else 1  # however much is due elsewhere, somebody finds out who has recovered
    well = await _turn(tx, busy, failing=False, each=capacity.each, places=free - kept, now=now)
    places = min(free - len(well), capacity.failing - under_way)
    ill = await _turn(tx, busy, failing=True, each=1, places=places, now=now)
    if not (ids := [*well, *ill]):
        return []
    rows = await store.claim(tx, ids, lease=now + lease, now=now)
    webhooks = await subscriptions.of_ids(tx, {row.webhook_id for row in rows})
    secrets = await subscriptions.secrets_of(tx, webhooks, sealer=sealer, now=now)
    return [
        Parcel(
            id=row.id,
            webhook_id=row.webhook_id,
            url=webhooks[row.webhook_id].url,
            message_id=message_id_of(row.event_id),
            body=row.body,
            attempts=row.attempts,
            secrets=tuple(secrets[row.webhook_id]),
            failing=webhooks[row.webhook_id].failing_since is not None,
        )
        for row in rows
        if row.webhook_id in webhooks
    ]


async def _turn(
    tx: Transaction, busy: Mapping[UUID, int], *, failing: bool, each: int, places: int, now: datetime
) -> list[UUID]:
    if places <= 0:
        return []
    full = [webhook_id for webhook_id, under_way in busy.items() if under_way >= each]
    candidates = await store.due(tx, failing=failing, full=full, each=each, places=places, now=now)
    return chosen(candidates, busy=busy, each=each, places=places)


async def conclude(
    tx: Transaction, parcel: Parcel, answer: Answer, *, bounds: Bounds, chance: float, now: datetime
) -> Concluded | None:
    """Keep what an attempt came to; None where it counts no more, since somebody else has taken the parcel.

    The webhook is held before the delivery, as a deletion does.
    """
    webhook = await subscriptions.find_held(tx, parcel.webhook_id)
    row = await store.find(tx, parcel.id, lock=True) if webhook else None
    if webhook is None or row is None or row.attempts != parcel.attempts:
        return None
    row.log = [*row.log[1 - SHOWN_ATTEMPTS :], dict(logged(answer, at=now))]
    disabled = None
    if answer.outcome is Outcome.DELIVERED:
        _end(row, State.DELIVERED, now=now)
        await subscriptions.note_success(tx, webhook)
    else:
        disabled = await _failed(tx, webhook, row, answer, bounds=bounds, chance=chance, now=now)
    await store.save(tx, row)
    return Concluded(State(row.state), disabled)


async def _failed(
    tx: Transaction, webhook: Webhook, row: Delivery, answer: Answer, *, bounds: Bounds, chance: float, now: datetime
) -> Disabled | None:
    gone = answer.outcome is Outcome.GONE
    throttled = throttle(answer.retry_after, pause=pause_of(answer.outcome, answer.status), now=now)
    pause = pause_after(row.tried, chance)
    if gone or pause is None:
        _end(row, State.FAILED, now=now)
    else:
        row.state, row.next_at = State.WAITING.value, now + max(pause, throttled or timedelta())
    return await subscriptions.note_failure(
        tx, webhook, gone=gone, throttled=throttled, patience=bounds.patience, now=now
    )


def _end(row: Delivery, state: State, *, now: datetime) -> None:
    row.state, row.next_at, row.ended_at = state.value, None, now


def by_webhook(parcels: Collection[Parcel], *, failing: bool = False) -> dict[UUID, int]:
    """Return how many parcels there are of each webhook; of those that had failed only, where that is asked."""
    found: dict[UUID, int] = {}
    for parcel in parcels:
        if parcel.failing or not failing:
            found[parcel.webhook_id] = found.get(parcel.webhook_id, 0) + 1
    return found
