from collections.abc import Mapping, Sequence
from datetime import UTC, timedelta, timezone
from uuid import UUID

import pytest

from libs.clock import new_id
from libs.events.intake import AcceptedInteraction, InteractionsAccepted
from services.engagement.intake.domain import collected_at
from services.engagement.interactions.domain import (
    Accepted,
    Applied,
    Candidate,
    Key,
    attributed,
    digest_of,
    faults_of_form,
    first_of_each,
    interaction_id_of,
    judged,
    receipts_of,
)
from services.engagement.quarantine.domain import Unusable
from services.engagement.shares.domain import KnownShare, PersonOn

RECEIPT = new_id()
NOW = collected_at(RECEIPT)
PROGRAMME, AUTHOR, COLLEAGUE, OTHER = (UUID(int=n) for n in range(1, 5))
SHARE = KnownShare(
    share_id=UUID(int=9), programme_id=PROGRAMME, ambassador_id=AUTHOR, network="x", post_url=None, published_at=NOW
)


def item(**other: object) -> AcceptedInteraction:
    values = {
        "source": "a",
        "external_id": "1",
        "share_id": SHARE.share_id,
        "kind": "reaction",
        "name_key": "p",
        "occurred_at": NOW,
        "provenance": "measured",
    }
    return AcceptedInteraction.model_validate({**values, **other})


def judge(accepted: AcceptedInteraction, share: KnownShare = SHARE) -> object:
    one = Accepted(RECEIPT, PROGRAMME, "interactions", accepted)
    return judged(one, share, key_on=lambda network, name: f"{network}:{name}")


def candidate(accepted: AcceptedInteraction) -> Candidate:
    found = judge(accepted)
    assert isinstance(found, Candidate)
    return found


def test_only_a_reply_answers_and_only_others_have_a_person() -> None:
    assert faults_of_form("reply", person=None, answers="1", text="thanks") == []
    assert faults_of_form("comment", person="p", answers=None, text=None) == []
    assert [f.field for f in faults_of_form("reply", person=None, answers=None, text=None)] == ["answers"]
    faults = faults_of_form("comment", person=None, answers="1", text="words", goal="lead")
    assert [fault.field for fault in faults] == ["goal", "person", "answers", "text"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"occurred_at": NOW + timedelta(minutes=6)}, "impossible-time"),
        ({"occurred_at": NOW - timedelta(days=1, seconds=1)}, "impossible-time"),
        ({"name_key": None}, "unsupported-form"),
        ({"kind": "reply", "name_key": "bob", "answers": "1"}, "not-the-author"),
    ],
)
def test_what_cannot_be_used_has_a_reason(change: Mapping[str, object], reason: str) -> None:
    share = KnownShare(**{name: getattr(SHARE, name) for name in SHARE.__slots__} | {"author_key": "x:author"})
    assert judge(item(**change), share) == reason


def test_an_id_depends_on_programme_source_and_external_id_alone() -> None:
    key = Key(PROGRAMME, "a", "1")
    assert interaction_id_of(key) == interaction_id_of(Key(PROGRAMME, "a", "1"))
    others = {Key(OTHER, "a", "1"), Key(PROGRAMME, "b", "1"), Key(PROGRAMME, "a", "2")}
    assert len({interaction_id_of(one) for one in (key, *others)}) == 4


def test_without_an_id_all_that_is_said_makes_an_interaction_what_it_is() -> None:
    nameless = {"external_id": None}
    later = NOW + timedelta(seconds=1)
    same = [item(**nameless), item(**nameless, place=7), item(**nameless, provenance="declared")]
    changes = ({"kind": "follow"}, {"name_key": "q"}, {"occurred_at": later}, {"source": "b"}, {"external_id": "1"})
    others = [item(**{**nameless, **change}) for change in changes]
    assert len({candidate(one).key for one in same}) == 1
    assert len({candidate(one).key for one in (same[0], *others)}) == 6


def test_the_digest_is_of_what_is_said_not_of_the_name_or_the_offset() -> None:
    assert digest_of(candidate(item())) == digest_of(candidate(item(external_id="2", place=3)))
    assert digest_of(candidate(item())) != digest_of(candidate(item(kind="comment")))
    abroad = NOW.astimezone(timezone(timedelta(hours=2))).astimezone(UTC)
    assert digest_of(candidate(item())) == digest_of(candidate(item(occurred_at=abroad)))


def test_the_first_of_two_with_one_key_counts() -> None:
    one, two, three = candidate(item()), candidate(item(kind="comment")), candidate(item(external_id="2"))
    first, others = first_of_each([one, two, three])
    assert list(first.values()) == [one, three]
    assert others == [two]


def colleague(found: Sequence[UUID]) -> tuple[UUID | None, bool]:
    interaction = attributed(candidate(item()), {PersonOn(PROGRAMME, "x", "x:p"): found})
    return interaction.colleague_id, interaction.own


def test_a_handle_of_two_ambassadors_means_the_author_first() -> None:
    assert colleague([AUTHOR, COLLEAGUE]) == (AUTHOR, True)
    assert colleague([COLLEAGUE, OTHER]) == (COLLEAGUE, False)
    assert attributed(candidate(item()), {}).colleague_id is None


def test_interactions_know_when_they_were_collected() -> None:
    assert attributed(candidate(item()), {}).collected_at == NOW


def test_a_receipt_counts_each_item_once_and_copies_of_what_waits_as_duplicates() -> None:
    items = [item(external_id=str(n)) for n in range(6)]
    batch = InteractionsAccepted(
        receipt_id=RECEIPT, programme_id=PROGRAMME, door="interactions", interactions=tuple(items)
    )
    new, repeated, contradicting, *unusable = (Accepted(RECEIPT, PROGRAMME, "interactions", one) for one in items)
    copy = Unusable(
        kind="interaction",
        programme_id=PROGRAMME,
        door="interactions",
        reason="unknown-share",
        share=None,
        item={},
        receipt_id=RECEIPT,
    )
    applied = Applied(
        new=[new],
        withdrawn=[],
        repeated=[repeated, contradicting],
        conflicts=[contradicting],
        unusable=[(one, "unknown-share") for one in unusable],
    )
    (receipt,) = receipts_of([batch], applied, [copy])
    assert (receipt.accepted, receipt.new, receipt.duplicates, receipt.conflicts) == (6, 1, 3, 1)
    assert (receipt.quarantined, receipt.applied) == (2, True)
