import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
import pytest

from deploy.local.folder import DataFolder
from deploy.local.issuer import mint, publish_keys

NOW = datetime.now(UTC).replace(microsecond=0)
PROGRAMME = UUID("019a5b1e-0000-7000-8000-000000000001")


def decode(folder: DataFolder, token: str) -> dict[str, Any]:
    """What a service does: the key by its id from the published set, then every claim."""
    keys = jwt.PyJWKSet.from_json(publish_keys(folder).read_text())
    key = keys[jwt.get_unverified_header(token)["kid"]]
    claims: dict[str, Any] = jwt.decode(token, key, algorithms=["EdDSA"], audience="timbre", issuer="timbre-local")
    return claims


def minted(folder: DataFolder, now: datetime = NOW) -> str:
    lifetime = timedelta(hours=1)
    return mint(folder, subject="alice", roles=["ambassador"], programmes=[PROGRAMME], lifetime=lifetime, now=now)


def test_token_says_who_may_do_what_where_until_when(tmp_path: Path) -> None:
    folder = DataFolder.at(tmp_path)
    token = minted(folder)
    claims = decode(folder, token)
    assert claims.pop("jti")
    start = int(NOW.timestamp())
    assert claims == {
        "iss": "timbre-local",
        "aud": "timbre",
        "sub": "alice",
        "iat": start,
        "nbf": start,
        "exp": start + 3600,
        "roles": ["ambassador"],
        "programmes": [str(PROGRAMME)],
    }
    assert jwt.get_unverified_header(token)["typ"] == "at+jwt"
    assert jwt.get_unverified_header(token)["alg"] == "EdDSA"


def test_tokens_differ_by_their_id_and_the_key_stays(tmp_path: Path) -> None:
    one, two = minted(DataFolder.at(tmp_path)), minted(DataFolder.at(tmp_path))
    assert decode(DataFolder.at(tmp_path), one)["jti"] != decode(DataFolder.at(tmp_path), two)["jti"]


@pytest.mark.parametrize("hours", [-2, 2])
def test_token_holds_only_within_its_lifetime(tmp_path: Path, hours: int) -> None:
    folder = DataFolder.at(tmp_path)
    token = minted(folder, NOW + timedelta(hours=hours))
    with pytest.raises((jwt.ExpiredSignatureError, jwt.ImmatureSignatureError)):
        decode(folder, token)


def test_token_of_another_folder_is_refused(tmp_path: Path) -> None:
    ours, theirs = DataFolder.at(tmp_path / "ours"), DataFolder.at(tmp_path / "theirs")
    with pytest.raises(KeyError):
        decode(ours, minted(theirs))


def test_published_set_holds_no_private_part(tmp_path: Path) -> None:
    folder = DataFolder.at(tmp_path)
    (key,) = json.loads(publish_keys(folder).read_text())["keys"]
    assert set(key) == {"kty", "crv", "x", "kid", "alg", "use"}
    assert (folder.secrets / "issuer.pem").stat().st_mode & 0o777 == 0o600
