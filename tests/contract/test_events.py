"""The stored contract of events: current, whole, and readable in both directions."""

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from libs.events.contract import Contract, current_schemas, differences, stored_examples, stored_schemas
from libs.events.envelope import Envelope, Event
from libs.events.topology import EVENTS, STREAMS, SUBSCRIPTIONS, producer_of, stream_of

CONTRACT = Contract()
SCHEMAS = stored_schemas(CONTRACT.schemas)
EXAMPLES = [
    pytest.param(example, id=f"{event_type}-{number:03d}")
    for event_type, examples in stored_examples(CONTRACT.examples).items()
    for number, example in enumerate(examples, start=1)
]
# <service>.<subject>.<past>.v<major>; `waiting` tells that something has not happened, for which there is no past
NAME = re.compile(r"[a-z]+\.[a-z]+\.([a-z]+(ed|en|wn)|held|set|waiting)\.v[1-9][0-9]*")


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(SCHEMAS[name], format_checker=Draft202012Validator.FORMAT_CHECKER)


def opened(example: dict[str, Any]) -> tuple[Envelope, Event]:
    envelope = Envelope.model_validate_json(json.dumps(example))
    return envelope, EVENTS[envelope.type].model_validate_json(json.dumps(envelope.data))


def test_what_is_stored_is_what_the_code_says() -> None:
    assert differences(CONTRACT) == []


def test_every_stored_schema_is_a_schema() -> None:
    assert set(SCHEMAS) == {"envelope", *EVENTS}
    for schema in SCHEMAS.values():
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_stored_example_is_valid(example: dict[str, Any]) -> None:
    validator("envelope").validate(example)
    validator(example["type"]).validate(example["data"])


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_stored_example_parses_and_says_the_same_again(example: dict[str, Any]) -> None:
    envelope, event = opened(example)
    assert json.loads(envelope.to_bytes()) == example
    assert event.model_dump(mode="json", exclude_unset=True) == example["data"]


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_reader_survives_fields_of_a_newer_writer(example: dict[str, Any]) -> None:
    newer = {**with_unknown_fields(example), "data": with_unknown_fields(example["data"])}
    assert opened(newer)[1] == opened(example)[1]


OPEN = {"factors", "figures", "document"}  # any key may stand in these, so none is unknown


def with_unknown_fields(value: Any) -> Any:
    if isinstance(value, list):
        return [with_unknown_fields(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        **{key: inner for key, inner in value.items() if key in OPEN},
        **{key: with_unknown_fields(inner) for key, inner in value.items() if key not in OPEN},
        "brand_new": {"of": "tomorrow"},
    }


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_every_event_is_named_described_sent_and_exemplified(event: type[Event]) -> None:
    assert NAME.fullmatch(event.type)
    assert event.__doc__
    assert event.__doc__ != Event.__doc__
    assert stream_of(event.type) in {stream.name for stream in STREAMS}
    assert stored_examples(CONTRACT.examples)[event.type]


def test_every_subscription_reads_one_stream_and_hears_known_events() -> None:
    assert len({subscription.name for subscription in SUBSCRIPTIONS}) == len(SUBSCRIPTIONS)
    for subscription in SUBSCRIPTIONS:
        assert {producer_of(event) for event in subscription.events} == {subscription.producer}
        assert set(subscription.events) <= set(EVENTS.values())


def test_schemas_are_those_of_the_classes() -> None:
    assert current_schemas()["envelope"]["properties"]["specversion"]["const"] == "1.0"
    for name, event in EVENTS.items():
        assert set(current_schemas()[name]["properties"]) == set(event.model_fields)
