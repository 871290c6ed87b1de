"""Bodies of requests and answers about conversations: opaque ids and times, never a word and never a name."""

from datetime import datetime, time
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from libs.periods import week_of
from services.engagement.conversations.domain import MOST_HOURS, Conversation, Plan, ShareTalk, State, WeekTalk

Clocks = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["20:00"])]


class ConversationOut(BaseModel):
    """One comment by another than the author of the share.

    `waited_minutes` is until it was answered or dismissed, else until now. `returning` is a person who had commented
    on another share of the same author.
    """

    interaction_id: UUID
    programme_id: UUID
    share_id: UUID
    post_url: str | None
    state: State
    colleague: bool
    returning: bool
    asked_at: AwareDatetime
    answered_at: AwareDatetime | None
    waited_minutes: int

    @classmethod
    def of(cls, one: Conversation, post_url: str | None, *, now: datetime) -> "ConversationOut":
        """Shape a conversation."""
        return cls(
            interaction_id=one.interaction_id,
            programme_id=one.programme_id,
            share_id=one.share_id,
            post_url=post_url,
            state=one.state,
            colleague=one.colleague,
            returning=one.returning,
            asked_at=one.asked_at,
            answered_at=one.answered_at,
            waited_minutes=one.waited(now),
        )


class ShareTalkOut(BaseModel):
    """The conversations of one share; `median_minutes` to the answer is null where nothing is answered."""

    share_id: UUID
    post_url: str | None
    comments: int
    waiting: int
    answered: int
    dismissed: int
    oldest_waiting: AwareDatetime | None
    median_minutes: float | None
    commenters: int
    returning_commenters: int

    @classmethod
    def of(cls, talk: ShareTalk, post_url: str | None) -> "ShareTalkOut":
        """Shape the numbers of a share."""
        return cls(
            share_id=talk.share_id,
            post_url=post_url,
            comments=talk.comments,
            waiting=talk.waiting,
            answered=talk.answered,
            dismissed=talk.dismissed,
            oldest_waiting=talk.oldest_waiting,
            median_minutes=talk.median_minutes,
            commenters=talk.commenters,
            returning_commenters=talk.returning,
        )


class TalkOut(BaseModel):
    """The comments of a week, whenever they were answered.

    `answer_rate` is answered / (comments - dismissed). `commenters` counts a person once for each author, and
    `returning_commenters` those of them who had commented on another share of the same author before.
    """

    comments: int
    answered: int
    dismissed: int
    answer_rate: float | None
    median_minutes: float | None
    p90_minutes: float | None
    commenters: int
    returning_commenters: int

    @classmethod
    def of(cls, week: WeekTalk) -> "TalkOut | None":
        """Shape a week; None where too few people stand behind it."""
        if not week.may_be_told:
            return None
        return cls(
            comments=week.comments,
            answered=week.answered,
            dismissed=week.dismissed,
            answer_rate=week.answer_rate,
            median_minutes=week.median_minutes,
            p90_minutes=week.p90_minutes,
            commenters=week.commenters,
            returning_commenters=week.returning,
        )


class WeekTalkOut(BaseModel):
    """One ISO week; `talk` is null unless comments came to the shares of at least five ambassadors."""

    week: str
    talk: TalkOut | None


class SummaryOut(BaseModel):
    """The last weeks of a programme, in its time zone, oldest first."""

    weeks: list[WeekTalkOut]

    @classmethod
    def of(cls, weeks: list[WeekTalk]) -> "SummaryOut":
        """Shape the weeks."""
        return cls(weeks=[WeekTalkOut(week=week_of(week.monday), talk=TalkOut.of(week)) for week in weeks])


class RemindersBody(BaseModel):
    """When people are reminded of a comment that waits: after so many hours, never in the quiet hours.

    Without `after_hours` (null) nobody ever is. Times are of the programme's time zone; from 20:00 until 08:00 is a
    night, and two equal times mean that no hour is quiet.
    """

    after_hours: Annotated[int, Field(ge=1, le=MOST_HOURS)] | None
    quiet_from: Clocks
    quiet_until: Clocks

    @classmethod
    def of(cls, plan: Plan) -> "RemindersBody":
        """Shape a plan."""
        return cls(
            after_hours=plan.after_hours,
            quiet_from=f"{plan.quiet_from:%H:%M}",
            quiet_until=f"{plan.quiet_until:%H:%M}",
        )

    def value(self) -> Plan:
        """Return the plan."""
        return Plan(
            after_hours=self.after_hours,
            quiet_from=time.fromisoformat(self.quiet_from),
            quiet_until=time.fromisoformat(self.quiet_until),
        )
