import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from libs.clock import new_id
from libs.events.envelope import PARTITIONS, Envelope, partition_of
from libs.events.intake import AcceptedCount, AcceptedInteraction, CountsAccepted, InteractionsAccepted
from libs.problems import FieldError
from services.engagement.intake.domain import (
    KEPT,
    Receipt,
    Refusal,
    first_kept,
    lane_of,
    lanes_for,
    may_be_pending,
)
from services.engagement.intake.service import MESSAGE_BYTES, SLICE, in_slices, messages_of, nothing_accepted

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)


def receipt(new: int, duplicates: int, quarantined: int = 0, accepted: int = 10) -> Receipt:
    return Receipt(
        receipt_id=UUID(int=1),
        programme_id=UUID(int=2),
        accepted=accepted,
        new=new,
        duplicates=duplicates,
        conflicts=0,
        quarantined=quarantined,
    )


def test_a_receipt_is_applied_when_all_its_parts_are() -> None:
    assert receipt(4, 6).applied
    assert receipt(4, 5, 1).applied
    assert not receipt(4, 5).applied


def test_the_receipt_of_a_stream_is_pending_until_its_size_is_known() -> None:
    assert not receipt(4, 6, accepted=0).applied


def test_a_receipt_may_be_pending_for_as_long_as_it_is_kept() -> None:
    given_out = new_id()
    at = datetime.fromtimestamp((given_out.int >> 80) / 1000, UTC)
    assert may_be_pending(given_out, now=at)
    assert may_be_pending(given_out, now=at + KEPT - timedelta(seconds=1))
    assert not may_be_pending(given_out, now=at + KEPT + timedelta(seconds=1))
    assert not may_be_pending(given_out, now=at - timedelta(minutes=2))
    assert not may_be_pending(uuid4(), now=at)


def test_housekeeping_keeps_exactly_what_may_be_asked_for() -> None:
    given_out = new_id()
    at = datetime.fromtimestamp((given_out.int >> 80) / 1000, UTC)
    assert first_kept(at + KEPT - timedelta(seconds=1)) < given_out < first_kept(at + KEPT + timedelta(seconds=1))


def test_a_refusal_is_counted_by_a_closed_set_of_reasons() -> None:
    reasons = {field: Refusal(0, (FieldError(field, ""),)).reason for field in ("share_id", "read_at", "anything")}
    assert reasons == {"share_id": "share", "read_at": "time", "anything": "form"}


def test_a_problem_shows_a_hundred_faults_at_most() -> None:
    refusals = [Refusal(place, (FieldError("kind", "is wrong"),)) for place in range(1000)]
    assert len(nothing_accepted(refusals, field="interactions").errors) == 100


@given(size=st.integers(1, 1000), width=st.integers(1, 256), sign=st.sampled_from('a"é🎉'))
def test_parts_of_a_batch_fit_into_messages_and_hold_it_whole(size: int, width: int, sign: str) -> None:
    item = AcceptedInteraction(
        source=sign * 64,
        external_id=sign * width,
        share_id=UUID(int=1),
        kind="reply",
        name_key=None,
        occurred_at=NOW,
        provenance="measured",
        answers=sign * width,
        words=3,
        text_key="0" * 32,
    )
    whole = InteractionsAccepted(
        receipt_id=UUID(int=3), programme_id=UUID(int=2), door="interactions", interactions=(item,) * size
    )
    messages = messages_of(whole, now=NOW)
    assert max(len(message.payload) for message in messages) <= MESSAGE_BYTES
    parts = [InteractionsAccepted.model_validate(Envelope.model_validate_json(m.payload).data) for m in messages]
    assert tuple(item for part in parts for item in part.interactions) == whole.interactions
    assert {part.accepted for part in parts} == ({None} if len(parts) == 1 else {size})


def test_a_usual_batch_is_one_message_and_a_large_import_several() -> None:
    count = AcceptedCount(share_id=UUID(int=1), kind="click", count=1, read_at=NOW, provenance="imported")
    one = CountsAccepted(receipt_id=UUID(int=3), programme_id=UUID(int=2), door="imports", counts=(count,) * 1000)
    many = one.model_copy(update={"counts": (count,) * 50_000})
    assert len(messages_of(one, now=NOW)) == 1
    assert len(messages_of(many, now=NOW)) > 1


def test_few_facts_are_told_in_few_lanes_and_many_in_all() -> None:
    assert [lanes_for(count) for count in (0, 1, 512, 513, 4096, 10**6)] == [4, 4, 4, 8, 32, PARTITIONS]


@given(st.uuids(), st.integers(0, 10_000), st.sampled_from([1, 2, 4]))
def test_an_author_keeps_to_one_part_in_whichever_number_of_lanes(author: UUID, count: int, parts: int) -> None:
    assert lane_of(author, lanes_for(count)) % parts == partition_of(str(author)) % parts


async def test_between_two_slices_others_have_their_turn() -> None:
    seen: list[object] = []
    asyncio.get_running_loop().call_soon(seen.append, "another")
    async for part in in_slices(range(SLICE + 1)):
        seen.append(len(part))  # noqa: PERF401 - the others write between
    assert seen == [SLICE, "another", 1]
