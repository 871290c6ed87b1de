import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.web.errors import InvalidRequest, MalformedBody
from services.engagement.interactions.schemas import Batch, read_batch, read_lines

GOOD: dict[str, Any] = {
    "share_id": "00000000-0000-7000-8000-000000000001",
    "kind": "reaction",
    "source": "crm",
    "external_id": "1",
    "person": "alice",
    "occurred_at": "2026-11-18T09:30:00+01:00",
    "provenance": "measured",
}
FAULTS: list[Any] = [
    7,
    None,
    [],
    "text",
    {},
    {**GOOD, "kind": "applause"},
    {**GOOD, "occurred_at": 1_700_000_000},
    {**GOOD, "occurred_at": "2026-11-18"},
    {**GOOD, "external_id": 7},
    {**GOOD, "source": "nul\x00"},
    {**GOOD, "colour": "red"},
    {**GOOD, "share_id": "no uuid"},
]
FINE: list[Any] = [
    GOOD,
    {**GOOD, "external_id": None},
    {**GOOD, "person": "Zoë 🎉", "occurred_at": "2026-11-18 09:30Z"},
    {**GOOD, "share_id": None, "post_url": "https://example.org/1"},
]


def shape(batch: Batch) -> tuple[object, ...]:
    faults = [(refusal.place, [error.field for error in refusal.errors]) for refusal in batch.refusals]
    return [(place, item.model_dump()) for place, item in batch.items], faults


@given(items=st.lists(st.sampled_from(FINE + FAULTS), min_size=1, max_size=20))
def test_a_list_a_wrapped_list_and_lines_are_judged_alike(items: list[Any]) -> None:
    bare = read_batch(json.dumps(items).encode())
    wrapped = read_batch(json.dumps({"interactions": items}).encode())
    lines = read_lines((place, json.dumps(item).encode()) for place, item in enumerate(items))
    assert shape(bare) == shape(wrapped) == shape(lines)
    assert len(bare.items) + len(bare.refusals) == len(items)


@pytest.mark.parametrize("item", FAULTS)
def test_every_fault_is_found_wherever_it_stands(item: object) -> None:
    batch = read_batch(json.dumps([GOOD, item, GOOD]).encode())
    assert [place for place, _ in batch.items] == [0, 2]
    assert [refusal.place for refusal in batch.refusals] == [1]


@pytest.mark.parametrize("line", [b"{", b"\xff", b"{} {}", b'{"a":1},{"a":2}', b"NaN", None])
def test_a_line_that_is_no_item_is_refused_by_its_place(line: bytes | None) -> None:
    batch = read_lines([(4, line), (5, json.dumps(GOOD).encode())])
    assert [refusal.place for refusal in batch.refusals] == [4]
    assert all(error.field and error.reason for error in batch.refusals[0].errors)


@pytest.mark.parametrize("size", [0, 1001])
def test_a_list_has_one_to_a_thousand_items(size: int) -> None:
    for body in ([GOOD] * size, {"interactions": [GOOD] * size}):
        with pytest.raises(InvalidRequest):
            read_batch(json.dumps(body).encode())


@pytest.mark.parametrize("body", [b"", b"[", b'["\xff"]', b"[NaN]", b"[" * 10_000])
def test_what_is_no_json_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedBody):
        read_batch(body)
