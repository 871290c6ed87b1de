"""Use cases of links: made before the post, bound to its share, and disabled for good."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from libs.auth.principal import Programmes, within
from libs.problems import FieldError
from libs.storage.database import Transaction
from services.sharing.ambassadors.tables import Ambassador
from services.sharing.links import store
from services.sharing.links.domain.targets import Target, Unfit, is_on, read_host, read_target
from services.sharing.links.domain.utm import Utm, tagged
from services.sharing.links.errors import LinkNotFitting, LinkNotFound, TargetNotAllowed
from services.sharing.links.tables import Link, LinkSettings
from services.sharing.programmes import service as programmes


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody wants a link for; `url` where it does not lead to the item's own address."""

    network: str
    item_id: UUID | None
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """The share that a link is in."""

    share_id: UUID
    network: str
    item_id: UUID | None
    posted_at: datetime


async def get_settings(tx: Transaction, programme_id: UUID) -> LinkSettings:
    """Return what a programme allows beside its items' addresses: nothing at first. Raises ProgrammeNotFound."""
    programme = await programmes.get_programme(tx, programme_id)
    first = LinkSettings(programme_id=programme.id, hosts=[], plain_http=False, utm=asdict(Utm()))
    return await store.find_settings(tx, programme_id) or first


async def set_settings(tx: Transaction, row: LinkSettings) -> LinkSettings:
    """Say anew what a programme allows its next links. Raises ProgrammeNotFound, TargetNotAllowed naming the host."""
    await programmes.get_programme(tx, row.programme_id)
    row.hosts = sorted({_host(place, given) for place, given in enumerate(row.hosts)})
    await store.save_settings(tx, row)
    return row


def _host(place: int, given: str) -> str:
    try:
        return read_host(given)
    except Unfit as reason:
        raise TargetNotAllowed(errors=[FieldError(f"hosts[{place}]", str(reason))]) from reason


async def make_link(
    tx: Transaction, link_id: UUID, wanted: Wanted, author: Ambassador, *, new_code: Callable[[], str], now: datetime
) -> Link:
    """Return the author's link for the next share of this, made when there is none that waits.

    Raises UnknownItem, TargetNotAllowed.
    """
    row = Link(
        id=link_id,
        code=new_code(),
        programme_id=author.programme_id,
        ambassador_id=author.id,
        item_id=wanted.item_id,
        network=wanted.network,
        target=await _target(tx, wanted, author.programme_id),
        created_at=now,
    )
    while not await store.add(tx, row):
        if waiting := await store.waiting_like(tx, row):
            return waiting
        row.code = new_code()
    return row


async def _target(tx: Transaction, wanted: Wanted, programme_id: UUID) -> str:
    settings = await get_settings(tx, programme_id)
    item = await programmes.get_item(tx, wanted.item_id, programme_id) if wanted.item_id else None
    if wanted.url is not None:
        target = _read("url", wanted.url)
        if not is_on(settings.hosts, target.host):
            raise TargetNotAllowed(errors=[FieldError("url", f"the programme does not allow links to {target.host}")])
    elif item is not None and item.url is not None:
        target = _read("item_id", item.url)  # chosen by who publishes items, so on any host
    else:
        raise TargetNotAllowed(errors=[FieldError("url", "must be given: there is no item with an address of its own")])
    if not target.secure and not settings.plain_http:
        raise TargetNotAllowed(errors=[FieldError("url" if wanted.url else "item_id", "must begin with https://")])
    return tagged(target.url, Utm(**settings.utm), wanted.network)


def _read(field: str, given: str) -> Target:
    try:
        return read_target(given)
    except Unfit as reason:
        raise TargetNotAllowed(errors=[FieldError(field, str(reason))]) from reason


async def get_link(tx: Transaction, link_id: UUID, *, among: Programmes, lock: bool = False) -> Link:
    """Return a link of the programmes `among`, held against other writers when `lock`. Raises LinkNotFound."""
    row = await store.find(tx, link_id, lock=lock)
    if row is None or not within(among, row.programme_id):
        raise LinkNotFound(f"no link has the id {link_id}")
    return row


async def list_links(tx: Transaction, ambassador_id: UUID, *, last: UUID | None, limit: int) -> Sequence[Link]:
    """Return the next links of an ambassador, latest first."""
    return await store.of_ambassador(tx, ambassador_id, last, limit=limit)


async def bind_link(tx: Transaction, link_id: UUID, posted: Posted, author: Ambassador) -> Link:
    """Say which share a link is in; saying it again changes nothing. Raises LinkNotFound, LinkNotFitting.

    Held until the transaction ends: clicks that come meanwhile are judged after this one is known.
    """
    row = await get_link(tx, link_id, among=frozenset({author.programme_id}), lock=True)
    if row.share_id == posted.share_id:
        return row
    other = await store.of_share(tx, posted.share_id)
    if reason := _misfit(row, posted, author, other):
        raise LinkNotFitting(reason, errors=[FieldError("link_id", reason)])
    row.share_id, row.posted_at = posted.share_id, posted.posted_at
    await store.save(tx, row)
    return row


def _misfit(row: Link, posted: Posted, author: Ambassador, other: Link | None) -> str:
    """Return why a link cannot be that of a share; nothing when it can."""
    if row.ambassador_id != author.id:
        return "is not a link of the share's author"
    if row.share_id is not None:
        return "is the link of another share already"
    if other is not None:
        return f"the share has the link {other.id} already"
    if row.network != posted.network or row.item_id != posted.item_id:
        return "was made for another network or another item"
    return ""


async def disable_link(tx: Transaction, row: Link, *, now: datetime) -> Link:
    """Let a link lead nowhere from now on, for good; one that is disabled stays as it is. The row must be held."""
    if row.disabled_at is None:
        row.disabled_at = now
        row.version += 1
        await store.save(tx, row)
    return row


async def hold_links(tx: Transaction, link_ids: Collection[UUID]) -> Sequence[Link]:
    """Return the links of these ids that there are, held until the transaction ends."""
    return await store.hold(tx, link_ids)


async def note_visitors(tx: Transaction, ambassador_id: UUID, visitors: Collection[str], *, now: datetime) -> None:
    """Note where an ambassador uses the API from, by the keyed hashes of the days for which the gateway tells it."""
    if visitors:
        await store.add_visitors(tx, ambassador_id, visitors, now=now)


async def visitors_of(tx: Transaction, ambassador_ids: Collection[UUID]) -> set[tuple[UUID, str]]:
    """Return where ambassadors used the API from."""
    return await store.visitors_of(tx, ambassador_ids)


async def forget_visitors(tx: Transaction, *, before: datetime) -> int:
    """Forget where authors were before a time; returns how many rows that were."""
    return await store.forget_visitors(tx, before=before)
