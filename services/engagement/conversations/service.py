"""Use cases of conversations: keeping up with what is applied, showing, dismissing, and telling what waits."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from libs.auth.errors import NotYours
from libs.auth.principal import Programmes, within
from libs.events.engagement import CommentWaiting
from libs.events.sharing import AmbassadorEnrolled
from libs.storage.database import Transaction
from services.engagement.conversations import domain, store
from services.engagement.conversations.domain import Conversation, Plan, ShareTalk, State, WeekTalk
from services.engagement.conversations.errors import AmbassadorNotFound, ConversationNotFound, ProgrammeNotFound
from services.engagement.conversations.store import Place
from services.engagement.conversations.tables import EngagementAmbassador
from services.engagement.interactions.domain import Interaction, interaction_id_of
from services.engagement.interactions.domain.withdrawals import TakenBack
from services.engagement.shares import service as shares
from services.engagement.shares.domain import KnownShare, ShareName

AT_ONCE = 500  # reminders of one transaction


async def follow(tx: Transaction, interactions: Sequence[Interaction]) -> None:
    """Keep what now counts, in the transaction that counts it; in whichever order it came, the end is the same.

    A reply is only handed in together with or after the comment that it answers.
    """
    comments = [one for one in interactions if one.kind == "comment" and not one.own]
    if comments:
        await store.add(tx, _columns(comments))
    replies: dict[UUID, datetime] = {}
    for one in interactions:
        if one.kind == "reply" and one.answers is not None:
            comment = interaction_id_of(one.key._replace(external_id=one.answers))
            replies[comment] = min(one.occurred_at, replies.get(comment, one.occurred_at))
    if replies:
        await store.answer(tx, replies)


async def unfollow(tx: Transaction, taken: TakenBack) -> None:
    """Forget what counts no longer, in the transaction that takes it back.

    A comment was never asked then, answered or not, and one that loses its answer waits again unless another is left.
    """
    comments = [one.interaction.interaction_id for one in taken.withdrawn if one.interaction.kind == "comment"]
    if comments:
        await store.remove(tx, comments)
    if taken.answered:
        await store.answer_anew(tx, taken.answered)


async def remember_ambassador(tx: Transaction, event: AmbassadorEnrolled) -> None:
    """Keep whose token may read what is private to an ambassador."""
    await store.add_ambassador(tx, event.model_dump(include=set(EngagementAmbassador.model_fields)))


async def get_ambassador(tx: Transaction, ambassador_id: UUID, *, among: Programmes) -> EngagementAmbassador:
    """Return an ambassador of the programmes `among`. Raises AmbassadorNotFound."""
    found = await store.find_ambassador(tx, ambassador_id)
    if found is None or not within(among, found.programme_id):
        raise AmbassadorNotFound(f"no ambassador has the id {ambassador_id}; if they are new, ask again in a moment")
    return found


async def ambassadors_of(tx: Transaction, subject_key: str) -> list[EngagementAmbassador]:
    """Return who a person is, in each programme that they joined."""
    return await store.ambassadors_of(tx, subject_key)


async def listed(
    tx: Transaction,
    ambassadors: Collection[UUID],
    state: State,
    *,
    share_id: UUID | None,
    after: Place | None,
    limit: int,
) -> list[Conversation]:
    """Return conversations after a place: those that wait from the oldest on, all others from the newest."""
    if not ambassadors:
        return []
    return await store.listed(tx, ambassadors, state, share_id=share_id, after=after, limit=limit)


async def share_by_share(
    tx: Transaction, ambassadors: Collection[UUID], *, before: UUID | None, limit: int
) -> list[ShareTalk]:
    """Return the conversations of each share in numbers, the newest share first."""
    return await store.share_by_share(tx, ambassadors, before=before, limit=limit)


async def post_urls_of(tx: Transaction, share_ids: Iterable[UUID]) -> dict[UUID, str | None]:
    """Return where each share stands, where that is known."""
    names = {ShareName(None, share_id, None) for share_id in share_ids}
    found = (await shares.find(tx, names)).values() if names else ()
    return {share.share_id: share.post_url for share in found if isinstance(share, KnownShare)}


async def week_by_week(tx: Transaction, programme_id: UUID, *, weeks: int, now: datetime) -> list[WeekTalk]:
    """Return this week of a programme and those before it, oldest first. Raises ProgrammeNotFound."""
    time_zone = await _time_zone_of(tx, programme_id)
    mondays = domain.last_mondays(now, time_zone, weeks=weeks)
    since = domain.start_of(mondays[0], time_zone)
    until = domain.start_of(mondays[-1] + domain.WEEK, time_zone)
    found = await store.week_by_week(tx, programme_id, time_zone=time_zone, since=since, until=until)
    return domain.with_silent_weeks(mondays, found)


async def get_conversation(tx: Transaction, interaction_id: UUID, *, among: Programmes) -> Conversation:
    """Hold and return a conversation of the programmes `among`. Raises ConversationNotFound."""
    found = await store.hold(tx, interaction_id)
    if found is None or not within(among, found.programme_id):
        raise ConversationNotFound(f"no comment that can be answered has the id {interaction_id}")
    return found


async def dismiss(tx: Transaction, held: Conversation, *, subject_key: str, now: datetime) -> Conversation:
    """Note that its author needs to answer a comment no more; of one that does not wait nothing changes.

    Raises AmbassadorNotFound, NotYours.
    """
    author = await get_ambassador(tx, held.ambassador_id, among=frozenset({held.programme_id}))
    if author.subject_key != subject_key:
        raise NotYours("only the author of the share may say that a comment needs no answer")
    if held.state != "waiting":
        return held
    await store.dismiss(tx, held.interaction_id, now=now)
    return replace(held, dismissed_at=now)


async def get_plan(tx: Transaction, programme_id: UUID, *, default: Plan) -> Plan:
    """Return when a programme's people are reminded. Raises ProgrammeNotFound."""
    await _time_zone_of(tx, programme_id)
    return await store.find_plan(tx, programme_id) or default


