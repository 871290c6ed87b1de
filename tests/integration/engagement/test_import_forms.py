import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from libs.clock import new_id
from tests.integration.engagement.play import NOW, PUBLISHED, Play, at
from tests.integration.engagement.uploads import (
    HEADER,
    applied,
    ask,
    checked,
    rejected,
    reported_of,
)


async def test_bad_rows_are_named_and_the_others_kept(play: Play) -> None:
    share = await play.publishes()
    future = (NOW + timedelta(hours=1)).isoformat()
    good = f"{share.share_id};{at(days=1)}"
    faults = {
        f"{good};-1;1": "reactions",
        f"{good};1.5;1": "reactions",
        f"{good};100000001;1": "reactions",
        f"{good};٣;1": "reactions",
        f"{good};{'9' * 5000};1": "reactions",
        f"{share.share_id};{future};1;1": "read_at",
        f"{share.share_id};yesterday;1;1": "read_at",
        f"{share.share_id};9999-12-31T23:59:59-12:00;1;1": "read_at",
        f"no uuid;{at(days=1)};1;1": "share_id",
        f";{at(days=1)};1;1": "share_id",
        f"{good};1": "row",
        f"{good};;": "row",
        f"{good};1;1;1": "row",
    }
    rows = [f"{good};5;1", *faults, "", f"{share.share_id};{at(days=2)};7;7"]
    found = await applied(play, "\ufeffshare_id;read_at;Reactions ;comments\r\n" + "\r\n".join(rows))
    assert (found["check"]["valid"], found["check"]["rejected"]) == (2, len(faults))
    table = await rejected(play, found["import_id"])
    fields = [row[1].partition(":")[0] for row in table[1:]]
    assert fields == list(faults.values())
    assert [row[0] for row in table[1:]] == [str(number) for number in range(2, 2 + len(faults))]
    assert sorted(one.count for one in await play.reported()) == [1, 5, 7, 7]


async def test_a_time_without_an_offset_is_in_the_programmes_zone(play: Play) -> None:
    await play.opens("America/New_York")
    share = await play.publishes(published_at=NOW - timedelta(days=30))
    local = (NOW - timedelta(days=2)).replace(hour=12, minute=0, second=0, tzinfo=None)
    await applied(play, f"share_id,read_at,clicks\n{share.share_id},{local.isoformat(' ')},3\n")
    (told,) = await play.reported()
    assert told.read_at.replace(tzinfo=None) - local in (timedelta(hours=4), timedelta(hours=5))


async def test_rows_may_name_the_post(play: Play) -> None:
    url = f"https://example.org/posts/{new_id()}"
    share = await play.publishes(post_url=url)
    await applied(play, f"post_url,read_at,mentions\n{url}/,{at(days=1)},3\n")
    assert [(one.share_id, one.kind) for one in await play.reported()] == [(share.share_id, "mention")]


LINKEDIN = (
    '"Aggregated engagement metrics for your organic posts, last 30 days"\n'
    "Post title,Post link,Post type,Created date,Impressions,Views (Excluding offsite video views),Offsite Views,"
    "Clicks,Click through rate (CTR),Likes,Comments,Reposts,Follows,Engagement rate,Content Type\n"
    '"We, at last,\nshipped it",{url},Organic,11/18/2026,"1,204",,,31,0.0257,41,6,3,2,0.06,Image\n'
)
X = (
    "Post id,Date,Post text,Post Link,Impressions,Likes,Engagements,Bookmarks,Shares,New follows,Replies,Reposts,"
    "Profile visits,Detail Expands,URL Clicks,Hashtag Clicks,Permalink Clicks\n"
    '"1859","Wed, Nov 18, 2026","Hello",{url},1204,41,90,1,9,2,6,3,4,5,31,0,8\n'
)
FACEBOOK = (
    "Post ID,Page ID,Page name,Title,Description,Publish time,Permalink,Post type,Date,Views,Reach,"
    '"Reactions, Comments and Shares",Reactions,Comments,Shares,Total clicks,Link Clicks\n'
    "1,2,Us,Hello,,11/18/2026 09:30,{url},Photos,Lifetime,1204,900,50,41,6,3,77,31\n"
)
FRENCH = (
    "Titre du post;Lien du post;Impressions;Clics;J’aime;Commentaires;Republications;Abonnements\n"
    "Voilà;{url};1\u202f204;31;41;6;3;2\n"
)


