"""Events as the other services would tell them, with only what a test cares about spelled out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from libs.clock import new_id
from libs.events.content import ProgrammeCreated
from libs.events.engagement import (
    CountsReported,
    InteractionsRecorded,
    InteractionsWithdrawn,
    RecordedInteraction,
    ReportedCount,
    WithdrawnInteraction,
)
from libs.events.envelope import Event
from libs.events.sharing import AmbassadorEnrolled, SharePublished

WEDNESDAY = datetime(2026, 11, 4, 10, tzinfo=UTC)


@dataclass
class Programme:
    """A programme of the tests, with what its services tell."""

    id: UUID = field(default_factory=new_id)
    time_zone: str = "Europe/Paris"
    first_day: date = date(2026, 9, 7)

    def created(self) -> ProgrammeCreated:
        return ProgrammeCreated(
            programme_id=self.id, name="Voices", time_zone=self.time_zone, first_day=self.first_day, charter_version=1
        )

    def enrolled(self, ambassador_id: UUID, *, subject_key: str = "key") -> AmbassadorEnrolled:
        return AmbassadorEnrolled(
            ambassador_id=ambassador_id,
            programme_id=self.id,
            team_id=UUID(int=1),
            subject_key=subject_key,
            enrolled_on=date(2026, 9, 7),
        )

    def share(self, author: UUID, *, at: datetime = WEDNESDAY, **numbers: Any) -> SharePublished:
        own: dict[str, Any] = {"words": 88, "copied": 18, "parrot": 0, "self_repeats": 0, "audience": 500}
        return SharePublished(
            share_id=new_id(),
            ambassador_id=author,
            programme_id=self.id,
            team_id=UUID(int=1),
            item_id=None,
            campaign_id=None,
            network=numbers.pop("network", "linkedin"),
            post_url=None,
            published_at=at,
            measure_version=1,
            **{**own, **numbers},
        )

    def recorded(self, *interactions: RecordedInteraction) -> InteractionsRecorded:
        return InteractionsRecorded(programme_id=self.id, interactions=interactions)

    def withdrawn(self, *interactions: RecordedInteraction) -> InteractionsWithdrawn:
        """The same interactions, taken back a month later."""
        gone = [
            WithdrawnInteraction(**one.model_dump(), withdrawn_at=one.occurred_at + timedelta(days=30))
            for one in interactions
        ]
        return InteractionsWithdrawn(programme_id=self.id, interactions=tuple(gone))

    def counted(self, *counts: ReportedCount) -> CountsReported:
        return CountsReported(programme_id=self.id, counts=counts)


def act(share: SharePublished, kind: str, person: str, *, hours: float = 1, **more: Any) -> RecordedInteraction:
    """What a person did with a share some hours after it was published."""
    return RecordedInteraction.model_validate(
        {
            "interaction_id": new_id(),
            "share_id": share.share_id,
            "ambassador_id": share.ambassador_id,
            "kind": kind,
            "person": person,
            "colleague_id": None,
            "occurred_at": share.published_at + timedelta(hours=hours),
            "provenance": "measured",
            **more,
        }
    )


def reading(share: SharePublished, kind: str, count: int, *, days: float = 1) -> ReportedCount:
    """What a network counted some days after a share was published."""
    return ReportedCount.model_validate(
        {
            "share_id": share.share_id,
            "ambassador_id": share.ambassador_id,
            "kind": kind,
            "count": count,
            "read_at": share.published_at + timedelta(days=days),
            "provenance": "imported",
        }
    )


def example_a(programme: Programme, author: UUID) -> list[Event]:
    """Worked example A of docs/scoring.md: 25.12 points."""
    share = programme.share(author)
    people = [act(share, "reaction", f"r{n}") for n in range(8)]
    people += [act(share, "comment", f"c{n}") for n in range(3)]
    people += [act(share, "reshare", "s0"), *(act(share, "click", f"v{n}") for n in range(5))]
    answers = [answer(share, f"c{n}") for n in range(3)]
    return [share, programme.recorded(*people), programme.recorded(*answers)]


def answer(share: SharePublished, person: str, *, hours: float = 2, text_key: str = "") -> RecordedInteraction:
    """The author's answer, two hours after a comment that came an hour after the share."""
    return act(
        share,
        "reply",
        person,
        hours=1 + hours,
        asked_at=share.published_at + timedelta(hours=1),
        words=12,
        text_key=text_key or f"answer to {person}",
    )


def in_turn(events: Sequence[Event]) -> list[Event]:
    """The same facts, each interaction in an event of its own."""
    split: list[Event] = []
    for event in events:
        if isinstance(event, InteractionsRecorded):
            split += [event.model_copy(update={"interactions": (one,)}) for one in event.interactions]
        else:
            split.append(event)
    return split
