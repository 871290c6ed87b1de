"""Attacks on access tokens, each refused, and the tokens that are good."""

import base64
import json
import warnings
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import ECAlgorithm, OKPAlgorithm

from libs.auth.errors import InvalidToken
from libs.auth.tokens import MAX_BYTES, Verifier
from tests.unit.libs.auth.issuer import AUDIENCE, Issuer, verifier_of

OURS = str(UUID(int=7))


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def verifier(issuer: Issuer) -> Verifier:
    return verifier_of(issuer)


def in_seconds(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


def encoded(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def unsigned(issuer: Issuer, header: dict[str, Any]) -> str:
    """A token with a header of the attacker's and no signature."""
    return f"{encoded(header)}.{issuer.token().split('.')[1]}."


async def test_a_good_token_names_its_bearer(issuer: Issuer, verifier: Verifier) -> None:
    principal = await verifier.verify(issuer.token(claims={"programmes": [OURS]}))
    assert principal.subject == "alice"
    assert principal.roles == {"manager"}
    assert "content:write" in principal.scopes
    assert principal.programmes == frozenset({UUID(OURS)})


async def test_a_token_is_known_for_a_while_and_not_after_the_keys_have_changed(issuer: Issuer) -> None:
    clock = [1000.0]
    verifier, token = verifier_of(issuer, clock), issuer.token()
    assert verifier.known(token) is None
    principal = await verifier.verify(token)
    assert verifier.known(token) is principal
    issuer.publish("ec")
    clock[0] += 301
    with pytest.raises(InvalidToken, match="no key of this id"):
        await verifier.verify(issuer.token(claims={"jti": "another"}))
    assert verifier.known(token) is None


async def test_a_star_is_every_programme_only_when_it_stands_alone(issuer: Issuer, verifier: Verifier) -> None:
    assert (await verifier.verify(issuer.token())).programmes is None
    assert (await verifier.verify(issuer.token(without="programmes"))).programmes == frozenset()
    with pytest.raises(InvalidToken):
        await verifier.verify(issuer.token(claims={"programmes": ["*", OURS]}))


@pytest.mark.parametrize(("algorithm", "name"), [("EdDSA", "ed"), ("ES256", "ec"), ("RS256", "rsa")])
async def test_a_key_of_each_algorithm_is_taken(issuer: Issuer, verifier: Verifier, algorithm: str, name: str) -> None:
    token = issuer.token(algorithm=algorithm, key=getattr(issuer, name), headers={"kid": name})
    assert (await verifier.verify(token)).subject == "alice"


@pytest.mark.parametrize("kind", ["at+jwt", "application/at+jwt"])
async def test_both_names_of_the_type_are_taken(issuer: Issuer, verifier: Verifier, kind: str) -> None:
    assert (await verifier.verify(issuer.token(headers={"typ": kind}))).subject == "alice"


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE"])
async def test_alg_none_is_refused(issuer: Issuer, verifier: Verifier, alg: str) -> None:
    with pytest.raises(InvalidToken, match="algorithm"):
        await verifier.verify(unsigned(issuer, {"typ": "at+jwt", "alg": alg, "kid": "ed"}))


async def test_a_stripped_signature_is_refused(issuer: Issuer, verifier: Verifier) -> None:
    with pytest.raises(InvalidToken):
        await verifier.verify(unsigned(issuer, {"typ": "at+jwt", "alg": "EdDSA", "kid": "ed"}))


@pytest.mark.parametrize("name", ["ed", "rsa"])
async def test_algorithm_confusion_is_refused(issuer: Issuer, verifier: Verifier, name: str) -> None:
    """The public key as the secret of an HMAC."""
    header, payload = {"typ": "at+jwt", "alg": "HS256", "kid": name}, issuer.token().split(".")[1]
    secret = issuer.public_bytes() if name == "ed" else issuer.public_pem()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", jwt.InsecureKeyLengthWarning)
        signer = jwt.get_algorithm_by_name("HS256")
        signature = signer.sign(f"{encoded(header)}.{payload}".encode(), secret)
    forged = f"{encoded(header)}.{payload}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"
    with pytest.raises(InvalidToken, match="algorithm"):
        await verifier.verify(forged)


async def test_a_key_is_for_its_own_algorithm_only(issuer: Issuer, verifier: Verifier) -> None:
    with pytest.raises(InvalidToken, match="not for this algorithm"):
        await verifier.verify(issuer.token(algorithm="ES256", key=issuer.ec, headers={"kid": "ed"}))


async def test_a_key_of_the_wrong_curve_is_refused(issuer: Issuer) -> None:
    wrong = generate_private_key(SECP384R1())
    jwk = {**ECAlgorithm.to_jwk(wrong.public_key(), as_dict=True), "kid": "p384", "alg": "ES256"}
    issuer.document = json.dumps({"keys": [jwk, issuer.jwk("ed")]}).encode()
    verifier = verifier_of(issuer)
    with pytest.raises(InvalidToken, match="algorithm"):
        await verifier.verify(issuer.token(algorithm="ES384", key=wrong, headers={"kid": "p384"}))
    with pytest.raises(InvalidToken, match="no key of this id"):
        await verifier.verify(issuer.token(algorithm="ES256", key=issuer.ec, headers={"kid": "p384"}))


async def test_another_issuers_key_under_our_id_is_refused(issuer: Issuer, verifier: Verifier) -> None:
    with pytest.raises(InvalidToken, match="Signature"):
        await verifier.verify(issuer.token(key=Ed25519PrivateKey.generate()))


@pytest.mark.parametrize("name", ["jwk", "jku", "x5u", "x5c", "crit", "b64"])
async def test_a_header_that_brings_a_key_or_asks_for_more_is_refused(
    issuer: Issuer, verifier: Verifier, name: str
) -> None:
    attacker = Ed25519PrivateKey.generate()
    value = {
        "jwk": OKPAlgorithm.to_jwk(attacker.public_key(), as_dict=True),
        "jku": "https://attacker.example/jwks.json",
        "x5u": "https://attacker.example/chain.pem",
        "x5c": ["MIIB"],
        "crit": ["exp"],
        "b64": True,
    }[name]
    header = {"typ": "at+jwt", "alg": "EdDSA", "kid": "ed", name: value}
    content = f"{encoded(header)}.{issuer.token().split('.')[1]}"
    for key in (attacker, issuer.ed):  # even what our issuer has signed
        signature = base64.urlsafe_b64encode(key.sign(content.encode())).decode().rstrip("=")
        with pytest.raises(InvalidToken, match=r"header|critical"):
            await verifier.verify(f"{content}.{signature}")


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://id.example.org/"},
        {"iss": "https://id.example.org.evil.example"},
        {"aud": "another-system"},
        {"aud": "timbre-admin"},
        {"aud": [AUDIENCE]},
        {"aud": [AUDIENCE, "another-system"]},
        {"aud": []},
        {"exp": in_seconds(-11)},
        {"exp": "soon"},
        {"exp": 1e400},
        {"nbf": in_seconds(3600)},
        {"iat": in_seconds(3600)},
        {"sub": 7},
        {"sub": ""},
        {"sub": f"api-key:{OURS}"},
        {"roles": 7},
        {"roles": [["admin"]]},
        {"programmes": ["everywhere"]},
        {"programmes": 7},
    ],
    # without the times, which differ in each worker of a run
    ids=lambda claims: " ".join(
        f"{name} {value if isinstance(value, str) else type(value).__name__}" for name, value in claims.items()
    ),
)
async def test_a_wrong_claim_is_refused(issuer: Issuer, verifier: Verifier, claims: dict[str, Any]) -> None:
    with pytest.raises(InvalidToken):
        await verifier.verify(issuer.token(claims=claims))


