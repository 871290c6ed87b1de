"""What the boards hear: programmes to open a board for, who joined, and what has to be shown."""

from collections.abc import Awaitable, Callable, Sequence

from libs.events.content import ProgrammeCreated
from libs.events.envelope import Event
from libs.events.gamification import PointsAwarded, VisibilitySet
from libs.events.sharing import AmbassadorEnrolled
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


def in_turn(*handlers: Show) -> Show:
    """Return the handler that hands a batch to each of them."""

    async def show(events: Sequence[Event]) -> None:
        for handler in handlers:
            await handler(events)

    return show
