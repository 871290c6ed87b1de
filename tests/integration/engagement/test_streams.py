import json
from collections.abc import AsyncIterator, Iterable
from typing import Any

import pytest

from deploy.local.servers.nats import NatsServer
from libs.events.intake import InteractionsAccepted
from tests.integration.engagement.play import Play, interaction
from tests.support.eventually import eventually


def lines(items: Iterable[Any]) -> bytes:
    return b"\n".join(json.dumps(item).encode() for item in items)


async def in_pieces(content: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def messages(play: Play) -> list[InteractionsAccepted]:
    events = await play.running.told(InteractionsAccepted)
    return [event for event in events if event.programme_id == play.programme_id]


@pytest.mark.parametrize("size", [7, 65_536, 10_000_000])
async def test_a_stream_of_lines_is_kept_in_groups_and_receipted_whole(play: Play, size: int) -> None:
    share = await play.publishes()
    count = 30 if size == 7 else 2_500
    answer = await play.sends_lines(in_pieces(lines(interaction(share) for _ in range(count)), size))
    assert answer.status_code == 202, answer.text
    body = answer.json()
    assert (body["accepted"], body["refused"], body["rejected"]) == (count, 0, [])
    assert len(await play.recorded()) == count
    receipt = await play.receipt(body["receipt_id"])
    assert (receipt["status"], receipt["accepted"], receipt["new"]) == ("applied", count, count)
    kept = await messages(play)
    assert [len(event.interactions) for event in kept] == ([30] if count == 30 else [1000, 1000, 500])
    assert [event.accepted for event in kept] == ([30] if count == 30 else [0, 0, 2500])


async def test_bad_lines_are_named_by_their_number_and_the_others_kept(play: Play) -> None:
    share = await play.publishes()
    good = [json.dumps(interaction(share)).encode() for _ in range(3)]
    bad = [b"{", b"\xff", b"7", b'{"a": "' + b"x" * 70_000 + b'"}', json.dumps(interaction(share, "applause")).encode()]
    two = good[1] + b"," + good[2]
    content = b"\r\n".join([good[0], b"", *bad, two, b"  ", good[1]]) + b"\n\n" + good[2]
    answer = await play.sends_lines(in_pieces(content, 1000))
    assert answer.status_code == 202, answer.text
    body = answer.json()
    assert (body["accepted"], body["refused"]) == (3, 6)
    assert [one["index"] for one in body["rejected"]] == [2, 3, 4, 5, 6, 7]
    assert all(error["field"] and error["reason"] for one in body["rejected"] for error in one["errors"])
    assert "64 KiB" in body["rejected"][3]["errors"][0]["reason"]
    assert body["rejected"][4]["errors"][0]["field"] == "kind"
    assert len(await play.recorded()) == 3


async def test_of_many_bad_lines_the_first_hundred_are_shown_and_all_counted(play: Play) -> None:
    share = await play.publishes()
    answer = await play.sends_lines(lines([*({} for _ in range(1_500)), interaction(share)]))
    body = answer.json()
    assert (body["accepted"], body["refused"], len(body["rejected"])) == (1, 1_500, 100)


async def test_a_last_group_without_a_valid_line_still_ends_the_receipt(play: Play) -> None:
    share = await play.publishes()
    items = [interaction(share) for _ in range(1_000)]
    answer = await play.sends_lines(lines([*items, {}, {}]))
    assert (answer.json()["accepted"], answer.json()["refused"]) == (1_000, 2)
    await play.running.settled()
    receipt = await play.receipt(answer.json()["receipt_id"])
    assert (receipt["status"], receipt["new"]) == ("applied", 1_000)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"{}\n{}", b"[]"])
async def test_a_stream_without_a_valid_line_is_refused(play: Play, content: bytes) -> None:
    answer = await play.sends_lines(content)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:timbre:problem:nothing-accepted")


async def test_a_stream_over_the_limit_is_cut_off(play: Play) -> None:
    async def endless() -> AsyncIterator[bytes]:
        piece = (b"x" * 60_000 + b"\n") * 16
        while True:
            yield piece

    answer = await play.sends_lines(endless())
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:timbre:problem:body-too-large")


async def test_when_the_broker_goes_away_in_the_middle_the_answer_says_how_much_is_safe(
    play: Play, broker: NatsServer
) -> None:
    share = await play.publishes()
    items = [interaction(share) for _ in range(3_000)]

    async def interrupted() -> AsyncIterator[bytes]:
        yield lines(items[:2_000]) + b"\n"
        yield lines(items[2_000:2_500]) + b"\n"
        await broker.kill()
        yield lines(items[2_500:])

    answer = await play.sends_lines(interrupted())
    await broker.start()
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:timbre:problem:bus-unavailable")
    assert int(answer.headers["retry-after"]) >= 1
    safe = int(answer.json()["detail"].split()[2])
    assert safe in {1_000, 2_000}

    async def accepted() -> bool:
        again = await play.sends_lines(lines(items))
        return bool(again.status_code == 202 and again.json()["accepted"] == 3_000)

    await eventually(accepted)
    assert len(await play.recorded()) == 3_000
