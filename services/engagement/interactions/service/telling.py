"""What interactions change in counters, and telling of them in few events: whoever hears them pays by the event."""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from libs.events.engagement import InteractionsRecorded, InteractionsWithdrawn
from libs.storage.database import Transaction
from services.engagement.intake import service as intake
from services.engagement.intake.domain import lane_of, lanes_for
from services.engagement.interactions.domain import Interaction
from services.engagement.interactions.domain.withdrawals import Withdrawn

Told = TypeVar("Told")
Change = tuple[int, int]  # of a counter: by all but the author, by the author


def counted(interactions: Iterable[Interaction]) -> dict[tuple[UUID, str], Change]:
    """Return how many interactions there are of each share and kind."""
    added: dict[tuple[UUID, str], Change] = defaultdict(lambda: (0, 0))
    for interaction in interactions:
        others, own = added[interaction.share_id, interaction.kind]
        added[interaction.share_id, interaction.kind] = (others + (not interaction.own), own + interaction.own)
    return added


async def tell(tx: Transaction, interactions: Sequence[Interaction]) -> None:
    """Tell of interactions that now count."""
    async for programme_id, lane, part in _lanes(interactions, lambda interaction: interaction):
        # read all at once, which takes half the time of one by one
        event = {"programme_id": programme_id, "interactions": [_recorded(interaction) for interaction in part]}
        tx.emit_batch(InteractionsRecorded.model_validate(event), partition=lane)


async def tell_withdrawn(tx: Transaction, withdrawn: Sequence[Withdrawn]) -> None:
    """Tell of interactions that counted and do no longer."""
    async for programme_id, lane, part in _lanes(withdrawn, lambda one: one.interaction):
        told = [
            {**_recorded(one.interaction), "withdrawn_at": one.withdrawn_at, "comment_id": one.comment_id}
            for one in part
        ]
        event = {"programme_id": programme_id, "interactions": told}
        tx.emit_batch(InteractionsWithdrawn.model_validate(event), partition=lane)


async def _lanes(
    told: Sequence[Told], interaction_in: Callable[[Told], Interaction]
) -> AsyncIterator[tuple[UUID, int, Sequence[Told]]]:
    """Yield what is told by programme and partition, in parts that each make an event."""
    lanes = lanes_for(len(told))
    groups: dict[tuple[UUID, int], list[Told]] = defaultdict(list)
    for one in told:
        interaction = interaction_in(one)
        groups[interaction.key.programme_id, lane_of(interaction.ambassador_id, lanes)].append(one)
    for (programme_id, lane), found in groups.items():
        async for part in intake.in_slices(found):
            yield programme_id, lane, part


def _recorded(interaction: Interaction) -> Mapping[str, object]:
    assert interaction.person is not None  # a reply counts only once its comment has given it one
    return {
        "interaction_id": interaction.interaction_id,
        "share_id": interaction.share_id,
        "ambassador_id": interaction.ambassador_id,
        "kind": interaction.kind,
        "person": interaction.person,
        "colleague_id": interaction.colleague_id,
        "occurred_at": interaction.occurred_at,
        "provenance": interaction.provenance,
        "asked_at": interaction.asked_at,
        "words": interaction.words,
        "text_key": interaction.text_key,
    }
