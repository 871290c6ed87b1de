"""The doors of the networks: who is let in, what is written, and what comes twice."""

import json
from typing import Any

import pytest

from deploy.local.servers.nats import NatsServer
from libs.events.intake import WebhookReceived
from services.engagement.app import MIGRATIONS, create_app
from services.engagement.settings import Settings
from tests.integration.engagement.play import PUBLISHED, Play
from tests.integration.engagement.signed.senders import (
    HEADERS,
    NETWORKS,
    SECRETS,
    SIGN,
    TOKENS,
    body_of,
    deliver,
    in_header,
    tell,
    written,
)
from tests.support.harness import Stage

POST = 7264410112233445566
AT = int(PUBLISHED.timestamp()) + 3600


def comment_on(network: str, number: int) -> dict[str, Any]:
    """A delivery that tells of one comment on the post of this number."""
    if network == "linkedin":
        return {
            "type": "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS",
            "notifications": [
                {
                    "notificationId": 5603453321,
                    "action": "COMMENT",
                    "sourcePost": f"urn:li:activity:{number}",
                    "lastModifiedAt": AT * 1000,
                    "generatedActivity": f"urn:li:comment:(activity:{number},7094977717598625792)",
                    "decoratedGeneratedActivity": {
                        "comment": {"owner": "urn:li:person:zLqTygBP8S", "text": "Personal words"}
                    },
                    "subscriber": "urn:li:person:admin",
                }
            ],
        }
    if network == "x":
        return {
            "for_user_id": "77",
            "tweet_create_events": [
                {
                    "id_str": "1900000000000000123",
                    "user": {"id": 4, "id_str": "4", "screen_name": "commenter", "name": "Personal Name"},
                    "timestamp_ms": str(AT * 1000),
                    "text": "@alice Personal words",
                    "in_reply_to_status_id_str": str(number),
                    "in_reply_to_user_id_str": "77",
                }
            ],
        }
    value = {
        "item": "comment",
        "verb": "add",
        "post_id": f"1001_{number}",
        "comment_id": f"{number}_55",
        "parent_id": f"1001_{number}",
        "from": {"id": "99", "name": "Personal Name"},
        "message": "Personal words",
        "created_time": AT,
    }
    return {"object": "page", "entry": [{"id": "1001", "time": AT, "changes": [{"field": "feed", "value": value}]}]}


URLS = {
    "linkedin": "https://www.linkedin.com/posts/alice_open-doors-activity-{}-abcd",
    "x": "https://twitter.com/alice/status/{}?s=20",
    "meta": "https://www.facebook.com/alicecorp/posts/{}",
}
CHANNELS = {"linkedin": "linkedin", "x": "x", "meta": "facebook"}


@pytest.mark.parametrize("network", NETWORKS)
async def test_a_signed_delivery_counts_once_however_often_it_comes(play: Play, network: str) -> None:
    number = POST + NETWORKS.index(network)
    share = await play.publishes(post_url=URLS[network].format(number), network=CHANNELS[network])
    for _ in range(3):
        await tell(play.running, network, comment_on(network, number))
    spaced = json.dumps(comment_on(network, number), indent=1).encode()
    assert (await deliver(play.running, network, spaced)).status_code == 200  # the same, otherwise packed
    await play.running.settled()
    (told,) = await play.recorded()
    assert (told.share_id, told.kind, told.provenance) == (share.share_id, "comment", "measured")
    assert (await play.numbers(share))["interactions"] == [{"kind": "comment", "counted": 1, "own": 0}]
    page = (await play.running.stranger().get("/metrics")).text
    assert f'engagement_webhook_notices_total{{network="{network}",outcome="replayed",service="engagement"}}' in page


