"""What a replay of the log hears about rewards: what was asked for, and what became of it."""

from libs.events.gamification import RedemptionChanged, RewardRedeemed
from libs.storage.database import Transaction
from services.gamification.rewards import service


async def on_reward_redeemed(tx: Transaction, event: RewardRedeemed) -> None:
    """Keep the redemption: its price is no longer to be spent."""
    await service.remember_redemption(tx, event)


async def on_redemption_changed(tx: Transaction, event: RedemptionChanged) -> None:
    """Keep its state."""
    await service.remember_step(tx, event)
