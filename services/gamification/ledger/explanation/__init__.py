"""Why a line is worth what it is: every factor in words and numbers, and what would have raised it most."""

from services.gamification.ledger.explanation.meanings import Factor, in_words
from services.gamification.ledger.explanation.missing import Missing, most

__all__ = ["Factor", "Missing", "in_words", "most"]
