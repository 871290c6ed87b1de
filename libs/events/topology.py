"""Who sends each event and who listens; the bus makes streams and consumers from it."""

from dataclasses import dataclass

from libs.events.content import CampaignCreated, ItemPublished, ProgrammeCreated, ProposalApproved
from libs.events.engagement import CommentWaiting, CountsReported, InteractionsRecorded, InteractionsWithdrawn
from libs.events.envelope import Event
from libs.events.gamification import (
    BadgeEarned,
    BadgeRevoked,
    ChallengeCancelled,
    ChallengeCompleted,
    LevelReached,
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
from libs.events.gateway import VisitsSeen
from libs.events.intake import CountsAccepted, InteractionsAccepted, WebhookReceived, WithdrawalsAccepted
from libs.events.sharing import (
    AmbassadorEnrolled,
    ClicksRecorded,
    CohortFormed,
    ConsentGiven,
    ConsentWithdrawn,
    SharePublished,
    TeamCreated,
)
from libs.events.webhooks import EndpointDisabled


@dataclass(frozen=True, slots=True)
class Stream:
    """A JetStream stream and the subjects that it keeps. `max_age_days` 0 keeps for ever."""

    name: str
    subjects: tuple[str, ...]
    max_age_days: int = 0


@dataclass(frozen=True, slots=True)
class Subscription:
    """One consumer group: who listens to whom, and to which events."""

    listener: str
    producer: str
    events: tuple[type[Event], ...]

    @property
    def name(self) -> str:
        """The durable name, `<listener>--<producer>`."""
        return f"{self.listener}--{self.producer}"


EVENTS: dict[str, type[Event]] = {
    event.type: event
    for event in (
        ProgrammeCreated,
        CampaignCreated,
        ItemPublished,
        ProposalApproved,
        TeamCreated,
        AmbassadorEnrolled,
        CohortFormed,
        ConsentGiven,
        ConsentWithdrawn,
        SharePublished,
        VisitsSeen,
        ClicksRecorded,
        InteractionsRecorded,
        InteractionsWithdrawn,
        CountsReported,
        CommentWaiting,
        PointsAwarded,
        VisibilitySet,
        SeasonPlanned,
        SeasonClosed,
        LevelReached,
        BadgeEarned,
        BadgeRevoked,
        ChallengeCompleted,
        ChallengeCancelled,
        InteractionsAccepted,
        CountsAccepted,
        WebhookReceived,
        WithdrawalsAccepted,
        PointsHeld,
        PointsReleased,
        RedemptionChanged,
        RewardRedeemed,
        SpotlightGiven,
        SpotlightWithdrawn,
        RulesActivated,
        RulesReversed,
        EndpointDisabled,
    )
}

STREAMS = (
    Stream("CONTENT", ("content.>",)),
    Stream("SHARING", ("sharing.>",)),
    Stream("ENGAGEMENT", ("engagement.>",)),
    Stream("GAMIFICATION", ("gamification.>",)),
    Stream("WEBHOOKS", ("webhooks.>",)),
    # what engagement has accepted and not yet applied; kept so that an accepted batch can be replayed
    Stream("INTAKE", ("intake.>",), max_age_days=30),
    # what the gateway has seen of visitors; sharing keeps what it makes of them
    Stream("GATEWAY", ("gateway.>",), max_age_days=30),
    # what nobody could handle, whole and with the reason
    Stream("DEAD", ("dead.>",)),
)

API_KEYS = "api-keys"  # what every process judges API keys by: digests and scopes, by the id of a secret
API_KEY_USES = "api-key-uses"  # the day on which each key was last used
PLANS = "partitions"  # how many consumers share each subscription (libs/bus/plans.py)
BUCKETS = (
    # display names by ambassador id: personal data, so outside the events, and purged on erasure
    "profiles",
    PLANS,
    API_KEYS,
    API_KEY_USES,
)


def producer_of(event: type[Event]) -> str:
    """Return the service that sends an event: the first token of its type."""
    return event.type.split(".", 1)[0]


# who tells to all; what engagement has accepted (`intake`) and what the gateway has seen are their own business
PUBLIC = ("content", "sharing", "engagement", "gamification", "webhooks")

SUBSCRIPTIONS = (
    Subscription("engagement", "intake", (InteractionsAccepted, CountsAccepted, WebhookReceived)),
    # apart from what is taken in: whoever takes back holds up all who take in, so it does nothing else meanwhile
    Subscription("withdrawals", "intake", (WithdrawalsAccepted,)),
    Subscription("content", "sharing", (AmbassadorEnrolled,)),
    Subscription("sharing", "content", (ProgrammeCreated, ItemPublished)),
    Subscription("sharing", "gateway", (VisitsSeen,)),
    Subscription("engagement", "content", (ProgrammeCreated, CampaignCreated)),
    Subscription(
        "engagement", "sharing", (AmbassadorEnrolled, ConsentGiven, ConsentWithdrawn, SharePublished, ClicksRecorded)
    ),
    Subscription("gamification", "content", (ProgrammeCreated, CampaignCreated, ProposalApproved)),
    Subscription("gamification", "sharing", (TeamCreated, AmbassadorEnrolled, CohortFormed, SharePublished)),
    Subscription("gamification", "engagement", (InteractionsRecorded, InteractionsWithdrawn, CountsReported)),
    # no standing consumer: what a replay of the log into an empty database hears before all else
    Subscription(
        "replay",
        "gamification",
        (
            RulesActivated,
            RulesReversed,
            SeasonPlanned,
            PointsHeld,
            PointsReleased,
            RewardRedeemed,
            RedemptionChanged,
            VisibilitySet,
        ),
    ),
    Subscription("boards", "gamification", (PointsAwarded, VisibilitySet, SeasonPlanned)),
    *(
        Subscription("webhooks", producer, tuple(event for event in EVENTS.values() if producer_of(event) == producer))
        for producer in PUBLIC
    ),
)


def stream_of(subject: str) -> str:
    """Return the stream that keeps a subject. Raises LookupError when none does."""
    head = subject.split(".", 1)[0]
    for stream in STREAMS:
        if f"{head}.>" in stream.subjects:
            return stream.name
    raise LookupError(f"no stream keeps {subject}")
