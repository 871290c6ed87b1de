"""Use cases of rules: which version holds for a week."""

from datetime import datetime

from libs.periods import monday_of
from libs.storage.database import Transaction
from services.gamification.rules import store
from services.gamification.rules.domain import Rules
from services.gamification.rules.errors import RulesNotFound
from services.gamification.rules.tables import RulesRow


class RulesInForce:
    """The versions of the rules, to choose from by week."""

    def __init__(self, newest_first: list[Rules]) -> None:
        """Take all versions; at least one."""
        self._newest_first = newest_first

    def for_week(self, week: str) -> Rules:
        """Return the version that holds on the week's Monday; the oldest for weeks before all of them."""
        monday = monday_of(week)
        return next((rules for rules in self._newest_first if rules.valid_from <= monday), self._newest_first[-1])

    @property
    def all(self) -> list[Rules]:
        """Every version."""
        return self._newest_first


async def ensure_first_version(tx: Transaction, *, now: datetime) -> None:
    """Activate the preset *authentic* as version 1 where there are no rules yet."""
    rules = Rules.preset("authentic")
    row = RulesRow(
        version=rules.version, valid_from=rules.valid_from, document=rules.model_dump(mode="json"), activated_at=now
    )
    await store.add_unless_there(tx, row)


async def rules_in_force(tx: Transaction) -> RulesInForce:
    """Return all versions."""
    return RulesInForce([Rules.model_validate(row.document) for row in await store.newest_first(tx)])


async def get_rules(tx: Transaction, version: int) -> Rules:
    """Return one version. Raises RulesNotFound."""
    if (row := await store.find(tx, version)) is None:
        raise RulesNotFound(f"there is no version {version} of the rules")
    return Rules.model_validate(row.document)
