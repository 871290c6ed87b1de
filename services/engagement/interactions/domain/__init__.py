"""Rules of interactions: what a valid one is, which of two with one id counts, and whose it is."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from uuid_utils.compat import uuid5

from libs.events.engagement import Kind, Provenance
from libs.events.intake import AcceptedInteraction, Door, Goal, InteractionsAccepted
from libs.problems import FieldError
from services.engagement.intake.domain import Receipt, collected_at
from services.engagement.quarantine.domain import Outcome, Reason, Unusable
from services.engagement.shares.domain import KnownShare, Missing, PersonOn, ShareName, refused_time, share_name_of

PEOPLE_ONLY = "use snapshots or imports for counts without people"
UNANSWERING = "a reply names the comment that it answers"
FINGERPRINT = "fp:"


class Key(NamedTuple):
    """What makes two reports the same interaction."""

    programme_id: UUID
    source: str
    external_id: str


Outcomes = Counter[tuple[Kind, str]]  # by kind, and applied, withdrawn, duplicate, conflict or quarantined


class Accepted(NamedTuple):
    """One accepted interaction on its way, with the request that it came in."""

    receipt_id: UUID
    programme_id: UUID | None
    door: Door
    item: AcceptedInteraction

    @property
    def share_name(self) -> ShareName:
        """How it names its share."""
        return share_name_of(self.programme_id, self.item.share_id, self.item.post_url)


class Candidate(NamedTuple):
    """One that can be used: its share is known, and who acted; a reply's person comes with the comment."""

    accepted: Accepted
    key: Key
    share: KnownShare
    person: PersonOn | None

    @property
    def item(self) -> AcceptedInteraction:
        """What was accepted."""
        return self.accepted.item


class Interaction(NamedTuple):  # made in a fifth of the time of a frozen dataclass, and there are thousands in a set
    """One interaction, counted once. A reply has `person` and `asked_at` once the comment that it answers is known."""

    key: Key
    interaction_id: UUID
    share_id: UUID
    ambassador_id: UUID
    kind: Kind
    person: str | None
    colleague_id: UUID | None
    occurred_at: datetime
    provenance: Provenance
    answers: str | None
    asked_at: datetime | None
    words: int | None
    text_key: str | None
    goal: Goal | None
    collected_at: datetime | None
    digest: str

    @property
    def own(self) -> bool:
        """Whether the author met themselves: a like of one's own share, an answer to one's own comment."""
        return self.colleague_id == self.ambassador_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What became of a set: `repeated` were known before, of these `conflicts` said something else.

    Of those that are new, `withdrawn` were taken back before they came.
    """

    new: Sequence[Accepted]
    withdrawn: Sequence[Accepted]
    repeated: Sequence[Accepted]
    conflicts: Sequence[Accepted]
    unusable: Sequence[tuple[Accepted, Reason]]

    def by_identity(self) -> dict[int, Outcome]:
        """Return the outcome of each by its `id()`: equal ones may have come to different ends."""
        outcomes: dict[int, Outcome] = {id(one): "new" for one in self.new}
        outcomes |= {id(one): "duplicate" for one in self.repeated}
        outcomes |= {id(one): "conflict" for one in self.conflicts}
        return outcomes | {id(one): reason for one, reason in self.unusable}

    def outcomes(self) -> Outcomes:
        """Return how many of each kind came to which end, for counting."""
        contradicting = {id(one) for one in self.conflicts}
        withdrawn = {id(one) for one in self.withdrawn}
        found: Outcomes = Counter(
            (one.item.kind, "withdrawn" if id(one) in withdrawn else "applied") for one in self.new
        )
        found.update((one.item.kind, "conflict" if id(one) in contradicting else "duplicate") for one in self.repeated)
        found.update((one.item.kind, "quarantined") for one, _ in self.unusable)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many interactions of a kind a share drew; the author's own apart."""

    kind: Kind
    counted: int
    own: int


def faults_of_form(
    kind: Kind, *, person: str | None, answers: str | None, text: str | None, goal: str | None = None
) -> list[FieldError]:
    """Return what does not fit the kind: only a reply answers and has a text, and everything else has a person."""
    faults = [FieldError("goal", "only a conversion has a goal")] if goal is not None and kind != "conversion" else []
    if kind == "reply":
        return faults if answers is not None else [*faults, FieldError("answers", UNANSWERING)]
    faults += [FieldError("person", PEOPLE_ONLY)] if person is None else []
    faults += [FieldError("answers", "only a reply answers a comment")] if answers is not None else []
    faults += [FieldError("text", "only a reply has a text; others' words are not taken")] if text is not None else []
    return faults


