"""What a replay of the log hears about seasons: those that were planned."""

from libs.events.gamification import SeasonPlanned
from libs.storage.database import Transaction
from services.gamification.members import service as members


async def on_season_planned(tx: Transaction, event: SeasonPlanned) -> None:
    """Keep the season before any week is settled."""
    await members.remember_season(tx, event)
