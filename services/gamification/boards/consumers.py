"""What the boards hear: programmes to open a board for, who joined what, and what has to be shown."""

from collections.abc import Awaitable, Callable, Sequence

from libs.events.content import CampaignCreated, ProgrammeCreated
from libs.events.envelope import Event
from libs.events.gamification import PointsAwarded, SeasonPlanned, VisibilitySet
from libs.events.sharing import AmbassadorEnrolled, CohortFormed, TeamCreated
from libs.storage.database import Transaction
from services.gamification.boards import service
from services.gamification.boards.keeper import BoardKeeper
from services.gamification.members import service as members

Show = Callable[[Sequence[Event]], Awaitable[None]]


async def on_programme_created(tx: Transaction, event: ProgrammeCreated) -> None:
    """Keep the programme's calendar and open its points board."""
    await members.remember_programme(tx, event)
    await service.open_default_board(tx, event)


async def on_ambassador_enrolled(tx: Transaction, event: AmbassadorEnrolled) -> None:
    """Keep who joined; one who has points already belongs on the boards of their team from now on."""
    await members.remember_ambassador(tx, event)
    await service.show_again(tx, event.ambassador_id)


async def on_team_created(tx: Transaction, event: TeamCreated) -> None:
    """Keep whose a team is, so that boards can be confined to it."""
    await members.remember_team(tx, event)


async def on_campaign_created(tx: Transaction, event: CampaignCreated) -> None:
    """Keep whose a campaign is, so that boards can be confined to it."""
    await members.remember_campaign(tx, event)


async def on_cohort_formed(tx: Transaction, event: CohortFormed) -> None:
    """Keep who is in a cohort; who joined or left it is due on its boards."""
    touched = await members.remember_cohort(tx, event)
    await service.mark_due(tx, [(event.programme_id, one) for one in sorted(touched)])


def on_points_awarded(keeper: BoardKeeper) -> Show:
    """Return the handler that shows the entries of a batch."""

    async def show(events: Sequence[Event]) -> None:
        await keeper.show([event for event in events if isinstance(event, PointsAwarded)])

    return show


def on_visibility_set(keeper: BoardKeeper) -> Show:
    """Return the handler that follows the choices in a batch."""

    async def show(events: Sequence[Event]) -> None:
        await keeper.appear([event for event in events if isinstance(event, VisibilitySet)])

    return show


def on_season_planned(keeper: BoardKeeper) -> Show:
    """Return the handler that tells boards which weeks a season has."""

    async def show(events: Sequence[Event]) -> None:
        for programme_id in {event.programme_id for event in events if isinstance(event, SeasonPlanned)}:
            await keeper.follow_calendar(programme_id)

    return show


def in_turn(*handlers: Show) -> Show:
    """Return the handler that hands a batch to each of them."""

    async def show(events: Sequence[Event]) -> None:
        for handler in handlers:
            await handler(events)

    return show
