from datetime import timedelta

import pytest

from libs.clock import new_id
from tests.integration.engagement.play import NOW, PUBLISHED, Play, at


async def test_each_filled_cell_is_told_as_one_count(play: Play) -> None:
    share = await play.publishes()
    answer = await play.imports(f"share_id,read_at,reactions,comments,clicks\n{share.share_id},{at(days=1)},12,,0\n")
    assert answer.status_code == 202, answer.text
    assert (answer.json()["accepted"], answer.json()["counts"], answer.json()["rejected"]) == (1, 2, [])
    told = {one.kind: one for one in await play.reported()}
    assert {kind: one.count for kind, one in told.items()} == {"reaction": 12, "click": 0}
    assert told["reaction"].ambassador_id == share.ambassador_id
    assert (told["reaction"].read_at, told["reaction"].provenance) == (PUBLISHED + timedelta(days=1), "imported")
    receipt = await play.receipt(answer.json()["receipt_id"])
    assert (receipt["status"], receipt["accepted"], receipt["new"]) == ("applied", 2, 2)


async def test_the_same_file_again_tells_nothing_new(play: Play) -> None:
    share = await play.publishes()
    text = f"share_id,read_at,reactions\n{share.share_id},{at(days=1)},12\n{share.share_id},{at(days=1)},99\n"
    await play.imports(text)
    await play.running.settled()
    again = await play.imports(text)
    assert [one.count for one in await play.reported()] == [12]
    receipt = await play.receipt(again.json()["receipt_id"])
    assert (receipt["accepted"], receipt["new"], receipt["duplicates"]) == (2, 0, 2)


async def test_the_latest_reading_of_each_kind_is_shown_whatever_came_last(play: Play) -> None:
    share = await play.publishes()
    rows = [(2, 30), (1, 10)]
    for days, reactions in rows:
        text = f"share_id,read_at,reactions,reshares\n{share.share_id},{at(days=days)},{reactions},1\n"
        await play.imports(text, provenance="declared")
        await play.running.settled()
    await play.imports(f"share_id,read_at,reactions\n{share.share_id},{at(days=2)},31\n", provenance="measured")
    await play.running.settled()
    shown = {row["kind"]: (row["count"], row["provenance"]) for row in (await play.numbers(share))["reported"]}
    assert shown == {"reaction": (31, "measured"), "reshare": (1, "declared")}


async def test_bad_rows_are_named_and_the_others_kept(play: Play) -> None:
    share = await play.publishes()
    future = (NOW + timedelta(hours=1)).isoformat()
    early = (PUBLISHED - timedelta(days=2)).isoformat()
    good = f"{share.share_id};{at(days=1)}"
    rows = [
        f"{good};5;1",
        f"{good};-1;1",
        f"{good};1.5;1",
        f"{good};100000001;1",
        f"{good};٣;1",
        f"{good};{'9' * 5000};1",
        f"{share.share_id};{future};1;1",
        f"{share.share_id};{early};1;1",
        f"{share.share_id};yesterday;1;1",
        f"{new_id()};{at(days=1)};1;1",
        f"no uuid;{at(days=1)};1;1",
        f";{at(days=1)};1;1",
        f"{good};1",
        f"{good};;",
        "",
        f"{good};1;1;1",
        f"{share.share_id};{at(days=2)};7;7",
    ]
    answer = await play.imports("\ufeffshare_id;read_at;Reactions ;comments\r\n" + "\r\n".join(rows))
    assert answer.status_code == 202, answer.text
    rejected = {row["row"]: [error["field"] for error in row["errors"]] for row in answer.json()["rejected"]}
    assert rejected == {
        **{row: ["reactions"] for row in (2, 3, 4, 5, 6)},
        **{row: ["read_at"] for row in (7, 8, 9)},
        **{row: ["share_id"] for row in (10, 11, 12)},
        **{row: ["row"] for row in (13, 14, 16)},
    }
    assert answer.json()["accepted"] == 2
    assert sorted(one.count for one in await play.reported()) == [1, 5, 7, 7]


async def test_a_time_without_an_offset_is_in_the_programmes_zone(play: Play) -> None:
    await play.opens("America/New_York")
    share = await play.publishes(published_at=NOW - timedelta(days=30))
    local = (NOW - timedelta(days=2)).replace(hour=12, minute=0, second=0, tzinfo=None)
    await play.imports(f"share_id,read_at,clicks\n{share.share_id},{local.isoformat(' ')},3\n")
    (told,) = await play.reported()
    assert told.read_at.replace(tzinfo=None) - local in (timedelta(hours=4), timedelta(hours=5))


async def test_rows_may_name_the_post(play: Play) -> None:
    share = await play.publishes(post_url="https://example.org/posts/77")
    answer = await play.imports(f"post_url,read_at,mentions\nhttps://example.org/posts/77/,{at(days=1)},3\n")
    assert answer.status_code == 202
    assert [(one.share_id, one.kind) for one in await play.reported()] == [(share.share_id, "mention")]


async def test_ten_thousand_rows_are_kept_and_told_in_parts(play: Play) -> None:
    share = await play.publishes()
    first = PUBLISHED + timedelta(hours=1)
    rows = [f"{share.share_id},{(first + timedelta(seconds=n)).isoformat()},1,2,3,4,5" for n in range(10_000)]
    header = "share_id,read_at,reactions,comments,reshares,mentions,clicks"
    answer = await play.imports("\n".join([header, *rows]))
    assert answer.status_code == 202
    assert (answer.json()["accepted"], answer.json()["counts"]) == (10_000, 50_000)
    assert len(await play.reported()) == 50_000
    receipt = await play.receipt(answer.json()["receipt_id"])
    assert (receipt["status"], receipt["accepted"], receipt["new"]) == ("applied", 50_000, 50_000)


@pytest.mark.parametrize(
    ("text", "status", "slug", "told"),
    [
        (b"share_id,read_at,clicks\n\xff\xfe", 400, "unreadable-table", "byte 24"),
        (b'share_id,read_at,clicks\n"' + b"x" * 200_000, 400, "unreadable-table", "line"),
        (b"", 422, "invalid-table", "share_id"),
        (b"share_id,clicks\n1,2", 422, "invalid-table", "read_at"),
        (b"read_at,clicks\n1,2", 422, "invalid-table", "share_id"),
        (b"share_id,read_at,likes\n1,2,3", 422, "invalid-table", "reactions"),
        (b"share_id,read_at,clicks,clicks\n1,2,3,4", 422, "invalid-table", "twice"),
        (b"share_id,read_at,clicks\n", 422, "invalid-table", "no row"),
        (b"share_id,read_at,clicks\n" + b"1,2,3\n" * 10_001, 422, "invalid-table", "10000"),
        (b"share_id,read_at,clicks\n1,2,3\n", 422, "nothing-accepted", "rows[1].share_id"),
        (b"x" * 5_242_881, 413, "body-too-large", "large"),
    ],
)
async def test_a_useless_file_is_refused_whole(play: Play, text: bytes, status: int, slug: str, told: str) -> None:
    answer = await play.imports(text)
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:timbre:problem:{slug}")
    assert told in answer.text


async def test_an_estimate_is_no_import(play: Play) -> None:
    answer = await play.imports("share_id,read_at,clicks\n", provenance="estimated")
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["provenance"]