async def set_plan(tx: Transaction, programme_id: UUID, plan: Plan, *, now: datetime) -> None:
    """Choose when a programme's people are reminded from now on. Raises ProgrammeNotFound."""
    await _time_zone_of(tx, programme_id)
    await store.put_plan(tx, programme_id, plan, now=now)


async def programmes_with_untold(tx: Transaction) -> list[UUID]:
    """Return the programmes in which a comment waits that nobody was told of."""
    return await store.programmes_with_untold(tx)


async def tell_waiting(tx: Transaction, programme_id: UUID, *, default: Plan, now: datetime) -> int:
    """Tell up to 500 comments of a programme that have waited for so long, each once; returns how many.

    In quiet hours nothing is told, nor of a programme whose clocks are not known yet, nor of comments of more than 14
    days ago, whose people have gone on.
    """
    plan = await store.find_plan(tx, programme_id) or default
    time_zone = await shares.time_zone_of(tx, programme_id)
    if plan.after_hours is None or time_zone is None or plan.is_quiet(now, time_zone):
        return 0
    until = now - timedelta(hours=plan.after_hours)
    due = await store.claim(tx, programme_id, since=now - domain.LATEST, until=until, now=now, most=AT_ONCE)
    urls = await post_urls_of(tx, {one.share_id for one in due})
    for one in due:
        tx.emit(_waiting(one, urls.get(one.share_id), now), key=str(one.ambassador_id))
    return len(due)


async def _time_zone_of(tx: Transaction, programme_id: UUID) -> str:
    if (time_zone := await shares.time_zone_of(tx, programme_id)) is None:
        raise ProgrammeNotFound(f"no programme has the id {programme_id}; if it is new, ask again in a moment")
    return time_zone


def _waiting(one: Conversation, post_url: str | None, now: datetime) -> CommentWaiting:
    return CommentWaiting(
        programme_id=one.programme_id,
        ambassador_id=one.ambassador_id,
        share_id=one.share_id,
        interaction_id=one.interaction_id,
        asked_at=one.asked_at,
        waited_minutes=one.waited(now),
        post_url=post_url,
    )


def _columns(comments: Sequence[Interaction]) -> dict[str, list[object]]:
    return {
        "interaction_ids": [one.interaction_id for one in comments],
        "programme_ids": [one.key.programme_id for one in comments],
        "ambassador_ids": [one.ambassador_id for one in comments],
        "share_ids": [one.share_id for one in comments],
        "persons": [one.person for one in comments],
        "colleague_ids": [one.colleague_id for one in comments],
        "asked_at": [one.occurred_at for one in comments],
    }
