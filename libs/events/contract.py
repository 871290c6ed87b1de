"""The tool behind `make events`: keeps schemas, examples and `docs/events.md` equal to the event classes.

`python -m libs.events.contract write` writes them, unless a stored schema would break; `check` only compares.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from libs.events.compatibility import breaking_changes
from libs.events.envelope import Envelope
from libs.events.handbook import handbook
from libs.events.samples import samples
from libs.events.topology import EVENTS

PROJECT = Path(__file__).parents[2]
REPAIR = "run `make events`"


@dataclass(frozen=True, slots=True)
class Contract:
    """Where the contract is stored."""

    schemas: Path = PROJECT / "libs/events/schemas"
    examples: Path = PROJECT / "libs/events/examples"
    document: Path = PROJECT / "docs/events.md"


def current_schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON Schema (2020-12) of each event's `data`, and under `envelope` that of what is around it."""
    models: dict[str, type[BaseModel]] = {"envelope": Envelope, **EVENTS}
    return {
        name: {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": f"urn:timbre:event:{name}",
            **model.model_json_schema(),
        }
        for name, model in models.items()
    }


def stored_schemas(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the schemas as they were last written."""
    return {path.stem: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}


def stored_examples(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Return every example ever stored, by event type, oldest first."""
    by_type: dict[str, list[dict[str, Any]]] = {}
    for path in sorted(folder.glob("*/*.json")):
        by_type.setdefault(path.parent.name, []).append(json.loads(path.read_text()))
    return by_type


def refusals(stored: dict[str, dict[str, Any]], current: dict[str, dict[str, Any]]) -> list[str]:
    """Return each breaking change between stored and current schemas, as `<type>: data.<field>: <what>`."""
    found = [f"{name}: no longer there" for name in stored if name not in current]
    for name in stored.keys() & current.keys():
        found += [f"{name}: {change}" for change in breaking_changes(stored[name], current[name])]
    return sorted(found)


def missing_examples(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield each sample that is not stored yet, with the file that it belongs in: the next number of its type."""
    stored = stored_examples(folder)
    for event_type, envelopes in samples().items():
        there = stored.get(event_type, [])
        new = [one for envelope in envelopes if (one := json.loads(envelope.to_bytes())) not in there]
        for number, example in enumerate(new, start=len(there) + 1):
            yield folder / event_type / f"{number:03d}.json", example


def differences(contract: Contract) -> list[str]:
    """Return what is stored differently from the code, one line each."""
    current, stored = current_schemas(), stored_schemas(contract.schemas)
    found = refusals(stored, current)
    found += [f"{name}: schema not current, {REPAIR}" for name in current if stored.get(name) != current[name]]
    found += [
        f"{path.parent.name}: example {path.name} not stored, {REPAIR}"
        for path, _ in missing_examples(contract.examples)
    ]
    if not contract.document.exists() or contract.document.read_text() != handbook():
        found.append(f"{contract.document.name}: not current, {REPAIR}")
    return found


def write(contract: Contract) -> list[str]:
    """Write schemas, new examples and the document; writes nothing and returns what would break when anything would."""
    current = current_schemas()
    if refused := refusals(stored_schemas(contract.schemas), current):
        return refused
    for name, schema in current.items():
        _write_json(contract.schemas / f"{name}.json", schema)
    for path, example in list(missing_examples(contract.examples)):
        _write_json(path, example)
    contract.document.parent.mkdir(parents=True, exist_ok=True)
    contract.document.write_text(handbook())
    return []


def _write_json(path: Path, value: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def main(arguments: list[str], contract: Contract) -> int:
    """Run what the command line asks for; returns the exit code."""
    tools = {"write": write, "check": differences}
    if len(arguments) != 1 or arguments[0] not in tools:
        sys.stderr.write("usage: python -m libs.events.contract write | check\n")
        return 2
    found = tools[arguments[0]](contract)
    sys.stderr.writelines(f"{line}\n" for line in found)
    if found and arguments[0] == "write":
        sys.stderr.write("Nothing was written: keep the version as it is and make a new class with the next `.v<n>`.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Contract()))