@pytest.mark.parametrize("network", NETWORKS)
async def test_a_delivery_is_answered_once_it_is_on_the_brokers_disk_and_kept_whole(play: Play, network: str) -> None:
    body = body_of(comment_on(network, 1))
    answer = await deliver(play.running, network, body)
    assert (answer.status_code, answer.json()) == (200, {"status": "received"})
    assert body.decode() in [event.body for event in await play.running.told(WebhookReceived)]


@pytest.mark.parametrize("network", NETWORKS)
async def test_during_a_rotation_both_secrets_are_right(play: Play, network: str) -> None:
    for number, secret in enumerate(SECRETS[network]):
        answer = await deliver(play.running, network, body_of(comment_on(network, number)), secret=secret)
        assert answer.status_code == 200


def wrong(kind: str, network: str, body: bytes) -> dict[str, str]:
    """The header of a signature that is not right."""
    secret, sign = SECRETS[network][0], SIGN[network]
    other = {"linkedin": "x", "x": "meta", "meta": "linkedin"}[network]
    given = {
        "of another secret": sign("somebody-elses", body),
        "of another body": sign(secret, body + b" "),
        "in the form of another network": SIGN[other](secret, body),
        "under the secret of another network": sign(SECRETS[other][0], body),
        "empty": "",
        "no hash": "sha256=\u00e9",
        "cut short": sign(secret, body)[:-1],
    }
    return {HEADERS[network]: given[kind]} if kind in given else {}


KINDS = [
    "of another secret",
    "of another body",
    "in the form of another network",
    "under the secret of another network",
    "empty",
    "no hash",
    "cut short",
    "missing",
]


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("kind", KINDS)
async def test_a_wrong_signature_never_writes(play: Play, network: str, kind: str) -> None:
    body = body_of(comment_on(network, 99))
    before = await written(play.running)
    answer = await deliver(play.running, network, body, headers=in_header(wrong(kind, network, body)))
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:timbre:problem:wrong-signature")
    assert await written(play.running) == before


@pytest.mark.parametrize("network", NETWORKS)
async def test_two_signatures_are_none(play: Play, network: str) -> None:
    body = body_of(comment_on(network, 98))
    right = SIGN[network](SECRETS[network][0], body)
    before = await written(play.running)
    answer = await play.running.client.post(
        f"/webhooks/{network}", content=body, headers=[(HEADERS[network], right), (HEADERS[network], right)]
    )
    assert answer.status_code == 401
    assert await written(play.running) == before


@pytest.mark.parametrize("network", NETWORKS)
async def test_what_is_signed_and_cannot_be_a_delivery_is_not_kept(play: Play, network: str) -> None:
    before = await written(play.running)
    for body in (b"", b"[]", b"7b0d2f0e-0000-4000-8000-000000000000", b"\xff{}"):
        answer = await deliver(play.running, network, body)
        assert (answer.status_code, answer.json()["type"]) == (400, "urn:timbre:problem:malformed-body")
    no_text = await deliver(play.running, network, b'{"a": "\xff"}')
    assert no_text.status_code == 400
    large = await deliver(play.running, network, b'{"a": "' + b"x" * 300_000 + b'"}')
    assert (large.status_code, large.json()["type"]) == (413, "urn:timbre:problem:body-too-large")
    assert await written(play.running) == before


@pytest.mark.parametrize("network", NETWORKS)
async def test_signed_nonsense_is_listed_and_holds_nothing_up(play: Play, network: str) -> None:
    bodies = [b'{"broken', b'{"a": 1}', b'{"a":' + b"[" * 50_000, b'{"x": "\\u0000\\ud800"}']
    for body in bodies:
        assert (await deliver(play.running, network, body)).status_code == 200
    await play.running.settled()
    assert await play.running.dead() == 0
    answer = await play.running.caller("manager").get("/quarantine", params={"q": network, "limit": "100"})
    found = [one for one in answer.json()["items"] if one["kind"] == "webhook" and one["item"]["what"] == "delivery"]
    assert {one["reason"] for one in found} == {"unsupported-form"}