@pytest.mark.parametrize("claim", ["exp", "iat", "iss", "aud", "sub"])
async def test_a_missing_claim_is_refused(issuer: Issuer, verifier: Verifier, claim: str) -> None:
    with pytest.raises(InvalidToken, match=claim):
        await verifier.verify(issuer.token(without=claim))


@pytest.mark.parametrize("kind", ["JWT", "id+jwt", "", "AT+JWT", "at+jwt ", None])
async def test_what_is_no_access_token_is_refused(issuer: Issuer, verifier: Verifier, kind: str | None) -> None:
    with pytest.raises(InvalidToken, match="type"):
        await verifier.verify(issuer.token(headers={"typ": kind}))


@pytest.mark.parametrize("kid", [None, 7, ["ed"], {"ed": 1}])
async def test_a_token_that_does_not_name_its_key_is_refused_unasked(issuer: Issuer, kid: object) -> None:
    header = {"typ": "at+jwt", "alg": "EdDSA", "kid": kid}
    with pytest.raises(InvalidToken):
        await verifier_of(issuer).verify(unsigned(issuer, header))
    assert issuer.readings == 0


@pytest.mark.parametrize(
    "junk",
    ["", "a", "a.b.c", "....", "é.é.é", "\x00", "eyJhbGciOiJFZERTQSJ9", base64.b64encode(b"[" * 5000).decode() + ".."],
)
async def test_junk_is_refused(verifier: Verifier, junk: str) -> None:
    with pytest.raises(InvalidToken):
        await verifier.verify(junk)


