"""The refuser: each kind of breaking change is found, and nothing is written over a stored contract."""

import json
import shutil
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from libs.events import contract as tool
from libs.events.compatibility import breaking_changes
from libs.events.contract import Contract, current_schemas, differences, main, write

Schema = dict[str, Any]
SHARE = "sharing.share.published.v1"
INTERACTIONS = "engagement.interactions.recorded.v1"


def remove_a_field(schema: Schema) -> None:
    del schema["properties"]["words"]
    schema["required"].remove("words")


def require_a_new_field(schema: Schema) -> None:
    schema["properties"]["mood"] = {"type": "string"}
    schema["required"].append("mood")


def change_a_type(schema: Schema) -> None:
    schema["properties"]["words"]["type"] = "string"


def change_a_format(schema: Schema) -> None:
    schema["properties"]["published_at"]["format"] = "date"


def narrow_an_enum(schema: Schema) -> None:
    schema["properties"]["network"]["enum"].remove("x")


def widen_an_enum(schema: Schema) -> None:
    schema["properties"]["network"]["enum"].append("mastodon")


def forbid_null(schema: Schema) -> None:
    schema["properties"]["post_url"]["anyOf"] = [{"type": "string"}]


def change_a_branch(schema: Schema) -> None:
    schema["properties"]["audience"]["anyOf"][0]["type"] = "string"


def make_a_field_optional(schema: Schema) -> None:
    schema["required"].remove("words")


def bound_a_number(schema: Schema) -> None:
    schema["properties"]["words"]["maximum"] = 3000


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (remove_a_field, "data.words: removed"),
        (require_a_new_field, "data.mood: now required"),
        (change_a_type, "data.words: changed from {'type': 'integer'} to {'type': 'string'}"),
        (change_a_format, "data.published_at: changed from"),
        (narrow_an_enum, "data.network: enum narrowed by x"),
        (widen_an_enum, "data.network: enum widened by mastodon"),
        (forbid_null, "data.post_url: changed from"),
        (change_a_branch, "data.audience: changed from"),
        (make_a_field_optional, "data.words: no longer required"),
        (bound_a_number, "data.words: changed from"),
    ],
)
def test_a_breaking_change_is_named(change: Callable[[Schema], None], finding: str) -> None:
    stored = current_schemas()[SHARE]
    current = deepcopy(stored)
    change(current)
    found = breaking_changes(stored, current)
    assert len(found) == 1
    assert found[0].startswith(finding)


def test_a_breaking_change_inside_a_list_is_named() -> None:
    stored = current_schemas()[INTERACTIONS]
    current = deepcopy(stored)
    del current["$defs"]["RecordedInteraction"]["properties"]["words"]
    assert breaking_changes(stored, current) == ["data.interactions[].words: removed"]


def test_a_new_optional_field_and_new_words_break_nothing() -> None:
    stored = current_schemas()[SHARE]
    current = deepcopy(stored)
    current["properties"]["title"] = {"type": "string", "default": ""}
    current["properties"]["words"]["description"] = "Counted otherwise described."
    current["description"] = "Another sentence."
    assert breaking_changes(stored, current) == []


@pytest.fixture
def copy(tmp_path: Path) -> Contract:
    there = Contract()
    contract = Contract(tmp_path / "schemas", tmp_path / "examples", tmp_path / "events.md")
    shutil.copytree(there.schemas, contract.schemas)
    shutil.copytree(there.examples, contract.examples)
    shutil.copy(there.document, contract.document)
    return contract


def store_as_if_it_had(contract: Contract, name: str, field: str) -> None:
    """Change the stored schema so that the classes of today are a breaking change to it."""
    path = contract.schemas / f"{name}.json"
    schema = json.loads(path.read_text())
    schema["properties"][field] = {"type": "string"}
    path.write_text(json.dumps(schema))


def test_write_refuses_and_writes_nothing(copy: Contract, capsys: pytest.CaptureFixture[str]) -> None:
    store_as_if_it_had(copy, SHARE, "text")
    copy.document.write_text("as it was")
    assert main(["write"], copy) == 1
    assert f"{SHARE}: data.text: removed" in capsys.readouterr().err
    assert copy.document.read_text() == "as it was"
    assert main(["check"], copy) == 1


def test_an_event_that_was_ever_stored_must_stay(copy: Contract) -> None:
    (copy.schemas / "sharing.rumour.spread.v1.json").write_text("{}")
    assert write(copy) == ["sharing.rumour.spread.v1: no longer there"]


def test_write_keeps_old_examples_and_adds_new_ones(copy: Contract) -> None:
    first = copy.examples / SHARE / "001.json"
    older = {**json.loads(first.read_text()), "id": "an-example-of-long-ago"}
    first.write_text(json.dumps(older))
    assert write(copy) == []
    assert json.loads(first.read_text()) == older
    assert differences(copy) == []
    assert write(copy) == []
    assert len(list((copy.examples / SHARE).iterdir())) == 3


@pytest.mark.parametrize("lost", ["schema", "example", "document"])
def test_check_sees_what_is_missing(copy: Contract, lost: str) -> None:
    paths = {
        "schema": copy.schemas / f"{SHARE}.json",
        "example": copy.examples / SHARE / "001.json",
        "document": copy.document,
    }
    paths[lost].unlink()
    assert len(differences(copy)) == 1
    assert main(["check"], copy) == 1


def test_the_command_line_says_how_it_is_used(copy: Contract, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mend"], copy) == 2
    assert "usage" in capsys.readouterr().err
    assert main(["check"], copy) == 0
    assert tool.PROJECT.joinpath("pyproject.toml").is_file()
