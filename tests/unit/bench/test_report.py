import json
from pathlib import Path

import pytest

from bench import report
from bench.stages import Stopwatch


def test_figures_are_handed_in_as_a_table_and_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(report, "OUT", tmp_path / "out")
    figures = [report.against("rate", 50, "/s", ceiling=200), report.Figure(name="memory", value=3, unit="MiB")]
    path = report.write("ledger", figures)
    assert json.loads(path.read_text()) == [
        {"name": "rate", "value": 50, "unit": "/s", "ceiling": 200, "ratio": 0.25},
        {"name": "memory", "value": 3, "unit": "MiB", "ceiling": None, "ratio": None},
    ]
    assert capsys.readouterr().out.splitlines()[0].split() == ["rate", "50.0", "/s", "200.0", "0.25"]


def test_a_stage_inside_another_is_taken_out_of_it() -> None:
    watch = Stopwatch()
    with watch.stage("outer"):
        with watch.stage("inner"):
            sum(range(300_000))
        assert watch.cpu["inner"] > 0
    assert watch.wall["outer"] < watch.wall["inner"]
