"""What the boards hear: programmes to open a board for, and entries to show."""

from collections.abc import Awaitable, Callable, Sequence

from libs.events.content import ProgrammeCreated
from libs.events.envelope import Event
from libs.events.gamification import PointsAwarded
from libs.storage.database import Transaction
from services.gamification.boards import service
from services.gamification.members import service as members


async def on_programme_created(tx: Transaction, event: ProgrammeCreated) -> None:
    """Keep the programme's calendar and open its points board."""
    await members.remember_programme(tx, event)
    await service.open_default_board(tx, event)


def on_points_awarded(keeper: service.BoardKeeper) -> Callable[[Sequence[Event]], Awaitable[None]]:
    """Return the handler that shows a batch of entries."""

    async def show(events: Sequence[Event]) -> None:
        await keeper.show([event for event in events if isinstance(event, PointsAwarded)])

    return show
