"""Use cases of rules: drafting versions, and which one holds for a week; `activations` is about what was decided."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from libs.storage.database import Transaction
from services.gamification.members import service as members
from services.gamification.rules import store
from services.gamification.rules.domain import Rules
from services.gamification.rules.domain.documents import AnyRules, checked, rules_of
from services.gamification.rules.domain.validity import Validity, governing
from services.gamification.rules.errors import RulesNotFound
from services.gamification.rules.tables import RulesActivation, RulesRow

PRODUCT = UUID(int=0)  # whose version 1 holds where a programme has activated nothing
FIRST = 1
TRIED = 2**31  # the number of an activation that is only tried: later than all others


class RulesInForce:
    """The rules that programmes have in force, to choose from by programme and week."""

    def __init__(
        self, versions: Mapping[tuple[UUID, int], AnyRules], validities: Mapping[UUID, Sequence[Validity]]
    ) -> None:
        """Take all versions that may hold, the product's first among them, and what was activated where."""
        self._versions = versions
        self._validities = validities
        self._found: dict[tuple[UUID, str], AnyRules] = {}

    def for_week(self, programme_id: UUID, week: str) -> AnyRules:
        """Return the rules that hold for a programme's week; the product's first version unless others do."""
        if (found := self._found.get((programme_id, week))) is None:
            validity = governing(self._validities.get(programme_id, ()), week)
            found = self._versions[key_of(programme_id, validity.version if validity else FIRST)]
            self._found[programme_id, week] = found
        return found

    @property
    def all(self) -> Iterable[AnyRules]:
        """Every version that may hold."""
        return self._versions.values()

    def trying(self, programme_id: UUID, rules: AnyRules, *, first: date, last: date) -> "RulesInForce":
        """Return what would be in force after a correction of the weeks from `first` to `last` (Mondays)."""
        tried = Validity(number=TRIED, version=rules.version, first=first, last=last)
        held = self._validities.get(programme_id, ())
        return RulesInForce(
            {**self._versions, key_of(programme_id, rules.version): rules},
            {**self._validities, programme_id: [*held, tried]},
        )


def key_of(programme_id: UUID, version: int) -> tuple[UUID, int]:
    """Return under which programme and number a version stands: the first is the product's, for all."""
    return (PRODUCT, FIRST) if version == FIRST else (programme_id, version)


async def ensure_first_version(tx: Transaction, *, now: datetime) -> None:
    """Activate the preset *authentic* as version 1 of the product where it is not there yet."""
    rules = Rules.preset("authentic")
    await store.add_unless_there(tx, row_of(PRODUCT, rules, note="The product's own rules.", activated_at=now))


async def rules_in_force(tx: Transaction, programme_ids: Collection[UUID]) -> RulesInForce:
    """Return what these programmes have in force."""
    rows = await store.used(tx, {PRODUCT, *programme_ids})
    validities: dict[UUID, list[Validity]] = {}
    for one in await store.activations(tx, programme_ids):
        validities.setdefault(one.programme_id, []).append(validity_of(one))
    return RulesInForce({(row.programme_id, row.version): rules_of(row.document) for row in rows}, validities)


def validity_of(row: RulesActivation) -> Validity:
    """Return what a stored activation says."""
    return Validity(
        number=row.number,
        version=row.version,
        first=row.first_monday,
        last=row.last_monday,
        reverses=row.reverses,
    )


async def get_rules(tx: Transaction, version: int) -> Rules:
    """Return a version of the product's rules. Raises RulesNotFound."""
    rules = rules_of((await get_version(tx, PRODUCT, version)).document)
    assert isinstance(rules, Rules)
    return rules


async def get_version(tx: Transaction, programme_id: UUID, version: int, *, drafts: bool = True) -> RulesRow:
    """Return a version that a programme may use; without `drafts` an activated one. Raises RulesNotFound."""
    row = await store.find(tx, *key_of(programme_id, version))
    if row is None or (row.activated_at is None and not drafts):
        raise RulesNotFound(f"there is no version {version} of the rules")
    return row


async def list_versions(
    tx: Transaction, programme_id: UUID, *, last: int | None, drafts: bool, limit: int
) -> Sequence[RulesRow]:
    """Return the next versions that a programme may use, the product's first one before its own."""
    return await store.versions_after(tx, {PRODUCT, programme_id}, last or 0, drafts=drafts, limit=limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Proposed rules; `within` is where the document stands in the request, to name its fields."""

    document: Mapping[str, Any]  # JSON that is still to be checked
    within: str
    valid_from: date
    note: str


async def draft_version(tx: Transaction, programme_id: UUID, draft: Draft) -> RulesRow:
    """Keep proposed rules under the programme's next number. Raises ProgrammeNotFound, InvalidRules."""
    await members.calendar_alone(tx, programme_id)
    version = (await store.newest_version(tx, programme_id) or FIRST) + 1
    rules = checked(draft.document, version=version, valid_from=draft.valid_from, within=draft.within)
    row = row_of(programme_id, rules, note=draft.note, activated_at=None)
    await store.add_unless_there(tx, row)
    return row


def row_of(programme_id: UUID, rules: AnyRules, *, note: str, activated_at: datetime | None) -> RulesRow:
    """Return rules as the row that keeps them; a draft without `activated_at`."""
    return RulesRow(
        programme_id=programme_id,
        version=rules.version,
        valid_from=rules.valid_from,
        document=rules.model_dump(mode="json"),
        note=note,
        activated_at=activated_at,
    )
