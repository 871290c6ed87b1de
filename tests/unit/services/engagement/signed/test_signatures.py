"""Signatures that others have published, so that both sides are not of one hand."""

import base64
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.engagement.conversions.domain import ConversionSecrets, Signed, is_in_time
from services.engagement.conversions.domain import is_signed as is_conversion_signed
from services.engagement.webhooks.domain.signatures import is_challenge, is_delivery, is_signed

# the published example of HMAC-SHA256 in hexadecimal after `sha256=`, which is Meta's form too:
# https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
SECRET, BODY = "It's a Secret to Everybody", b"Hello, World!"
HEX = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
# the example in the libraries of https://github.com/standard-webhooks/standard-webhooks
STANDARD_SECRET = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
STANDARD = Signed(
    id="msg_p5jXN8AQM9LWM0D4loKWxJek",
    timestamp="1614265330",
    signatures="v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    body=b'{"test": 2432232314}',
)


def test_the_published_example_of_metas_form_is_right() -> None:
    assert is_signed("meta", BODY, f"sha256={HEX}", ["other", SECRET])
    assert not is_signed("meta", BODY, f"sha1={HEX}", [SECRET])
    assert not is_signed("meta", BODY, HEX, [SECRET])


def test_xs_form_is_the_same_in_base64() -> None:
    given = "sha256=" + base64.b64encode(bytes.fromhex(HEX)).decode()
    assert is_signed("x", BODY, given, [SECRET])
    assert not is_signed("meta", BODY, given, [SECRET])


def test_linkedin_signs_its_prefix_with_the_body() -> None:
    # printf %s 'hmacsha256={"a":1}' | openssl dgst -sha256 -hmac secret
    given = "f2d9a5026c4b83880f40f6453d1467f17be0e906ea8841d7ba8a4560f8220fd6"
    assert is_signed("linkedin", b'{"a":1}', given, ["secret"])
    assert is_signed("linkedin", b'{"a":1}', f"hmacsha256={given}", ["secret"])
    assert not is_signed("linkedin", b'{"a":2}', given, ["secret"])


def test_the_published_example_of_standard_webhooks_is_right() -> None:
    assert is_conversion_signed(STANDARD, [STANDARD_SECRET])
    assert not is_conversion_signed(STANDARD, [STANDARD_SECRET[:-1]])
    assert not is_conversion_signed(STANDARD, [])


@pytest.mark.parametrize("body", [b"{}", b' \n{"a":1}'])
def test_no_delivery_is_a_challenge(body: bytes) -> None:
    assert is_delivery(body)
    assert not any(is_challenge(network, body.decode()) for network in ("linkedin", "x", "meta"))


@pytest.mark.parametrize(
    ("timestamp", "right"),
    [
        ("1614265330", True),
        ("1614265030", True),
        ("1614265630", True),
        ("1614265029", False),
        ("1614265631", False),
        ("", False),
        ("-1614265330", False),
        ("1614265330.0", False),
        ("١٦١٤٢٦٥٣٣٠", False),
        ("9" * 400, False),
    ],
)
def test_a_request_may_be_five_minutes_old_or_early(timestamp: str, *, right: bool) -> None:
    assert is_in_time(timestamp, now=datetime.fromtimestamp(1614265330, UTC)) is right
    assert timedelta(minutes=5).total_seconds() == 300


def test_secrets_are_derived_and_differ_from_key_to_key() -> None:
    secrets = ConversionSecrets("k" * 32)
    first, second = UUID(int=1), UUID(int=2)
    assert secrets.of(first) == ConversionSecrets("k" * 32).of(first)
    assert len({secrets.of(first), secrets.of(second), ConversionSecrets("l" * 32).of(first)}) == 3
    assert base64.b64decode(secrets.of(first).removeprefix("whsec_")) == secrets.raw(first)
    assert len(secrets.raw(first)) == 32
