"""Behind the door: removing duplicates, attributing, counting and telling, for a whole set of batches at once."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from uuid import UUID

from libs.auth.person_keys import PersonKeys
from libs.events.intake import AcceptedInteraction, InteractionsAccepted
from libs.storage.database import Transaction
from services.engagement.intake import service as intake
from services.engagement.interactions import domain, store
from services.engagement.interactions.domain import Accepted, Applied, Candidate, Counted, Interaction, Key, Outcomes
from services.engagement.interactions.service.telling import counted, tell
from services.engagement.quarantine import service as quarantine
from services.engagement.quarantine.domain import Outcome, Quarantined, Reason, Unusable
from services.engagement.shares import service as shares

# What a noun above does in the same transaction with all that now counts; the shares are held.
Follow = Callable[[Transaction, Sequence[Interaction]], Awaitable[None]]


async def apply_accepted(
    tx: Transaction, batches: Sequence[InteractionsAccepted], *, people: PersonKeys, follow: Follow | None = None
) -> Outcomes:
    """Apply batches: each interaction counts, and is told, once, whatever comes twice and in whichever order.

    What cannot be used goes to the quarantine in the same transaction.
    """
    applied = await _apply(tx, _accepted(batches), people, follow)
    copies = await quarantine.put(tx, [_unusable(one, reason) for one, reason in applied.unusable])
    await intake.add_to_receipts(tx, domain.receipts_of(batches, applied, copies))
    return applied.outcomes()


async def apply_waiting(
    tx: Transaction, waiting: Sequence[Quarantined], *, people: PersonKeys, follow: Follow | None = None
) -> dict[UUID, Outcome]:
    """Apply what waits in the quarantine; returns what became of each, by its id there."""
    again = [_waited(one) for one in waiting]
    outcomes = (await _apply(tx, again, people, follow)).by_identity()
    return {one.id: outcomes[id(accepted)] for one, accepted in zip(waiting, again, strict=True)}


async def counters_of(tx: Transaction, share_id: UUID) -> list[Counted]:
    """Return how many interactions of each kind a share drew."""
    return await store.counters_of(tx, share_id)


async def _apply(tx: Transaction, accepted: Sequence[Accepted], people: PersonKeys, follow: Follow | None) -> Applied:
    candidates, unusable = await _judge(tx, accepted, people)
    first, others = domain.first_of_each(candidates)
    interactions = await _attribute(tx, list(first.values()))
    await store.hold_off_withdrawals(tx)
    new = await store.add_new(tx, interactions)
    fresh = [interaction for interaction in interactions if interaction.interaction_id in new.counting]
    withdrawn = {interaction.key for interaction in interactions if interaction.interaction_id in new.withdrawn}
    known = {interaction.key for interaction in interactions} - {interaction.key for interaction in fresh} - withdrawn
    repeated = others + [first[key] for key in first if key in known]
    conflicts = await _note_conflicts(tx, repeated)
    counting = [interaction for interaction in fresh if interaction.kind != "reply"] + await _meet(tx, fresh)
    await store.count(tx, counted(counting))
    await tell(tx, [interaction for interaction in counting if not interaction.own])
    if follow:
        await follow(tx, counting)
    return Applied(
        new=[candidate.accepted for key, candidate in first.items() if key not in known],
        withdrawn=[first[key].accepted for key in withdrawn],
        repeated=[candidate.accepted for candidate in repeated],
        conflicts=[candidate.accepted for candidate in conflicts],
        unusable=unusable,
    )


async def _judge(
    tx: Transaction, accepted: Sequence[Accepted], people: PersonKeys
) -> tuple[list[Candidate], list[tuple[Accepted, Reason]]]:
    # the shares are held to the end: a comment and the reply to it, in two workers, must not miss each other
    found = await shares.resolve(tx, {one.share_name for one in accepted})
    candidates: list[Candidate] = []
    unusable: list[tuple[Accepted, Reason]] = []
    async for part in intake.in_slices(accepted):
        for one in part:
            judged = domain.judged(one, found[one.share_name], key_on=people.on_network)
            if isinstance(judged, Candidate):
                candidates.append(judged)
            else:
                unusable.append((one, judged))
    return candidates, unusable


async def _attribute(tx: Transaction, candidates: Sequence[Candidate]) -> list[Interaction]:
    persons = {candidate.person for candidate in candidates if candidate.person is not None}
    ambassadors = await shares.ambassadors_of(tx, persons)
    return [
        domain.attributed(candidate, ambassadors) async for part in intake.in_slices(candidates) for candidate in part
    ]


def _accepted(batches: Iterable[InteractionsAccepted]) -> list[Accepted]:
    return [
        Accepted(batch.receipt_id, batch.programme_id, batch.door, item)
        for batch in batches
        for item in batch.interactions
    ]


def _waited(one: Quarantined) -> Accepted:
    return Accepted(one.receipt_id, one.programme_id, one.door, AcceptedInteraction.model_validate(one.item))


def _unusable(one: Accepted, reason: Reason) -> Unusable:
    return Unusable(
        kind="interaction",
        programme_id=one.programme_id,
        door=one.door,
        reason=reason,
        share=one.share_name,
        item=one.item.model_dump(mode="json", exclude_none=True),
        receipt_id=one.receipt_id,
        place=one.item.place,
    )


async def _note_conflicts(tx: Transaction, repeated: Sequence[Candidate]) -> list[Candidate]:
    """Note and return those that do not agree with what counts under their key."""
    if not repeated:
        return []
    counts = await store.digests_of(tx, {candidate.key for candidate in repeated})
    digests = [(candidate, domain.digest_of(candidate)) for candidate in repeated]
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