@pytest.mark.parametrize(
    ("preset", "table", "more"),
    [
        ("linkedin", LINKEDIN, {"follow": 2}),
        ("x", X, {"follow": 2}),
        ("facebook", FACEBOOK, {"reach": 900}),
        ("linkedin", FRENCH, {"follow": 2}),
    ],
)
async def test_a_networks_own_export_is_read_as_it_is(
    play: Play, preset: str, table: str, more: dict[str, int]
) -> None:
    url = f"https://network.example/post/{new_id()}"
    share = await play.publishes(post_url=url)
    found = await applied(play, table.format(url=url), preset=preset, read_at=at(days=1))
    assert found["check"]["rejected"] == 0
    common = {"reaction": 41, "comment": 6, "reshare": 3, "click": 31, "impression": 1204}
    assert await reported_of(play, share) == {**common, **more}


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("utf-8-sig", {}), ("utf-16", {}), ("utf-16-le", {"encoding": "utf-16"}), ("cp1252", {"encoding": "latin-1"})],
)
@pytest.mark.parametrize("mark", [",", ";", "\t"])
async def test_encodings_and_delimiters(play: Play, encoding: str, declared: dict[str, str], mark: str) -> None:
    share = await play.publishes()
    mapping = {"columns": {"share_id": "Numéro", "reactions": "Réactions"}, "constants": {"read_at": at(days=1)}}
    text = f"Numéro,Réactions,Été\r\n{share.share_id},7,déjà\r\n".replace(",", mark)
    found = await applied(play, text.encode(encoding), mapping=json.dumps(mapping), **declared)
    assert found["columns"] == {"share_id": "Numéro", "reactions": "Réactions"}
    assert [one.count for one in await play.reported()] == [7]


async def test_the_charset_of_the_media_type_is_heard(play: Play) -> None:
    share = await play.publishes()
    text = f"share_id;read_at;clicks;é\n{share.share_id};{at(days=1)};7;é\n".encode("cp1252")
    path = f"/programmes/{play.programme_id}/imports"
    answer = await ask(play, "POST", path, content=text, headers={"content-type": "text/csv; charset=ISO-8859-1"})
    assert answer.status_code == 202, answer.text
    other = await ask(play, "POST", path, content=text, headers={"content-type": "text/csv; charset=koi8-r"})
    assert (other.status_code, other.json()["type"]) == (415, "urn:timbre:problem:unsupported-media-type")


async def test_bytes_that_are_not_of_the_encoding_spoil_their_row_only(play: Play) -> None:
    share = await play.publishes()
    row = f"{share.share_id},{at(days=1)},1,\n".encode()
    filler = row * 1000  # beyond what is looked at before the answer
    bad = f"{share.share_id},{at(days=1)},".encode() + b"\xff1,\n"
    found = await checked(play, HEADER.encode() + filler + bad + row)
    assert (found["check"]["valid"], found["check"]["rejected"]) == (1001, 1)
    assert found["check"]["refusals"] == [
        {"field": "reactions", "reason": "holds signs that cannot be read", "rows": 1}
    ]


async def test_an_open_quotation_mark_does_not_swallow_the_file(play: Play) -> None:
    share = await play.publishes()
    row = f"{share.share_id},{at(days=1)},1,\n"
    found = await checked(play, HEADER + row + f'{share.share_id},{at(days=1)},"1,\n' + row * 4000)
    check = found["check"]
    assert (check["valid"], check["rejected"]) == (4001, 1)
    assert "quotation mark" in check["refusals"][0]["reason"]


async def test_mappings_are_saved_shown_used_and_deleted(play: Play) -> None:
    share = await play.publishes()
    base = f"/programmes/{play.programme_id}/import-mappings"
    mapping = {
        "columns": {"share_id": "Wer", "read_at": "Wann", "reactions": "Wie oft"},
        "date_format": "%d.%m.%Y %H:%M %z",
        "decimal": ",",
        "thousands": ".",
    }
    saved = await ask(play, "PUT", f"{base}/german", json=mapping)
    assert saved.status_code == 200, saved.text
    assert (saved.json()["name"], saved.json()["decimal"], saved.json()["delimiter"]) == ("german", ",", None)
    listed = (await ask(play, "GET", base, params={"limit": "1"})).json()
    assert [one["name"] for one in listed["items"]] == ["german"]
    when = (PUBLISHED + timedelta(days=1)).strftime("%d.%m.%Y %H:%M +0000")
    found = await applied(play, f'Wer;Wann;Wie oft\n{share.share_id};{when};"12.345,00"\n', mapping_name="german")
    assert found["check"]["refusals"] == []
    assert [one.count for one in await play.reported()] == [12_345]
    assert (await ask(play, "DELETE", f"{base}/german")).status_code == 204
    gone = await play.imports("Wer;Wann\n1;2\n", mapping_name="german")
    assert (gone.status_code, gone.json()["type"]) == (404, "urn:timbre:problem:import-mapping-not-found")
    assert (await ask(play, "DELETE", f"{base}/german")).status_code == 404


