"""Exports hold every row once, in files that other programs read, within a bounded memory."""

import csv
import io
import tracemalloc
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pyarrow import parquet
from sqlalchemy import text

from libs.clock import new_id
from libs.events.sharing import SharePublished
from libs.telemetry.metrics import Telemetry
from services.engagement.exports import service
from services.engagement.exports.domain import Format, Wanted
from services.engagement.exports.metrics import ExportMetrics
from services.engagement.exports.service import pieces
from tests.integration.engagement.measures.past import NOW, Past
from tests.integration.engagement.measures.recount import NAMES, goals, number

DAY = timedelta(days=1)
MANY = text("""
    INSERT INTO interaction (programme_id, source, external_id, interaction_id, share_id, ambassador_id,
                             kind, person, occurred_at, provenance, digest)
    SELECT :programme_id, 'connector', n::text, gen_random_uuid(), :share_id, gen_random_uuid(),
           'reaction', md5(n::text), CAST(:at AS timestamptz) + n * interval '1 second', 'measured', ''
    FROM generate_series(CAST(:first AS int), CAST(:last AS int)) n
""")
NUMBER_PARTS = ("value", "measured", "imported", "declared", "people", "estimated")


async def export(past: Past, name: str, *, form: str = "csv", **query: Any) -> list[dict[str, Any]]:
    params = {"format": form, **{key: value.isoformat() for key, value in query.items()}}
    answer = await past.analyst().get(f"/programmes/{past.programme_id}/exports/{name}", params=params)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}.{form}"'
    if form == "parquet":
        assert answer.headers["content-type"] == "application/vnd.apache.parquet"
        rows: list[dict[str, Any]] = parquet.read_table(io.BytesIO(answer.content)).to_pylist()
        return rows
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def some_past(past: Past) -> None:
    for n in range(9):
        share = past.share(NOW - (n % 4) * DAY, item_id=new_id() if n % 2 else None, audience=n)
        for m in range(n):
            past.act(share, ("reaction", "comment", "conversion")[m % 3], hours=m, goal="lead" if m % 3 == 2 else None)
            past.read(share, "click", m, days=m)
        past.read(share, "reach", 10, provenance="estimated")


def as_text(value: Any) -> str:
    return "" if value is None else value.isoformat() if isinstance(value, datetime) else str(value)


@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize("piece", [1, 2, 5, 10_000])
async def test_every_row_comes_once_whatever_the_size_of_a_piece(
    past: Past, monkeypatch: pytest.MonkeyPatch, form: str, piece: int
) -> None:
    monkeypatch.setattr(pieces, "PIECE", piece)
    monkeypatch.setattr(pieces, "SHARES_MEASURED", piece)
    some_past(past)
    await past.told()
    interactions = await export(past, "interactions", form=form)
    ids = [row["interaction_id"] for row in interactions]
    assert sorted(ids) == sorted(str(row["interaction_id"]) for row in past.interactions)
    readings = await export(past, "readings", form=form)
    assert len(readings) == len(past.readings)
    shares = await export(past, "shares", form=form)
    order = sorted(past.shares, key=lambda share: (share.published_at, share.share_id))
    assert [row["share_id"] for row in shares] == [str(share.share_id) for share in order]
    # all exports are in the order of shares
    assert list(dict.fromkeys(row["share_id"] for row in readings)) == [str(share.share_id) for share in order]


async def test_both_formats_say_the_same_with_types_in_parquet(past: Past) -> None:
    some_past(past)
    await past.told()
    for name in ("interactions", "readings", "shares", "measures"):
        typed, plain = await export(past, name, form="parquet"), await export(past, name)
        assert [{key: as_text(value) for key, value in row.items()} for row in typed] == plain
    (first, *_) = await export(past, "readings", form="parquet")
    assert isinstance(first["read_at"], datetime)
    assert first["read_at"].tzinfo is not None
    assert isinstance(first["count"], int)


async def test_the_measures_are_those_of_the_raw_facts(past: Past) -> None:
    some_past(past)
    await past.told()
    found = {
        (row["share_id"], row["measure"], row["goal"]): row for row in await export(past, "measures", form="parquet")
    }
    expected = {
        (str(share.share_id), kind, None): number(past, share, kind)
        for share in past.shares
        for kind in NAMES
        if any(number(past, share, kind).values()) or (str(share.share_id), kind, None) in found
    }
    kinds = {key: {part: row[part] for part in NUMBER_PARTS} for key, row in found.items() if key[1] != "conversion"}
    assert kinds == expected
    visitors = {key: row["value"] for key, row in found.items() if key[1] == "conversion"}
    assert visitors == {
        (str(share.share_id), "conversion", goal): number
        for share in past.shares
        for goal, number in goals(past, [share]).items()
    }


