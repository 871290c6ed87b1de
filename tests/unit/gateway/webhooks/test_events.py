from typing import Any
from uuid import UUID

import pytest

from gateway.webhooks.deliveries.domain.body import MOST_BYTES, body_of, message_id_of, trial_event
from gateway.webhooks.subscriptions.domain.events import TOLD, Scalar, faults_of_types, matches, normal_filters
from libs.events.envelope import Envelope
from libs.events.sample_values import AMBASSADOR
from libs.events.samples import samples
from libs.events.topology import EVENTS, PUBLIC
from tests.support.clock import MovedClock

SHARE, POINTS = "sharing.share.published.v1", "gamification.points.awarded.v1"
ID = UUID(int=7)


def test_every_public_event_can_be_heard_and_no_other() -> None:
    assert set(TOLD) == {kind for kind in EVENTS if kind.split(".")[0] in PUBLIC}
    assert not {"intake.counts.accepted.v1", "gateway.visits.seen.v1"} & set(TOLD)
    assert [one.field for one in faults_of_types([SHARE, "intake.counts.accepted.v1", "nothing.at.all.v1"])] == [
        "event_types[1]",
        "event_types[2]",
    ]
    assert [one.field for one in faults_of_types([SHARE, SHARE])] == ["event_types"]
    assert faults_of_types(list(TOLD)) == []


@pytest.mark.parametrize(
    ("types", "filters", "normal"),
    [
        ([SHARE], {}, {}),
        ([SHARE], {"network": "linkedin"}, {"network": "linkedin"}),
        ([SHARE], {"ambassador_id": str(AMBASSADOR).upper()}, {"ambassador_id": str(AMBASSADOR)}),
        ([SHARE, POINTS], {"ambassador_id": str(ID)}, {"ambassador_id": str(ID)}),
        (["content.campaign.created.v1"], {"captions_locked": True}, {"captions_locked": True}),
        ([SHARE], {"words": 88}, {"words": 88}),
    ],
)  # fmt: skip
def test_filters_are_written_as_events_are(
    types: list[str], filters: dict[str, Scalar], normal: dict[str, Scalar]
) -> None:
    assert normal_filters(types, filters) == (normal, [])


@pytest.mark.parametrize(
    ("types", "field", "value", "reason"),
    [
        ([SHARE], "author", "x", "is no field of sharing.share.published.v1"),
        ([SHARE, POINTS], "network", "linkedin", "is no field of gamification.points.awarded.v1"),
        ([SHARE], "network", "myspace", "is no value of sharing.share.published.v1"),
        ([SHARE], "ambassador_id", "Marie", "is no value of sharing.share.published.v1"),
        ([SHARE], "programme_id", str(ID), "is given by the path"),
        ([SHARE], "type", SHARE, "is no field"),
        ([POINTS], "factors", "x", "is no value"),
        ([POINTS], "balances", 1, "is no value"),
        (["gamification.points.held.v1"], "ambassador_ids", str(ID), "is no value"),
    ],
)
def test_a_filter_that_could_match_nothing_is_refused(types: list[str], field: str, value: Any, reason: str) -> None:
    normal, wrong = normal_filters(types, {field: value})
    assert normal == {}
    assert [one.field for one in wrong] == [f"filters.{field}"]
    assert reason in wrong[0].reason


def test_filters_are_equalities() -> None:
    envelope = samples()[SHARE][0]
    event = EVENTS[SHARE].model_validate(envelope.data)
    assert matches({}, event)
    assert matches({"network": envelope.data["network"], "words": envelope.data["words"]}, event)
    assert matches({"ambassador_id": envelope.data["ambassador_id"]}, event)
    assert not matches({"network": "x"}, event)
    assert not matches({"network": envelope.data["network"], "words": 1}, event)


def test_what_is_posted_is_the_event_as_it_was_told() -> None:
    for envelopes in samples().values():
        raw = envelopes[0].to_bytes()
        assert body_of(raw, ID) == raw


def test_a_large_event_is_posted_without_its_data_and_with_where_to_read_it() -> None:
    (envelope, *_) = samples()["engagement.interactions.recorded.v1"]
    many = envelope.data["interactions"] * 200
    raw = envelope.model_copy(update={"data": {**envelope.data, "interactions": many}}).to_bytes()
    assert len(raw) > MOST_BYTES
    thin = body_of(raw, ID)
    assert len(thin) <= MOST_BYTES
    attributes = Envelope.model_validate_json(thin.replace(b'"dataref"', b'"data":{},"dataref"'))
    assert attributes.model_copy(update={"data": envelope.data}) == envelope
    assert b'"dataref":"/v1/deliveries/00000000-0000-0000-0000-000000000007/event"' in thin


def test_an_id_that_is_no_safe_header_is_digested() -> None:
    plain = "019a93c1-7e00-7001-8000-000000000001"
    assert message_id_of(plain) == plain
    for unsafe in ("a.b", "a\r\nb", "", "x" * 65, "é"):
        assert message_id_of(unsafe) == message_id_of(unsafe)
        assert len(message_id_of(unsafe)) == 64


def test_a_test_event_is_an_envelope_of_a_type_that_is_never_told() -> None:
    raw = trial_event(ID, webhook_id=ID, programme_id=ID, correlation_id="r", now=MovedClock().now())
    assert Envelope.model_validate_json(raw).type not in EVENTS