@pytest.mark.parametrize(
    ("mapping", "field"),
    [
        ({"columns": {"colour": "x"}}, "columns.colour"),
        ({"columns": {"reactions": ""}}, "columns.reactions"),
        ({"constants": {"read_at": "2026-11-18T09:00"}}, "constants"),
        ({"constants": {"share_id": "7"}}, "constants"),
        ({"date_format": "%Y"}, "date_format"),
        ({"date_format": "%d %m %Y %Q"}, "date_format"),
        ({"decimal": ",", "thousands": ","}, ""),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_a_mapping_that_cannot_work_is_refused_with_its_field(
    play: Play, mapping: dict[str, Any], field: str
) -> None:
    saved = await ask(play, "PUT", f"/programmes/{play.programme_id}/import-mappings/x", json=mapping)
    assert saved.status_code == 422
    assert saved.json()["errors"][0]["field"].startswith(field or "body")
    given = await play.imports(HEADER, mapping=json.dumps(mapping))
    assert given.status_code == 422
    assert given.json()["errors"][0]["field"].startswith(f"mapping.{field}" if field else "mapping")


async def test_columns_of_a_mapping_must_be_in_the_file_and_constants_may_stand_in(play: Play) -> None:
    share = await play.publishes()
    mapping = {"columns": {"share_id": "id", "reactions": "likes"}, "constants": {"read_at": at(days=1)}}
    missing = await play.imports(f"id,hearts\n{share.share_id},3\n", mapping=json.dumps(mapping))
    assert (missing.status_code, missing.json()["type"]) == (422, "urn:timbre:problem:invalid-table")
    assert missing.json()["errors"][0] == {"field": "reactions", "reason": "there is no column 'likes'"}
    both = await play.imports(HEADER, mapping="{}", mapping_name="x")
    assert [error["field"] for error in both.json()["errors"]] == ["mapping_name"]


@pytest.mark.parametrize(
    ("text", "status", "slug", "told"),
    [
        (b"share_id,read_at,clicks\n\xff\xfe", 400, "unreadable-table", "byte 24"),
        (b"PK\x03\x04" + b"\0" * 100, 400, "unreadable-table", "Excel"),
        (b"", 422, "invalid-table", "share_id"),
        (b"share_id,clicks\n1,2", 422, "invalid-table", "read_at"),
        (b"read_at,clicks\n1,2", 422, "invalid-table", "share_id"),
        (b"share_id,read_at,likes\n1,2,3", 422, "invalid-table", "reactions"),
        (b"share_id,read_at,clicks,clicks\n1,2,3,4", 422, "invalid-table", "twice"),
        (b"share_id,read_at,clicks\n\n", 422, "invalid-table", "no row"),
    ],
)
async def test_a_useless_file_is_refused_whole(play: Play, text: bytes, status: int, slug: str, told: str) -> None:
    answer = await play.imports(text)
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:timbre:problem:{slug}")
    assert told in answer.text
    assert (await ask(play, "GET", f"/programmes/{play.programme_id}/imports")).json()["items"] == []


async def test_a_file_over_the_limit_is_refused_and_forgotten(play: Play) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield b"share_id,read_at,clicks\n"
        for _ in range(65):
            yield b"\n" * 1_048_576

    answer = await play.imports(endless())  # type: ignore[arg-type]  # httpx takes pieces too
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:timbre:problem:body-too-large")
    rows = await play.running.rows("SELECT import_id FROM import_file WHERE programme_id = :p", p=play.programme_id)
    assert rows == []
    assert (await ask(play, "GET", f"/programmes/{play.programme_id}/imports")).json()["items"] == []