def judged(accepted: Accepted, share: KnownShare | Missing, *, key_on: Callable[[str, str], str]) -> Candidate | Reason:
    """Return what can be used, or why it cannot: its share, its time, its form, or a reply by another than the author.

    `key_on` gives a person's key from a network and a name key.
    """
    if not isinstance(share, KnownShare):
        return share
    item = accepted.item
    if refused_time(item.occurred_at, share, now=collected_at(accepted.receipt_id)):
        return "impossible-time"
    person = key_on(share.network, item.name_key) if item.name_key is not None else None
    key = key_of(item, share, person)
    if item.kind == "reply":
        foreign = person and share.author_key and person != share.author_key
        return "not-the-author" if foreign else Candidate(accepted, key, share, None)
    if person is None:
        return "unsupported-form"
    return Candidate(accepted, key, share, PersonOn(share.programme_id, share.network, person))


def key_of(item: AcceptedInteraction, share: KnownShare, person: str | None) -> Key:
    """Return what identifies an interaction: its id at the source, else a fingerprint of all that was said of it."""
    if item.external_id is not None:
        return Key(share.programme_id, item.source, item.external_id)
    said = (share.share_id, item.kind, person, item.occurred_at.isoformat(), item.answers, item.text_key, item.goal)
    return Key(share.programme_id, item.source, FINGERPRINT + _hash_of(*said))


def interaction_id_of(key: Key) -> UUID:
    """Return the id of an interaction: the same for every copy of it (UUIDv5, RFC 9562), also after a replay."""
    return uuid5(key.programme_id, f"{key.source}\n{key.external_id}")


def digest_of(candidate: Candidate) -> str:
    """Return what two reports under one key must agree in."""
    item, person = candidate.item, candidate.person
    who = person.person_key if person else None
    said = (candidate.share.share_id, item.kind, who, item.occurred_at.isoformat(), item.provenance)
    return _hash_of(*said, item.answers, item.words, item.text_key, item.goal)


def _hash_of(*said: object) -> str:
    # none of the values holds a line break: doors refuse control characters
    return hashlib.blake2b("\n".join(map(str, said)).encode(), digest_size=16).hexdigest()


def first_of_each(candidates: Iterable[Candidate]) -> tuple[dict[Key, Candidate], list[Candidate]]:
    """Return the first candidate of each key, and all others."""
    first: dict[Key, Candidate] = {}
    others = [candidate for candidate in candidates if first.setdefault(candidate.key, candidate) is not candidate]
    return first, others


def attributed(candidate: Candidate, ambassadors: Mapping[PersonOn, Sequence[UUID]]) -> Interaction:
    """Return the interaction of a candidate: whose share it is on, and which colleague it is from, if one."""
    item, share, person = candidate.item, candidate.share, candidate.person
    return Interaction(
        key=candidate.key,
        interaction_id=interaction_id_of(candidate.key),
        share_id=share.share_id,
        ambassador_id=share.ambassador_id,
        kind=item.kind,
        person=person.person_key if person else None,
        colleague_id=_colleague(ambassadors.get(person, ()), share.ambassador_id) if person else None,
        occurred_at=item.occurred_at,
        provenance=item.provenance,
        answers=item.answers,
        asked_at=None,
        words=item.words,
        text_key=item.text_key,
        goal=item.goal,
        collected_at=collected_at(candidate.accepted.receipt_id),
        digest=digest_of(candidate),
    )


def _colleague(ambassadors: Sequence[UUID], author: UUID) -> UUID | None:
    """Where several have named one handle: the author, so that nobody earns by lending a handle, else the first."""
    if author in ambassadors:
        return author
    return ambassadors[0] if ambassadors else None


def receipts_of(batches: Iterable[InteractionsAccepted], applied: Applied, copies: Iterable[Unusable]) -> list[Receipt]:
    """Return what became of each request in a set; a copy of what waits in the quarantine is a duplicate."""
    new = Counter(one.receipt_id for one in applied.new)
    conflicts = Counter(one.receipt_id for one in applied.conflicts)
    waiting = Counter(copy.receipt_id for copy in copies)
    duplicates = Counter(one.receipt_id for one in applied.repeated) + waiting
    quarantined = Counter(one.receipt_id for one, _ in applied.unusable) - waiting
    sizes: Counter[UUID] = Counter()
    programmes: dict[UUID, UUID | None] = {}
    for batch in batches:
        size = len(batch.interactions) if batch.accepted is None else batch.accepted
        sizes[batch.receipt_id] = max(size, sizes[batch.receipt_id])
        programmes[batch.receipt_id] = batch.programme_id
    return [
        Receipt(
            receipt_id=receipt_id,
            programme_id=programme_id,
            accepted=sizes[receipt_id],
            new=new[receipt_id],
            duplicates=duplicates[receipt_id],
            conflicts=conflicts[receipt_id],
            quarantined=quarantined[receipt_id],
        )
        for receipt_id, programme_id in programmes.items()
    ]
