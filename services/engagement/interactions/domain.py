"""Rules of interactions: what a valid one is, which of two with one id counts, and whose it is."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid5

from libs.events.engagement import Kind, Provenance
from libs.events.intake import AcceptedInteraction
from libs.problems import FieldError
from services.engagement.shares.domain import KnownShare, PersonOn

PEOPLE_ONLY = "use snapshots or imports for counts without people"
NOT_THE_AUTHOR = "a reply is the author's own; send another person's answer as a comment"


class Key(NamedTuple):
    """What makes two reports the same interaction."""

    programme_id: UUID
    source: str
    external_id: str


Outcomes = Counter[tuple[Kind, str]]  # by kind, and applied, duplicate or conflict


@dataclass(frozen=True, slots=True)
class Candidate:
    """One accepted interaction on its way, with the request that it came in."""

    receipt_id: UUID
    key: Key
    item: AcceptedInteraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
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
    digest: str

    @property
    def own(self) -> bool:
        """Whether the author met themselves: a like of one's own share, an answer to one's own comment."""
        return self.colleague_id == self.ambassador_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many interactions of a kind a share drew; the author's own apart."""

    kind: Kind
    counted: int
    own: int


def faults_of_form(kind: Kind, *, person: str | None, answers: str | None, text: str | None) -> list[FieldError]:
    """Return what does not fit the kind: only a reply answers and has a text, and everything else has a person."""
    if kind == "reply":
        return [] if answers is not None else [FieldError("answers", "a reply names the comment that it answers")]
    faults = [] if person is not None else [FieldError("person", PEOPLE_ONLY)]
    faults += [FieldError("answers", "only a reply answers a comment")] if answers is not None else []
    faults += [FieldError("text", "only a reply has a text; others' words are not taken")] if text is not None else []
    return faults


def interaction_id_of(key: Key) -> UUID:
    """Return the id of an interaction: the same for every copy of it (UUIDv5, RFC 9562), also after a replay."""
    return uuid5(key.programme_id, f"{key.source}\n{key.external_id}")


def digest_of(item: AcceptedInteraction) -> str:
    """Return what two reports under one key must agree in."""
    payload = item.model_dump_json(exclude={"source", "external_id"})
    return hashlib.blake2b(payload.encode(), digest_size=16).hexdigest()


def first_of_each(candidates: Iterable[Candidate]) -> tuple[dict[Key, Candidate], list[Candidate]]:
    """Return the first candidate of each key, and all others."""
    first: dict[Key, Candidate] = {}
    others = [candidate for candidate in candidates if first.setdefault(candidate.key, candidate) is not candidate]
    return first, others


def person_on(candidate: Candidate, share: KnownShare) -> PersonOn | None:
    """Return who acted; None for a reply, whose person comes with the comment."""
    if candidate.item.person is None:
        return None
    return PersonOn(share.programme_id, share.network, candidate.item.person)


def attributed(candidate: Candidate, share: KnownShare, ambassadors: Mapping[PersonOn, Sequence[UUID]]) -> Interaction:
    """Return the interaction of a candidate: whose share it is on, and which colleague it is from, if one."""
    item = candidate.item
    person = person_on(candidate, share)
    return Interaction(
        key=candidate.key,
        interaction_id=interaction_id_of(candidate.key),
        share_id=share.share_id,
        ambassador_id=share.ambassador_id,
        kind=item.kind,
        person=item.person,
        colleague_id=_colleague(ambassadors.get(person, ()), share.ambassador_id) if person else None,
        occurred_at=item.occurred_at,
        provenance=item.provenance,
        answers=item.answers,
        asked_at=None,
        words=item.words,
        text_key=item.text_key,
        digest=digest_of(item),
    )


def _colleague(ambassadors: Sequence[UUID], author: UUID) -> UUID | None:
    """Where several have named one handle: the author, so that nobody earns by lending a handle, else the first."""
    if author in ambassadors:
        return author
    return ambassadors[0] if ambassadors else None
