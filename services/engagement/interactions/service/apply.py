"""Behind the door: removing duplicates, attributing, counting and telling, for a whole set of batches at once."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from libs.events.engagement import InteractionsRecorded, RecordedInteraction
from libs.events.envelope import partition_of
from libs.events.intake import InteractionsAccepted
from libs.storage.database import Transaction
from services.engagement.intake import service as intake
from services.engagement.intake.domain import Receipt
from services.engagement.interactions import domain, store
from services.engagement.interactions.domain import Candidate, Counted, Interaction, Key, Outcomes
from services.engagement.shares import service as shares

MOST_TOLD = 500  # interactions of one event: about a quarter of a megabyte


async def apply_accepted(tx: Transaction, batches: Sequence[InteractionsAccepted]) -> Outcomes:
    """Apply batches: each interaction counts, and is told, once, whatever comes twice and in whichever order.

    Raises ShareNotYetKnown.
    """
    candidates = _candidates(batches)
    first, others = domain.first_of_each(candidates)
    # held to the end: a comment and the reply to it, in two workers, must not miss each other
    known = await shares.hold_shares(tx, {candidate.item.share_id for candidate in first.values()})
    people = (domain.person_on(candidate, known[candidate.item.share_id]) for candidate in first.values())
    ambassadors = await shares.ambassadors_of(tx, [person for person in people if person is not None])
    interactions = [domain.attributed(c, known[c.item.share_id], ambassadors) for c in first.values()]
    new = await store.add_new(tx, interactions)
    repeated = others + [candidate for key, candidate in first.items() if key not in new]
    conflicts = await _note_conflicts(tx, repeated)
    fresh = [interaction for interaction in interactions if interaction.key in new]
    counting = [interaction for interaction in fresh if interaction.kind != "reply"] + await _meet(tx, fresh)
    await _count(tx, counting)
    _tell(tx, [interaction for interaction in counting if not interaction.own])
    await intake.add_to_receipts(tx, _receipts(batches, repeated, conflicts))
    return _outcomes(fresh, repeated, conflicts)


async def counters_of(tx: Transaction, share_id: UUID) -> list[Counted]:
    """Return how many interactions of each kind a share drew."""
    return await store.counters_of(tx, share_id)


def _candidates(batches: Iterable[InteractionsAccepted]) -> list[Candidate]:
    return [
        Candidate(batch.receipt_id, Key(batch.programme_id, item.source, item.external_id), item)
        for batch in batches
        for item in batch.interactions
    ]


async def _note_conflicts(tx: Transaction, repeated: Sequence[Candidate]) -> list[Candidate]:
    """Note and return those that do not agree with what counts under their key."""
    if not repeated:
        return []
    counts = await store.digests_of(tx, {candidate.key for candidate in repeated})
    digests = [(candidate, domain.digest_of(candidate.item)) for candidate in repeated]
    conflicts = [(candidate, digest) for candidate, digest in digests if digest != counts[candidate.key]]
    if conflicts:
        await store.add_conflicts(tx, conflicts)
    return [candidate for candidate, _ in conflicts]


async def _meet(tx: Transaction, fresh: Iterable[Interaction]) -> list[Interaction]:
    """Bring new comments and new replies together with what waits for them; returns the replies that now count."""
    comments: set[Key] = set()
    for interaction in fresh:
        if interaction.kind == "comment":
            comments.add(interaction.key)
        elif interaction.answers is not None:
            comments.add(interaction.key._replace(external_id=interaction.answers))
    return await store.meet(tx, comments) if comments else []


async def _count(tx: Transaction, counting: Iterable[Interaction]) -> None:
    added: dict[tuple[UUID, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for interaction in counting:
        counted, own = added[interaction.share_id, interaction.kind]
        added[interaction.share_id, interaction.kind] = (
            counted + (not interaction.own),
            own + interaction.own,
        )
    if added:
        await store.count(tx, added)


def _tell(tx: Transaction, interactions: Iterable[Interaction]) -> None:
    groups: dict[tuple[UUID, int], list[RecordedInteraction]] = defaultdict(list)
    for interaction in interactions:
        partition = partition_of(str(interaction.ambassador_id))
        groups[interaction.key.programme_id, partition].append(_recorded(interaction))
    for (programme_id, partition), recorded in groups.items():
        for start in range(0, len(recorded), MOST_TOLD):
            part = tuple(recorded[start : start + MOST_TOLD])
            tx.emit_batch(InteractionsRecorded(programme_id=programme_id, interactions=part), partition=partition)


def _recorded(interaction: Interaction) -> RecordedInteraction:
    assert interaction.person is not None  # a reply counts only once its comment has given it one
    return RecordedInteraction(
        interaction_id=interaction.interaction_id,
        share_id=interaction.share_id,
        ambassador_id=interaction.ambassador_id,
        kind=interaction.kind,
        person=interaction.person,
        colleague_id=interaction.colleague_id,
        occurred_at=interaction.occurred_at,
        provenance=interaction.provenance,
        asked_at=interaction.asked_at,
        words=interaction.words,
        text_key=interaction.text_key,
    )


def _receipts(
    batches: Iterable[InteractionsAccepted], repeated: Iterable[Candidate], conflicts: Iterable[Candidate]
) -> list[Receipt]:
    duplicates = Counter(candidate.receipt_id for candidate in repeated)
    contradicting = Counter(candidate.receipt_id for candidate in conflicts)
    parts: dict[UUID, list[InteractionsAccepted]] = defaultdict(list)
    for batch in batches:
        parts[batch.receipt_id].append(batch)
    return [
        _receipt(receipt_id, same, duplicates=duplicates[receipt_id], conflicts=contradicting[receipt_id])
        for receipt_id, same in parts.items()
    ]


def _receipt(receipt_id: UUID, parts: Sequence[InteractionsAccepted], *, duplicates: int, conflicts: int) -> Receipt:
    size = sum(len(part.interactions) for part in parts)
    return Receipt(
        receipt_id=receipt_id,
        programme_id=parts[0].programme_id,
        accepted=parts[0].accepted or size,
        new=size - duplicates,
        duplicates=duplicates,
        conflicts=conflicts,
    )


def _outcomes(
    fresh: Iterable[Interaction], repeated: Iterable[Candidate], conflicts: Collection[Candidate]
) -> Outcomes:
    contradicting = {id(candidate) for candidate in conflicts}
    found: Outcomes = Counter((interaction.kind, "applied") for interaction in fresh)
    for candidate in repeated:
        found[candidate.item.kind, "conflict" if id(candidate) in contradicting else "duplicate"] += 1
    return found
