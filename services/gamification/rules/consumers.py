"""What a replay of the log hears about rules: what was activated, when, for which weeks, and what was taken back."""

from libs.events.gamification import RulesActivated, RulesReversed
from libs.storage.database import Transaction
from services.gamification.rules.service import activations


async def on_rules_activated(tx: Transaction, event: RulesActivated) -> None:
    """Keep the version and its activation."""
    await activations.remember_activation(tx, event)


async def on_rules_reversed(tx: Transaction, event: RulesReversed) -> None:
    """Keep that a correction was taken back."""
    await activations.remember_reversal(tx, event)
