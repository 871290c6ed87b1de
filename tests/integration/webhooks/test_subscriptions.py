"""Making, changing and rotating webhooks, and who may."""

import json
from typing import Any

import pytest

from libs.clock import new_id
from tests.integration.webhooks.receiver import OK, answering
from tests.integration.webhooks.scene import SHARE, Scene
from tests.support.answers import done, refusal
from tests.support.harness import Caller


async def test_the_secret_is_shown_once_and_stored_encrypted(scene: Scene) -> None:
    webhook = await scene.webhook(scene.path(), description="CRM", filters={"network": "linkedin"})
    secret = webhook.pop("secret")
    assert secret.startswith("whsec_")
    assert len(secret) == len("whsec_") + 44
    assert await scene.get(webhook) == webhook
    assert (webhook["enabled"], webhook["disabled_reason"], webhook["failing_since"]) == (True, None, None)
    page = done(await scene.manager.get(f"/programmes/{scene.programme.id}/webhooks"), 200)
    assert page == {"items": [webhook], "next": None}
    rows = await scene.running.rows("SELECT to_jsonb(w.*)::text AS row FROM webhook w WHERE id = :id", id=webhook["id"])
    rows += await scene.running.rows("SELECT encode(sealed, 'escape') AS row FROM webhook_secret")
    rows += await scene.running.rows("SELECT coalesce(encode(answer, 'escape'), '') AS row FROM idempotency")
    assert all(secret.removeprefix("whsec_") not in row["row"] for row in rows)


async def test_a_repetition_gets_the_same_answer_and_makes_no_second(scene: Scene) -> None:
    url, body = f"/programmes/{scene.programme.id}/webhooks", scene.body(scene.path())
    key = {"Idempotency-Key": "once"}
    first = done(await scene.manager.post(url, body, headers=key), 201)
    assert done(await scene.manager.post(url, body, headers=key), 201) == first
    assert len(done(await scene.manager.get(url), 200)["items"]) == 1
    other = await scene.manager.post(url, {**body, "description": "another"}, headers=key)
    assert refusal(other)[:2] == (422, "idempotency-conflict")
    await scene.do(first, "rotate", {})
    assert done(await scene.manager.post(url, body, headers=key), 201) == {**first, "secret": None}


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"url": "http://hooks.example.org/"}, ["url"]),  # leads to no allowed network, whatever it resolves to
        ({"url": "https://user@127.0.0.1/"}, ["url"]),
        ({"url": "https://127.0.0.1/#x"}, ["url"]),
        ({"url": "https://10.0.0.1/"}, ["url"]),
        ({"url": "https://169.254.169.254/latest/meta-data"}, ["url"]),
        ({"url": "https://[::ffff:127.0.0.1]/"}, ["url"]),
        ({"url": "https://2852039166/"}, ["url"]),
        ({"url": "https://nothing.invalid/"}, ["url"]),
        ({"url": ""}, ["url"]),
        ({"url": None}, ["url"]),
        ({"event_types": []}, ["event_types"]),
        ({"event_types": ["intake.counts.accepted.v1"]}, ["event_types[0]"]),
        ({"event_types": [SHARE, SHARE]}, ["event_types"]),
        ({"event_types": [SHARE, "a.b.c.v1"], "url": "https://127.0.0.1/#"}, ["event_types[1]", "url"]),
        ({"filters": {"author": "x"}}, ["filters.author"]),
        ({"filters": {"network": "myspace", "words": "many"}}, ["filters.network", "filters.words"]),
        ({"description": "two\nlines"}, ["description"]),
        ({"description": "x" * 201}, ["description"]),
        ({"secret": "whsec_mine"}, ["secret"]),
    ],
)
async def test_what_is_wrong_is_named(scene: Scene, change: dict[str, Any], fields: list[str]) -> None:
    webhook = await scene.webhook(scene.path())
    body = {**scene.body(scene.path()), **change}
    created = await scene.manager.post(f"/programmes/{scene.programme.id}/webhooks", body)
    changed = await scene.manager.put(f"/webhooks/{webhook['id']}", body)
    assert refusal(created) == refusal(changed) == (422, "invalid-request", fields)
    webhook.pop("secret")
    assert await scene.get(webhook) == webhook


async def test_a_webhook_is_changed_as_a_whole(scene: Scene) -> None:
    path, new = scene.path(), scene.path()
    webhook = await scene.webhook(path, filters={"network": "linkedin"})
    scene.clock.forward(minutes=1)
    body = scene.body(new, types=[SHARE, "sharing.ambassador.enrolled.v1"], description="new")
    changed = done(await scene.manager.put(f"/webhooks/{webhook['id']}", body), 200)
    secret = webhook.pop("secret")
    assert changed == {**webhook, **body, "filters": {}, "changed_at": changed["changed_at"]}
    assert changed["changed_at"] > webhook["changed_at"]
    await scene.tell(scene.programme.share(new_id(), network="x"))
    (posted,) = await scene.receiver.got(new)
    assert posted.verified_by(secret, now=scene.clock.now())
    assert scene.receiver.at(path) == []


