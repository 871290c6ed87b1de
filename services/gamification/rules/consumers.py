"""What a replay of the log hears about rules: which were activated, when, and for which weeks."""

from libs.events.gamification import RulesActivated
from libs.storage.database import Transaction
from services.gamification.rules import service


async def on_rules_activated(tx: Transaction, event: RulesActivated) -> None:
    """Keep the version and its activation."""
    await service.remember_activation(tx, event)