async def test_a_token_is_at_most_eight_kibibytes(issuer: Issuer, verifier: Verifier) -> None:
    fits = issuer.token(claims={"name": "x" * 5_000})
    assert (await verifier.verify(fits)).subject == "alice"
    long = issuer.token(claims={"name": "x" * MAX_BYTES})
    with pytest.raises(InvalidToken, match="too long"):
        await verifier.verify(long)


async def test_a_changed_payload_is_refused(issuer: Issuer, verifier: Verifier) -> None:
    head, _, signature = issuer.token().split(".")
    _, payload, _ = issuer.token(claims={"roles": ["admin"]}).split(".")
    with pytest.raises(InvalidToken, match="Signature"):
        await verifier.verify(f"{head}.{payload}.{signature}")


class TestAudiencesBesideOurs:
    """For providers that always add one of their own."""

    @pytest.mark.parametrize("aud", [AUDIENCE, [AUDIENCE], [AUDIENCE, "account"], ["account", AUDIENCE]])
    async def test_a_token_for_us_and_for_named_others_is_taken(self, issuer: Issuer, aud: object) -> None:
        verifier = verifier_of(issuer, other_audiences=["account"])
        assert (await verifier.verify(issuer.token(claims={"aud": aud}))).subject == "alice"

    @pytest.mark.parametrize("aud", ["account", ["account"], [AUDIENCE, "another-system"], [AUDIENCE, ["account"]], []])
    async def test_every_other_is_refused(self, issuer: Issuer, aud: object) -> None:
        with pytest.raises(InvalidToken):
            await verifier_of(issuer, other_audiences=["account"]).verify(issuer.token(claims={"aud": aud}))


class TestPlainJwt:
    """For providers that do not say at+jwt."""

    @pytest.mark.parametrize("headers", [{"typ": "JWT"}, {"typ": ""}])
    async def test_an_access_token_is_taken(self, issuer: Issuer, headers: dict[str, str]) -> None:
        assert (await verifier_of(issuer, plain_jwt=True).verify(issuer.token(headers=headers))).subject == "alice"

    @pytest.mark.parametrize(
        "claims",
        [
            {"nonce": "n-0S6_WzA2Mj"},
            {"at_hash": "77QmUPtjPfzWtF2AnpK9RQ"},
            {"events": {"http://schemas.openid.net/event/backchannel-logout": {}}},
            {"typ": "ID"},
            {"typ": "Refresh"},
            {"token_use": "id"},
        ],
        ids=" ".join,
    )
    async def test_what_looks_like_another_kind_of_token_is_refused(
        self, issuer: Issuer, claims: dict[str, Any]
    ) -> None:
        with pytest.raises(InvalidToken, match="no access token"):
            await verifier_of(issuer, plain_jwt=True).verify(issuer.token(headers={"typ": "JWT"}, claims=claims))

    async def test_an_id_token_for_a_client_is_refused_by_its_audience(self, issuer: Issuer) -> None:
        with pytest.raises(InvalidToken, match="audience"):
            await verifier_of(issuer, plain_jwt=True).verify(
                issuer.token(headers={"typ": "JWT"}, claims={"aud": "web-client"})
            )

    async def test_other_types_stay_out(self, issuer: Issuer) -> None:
        for kind in ("id+jwt", "logout+jwt", "dpop+jwt"):
            with pytest.raises(InvalidToken, match="type"):
                await verifier_of(issuer, plain_jwt=True).verify(issuer.token(headers={"typ": kind}))