async def test_while_a_secret_is_changed_both_verify_and_afterwards_only_the_new_one(scene: Scene) -> None:
    path = scene.path()
    webhook = await scene.webhook(path)
    rotated = await scene.do(webhook, "rotate", {"overlap_hours": 2})
    assert rotated["secret"] != webhook["secret"]
    told = await scene.tell()
    (both,) = await scene.receiver.got(path)
    assert len(both.headers["webhook-signature"].split(" ")) == 2
    assert (
        both.verified_by(webhook["secret"], now=scene.clock.now())
        == both.verified_by(rotated["secret"], now=scene.clock.now())
        == json.loads(told.to_bytes())
    )
    third = await scene.do(webhook, "rotate", {"overlap_hours": 0})  # somebody has seen them
    await scene.tell()
    last = (await scene.receiver.got(path, 2))[-1]
    assert len(last.headers["webhook-signature"].split(" ")) == 1
    assert last.verified_by(third["secret"], now=scene.clock.now())
    for known in (webhook["secret"], rotated["secret"]):
        with pytest.raises(Exception, match="No matching signature"):
            last.verified_by(known, now=scene.clock.now())


async def test_the_overlap_ends_by_itself(scene: Scene) -> None:
    path = scene.path()
    webhook = await scene.webhook(path)
    rotated = await scene.do(webhook, "rotate", {})
    assert rotated["earlier_until"] > scene.clock.now().isoformat()
    scene.clock.forward(hours=25)
    await scene.tell()
    (posted,) = await scene.receiver.got(path)
    assert len(posted.headers["webhook-signature"].split(" ")) == 1


async def test_a_webhook_has_few_secrets_at_once(scene: Scene) -> None:
    webhook = await scene.webhook(scene.path())
    for _ in range(4):
        await scene.do(webhook, "rotate", {})
    fifth = await scene.manager.post(f"/webhooks/{webhook['id']}:rotate", {"overlap_hours": 1})
    assert refusal(fifth)[:2] == (409, "too-many-secrets")
    await scene.do(webhook, "rotate", {"overlap_hours": 0})
    await scene.do(webhook, "rotate", {"overlap_hours": 1})


async def test_a_programme_has_twenty_webhooks_and_they_are_listed_in_pages(scene: Scene) -> None:
    made = [(await scene.webhook(scene.path()))["id"] for _ in range(20)]
    url = f"/programmes/{scene.programme.id}/webhooks"
    more = await scene.manager.post(url, scene.body(scene.path()))
    assert refusal(more)[:2] == (409, "too-many-webhooks")
    first = done(await scene.manager.get(url, params={"limit": 15}), 200)
    second = done(await scene.manager.get(url, params={"limit": 15, "cursor": first["next"]}), 200)
    assert [one["id"] for one in [*first["items"], *second["items"]]] == made
    assert second["next"] is None


def everything(scene: Scene, webhook_id: str, delivery_id: str) -> list[tuple[str, str, Any]]:
    """Every request that the process knows, of one programme."""
    own, hook = f"/programmes/{scene.programme.id}/webhooks", f"/webhooks/{webhook_id}"
    body = scene.body("/nowhere")
    return [
        ("POST", own, body),
        ("GET", own, None),
        ("GET", hook, None),
        ("PUT", hook, body),
        ("POST", f"{hook}:rotate", {}),
        ("POST", f"{hook}:enable", None),
        ("POST", f"{hook}:disable", None),
        ("POST", f"{hook}:test", None),
        ("POST", f"{hook}:replay", {"since": "2026-11-01T00:00:00Z"}),
        ("GET", f"{hook}/replay", None),
        ("GET", f"{hook}/deliveries", None),
        ("POST", f"/deliveries/{delivery_id}:retry", None),
        ("GET", f"/deliveries/{delivery_id}/event", None),
        ("DELETE", hook, None),
    ]


async def refusals(scene: Scene, caller: Caller, webhook: dict[str, Any], delivery: dict[str, Any]) -> set[Any]:
    answers = [
        await caller.call(method, path, **({} if body is None else {"json": body}))
        for method, path, body in everything(scene, webhook["id"], delivery["id"])
    ]
    assert all("127.0.0.1" not in answer.text for answer in answers)
    return {refusal(answer)[:2] for answer in answers}


async def test_nobody_of_another_programme_sees_or_changes_anything(scene: Scene) -> None:
    path = scene.path()
    webhook = await scene.webhook(path)
    scene.receiver.behave(path, answering(500), OK)
    await scene.tell()
    delivery = await scene.attempted(webhook, 1)
    webhook.pop("secret")
    before = await scene.get(webhook), await scene.log(webhook)
    foreign = scene.running.caller("manager", "service", programmes=[new_id()])
    assert await refusals(scene, foreign, webhook, delivery) == {
        (403, "foreign-programme"),  # where the path names the programme; else as if there were no such thing
        (404, "webhook-not-found"),
        (404, "delivery-not-found"),
    }
    for role in ("ambassador", "analyst"):
        caller = scene.running.caller(role, programmes=[scene.programme.id])
        assert await refusals(scene, caller, webhook, delivery) == {(403, "missing-scope")}
    assert await refusals(scene, scene.running.stranger(), webhook, delivery) == {(401, "missing-token")}
    machine = scene.running.caller("service", programmes=[scene.programme.id])
    rest = everything(scene, webhook["id"], delivery["id"])
    for method, url, body in rest:  # of all this a machine may read what an event says
        answer = await machine.call(method, url, **({} if body is None else {"json": body}))
        assert answer.status_code == (200 if url.endswith("/event") else 403), url
    assert (await scene.get(webhook), await scene.log(webhook)) == before
    assert len(scene.receiver.at(path)) == 1


async def test_what_is_not_there_is_not_found(scene: Scene) -> None:
    answers = [
        await scene.manager.call(method, path, **({} if body is None else {"json": body}))
        for method, path, body in everything(scene, str(new_id()), str(new_id()))[2:]
    ]
    assert {refusal(answer)[:2] for answer in answers} == {(404, "webhook-not-found"), (404, "delivery-not-found")}
