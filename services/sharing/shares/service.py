"""Use cases of shares: measuring a text, and recording what was published."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from libs.auth.principal import Programmes, within
from libs.events.sharing import SharePublished
from libs.problems import FieldError
from libs.storage.database import Transaction
from services.sharing.ambassadors.tables import Ambassador
from services.sharing.clicks.metrics import ClickMetrics
from services.sharing.clicks.service import judge_clicks
from services.sharing.consents import service as consents
from services.sharing.links import service as links
from services.sharing.links.service import Posted
from services.sharing.links.tables import Link
from services.sharing.programmes import service as programmes
from services.sharing.programmes.tables import Caption
from services.sharing.shares import store
from services.sharing.shares.domain.draft import Draft, Publication
from services.sharing.shares.domain.measure import Comparison, Measures, Suggestion, measure
from services.sharing.shares.domain.times import time_of_publication
from services.sharing.shares.errors import DuplicatePost, ShareNotFound
from services.sharing.shares.metrics import ShareMetrics
from services.sharing.shares.store import Place
from services.sharing.shares.tables import Share

COLLEAGUES = timedelta(days=14)
OWN = timedelta(days=90)
ELSEWHERE = 100  # captions of other items that a text is compared with


async def preview(
    tx: Transaction, draft: Draft, author: Ambassador, *, place: Place, metrics: ShareMetrics
) -> Measures:
    """Return what would be measured if the draft were published at a place; writes nothing. Raises UnknownItem."""
    if draft.item_id:
        await programmes.get_item(tx, draft.item_id, author.programme_id)
    return await _measure(tx, draft, author, place=place, metrics=metrics)


async def hold_recording(tx: Transaction, author: Ambassador, item_id: UUID | None) -> None:
    """Wait until no other share of this author or of this item (null: of none) is being recorded, and keep it so.

    Called before the new share gets its id and time: of two copies made at once, the one that is recorded second is
    then the later one too, and is measured against the first.
    """
    await store.hold_author(tx, author.id)
    await store.hold_item(tx, author.programme_id, item_id)


async def record_share(
    tx: Transaction,
    share_id: UUID,
    publication: Publication,
    author: Ambassador,
    *,
    now: datetime,
    metrics: ShareMetrics,
) -> Share:
    """Record a publication. Raises NoConsent, UnknownItem, ImpossibleTime, DuplicatePost.

    It is measured now, and never again by itself: an earlier post that is recorded later changes nothing. Comes after
    `hold_recording`, in the same transaction.
    """
    draft = publication.draft
    consent = await consents.get_consent(tx, author.id, draft.network)
    item = await programmes.get_item(tx, draft.item_id, author.programme_id) if draft.item_id else None
    at = await _time(tx, publication, author, now=now)
    measures = await _measure(tx, draft, author, place=(at, share_id), metrics=metrics)
    share = Share(
        **_said(publication, author),
        **_stored(measures),
        id=share_id,
        campaign_id=item.campaign_id if item else None,
        published_at=at,
        recorded_at=now,
        audience=consent.audience,
    )
    if not await store.add(tx, share):
        raise DuplicatePost(errors=[FieldError("post_url", "a share of this programme has this address")])
    tx.emit(_told(share), key=str(author.id))
    return share


async def put_link(tx: Transaction, share: Share, link_id: UUID, author: Ambassador, clicks: ClickMetrics) -> Link:
    """Say which tracked link is in a share, and judge the visits it had. Raises LinkNotFound, LinkNotFitting."""
    posted = Posted(share_id=share.id, network=share.network, item_id=share.item_id, posted_at=share.published_at)
    link = await links.bind_link(tx, link_id, posted, author)
    await judge_clicks(tx, [link], clicks)
    return link


async def get_share(tx: Transaction, share_id: UUID, *, among: Programmes) -> Share:
    """Return a share of the programmes `among`. Raises ShareNotFound."""
    row = await store.find(tx, share_id)
    if row is None or not within(among, row.programme_id):
        raise ShareNotFound(f"no share has the id {share_id}")
    return row


async def list_shares(tx: Transaction, ambassador_id: UUID, *, last: Place | None, limit: int) -> Sequence[Share]:
    """Return the next shares of an ambassador, latest published first."""
    return await store.of_ambassador(tx, ambassador_id, last, limit=limit)


async def _measure(
    tx: Transaction, draft: Draft, author: Ambassador, *, place: Place, metrics: ShareMetrics
) -> Measures:
    with metrics.measuring():
        against = await _comparison(tx, draft.item_id, author, place)
        # in a thread: two hundred long posts take a good part of a second, and other requests must go on
        return await asyncio.to_thread(measure, draft.text, against)


async def _comparison(tx: Transaction, item_id: UUID | None, author: Ambassador, place: Place) -> Comparison:
    """Read what a post at `place` is compared with.

    All captions of the item count, whatever the place says: the time of publication is the author's own word, and a
    post of an item cannot be older than its captions. So do the programme's latest captions: naming no item, or
    another one, does not make a copy one's own.
    """
    at, _ = place
    captions = await programmes.captions_of(tx, item_id) if item_id else []
    latest = await programmes.latest_captions(tx, author.programme_id, limit=ELSEWHERE)
    return Comparison(
        suggestions=[_suggestion(caption) for caption in captions],
        elsewhere=[_suggestion(caption) for caption in latest if caption.item_id != item_id],
        own_here=await store.own_texts_of_item(tx, author.id, item_id=item_id, before=place) if item_id else [],
        own=await store.own_texts(tx, author.id, since=at - OWN, before=place),
        colleagues=await store.colleagues_texts(
            tx, author.id, programme_id=author.programme_id, item_id=item_id, since=at - COLLEAGUES, before=place
        ),
    )


def _suggestion(caption: Caption) -> Suggestion:
    return Suggestion(caption_id=caption.id, text=caption.text)


async def _time(tx: Transaction, publication: Publication, author: Ambassador, *, now: datetime) -> datetime:
    programme = await programmes.get_programme(tx, author.programme_id)
    return time_of_publication(
        publication.published_at, now=now, first_day=programme.first_day, time_zone=programme.time_zone
    )


def _said(publication: Publication, author: Ambassador) -> dict[str, Any]:
    """Return who said what, where, as columns of a share."""
    return {
        **asdict(publication.draft),
        "post_url": publication.post_url,
        "ambassador_id": author.id,
        "programme_id": author.programme_id,
        "team_id": author.team_id,
    }


def _stored(measures: Measures) -> dict[str, Any]:
    """Return the measures as columns of a share."""
    passages = [list(passage) for passage in measures.passages]
    return {
        **{name: value for name, value in asdict(measures).items() if name != "caption_reuse"},
        "passages": passages,
    }


def _told(share: Share) -> SharePublished:
    """Return what others hear of a share: numbers, never the text."""
    return SharePublished.model_validate(
        {**share.model_dump(include=set(SharePublished.model_fields)), "share_id": share.id}
    )
