"""The envelope on the wire."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from libs.events.envelope import PARTITIONS, Envelope, partition_of, seal, subject_of
from libs.events.sharing import TeamCreated
from libs.events.topology import producer_of, stream_of

TEAM = TeamCreated(team_id=UUID(int=1), programme_id=UUID(int=2), name="Atelier d’été")


def sealed(*, causation_id: str | None = None) -> Envelope:
    at = datetime(2026, 11, 18, 9, tzinfo=UTC)
    return seal(
        TEAM, id="e-1", source="sharing", key="k", time=at, correlation_id="request-1", causation_id=causation_id
    )


def test_the_wire_form_is_a_cloudevent() -> None:
    assert json.loads(sealed().to_bytes()) == {
        "specversion": "1.0",
        "id": "e-1",
        "source": "/timbre/sharing",
        "type": "sharing.team.created.v1",
        "subject": "k",
        "time": "2026-11-18T09:00:00Z",
        "datacontenttype": "application/json",
        "partitionkey": "k",
        "correlationid": "request-1",
        "data": {"team_id": str(UUID(int=1)), "programme_id": str(UUID(int=2)), "name": "Atelier d’été"},
    }


def test_an_attribute_without_value_is_left_out_as_cloudevents_asks() -> None:
    assert "causationid" not in json.loads(sealed().to_bytes())
    assert json.loads(sealed(causation_id="e-0").to_bytes())["causationid"] == "e-0"


def test_an_envelope_comes_back_as_it_went() -> None:
    envelope = sealed(causation_id="e-0")
    assert Envelope.model_validate_json(envelope.to_bytes()) == envelope
    assert TeamCreated.model_validate(envelope.data) == TEAM


@pytest.mark.parametrize("time", ["2026-11-18T09:00:00", "yesterday", None])
def test_a_time_without_zone_is_refused(time: str | None) -> None:
    wire = {**json.loads(sealed().to_bytes()), "time": time}
    with pytest.raises(ValidationError):
        Envelope.model_validate_json(json.dumps(wire))


def test_an_event_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        TEAM.name = "Other"  # type: ignore[misc] # the attempt is the test


@pytest.mark.parametrize(("key", "partition"), [("", 0), ("a", 3), ("019a93c1-7e00-7005-8000-000000000001", 17)])
def test_partitions_never_move(key: str, partition: int) -> None:
    assert partition_of(key) == partition


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_a_key_has_one_partition_of_two_digits(key: str) -> None:
    partition = partition_of(key)
    assert 0 <= partition < PARTITIONS
    assert subject_of(TEAM.type, partition) == f"sharing.team.created.v1.{partition:02d}"


def test_a_subject_knows_its_stream() -> None:
    assert stream_of("sharing.team.created.v1.07") == "SHARING"
    assert stream_of("dead.sharing--content") == "DEAD"
    assert producer_of(TeamCreated) == "sharing"
    with pytest.raises(LookupError):
        stream_of("rumours.team.created.v1.07")
