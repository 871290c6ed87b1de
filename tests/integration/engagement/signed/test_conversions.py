"""Signed conversions: keys, signatures, and what becomes of what is sent."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from standardwebhooks.webhooks import Webhook

from libs.clock import new_id
from tests.integration.engagement.play import Play, at
from tests.integration.engagement.signed.senders import in_header, raw, written
from tests.support.harness import Running


async def new_key(play: Play, **headers: str) -> dict[str, Any]:
    answer = await play.running.caller("manager", subject="maker").post(
        f"/programmes/{play.programme_id}/conversion-keys", headers=headers
    )
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def revoke(play: Play, key: dict[str, Any]) -> None:
    path = f"/programmes/{play.programme_id}/conversion-keys/{key['key_id']}"
    assert (await play.running.caller("manager").delete(path)).status_code == 204


def signed(secret: str, body: str, *, id_: str = "msg_1", age: timedelta = timedelta()) -> dict[str, str]:
    """The headers that the public package of Standard Webhooks makes."""
    when = datetime.now(UTC) - age
    signature = Webhook(secret).sign(id_, when, body)
    return {
        "webhook-id": id_,
        "webhook-timestamp": str(int(when.timestamp())),
        "webhook-signature": signature,
        "content-type": "application/json",
    }


async def send(running: Running, programme_id: UUID, body: str, headers: dict[str, str]) -> httpx.Response:
    query = {"programme_id": str(programme_id)}
    return await running.client.post(
        "/conversions", params=query, content=body.encode(), headers=raw(in_header(headers))
    )


def conversion(share_id: UUID, **other: object) -> dict[str, Any]:
    return {"share_id": str(share_id), "goal": "lead", "visitor": "visitor-77", "occurred_at": at(hours=2), **other}


async def test_a_signed_conversion_is_counted_and_told_with_an_opaque_visitor(play: Play) -> None:
    share, key = await play.publishes(), await new_key(play)
    body = json.dumps([conversion(share.share_id), conversion(share.share_id, goal="application")])
    answer = await send(play.running, play.programme_id, body, signed(key["secret"], body))
    assert (answer.status_code, answer.json()["accepted"]) == (202, 2)
    told = await play.recorded()
    assert [(one.kind, one.person) for one in told] == [("conversion", play.key("visitor-77"))] * 2
    rows = await play.running.rows("SELECT source, goal FROM interaction WHERE share_id = :s", s=share.share_id)
    assert sorted((row["source"], row["goal"]) for row in rows) == [
        ("conversions", "application"),
        ("conversions", "lead"),
    ]


async def test_the_same_request_again_changes_nothing(play: Play) -> None:
    share, key = await play.publishes(post_url="https://x.com/alice/status/4711"), await new_key(play)
    by_url = {**conversion(share.share_id), "post_url": "https://twitter.com/a/status/4711"}
    del by_url["share_id"]
    body = json.dumps([by_url, conversion(share.share_id, external_id="crm-9", visitor="other")])
    for id_ in ("msg_1", "msg_1", "msg_2"):
        headers = signed(key["secret"], body, id_=id_)
        assert (await send(play.running, play.programme_id, body, headers)).status_code == 202
    assert len(await play.recorded()) == 2


async def test_refused_items_are_named_by_place_field_and_reason(play: Play) -> None:
    share, key = await play.publishes(), await new_key(play)
    items = [
        conversion(share.share_id),
        conversion(share.share_id, goal="sale"),
        conversion(share.share_id, visitor=" "),
        conversion(share.share_id, post_url="https://x.com/a/status/1"),
        conversion(share.share_id, occurred_at="2099-01-01T00:00:00Z"),
        conversion(share.share_id, name="Personal"),
        "nonsense",
    ]
    body = json.dumps(items)
    answer = await send(play.running, play.programme_id, body, signed(key["secret"], body))
    assert answer.status_code == 202
    found = {one["index"]: [error["field"] for error in one["errors"]] for one in answer.json()["rejected"]}
    assert found == {1: ["goal"], 2: ["visitor"], 3: ["share_id"], 4: ["occurred_at"], 5: ["name"], 6: ["body"]}
    assert (answer.json()["accepted"], answer.json()["refused"]) == (1, 6)
    for wrong, status in (("{}", 422), ("[]", 422), ("[", 400), ('[{"goal": NaN}]', 400), (json.dumps(items[1:]), 422)):
        refused = await send(play.running, play.programme_id, wrong, signed(key["secret"], wrong))
        assert refused.status_code == status


@pytest.mark.parametrize(
    "kind",
    [
        "of another body",
        "of another key",
        "of another programme",
        "of another id",
        "missing",
        "old",
        "early",
        "v2",
        "junk",
    ],
)
async def test_a_wrong_signature_never_writes(play: Play, kind: str) -> None:
    key, abroad = await new_key(play), Play(play.running)
    body = json.dumps([conversion(new_id())])
    right = signed(key["secret"], body)
    headers = {
        "of another body": signed(key["secret"], body + " "),
        "of another key": signed("whsec_" + "A" * 43 + "=", body),
        "of another programme": right,
        "of another id": right | {"webhook-id": "msg_2"},
        "missing": {},
        "old": signed(key["secret"], body, age=timedelta(minutes=5, seconds=2)),
        "early": signed(key["secret"], body, age=-timedelta(minutes=5, seconds=5)),
        "v2": right | {"webhook-signature": right["webhook-signature"].replace("v1,", "v2,")},
        "junk": right | {"webhook-signature": "v1,é v1 , v1,", "webhook-timestamp": "1e9"},
    }[kind]
    if kind == "of another programme":
        await new_key(abroad)
    programme_id = abroad.programme_id if kind == "of another programme" else play.programme_id
    before = await written(play.running)
    answer = await send(play.running, programme_id, body, headers)
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:timbre:problem:wrong-conversion-signature")
    assert await written(play.running) == before


async def test_an_old_request_is_refused_however_often_it_was_taken(play: Play) -> None:
    """The tolerance bounds for how long a copied request is worth anything; within it, it has no effect."""
    key = await new_key(play)
    body = json.dumps([conversion(new_id())])
    for age, status in ((timedelta(minutes=4, seconds=50), 202), (timedelta(minutes=6), 401)):
        headers = signed(key["secret"], body, age=age)
        assert (await send(play.running, play.programme_id, body, headers)).status_code == status


async def test_two_keys_are_live_during_a_rotation_and_a_revoked_one_is_dead_at_once(play: Play) -> None:
    old, new = await new_key(play), await new_key(play)
    third = await play.running.caller("manager").post(f"/programmes/{play.programme_id}/conversion-keys")
    assert (third.status_code, third.json()["type"]) == (409, "urn:timbre:problem:too-many-conversion-keys")
    body = json.dumps([conversion(new_id())])
    both = signed(new["secret"], body)
    both["webhook-signature"] = f"v1a,AAAA {both['webhook-signature']} v1,AAAA"
    for headers in (signed(old["secret"], body), both):
        assert (await send(play.running, play.programme_id, body, headers)).status_code == 202
    for _ in range(2):
        await revoke(play, old)
    for key, status in ((old, 401), (new, 202)):
        headers = signed(key["secret"], body)
        assert (await send(play.running, play.programme_id, body, headers)).status_code == status
    assert (await new_key(play))["key_id"] not in {old["key_id"], new["key_id"]}


async def test_of_keys_made_at_once_two_are_live(play: Play) -> None:
    path = f"/programmes/{play.programme_id}/conversion-keys"
    manager = play.running.caller("manager")
    answers = await asyncio.gather(*(manager.post(path) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 409, 409, 409]


async def test_a_secret_is_shown_once_and_stored_nowhere(play: Play) -> None:
    key = await new_key(play, **{"Idempotency-Key": "the-first-one"})
    assert key["secret"].startswith("whsec_")
    assert (await new_key(play, **{"Idempotency-Key": "the-first-one"})) == key
    listed = await play.running.caller("manager").get(f"/programmes/{play.programme_id}/conversion-keys")
    assert [one["key_id"] for one in listed.json()["items"]] == [key["key_id"]]
    assert "secret" not in listed.text
    for table in ("conversion_key", "idempotency", "outbox"):
        rows = await play.running.rows(f"SELECT t::text AS line FROM {table} t")  # noqa: S608 - names of ours
        plain = key["secret"].removeprefix("whsec_")
        assert not [row for row in rows if plain in row["line"] or plain.encode().hex() in row["line"]]


async def test_only_those_of_the_programme_make_see_and_revoke_keys(play: Play) -> None:
    key, path = await new_key(play), f"/programmes/{play.programme_id}/conversion-keys"
    foreign = play.running.caller("manager", programmes=[new_id()])
    for caller, status in ((foreign, 403), (play.running.caller("analyst"), 403), (play.running.stranger(), 401)):
        assert (await caller.post(path)).status_code == status
        assert (await caller.get(path)).status_code == status
        assert (await caller.delete(f"{path}/{key['key_id']}")).status_code == status
    elsewhere = f"/programmes/{new_id()}/conversion-keys/{key['key_id']}"
    missing = await play.running.caller("manager").delete(elsewhere)
    assert (missing.status_code, missing.json()["type"]) == (404, "urn:timbre:problem:conversion-key-not-found")


async def test_a_programme_must_be_named(play: Play) -> None:
    for query in ({}, {"programme_id": "x"}):
        answer = await play.running.client.post("/conversions", params=query, content=b"[]")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "programme_id")
