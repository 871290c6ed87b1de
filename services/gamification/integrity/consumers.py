"""What a replay of the log hears about integrity: which shares were held back, and which holds have ended."""

from libs.events.gamification import PointsHeld, PointsReleased
from libs.storage.database import Transaction
from services.gamification.integrity.service import remembered


async def on_points_held(tx: Transaction, event: PointsHeld) -> None:
    """Hold the shares back before any week is settled."""
    await remembered.remember_hold(tx, event)


async def on_points_released(tx: Transaction, event: PointsReleased) -> None:
    """End the hold."""
    await remembered.remember_release(tx, event)
