"""Signatures, checked by the public library as a receiver uses it."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from gateway.webhooks.deliveries.domain.signing import signed_headers
from gateway.webhooks.subscriptions.domain.sealing import Sealer, SecretUnreadable, shown

BODY = '{"type":"sharing.share.published.v1","data":{"note":"é"}}'.encode()
OLD, NEW = bytes(range(32)), bytes(range(32, 64))


def headers(*secrets: bytes, at: datetime | None = None, body: bytes = BODY) -> dict[str, str]:
    return signed_headers("019a93c1-7e00-7001-8000-000000000001", body, secrets, now=at or datetime.now(UTC))


def test_a_receiver_verifies_it() -> None:
    assert Webhook(shown(NEW)).verify(BODY, headers(NEW)) == json.loads(BODY)


@pytest.mark.parametrize("held", [OLD, NEW])
def test_while_a_secret_is_changed_each_of_both_verifies(held: bytes) -> None:
    sent = headers(NEW, OLD)
    assert len(sent["webhook-signature"].split(" ")) == 2
    assert Webhook(shown(held)).verify(BODY, sent)


@pytest.mark.parametrize("change", ["webhook-id", "webhook-timestamp", "webhook-signature", "body", "secret"])
def test_whatever_is_changed_is_found(change: str) -> None:
    sent, body, secret = headers(NEW), BODY, NEW
    if change == "body":
        body += b" "
    elif change == "secret":
        secret = OLD
    elif change == "webhook-timestamp":
        sent[change] = str(int(sent[change]) + 1)
    else:
        sent[change] = sent[change].replace("0", "1").replace("v1,", "v1,A")
    with pytest.raises(WebhookVerificationError):
        Webhook(shown(secret)).verify(body, sent)


def test_the_time_is_that_of_the_attempt() -> None:
    first, second = headers(NEW), headers(NEW, at=datetime.now(UTC) - timedelta(minutes=6))
    assert first["webhook-id"] == second["webhook-id"]
    with pytest.raises(WebhookVerificationError, match="old"):
        Webhook(shown(NEW)).verify(BODY, second)


def test_a_secret_is_stored_so_that_only_the_keys_open_it() -> None:
    before, both, after = Sealer(["old" * 11]), Sealer(["new" * 11, "old" * 11]), Sealer(["new" * 11])
    sealed = before.seal(NEW)
    assert NEW not in sealed
    assert both.open(sealed) == NEW
    with pytest.raises(SecretUnreadable):
        after.open(sealed)
    anew = both.sealed_anew(sealed)
    assert anew is not None
    assert after.open(anew) == NEW
    assert both.sealed_anew(anew) is None
    with pytest.raises(SecretUnreadable):
        before.sealed_anew(anew)
