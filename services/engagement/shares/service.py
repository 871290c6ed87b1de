"""Use cases of known shares: remembering what was told, and finding what a request names."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from libs.auth.principal import Programmes, within
from libs.storage.database import Transaction
from services.engagement.shares import store
from services.engagement.shares.domain import KnownShare, Missing, PersonOn, ShareName, address_of, named
from services.engagement.shares.errors import ShareNotFound


async def remember_programme(tx: Transaction, programme_id: UUID, *, time_zone: str) -> None:
    """Keep a programme's time zone."""
    await store.add_programme(tx, programme_id, time_zone=time_zone)


async def time_zone_of(tx: Transaction, programme_id: UUID) -> str | None:
    """Return a programme's time zone; None when it has not been told of."""
    programme = await store.find_programme(tx, programme_id)
    return programme.time_zone if programme else None


async def remember_share(
    tx: Transaction,
    share_id: UUID,
    *,
    programme_id: UUID,
    ambassador_id: UUID,
    network: str,
    post_url: str | None,
    published_at: datetime,
) -> None:
    """Keep a share; what is known of one never changes."""
    row = {
        "share_id": share_id,
        "programme_id": programme_id,
        "ambassador_id": ambassador_id,
        "network": network,
        "post_url": address_of(post_url) if post_url else None,
        "published_at": published_at,
    }
    await store.add_share(tx, row)


async def remember_handle(
    tx: Transaction,
    ambassador_id: UUID,
    network: str,
    *,
    programme_id: UUID,
    person_key: str | None,
    given_at: datetime,
) -> None:
    """Keep under which key an ambassador acts on a network, unless something later is known."""
    await _put(tx, (ambassador_id, network), programme_id, key=person_key, at=given_at, withdrawn=False)


async def forget_handle(
    tx: Transaction, ambassador_id: UUID, network: str, *, programme_id: UUID, withdrawn_at: datetime
) -> None:
    """Forget the key with the consent, unless consent was given again later."""
    await _put(tx, (ambassador_id, network), programme_id, key=None, at=withdrawn_at, withdrawn=True)


async def _put(
    tx: Transaction, of: tuple[UUID, str], programme_id: UUID, *, key: str | None, at: datetime, withdrawn: bool
) -> None:
    row = {
        "ambassador_id": of[0],
        "network": of[1],
        "programme_id": programme_id,
        "person_key": key,
        "changed_at": at,
    }
    # given and withdrawn in one instant: withdrawn, in whichever order the two arrive
    await store.put_handle(tx, row, wins_tie=withdrawn)


async def get_share(tx: Transaction, share_id: UUID, *, among: Programmes) -> KnownShare:
    """Return a share of the programmes `among`. Raises ShareNotFound."""
    found = await store.shares_by_id(tx, [share_id])
    if not found or not within(among, found[0].programme_id):
        raise ShareNotFound(f"no share has the id {share_id}; if it is new, ask again in a moment")
    return found[0]


async def resolve(tx: Transaction, names: Collection[ShareName]) -> dict[ShareName, KnownShare | Missing]:
    """Return for each name its share, held until the transaction ends, or why there is none.

    A name that leads nowhere is looked for a second time under a lock that is held to the end: a share that is told of
    in this moment is either seen here, or its transaction sees what this one leaves waiting (`await_resolvers`).
    """
    found = await _look_up(tx, names)
    if missing := [name for name, share in found.items() if share == "unknown-share"]:
        await store.lock_resolving(tx)
        found |= await _look_up(tx, missing)
    await store.hold_shares(tx, {share.share_id for share in found.values() if isinstance(share, KnownShare)})
    return found


async def find(tx: Transaction, names: Collection[ShareName]) -> dict[ShareName, KnownShare | Missing]:
    """Return the same as `resolve` would now, holding nothing."""
    return await _look_up(tx, names)


async def await_resolvers(tx: Transaction) -> None:
    """Wait for all that could not find a share, and let no other begin until this transaction ends.

    Called between keeping a share and looking for what waits for it.
    """
    await store.lock_resolved(tx)


async def _look_up(tx: Transaction, names: Collection[ShareName]) -> dict[ShareName, KnownShare | Missing]:
    ids = {name.share_id for name in names if name.share_id is not None}
    addresses = {name.address for name in names if name.address is not None}
    by_id = {share.share_id: share for share in (await store.shares_by_id(tx, ids) if ids else ())}
    by_address: dict[str | None, list[KnownShare]] = {}
    for share in await store.shares_at(tx, addresses) if addresses else ():
        by_address.setdefault(share.post_url, []).append(share)
    if others := addresses - set(by_address):
        for address, share in await store.shares_led_to(tx, others):
            by_address.setdefault(address, []).append(replace(share, post_url=address))
    return {
        name: named(name, [by_id[name.share_id]] if name.share_id in by_id else by_address.get(name.address, []))
        for name in names
    }


async def remember_aliases(tx: Transaction, urls: Collection[tuple[str, str]]) -> None:
    """Keep that what is at the first URL of each pair belongs to the share at the second one."""
    aliases = {(address_of(url), address_of(other)) for url, other in urls}
    if aliases := {(address, other) for address, other in aliases if address != other}:
        await store.add_aliases(tx, aliases)


async def addresses_leading_to(tx: Transaction, addresses: Collection[str]) -> set[str]:
    """Return these addresses and all that lead to them."""
    return {*addresses, *await store.addresses_leading_to(tx, addresses)} if addresses else set()


async def ambassadors_of(tx: Transaction, people: Iterable[PersonOn]) -> Mapping[PersonOn, list[UUID]]:
    """Return the ambassadors that act under these keys now; a handle that two have named leads to both."""
    wanted = list(set(people))
    return await store.ambassadors_of(tx, wanted) if wanted else {}