async def test_linkedins_challenge_is_answered_with_its_signature(play: Play) -> None:
    code = "890e4665-4dfe-4ab1-b689-ed553bceeed0"
    answer = await play.running.client.get("/webhooks/linkedin", params={"challengeCode": code})
    assert answer.status_code == 200
    # made with: printf %s <code> | openssl dgst -sha256 -hmac linkedin-new-secret
    expected = "556dcd361f2293e5d6d9a42086efd3a6fa43fc48dba1e3e69fa95ca960a3f82a"
    assert answer.json() == {"challengeCode": code, "challengeResponse": expected}


async def test_xs_challenge_is_answered_with_its_signature(play: Play) -> None:
    answer = await play.running.client.get("/webhooks/x", params={"crc_token": "NTk2ZTk5YjctMjY5Ni00"})
    assert answer.status_code == 200
    assert answer.json() == {"response_token": "sha256=I9yKMdJ7TfwG1b9pZ+Uif7k5Hwzr2k9MMJlpjS2MlII="}


@pytest.mark.parametrize("token", TOKENS)
async def test_metas_challenge_is_given_back_for_a_verify_token_of_ours(play: Play, token: str) -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "1158201444"}
    answer = await play.running.client.get("/webhooks/meta", params=query)
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["content-type"].startswith("text/plain")
    for name, wrong in (
        ("hub.verify_token", "guessed"),
        ("hub.mode", "unsubscribe"),
        ("hub.challenge", "<script>"),
        ("hub.challenge", ""),
    ):
        refused = await play.running.client.get("/webhooks/meta", params={**query, name: wrong})
        assert (refused.status_code, refused.json()["type"]) == (403, "urn:timbre:problem:wrong-challenge")


@pytest.mark.parametrize(
    ("network", "parameter", "forged"),
    [
        ("x", "crc_token", '{"for_user_id":"77","favorite_events":[]}'),
        ("x", "crc_token", ""),
        ("linkedin", "challengeCode", 'hmacsha256={"type":"ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS"}'),
        ("linkedin", "challengeCode", "not-a-uuid"),
    ],
)
async def test_a_challenge_never_signs_what_could_be_a_delivery(
    play: Play, network: str, parameter: str, forged: str
) -> None:
    answer = await play.running.client.get(f"/webhooks/{network}", params={parameter: forged})
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:timbre:problem:wrong-challenge")


async def test_the_answer_to_a_challenge_opens_nothing_when_it_is_sent_as_a_signature(play: Play) -> None:
    challenge = "NTk2ZTk5YjctMjY5Ni00"
    given = (await play.running.client.get("/webhooks/x", params={"crc_token": challenge})).json()["response_token"]
    before = await written(play.running)
    answer = await deliver(play.running, "x", challenge.encode(), headers=in_header({HEADERS["x"]: given}))
    assert answer.status_code == 400
    assert await written(play.running) == before


async def test_a_network_without_a_secret_is_not_there(stage: Stage, broker: NatsServer) -> None:
    database = await stage.database("engagement", MIGRATIONS)
    settings = stage.settings(Settings, database=database, nats=broker.url_of("engagement"), consume=False)
    async with stage.running("engagement", create_app, settings) as running:
        for network in NETWORKS:
            for answer in (
                await running.client.get(f"/webhooks/{network}"),
                await deliver(running, network, b"{}"),
                await deliver(running, network, b"{}", headers={}),
            ):
                assert (answer.status_code, answer.json()["type"]) == (404, "urn:timbre:problem:webhook-not-set-up")


@pytest.mark.parametrize("value", ["", ",", "a,", "a,b,c"])
def test_a_setting_holds_one_secret_or_two(stage: Stage, value: str) -> None:
    with pytest.raises(ValueError, match="give one secret"):
        stage.settings(Settings, database="postgresql://nowhere", nats="nats://nowhere", x_secret=value)
