"""Use cases of API keys. What every process judges keys by is told in the transaction of each change."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from libs.auth.api_keys import REVOKED, KnownSecret
from libs.auth.principal import Programmes, within
from libs.events.topology import API_KEYS
from libs.storage.database import Transaction
from services.content.keys import store
from services.content.keys.domain import MOST_KEYS, MOST_SECRETS, end_of_overlap
from services.content.keys.errors import ApiKeyNotFound, ApiKeyRevoked, TooManyApiKeys, TooManySecrets
from services.content.keys.tables import ApiKey, ApiKeySecret
from services.content.programmes import service as programmes

Found = tuple[ApiKey, Sequence[ApiKeySecret]]


async def create_key(tx: Transaction, key: ApiKey, secret: ApiKeySecret) -> Found:
    """Make a key with its first secret. Raises ProgrammeNotFound, TooManyApiKeys."""
    await programmes.get_programme(tx, key.programme_id)
    await store.hold_programme(tx, key.programme_id)
    if await store.count_in_force(tx, key.programme_id) >= MOST_KEYS:
        raise TooManyApiKeys("revoke one first")
    await store.save(tx, key, secret)
    _tell(tx, key, secret)
    return key, [secret]


async def get_key(tx: Transaction, key_id: UUID, *, among: Programmes, lock: bool = False) -> ApiKey:
    """Return a key of the programmes `among`. Raises ApiKeyNotFound."""
    row = await store.find(tx, key_id, lock=lock)
    if row is None or not within(among, row.programme_id):
        raise ApiKeyNotFound(f"no API key has the id {key_id}")
    return row


async def rotate_key(tx: Transaction, key: ApiKey, secret: ApiKeySecret, *, overlap: timedelta, now: datetime) -> Found:
    """Give a key that is held another secret; the earlier ones end within the overlap.

    Raises ApiKeyRevoked, TooManySecrets.
    """
    if key.revoked_at is not None:
        raise ApiKeyRevoked("make another one")
    earlier = in_force(await store.secrets_of(tx, [key.id]), now=now)
    if len(earlier) >= MOST_SECRETS and overlap:
        raise TooManySecrets(f"wait for {earlier[0].ends_at.isoformat()}, or rotate with an overlap of 0")
    for one in earlier:
        one.ends_at = end_of_overlap(one.ends_at, now=now, overlap=overlap)
    await store.save(tx, *earlier, secret)
    for one in (*earlier, secret):
        _tell(tx, key, one)
    return key, in_force([*earlier, secret], now=now)


async def revoke_key(tx: Transaction, key: ApiKey, *, now: datetime) -> Found:
    """End a key that is held for good; again, it changes nothing."""
    if key.revoked_at is None:
        key.revoked_at = now
        await store.save(tx, key)
        for secret in await store.secrets_of(tx, [key.id]):
            _tell(tx, key, secret)
    return key, []


async def list_keys(
    tx: Transaction, programme_id: UUID, *, last: UUID | None, limit: int, now: datetime
) -> list[Found]:
    """Return the next keys of a programme, oldest first, with their secrets in force. Raises ProgrammeNotFound."""
    await programmes.get_programme(tx, programme_id)
    keys = await store.after(tx, programme_id, last, limit=limit)
    secrets = in_force(await store.secrets_of(tx, [key.id for key in keys if key.revoked_at is None]), now=now)
    return [(key, [secret for secret in secrets if secret.key_id == key.id]) for key in keys]


async def remember_uses(tx: Transaction, days: Mapping[UUID, date]) -> None:
    """Keep on which day each key was last used."""
    await store.remember_uses(tx, days)


async def tell_again(tx: Transaction, held: Mapping[str, bytes]) -> int:
    """Tell what the bucket does not hold as it is here, say after an older copy of it was restored; returns how much.

    Keys are held meanwhile, for what is told last is what everybody judges by.
    """
    if not _differing(await store.every_secret(tx), held):
        return 0
    await store.hold_keys(tx)
    differing = _differing(await store.every_secret(tx), held)
    for key, secret in differing:
        _tell(tx, key, secret)
    return len(differing)


def in_force(secrets: Sequence[ApiKeySecret], *, now: datetime) -> list[ApiKeySecret]:
    """Return the secrets that have not ended."""
    return [secret for secret in secrets if secret.ends_at > now]


def _differing(
    pairs: Sequence[tuple[ApiKey, ApiKeySecret]], held: Mapping[str, bytes]
) -> list[tuple[ApiKey, ApiKeySecret]]:
    return [(key, secret) for key, secret in pairs if held.get(str(secret.id)) != _told(key, secret)]


def _tell(tx: Transaction, key: ApiKey, secret: ApiKeySecret) -> None:
    tx.put(API_KEYS, str(secret.id), _told(key, secret))


def _told(key: ApiKey, secret: ApiKeySecret) -> bytes:
    if key.revoked_at is not None:
        return REVOKED
    known = KnownSecret(
        key_id=key.id,
        digest=secret.digest,
        programme_id=key.programme_id,
        scopes=tuple(key.scopes),
        ends_at=secret.ends_at,
    )
    return known.model_dump_json().encode()