async def test_since_is_held_and_until_is_not(past: Past) -> None:
    share = past.share(NOW - 5 * DAY)
    acts = [past.act(share, "reaction", hours=hours) for hours in (-20, 1, 2, 3)]
    past.share(NOW - 2 * DAY)
    await past.told()
    found = await export(past, "interactions", since=acts[1]["occurred_at"], until=acts[3]["occurred_at"])
    assert [row["interaction_id"] for row in found] == [str(acts[n]["interaction_id"]) for n in (1, 2)]
    # networks round: what came a little before its share is not lost at the edge
    early = await export(past, "interactions", until=acts[1]["occurred_at"] - timedelta(hours=2))
    assert [row["interaction_id"] for row in early] == [str(acts[0]["interaction_id"])]
    assert len(await export(past, "shares", since=NOW - 5 * DAY, until=NOW - 2 * DAY)) == 1


async def test_a_cell_is_no_formula_for_a_spreadsheet(past: Past) -> None:
    share = past.share(NOW - DAY)
    signs = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "＝1", 'quoted "name", here', "line\nbreak"]
    for source in signs:
        past.act(share, "reaction", source=source)
    await past.told()
    found = {row["source"] for row in await export(past, "interactions")}
    assert found == {*(f"'{sign}" for sign in signs[:6]), *signs[6:]}
    typed = {row["source"] for row in await export(past, "interactions", form="parquet")}
    assert typed == set(signs)


async def test_nothing_in_an_export_names_a_person_or_measures_their_text(past: Past) -> None:
    share = past.share(NOW - DAY, copied=40, parrot=10_000)
    past.act(share, "comment")
    await past.told()
    assert not {"copied", "parrot", "originality"} & set((await export(past, "shares"))[0])
    assert not {"external_id", "text_key", "words", "name"} & set((await export(past, "interactions"))[0])


async def test_another_programmes_rows_stay_out(past: Past) -> None:
    other = Past(past.running)
    other.act(other.share(NOW - DAY), "reaction")
    await other.told()
    await past.told()
    for name in ("interactions", "readings", "shares", "measures"):
        assert await export(past, name) == []
        assert await export(past, name, form="parquet") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"format": "xlsx"}, "format"),
        ({"since": "yesterday"}, "since"),
        ({"since": "2026-11-01T00:00:00"}, "since"),
        ({"until": "0001-01-01T00:00:00+14:00"}, "until"),
    ],
)
async def test_what_cannot_be_asked_is_named(past: Past, query: dict[str, str], field: str) -> None:
    await past.told()
    answer = await past.analyst().get(f"/programmes/{past.programme_id}/exports/shares", params=query)
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])


async def peak_of(past: Past, form: Format) -> tuple[int, int]:
    """Bytes of an export of interactions, and the most memory that Python held while it was written."""
    wanted = Wanted(programme_id=past.programme_id, export="interactions")
    tracemalloc.start()
    try:
        parts = service.write(past.running.parts.db, wanted, form, ExportMetrics(Telemetry("measured")))
        size = sum([len(part) async for part in parts])
        return size, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("form", ["csv", "parquet"])
async def test_a_file_five_times_as_large_takes_no_more_memory(
    past: Past, monkeypatch: pytest.MonkeyPatch, form: Format
) -> None:
    monkeypatch.setattr(pieces, "PIECE", 2_000)
    share = past.share(datetime(2026, 11, 1, tzinfo=UTC))
    await past.told()
    await many(past, share, first=1, last=10_000)
    small = await peak_of(past, form)
    await many(past, share, first=10_001, last=50_000)
    large = await peak_of(past, form)
    assert large[0] > 4.5 * small[0]
    assert large[1] < 1.5 * small[1]


async def many(past: Past, share: SharePublished, *, first: int, last: int) -> None:
    values = {"first": first, "last": last, "programme_id": past.programme_id, "share_id": share.share_id}
    async with past.running.parts.db.transaction() as tx:
        await tx.run(MANY, {**values, "at": share.published_at})
