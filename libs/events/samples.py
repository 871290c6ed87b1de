"""Realistic events with fixed values: what the stored examples are made from."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from libs.events.engagement import (
    CommentWaiting,
    CountsReported,
    InteractionsRecorded,
    InteractionsWithdrawn,
    RecordedInteraction,
    ReportedCount,
    WithdrawnInteraction,
)
from libs.events.envelope import Envelope, Event, seal
from libs.events.gamification import (
    BadgeEarned,
    BadgeRevoked,
    ChallengeCancelled,
    ChallengeCompleted,
    LevelReached,
    PeriodBalance,
    PointsAwarded,
    PointsHeld,
    PointsReleased,
    RedemptionChanged,
    RewardRedeemed,
    RulesActivated,
    RulesReversed,
    SeasonClosed,
    SeasonPlanned,
    SpotlightGiven,
    SpotlightWithdrawn,
    VisibilitySet,
)
from libs.events.intake import (
    AcceptedCount,
    AcceptedInteraction,
    AcceptedWithdrawal,
    CountsAccepted,
    InteractionsAccepted,
    WebhookReceived,
    WithdrawalsAccepted,
)
from libs.events.sample_values import (
    AMBASSADOR,
    AT,
    COLLEAGUE,
    OTHER_PERSON,
    PERSON,
    PROGRAMME,
    RECEIPT,
    SHARE,
    TEXT_KEY,
)
from libs.events.sample_values import fixed_id as _id
from libs.events.sample_voices import clicks, content, people, proposed, shares
from libs.events.topology import EVENTS, producer_of
from libs.events.webhooks import EndpointDisabled


def samples() -> dict[str, Sequence[Envelope]]:
    """Return the examples of each event type, at least one; together they use every field with and without value."""
    by_type: dict[str, list[Envelope]] = {event_type: [] for event_type in EVENTS}
    for event, key in (
        *content(),
        *people(),
        *shares(),
        *clicks(),
        *_engagement(),
        *_conversations(),
        *_points(),
        *_intake(),
        *_game(),
        *_recognition(),
        *_play(),
        *_rules(),
        *_boards(),
        *proposed(),
        *_decided(),
        (_disabled(), _id(16)),
    ):
        of_type = by_type[event.type]
        of_type.append(_sealed(event, key, len(of_type) + 1))
    return dict(by_type)


def _sealed(event: Event, key: UUID | str, number: int) -> Envelope:
    return seal(
        event,
        id=str(_id(0x0FF, number)),
        source=producer_of(type(event)).replace("intake", "engagement"),
        key=str(key),
        time=AT + timedelta(seconds=number),
        correlation_id="web-7f3a1c52",
        causation_id=str(_id(0x0FF, number - 1)) if number % 2 else None,
        traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    )


def _engagement() -> list[tuple[Event, UUID | str]]:
    comment = RecordedInteraction(
        interaction_id=_id(9, 1),
        share_id=SHARE,
        ambassador_id=AMBASSADOR,
        kind="comment",
        person=PERSON,
        colleague_id=None,
        occurred_at=AT,
        provenance="measured",
    )
    reply = comment.model_copy(
        update={
            "interaction_id": _id(9, 2),
            "kind": "reply",
            "occurred_at": AT + timedelta(minutes=40),
            "asked_at": AT,
            "words": 18,
            "text_key": TEXT_KEY,
        }
    )
    liked = comment.model_copy(
        update={"interaction_id": _id(9, 3), "kind": "reaction", "person": OTHER_PERSON, "colleague_id": COLLEAGUE}
    )
    count = ReportedCount(
        share_id=SHARE, ambassador_id=AMBASSADOR, kind="reaction", count=42, read_at=AT, provenance="imported"
    )
    removed = [
        WithdrawnInteraction(**one.model_dump(), withdrawn_at=AT + timedelta(hours=3), comment_id=comment_id)
        for one, comment_id in ((comment, None), (reply, comment.interaction_id), (liked, None))
    ]
    return [
        (InteractionsRecorded(programme_id=PROGRAMME, interactions=(comment, reply, liked)), "17"),
        (InteractionsWithdrawn(programme_id=PROGRAMME, interactions=tuple(removed)), "17"),
        (CountsReported(programme_id=PROGRAMME, counts=(count,)), "17"),
    ]


def _conversations() -> list[tuple[Event, UUID | str]]:
    waiting = CommentWaiting(
        programme_id=PROGRAMME,
        ambassador_id=AMBASSADOR,
        share_id=SHARE,
        interaction_id=_id(9, 1),
        asked_at=AT,
        waited_minutes=1450,
        post_url="https://www.linkedin.com/feed/update/urn:li:activity:7264410112233445566",
    )
    return [(waiting, AMBASSADOR), (waiting.model_copy(update={"post_url": None}), AMBASSADOR)]


def _points() -> list[tuple[Event, UUID | str]]:
    points = PointsAwarded(
        entry_id=_id(10),
        sequence=1207,
        programme_id=PROGRAMME,
        ambassador_id=AMBASSADOR,
        share_id=SHARE,
        week="2026-W47",
        season="S001",
        kind="share",
        rules_version=1,
        before=41_250,
        after=58_900,
        factors={"originality": 0.86, "audience": {"declared": 480, "factor": 1.0}, "capped": False},
        balances=(
            PeriodBalance(period="all", milli_points=412_300, sequence=1207),
            PeriodBalance(period="S001", milli_points=412_300, sequence=1207),
            PeriodBalance(period="2026-W47", milli_points=71_400, sequence=1207),
        ),
        booked_at=AT,
    )
    replies = points.model_copy(
        update={"entry_id": _id(10, 2), "sequence": 1208, "kind": "replies", "share_id": None, "before": 0}
    )
    return [(points, AMBASSADOR), (replies, AMBASSADOR)]


def _boards() -> list[tuple[Event, UUID | str]]:
    hidden = VisibilitySet(ambassador_id=AMBASSADOR, programme_id=PROGRAMME, boards="hidden", version=1)
    pseudonym = hidden.model_copy(update={"boards": "pseudonym", "version": 2})
    closed = SeasonClosed(programme_id=PROGRAMME, season="S001", people=214, digest="9f" * 32, frozen_at=AT)
    return [(hidden, AMBASSADOR), (pseudonym, AMBASSADOR), (closed, PROGRAMME)]


def _intake() -> list[tuple[Event, UUID | str]]:
    comment = AcceptedInteraction(
        source="crm",
        external_id="comment-88121",
        share_id=SHARE,
        kind="comment",
        name_key=PERSON,
        occurred_at=AT,
        provenance="measured",
    )
    reply = comment.model_copy(
        update={
            "external_id": "comment-88140",
            "kind": "reply",
            "name_key": None,
            "answers": "comment-88121",
            "words": 18,
            "text_key": TEXT_KEY,
            "place": 1,
        }
    )
    by_address = {"share_id": None, "post_url": "https://www.linkedin.com/feed/update/urn:li:activity:7001"}
    lead = comment.model_copy(update={**by_address, "external_id": None, "kind": "conversion", "goal": "lead"})
    whole = InteractionsAccepted(
        receipt_id=RECEIPT, programme_id=PROGRAMME, door="interactions", interactions=(comment, reply, lead)
    )
    count = AcceptedCount(share_id=SHARE, kind="reaction", count=42, read_at=AT, provenance="imported")
    counts = (count, count.model_copy(update={**by_address, "kind": "impression", "count": 1250}))
    told = WebhookReceived(receipt_id=RECEIPT, network="meta", body='{"object":"page","entry":[]}', received_at=AT)
    parts: list[Event] = [
        whole,
        whole.model_copy(update={"programme_id": None, "interactions": (comment,), "accepted": 2}),
        CountsAccepted(receipt_id=RECEIPT, programme_id=PROGRAMME, door="imports", counts=counts, accepted=2),
        CountsAccepted(receipt_id=RECEIPT, programme_id=None, door="snapshots", counts=(count,)),
        *_taken_back(),
    ]
    return [*((part, PROGRAMME) for part in parts), (told, RECEIPT)]


def _taken_back() -> list[Event]:
    removed = AcceptedWithdrawal(source="crm", external_id="comment-88121", withdrawn_at=AT, place=0)
    by_network = removed.model_copy(update={"source": "x", "external_id": "1734412288", "place": None})
    return [
        WithdrawalsAccepted(
            receipt_id=RECEIPT, programme_id=PROGRAMME, door="withdrawals", withdrawals=(removed,), accepted=1
        ),
        WithdrawalsAccepted(receipt_id=RECEIPT, programme_id=None, door="webhooks", withdrawals=(by_network,)),
    ]


def _game() -> list[tuple[Event, UUID | str]]:
    held = PointsHeld(
        hold_id=_id(11),
        programme_id=PROGRAMME,
        ambassador_ids=(AMBASSADOR,),
        share_ids=(SHARE,),
        kind="burst",
        milli_points=17_650,
        figures={"people": 34, "within_seconds": 60},
        held_at=AT,
    )
    released = PointsReleased(
        hold_id=_id(11),
        programme_id=PROGRAMME,
        ambassador_ids=(AMBASSADOR,),
        share_ids=(SHARE,),
        milli_points=17_650,
        released_at=AT,
    )
    redeemed = RewardRedeemed(
        redemption_id=_id(12),
        reward_id=_id(13),
        programme_id=PROGRAMME,
        ambassador_id=AMBASSADOR,
        milli_points=150_000,
        redeemed_at=AT,
    )
    changed = RedemptionChanged(
        redemption_id=_id(12),
        reward_id=_id(13),
        programme_id=PROGRAMME,
        ambassador_id=AMBASSADOR,
        before="requested",
        state="approved",
        changed_at=AT,
    )
    by_hold: list[tuple[Event, UUID | str]] = [(held, _id(11)), (released, _id(11))]
    return [*by_hold, (redeemed, AMBASSADOR), (changed, AMBASSADOR)]


def _recognition() -> list[tuple[Event, UUID | str]]:
    spotlight = SpotlightGiven(spotlight_id=_id(14), programme_id=PROGRAMME, ambassador_id=AMBASSADOR, given_at=AT)
    withdrawn = SpotlightWithdrawn(
        spotlight_id=_id(14), programme_id=PROGRAMME, ambassador_id=AMBASSADOR, withdrawn_at=AT
    )
    return [(spotlight, AMBASSADOR), (withdrawn, AMBASSADOR)]


def _rules() -> list[tuple[Event, UUID | str]]:
    lasting = RulesActivated(
        programme_id=PROGRAMME,
        number=1,
        version=2,
        mode="from",
        season=None,
        first_week="2026-W50",
        last_week=None,
        note="A comment is worth five reactions.",
        document={
            "model": "linear",
            "points": {"share": 5, "reaction": 1, "comment": 5, "reshare": 6, "mention": 3, "click": 1},
            "limits": {"points_a_day": 50, "shares_a_day": 3, "days": 30},
        },
        activated_at=AT,
    )
    season = {"season": "S001", "first_week": "2026-W37", "last_week": "2026-W49"}
    correction = lasting.model_copy(update={"number": 2, "mode": "correction", **season})
    return [(lasting, PROGRAMME), (correction, PROGRAMME)]


def _play() -> list[tuple[Event, UUID | str]]:
    level = LevelReached(programme_id=PROGRAMME, ambassador_id=AMBASSADOR, before=2, level=3, needed=75, reached_at=AT)
    earned = BadgeEarned(programme_id=PROGRAMME, ambassador_id=AMBASSADOR, badge="own-voice", number=1, earned_at=AT)
    revoked = BadgeRevoked(programme_id=PROGRAMME, ambassador_id=AMBASSADOR, badge="own-voice", number=1, revoked_at=AT)
    alone = ChallengeCompleted(
        challenge_id=_id(15),
        programme_id=PROGRAMME,
        kind="individual",
        ambassador_id=AMBASSADOR,
        target=5,
        value=5,
        completed_at=AT,
    )
    together = alone.model_copy(
        update={"challenge_id": _id(15, 2), "kind": "collective", "ambassador_id": None, "target": 400, "value": 402}
    )
    stopped = ChallengeCancelled(
        challenge_id=_id(15, 3), programme_id=PROGRAMME, kind="collective", total=120, cancelled_at=AT
    )
    of_one: list[tuple[Event, UUID | str]] = [(level, AMBASSADOR), (earned, AMBASSADOR), (revoked, AMBASSADOR)]
    return [*of_one, (alone, AMBASSADOR), (together, _id(15, 2)), (stopped, _id(15, 3))]


def _decided() -> list[tuple[Event, UUID | str]]:
    planned = SeasonPlanned(
        programme_id=PROGRAMME, title="The long winter", first_monday=date(2026, 12, 7), weeks=16, planned_at=AT
    )
    taken_back = RulesReversed(
        programme_id=PROGRAMME,
        number=3,
        reverses=2,
        version=2,
        season="S001",
        first_week="2026-W37",
        last_week="2026-W49",
        reversed_at=AT,
    )
    pod = PointsHeld(
        hold_id=_id(11, 2),
        programme_id=PROGRAMME,
        ambassador_ids=(AMBASSADOR, COLLEAGUE),
        share_ids=(SHARE, _id(6, 2)),
        author_ids=(AMBASSADOR, COLLEAGUE),
        kind="pod",
        milli_points=9_480,
        figures={"members": 4, "density": 83, "inside": 71},
        held_at=AT,
    )
    return [(planned, PROGRAMME), (taken_back, PROGRAMME), (pod, _id(11, 2))]


def _disabled() -> Event:
    return EndpointDisabled(
        webhook_id=_id(16),
        programme_id=PROGRAMME,
        reason="failing",
        failing_since=AT - timedelta(hours=24),
        disabled_at=AT,
    )
