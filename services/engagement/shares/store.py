"""Every statement about known shares, handles and programmes."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from libs.storage.database import Transaction
from services.engagement.shares.domain import KnownShare, PersonOn
from services.engagement.shares.tables import EngagementHandle, EngagementProgramme, EngagementShare

_SHARE = """
    SELECT s.share_id, s.programme_id, s.ambassador_id, s.network, s.post_url, s.published_at, h.person_key
    FROM engagement_share s
    LEFT JOIN engagement_handle h ON h.ambassador_id = s.ambassador_id AND h.network = s.network
"""
_BY_ID = text(f"{_SHARE} WHERE s.share_id = ANY(CAST(:ids AS uuid[]))")
# the share itself at an address comes before those to which the address leads
_AT = text(f"{_SHARE} WHERE s.post_url = ANY(CAST(:addresses AS text[]))")
_LED_TO = text(f"""
    SELECT found.*, a.address FROM ({_SHARE}) found JOIN post_alias a ON a.same_as = found.post_url
    WHERE a.address = ANY(CAST(:addresses AS text[]))
""")
_ADD_ALIASES = text("""
    INSERT INTO post_alias (address, same_as)
    SELECT * FROM unnest(CAST(:addresses AS text[]), CAST(:others AS text[])) ORDER BY 1, 2
    ON CONFLICT DO NOTHING
""")
# an answer to an answer leads to where that one leads, whichever of the two was told first
_JOIN_ALIASES = text("""
    INSERT INTO post_alias (address, same_as)
    SELECT a.address, b.same_as FROM post_alias a JOIN post_alias b ON b.address = a.same_as
    WHERE (a.address = ANY(CAST(:addresses AS text[])) OR b.address = ANY(CAST(:addresses AS text[])))
      AND a.address <> b.same_as
    ORDER BY 1, 2
    ON CONFLICT DO NOTHING
""")
_LEADING_TO = text("SELECT DISTINCT address FROM post_alias WHERE same_as = ANY(CAST(:addresses AS text[]))")
# many may fail to find a share at once, but none while the transaction of a new share looks for what waits for it
_RESOLVING = text("SELECT pg_advisory_xact_lock_shared(7201560)")
_RESOLVED = text("SELECT pg_advisory_xact_lock(7201560)")
# in the order of ids, so that two workers with overlapping batches cannot deadlock
_HOLD = text("""
    SELECT share_id FROM engagement_share WHERE share_id = ANY(CAST(:ids AS uuid[]))
    ORDER BY share_id FOR NO KEY UPDATE
""")
_AMBASSADORS = text("""
    SELECT h.programme_id, h.network, h.person_key, h.ambassador_id
    FROM unnest(CAST(:programmes AS uuid[]), CAST(:networks AS text[]), CAST(:keys AS text[])) AS p(p, n, k)
    JOIN engagement_handle h ON h.programme_id = p.p AND h.network = p.n AND h.person_key = p.k
    ORDER BY h.ambassador_id
""")


async def add_programme(tx: Transaction, programme_id: UUID, *, time_zone: str) -> None:
    """Insert a programme unless it is there."""
    row = {"programme_id": programme_id, "time_zone": time_zone}
    await tx.run(insert(EngagementProgramme).values(row).on_conflict_do_nothing())


async def find_programme(tx: Transaction, programme_id: UUID) -> EngagementProgramme | None:
    """Return a programme."""
    return await tx.session.get(EngagementProgramme, programme_id)


async def add_share(tx: Transaction, share: Mapping[str, Any]) -> None:
    """Insert a share unless it is there."""
    await tx.run(insert(EngagementShare).values(share).on_conflict_do_nothing())


async def put_handle(tx: Transaction, handle: Mapping[str, Any], *, wins_tie: bool) -> None:
    """Write a handle unless a later change of it is there; `wins_tie` decides between two of one instant."""
    statement = insert(EngagementHandle).values(handle)
    new, old = statement.excluded.changed_at, col(EngagementHandle.changed_at)
    await tx.run(
        statement.on_conflict_do_update(
            index_elements=["ambassador_id", "network"],
            set_={"person_key": statement.excluded.person_key, "changed_at": new},
            where=new >= old if wins_tie else new > old,
        )
    )


async def shares_by_id(tx: Transaction, ids: Collection[UUID]) -> list[KnownShare]:
    """Return the shares of these ids that are known."""
    found = await tx.run(_BY_ID, {"ids": list(ids)})
    return [_share(row) for row in found.mappings()]


async def shares_at(tx: Transaction, addresses: Collection[str]) -> list[KnownShare]:
    """Return the shares of all programmes that stand at these addresses."""
    found = await tx.run(_AT, {"addresses": list(addresses)})
    return [_share(row) for row in found.mappings()]


async def shares_led_to(tx: Transaction, addresses: Collection[str]) -> list[tuple[str, KnownShare]]:
    """Return the shares to which these addresses lead, each with the address that leads to it."""
    found = await tx.run(_LED_TO, {"addresses": list(addresses)})
    return [(row["address"], _share(row)) for row in found.mappings()]


async def add_aliases(tx: Transaction, aliases: Collection[tuple[str, str]]) -> None:
    """Note which address leads to which."""
    columns = {"addresses": [address for address, _ in aliases], "others": [other for _, other in aliases]}
    await tx.run(_ADD_ALIASES, columns)
    for _ in range(2):  # what leads here now leads on, and then all the way
        await tx.run(_JOIN_ALIASES, {"addresses": columns["addresses"]})


async def addresses_leading_to(tx: Transaction, addresses: Collection[str]) -> set[str]:
    """Return the other addresses under which these posts, and answers to them, are named."""
    return set((await tx.run(_LEADING_TO, {"addresses": list(addresses)})).scalars())


async def lock_resolving(tx: Transaction) -> None:
    """Let no transaction pass `lock_resolved` until this one ends; waits for one that has."""
    await tx.run(_RESOLVING)


async def lock_resolved(tx: Transaction) -> None:
    """Wait for all that hold `lock_resolving`, and keep others from it until this transaction ends."""
    await tx.run(_RESOLVED)


async def hold_shares(tx: Transaction, ids: Collection[UUID]) -> None:
    """Hold shares until the transaction ends: another holder waits here and then sees what this one has written."""
    await tx.run(_HOLD, {"ids": sorted(ids)})


async def ambassadors_of(tx: Transaction, people: Sequence[PersonOn]) -> dict[PersonOn, list[UUID]]:
    """Return which ambassadors act under these keys, each list in the order of ids."""
    columns = {
        "programmes": [person.programme_id for person in people],
        "networks": [person.network for person in people],
        "keys": [person.person_key for person in people],
    }
    found: dict[PersonOn, list[UUID]] = {}
    for row in (await tx.run(_AMBASSADORS, columns)).mappings():
        person = PersonOn(row["programme_id"], row["network"], row["person_key"])
        found.setdefault(person, []).append(row["ambassador_id"])
    return found


def _share(row: RowMapping) -> KnownShare:
    return KnownShare(
        share_id=row["share_id"],
        programme_id=row["programme_id"],
        ambassador_id=row["ambassador_id"],
        network=row["network"],
        post_url=row["post_url"],
        published_at=row["published_at"],
        author_key=row["person_key"],
    )
