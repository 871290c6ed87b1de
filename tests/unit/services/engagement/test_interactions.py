from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

from libs.events.intake import AcceptedInteraction
from services.engagement.interactions.domain import (
    Candidate,
    Key,
    attributed,
    digest_of,
    faults_of_form,
    first_of_each,
    interaction_id_of,
)
from services.engagement.shares.domain import KnownShare, PersonOn

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
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
        "person": "p",
        "occurred_at": NOW,
        "provenance": "measured",
    }
    return AcceptedInteraction.model_validate({**values, **other})


def candidate(accepted: AcceptedInteraction) -> Candidate:
    return Candidate(UUID(int=5), Key(PROGRAMME, accepted.source, accepted.external_id), accepted)


def test_only_a_reply_answers_and_only_others_have_a_person() -> None:
    assert faults_of_form("reply", person=None, answers="1", text="thanks") == []
    assert faults_of_form("comment", person="p", answers=None, text=None) == []
    assert [f.field for f in faults_of_form("reply", person=None, answers=None, text=None)] == ["answers"]
    faults = faults_of_form("comment", person=None, answers="1", text="words")
    assert [fault.field for fault in faults] == ["person", "answers", "text"]


def test_an_id_depends_on_programme_source_and_external_id_alone() -> None:
    key = Key(PROGRAMME, "a", "1")
    assert interaction_id_of(key) == interaction_id_of(Key(PROGRAMME, "a", "1"))
    others = {Key(OTHER, "a", "1"), Key(PROGRAMME, "b", "1"), Key(PROGRAMME, "a", "2")}
    assert len({interaction_id_of(one) for one in (key, *others)}) == 4


def test_the_digest_is_of_what_is_said_not_of_the_name_or_the_offset() -> None:
    assert digest_of(item()) == digest_of(item(external_id="2"))
    assert digest_of(item()) != digest_of(item(kind="comment"))
    abroad = NOW.astimezone(timezone(timedelta(hours=2))).astimezone(UTC)
    assert digest_of(item()) == digest_of(item(occurred_at=abroad))


def test_the_first_of_two_with_one_key_counts() -> None:
    one, two, three = candidate(item()), candidate(item(kind="comment")), candidate(item(external_id="2"))
    first, others = first_of_each([one, two, three])
    assert list(first.values()) == [one, three]
    assert others == [two]


def test_a_handle_of_two_ambassadors_means_the_author_first() -> None:
    person = PersonOn(PROGRAMME, "x", "p")
    own = attributed(candidate(item()), SHARE, {person: [AUTHOR, COLLEAGUE]})
    assert (own.colleague_id, own.own) == (AUTHOR, True)
    from_other = attributed(candidate(item()), SHARE, {person: [COLLEAGUE, OTHER]})
    assert (from_other.colleague_id, from_other.own) == (COLLEAGUE, False)
    assert attributed(candidate(item()), SHARE, {}).colleague_id is None
