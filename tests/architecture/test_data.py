"""docs/data.md names every metric and every log event of the code, and nothing else."""

import ast
import re
from pathlib import Path

from tests.architecture.tree import PROJECT, calls, place, sources

PACKAGES = ("libs", "services", "gateway")
DECLARING = {"counter", "gauge", "histogram"}
LEVELS = {"debug", "info", "warning", "error", "critical", "exception"}
ROW = re.compile(r"^\| `([a-z_]+)` \|(.*)\|$", re.MULTILINE)


def document() -> str:
    return (PROJECT / "docs/data.md").read_text()


def first_text(node: ast.Call) -> str | None:
    """The constant text that a call begins with."""
    given = node.args[0] if node.args else None
    return given.value if isinstance(given, ast.Constant) and isinstance(given.value, str) else None


def is_metric(subject: str, method: str) -> bool:
    return method in DECLARING and subject.rpartition(".")[2] in {"telemetry", "_telemetry"}


def metrics(path: Path) -> dict[str | None, str]:
    """The metrics that a file declares, with the kind of each."""
    return {first_text(node): method for subject, method, node in calls(path) if is_metric(subject, method)}


def log_events(path: Path) -> dict[str | None, str]:
    """The log events of a file, with the level of each."""
    return {
        first_text(node): "error" if method == "exception" else method
        for subject, method, node in calls(path)
        if subject == "log" and method in LEVELS
    }


def test_every_name_is_a_constant() -> None:
    for path in sources(*PACKAGES):
        assert None not in {**metrics(path), **log_events(path)}, f"{place(path)}: a name that is put together"


def test_every_metric_and_log_event_is_described_and_nothing_else_is() -> None:
    there = {name for path in sources(*PACKAGES) for name in {**metrics(path), **log_events(path)}}
    described = [match[1] for match in ROW.finditer(document())]
    assert sorted(described) == sorted(set(described)), "described twice"
    assert set(described) == there


def test_every_line_says_what_to_do() -> None:
    for match in ROW.finditer(document()):
        cells = [cell.strip() for cell in match[2].split("|")]
        assert len(cells) == 3, match[1]
        assert cells[1].endswith(".")
        assert cells[2].endswith(".")


def test_levels_are_those_of_the_code() -> None:
    levels = {name: level for path in sources(*PACKAGES) for name, level in log_events(path).items()}
    told = {match[1]: match[2].split("|")[0].strip() for match in ROW.finditer(document())}
    assert {name: told.get(str(name)) for name in levels} == levels


def test_a_metric_is_named_after_its_service_and_its_unit() -> None:
    for path in sources("services"):
        for name in metrics(path):
            assert str(name).startswith(f"{place(path).split('/')[1]}_")
    for path in sources(*PACKAGES):
        for name, kind in metrics(path).items():
            assert str(name).endswith("_total") == (kind == "counter"), f"{place(path)}: {name}"


def test_a_metric_is_declared_in_one_place() -> None:
    names = [name for path in sources(*PACKAGES) for name in metrics(path)]
    assert len(names) == len(set(names))


def test_log_events_are_facts_with_constant_names() -> None:
    for path in sources(*PACKAGES):
        for name in log_events(path):
            assert re.fullmatch(r"[a-z]+(_[a-z]+)+", str(name)), f"{place(path)}: {name}"


def test_what_is_not_described_would_be_seen(tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text('self._telemetry.gauge("shelf_books", "Books.")\nlog.info("book_read", pages=3)\n')
    assert metrics(planted) == {"shelf_books": "gauge"}
    assert log_events(planted) == {"book_read": "info"}
    assert not re.search(r"shelf_books|book_read", document())
