"""The text of `docs/events.md`: for each event what it tells, who sends it, who listens, its fields and an example."""

import json
from collections.abc import Mapping
from typing import Any

from libs.events.envelope import PARTITIONS, Envelope, Event, partition_of, subject_of
from libs.events.samples import samples
from libs.events.topology import BUCKETS, EVENTS, STREAMS, SUBSCRIPTIONS, Stream, producer_of, stream_of

Schema = Mapping[str, Any]
# the stream of what engagement has accepted and will apply itself, and the one sender that stands beside the services
SENDERS = {"intake": "services.engagement", "webhooks": "gateway.webhooks", "gateway": "gateway"}

OPENING = f"""# Events

Written by `make events` from `libs/events`; do not edit. The schemas are in `libs/events/schemas`, more examples in
`libs/events/examples`.

Every message is a CloudEvents 1.0 envelope in JSON structured mode. Its NATS subject is the type and the partition of
its key as one more token, `00` to `{PARTITIONS - 1}`: subscribe to `<type>.*`. Expect each event more than once (the
same `source` and `id`), and order only among events of one `partitionkey`. New optional fields may appear at any time:
ignore what you do not know. Anything else comes as a new version with a type of its own, and both are sent until the
last listener has moved.
"""


def handbook() -> str:
    """Return the whole document."""
    parts = [OPENING, _overview(), _streams(), _envelope()]
    parts += [_chapter(event) for event in EVENTS.values()]
    return "\n".join(parts)


def sender_of(event: type[Event]) -> str:
    """Return the process whose outbox or door an event leaves from."""
    producer = producer_of(event)
    return SENDERS.get(producer, f"services.{producer}")


def listeners_of(event: type[Event]) -> list[str]:
    """Return the consumer groups that hear an event, in the order of the topology."""
    return [subscription.name for subscription in SUBSCRIPTIONS if event in subscription.events]


def _overview() -> str:
    rows = [f"| [`{kind}`](#{_anchor(kind)}) | {_sentence(event)} |" for kind, event in EVENTS.items()]
    return "\n".join(["## All of them", "", "| Event | Tells |", "|---|---|", *rows, ""])


def _streams() -> str:
    rows = [f"| `{stream.name}` | `{', '.join(stream.subjects)}` | {_kept(stream)} |" for stream in STREAMS]
    rows += [f"| `KV_{name}` | `$KV.{name}.>` | the last value of each key |" for name in BUCKETS]
    return "\n".join(["## Streams", "", "| Stream | Subjects | Kept |", "|---|---|---|", *rows, ""])


def _kept(stream: Stream) -> str:
    return f"{stream.max_age_days} days" if stream.max_age_days else "for ever"


def _envelope() -> str:
    return "\n".join(["## The envelope", "", _fields(Envelope.model_json_schema()), ""])


def _chapter(event: type[Event]) -> str:
    schema = event.model_json_schema()
    example = samples()[event.type][0]
    facts = [
        ("What", " ".join((event.__doc__ or "").split())),
        ("Sent by", f"`{sender_of(event)}`, stream `{stream_of(event.type)}`"),
        ("Heard by", ", ".join(f"`{name}`" for name in listeners_of(event)) or "nobody inside"),
        ("Subject", f"`{event.type}.*`; the example's is `{_subject(example)}`"),
    ]
    inner = [
        f"### `{name}` of {event.__name__}\n\n{' '.join(model.get('description', '').split())}\n\n{_fields(model)}\n"
        for name, model in schema.get("$defs", {}).items()
        if "properties" in model
    ]
    text = json.dumps(json.loads(example.to_bytes()), indent=2, ensure_ascii=False)
    table = "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in facts)])
    return "\n".join([f"## {event.type}", "", table, "", _fields(schema), "", *inner, "```json", text, "```", ""])


def _subject(envelope: Envelope) -> str:
    key = envelope.partitionkey
    # an event about many keys has the partition's own number for a key
    return subject_of(envelope.type, int(key) if len(key) == 2 else partition_of(key))


def _fields(schema: Schema) -> str:
    required = set(schema.get("required", []))
    rows = [
        f"| `{name}` | {_type(field)} | {'yes' if name in required else 'no'} | {_meaning(field)} |"
        for name, field in schema["properties"].items()
    ]
    return "\n".join(["| Field | Type | Required | Meaning |", "|---|---|---|---|", *rows])


def _type(field: Schema) -> str:
    if "$ref" in field:
        return f"`{str(field['$ref']).rpartition('/')[2]}`"
    if "anyOf" in field:
        return " or ".join(_type(branch) for branch in field["anyOf"])
    if "const" in field or "enum" in field:
        return ", ".join(f"`{value}`" for value in field.get("enum", [field.get("const")]))
    if field.get("type") == "array":
        return f"list of {_type(field['items'])}"
    return str(field.get("format") or field.get("type") or "any JSON value")


def _meaning(field: Schema) -> str:
    return " ".join(str(field.get("description", "")).split()).replace("|", "\\|")


def _sentence(event: type[Event]) -> str:
    return " ".join((event.__doc__ or "").split()).partition(". ")[0].rstrip(".") + "."


def _anchor(kind: str) -> str:
    return kind.replace(".", "")
