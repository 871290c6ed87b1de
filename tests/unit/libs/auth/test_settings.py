"""The settings of identity say at the start what is wrong with them."""

from pathlib import Path
from uuid import UUID

import pytest
from pydantic import ValidationError

from libs.auth.settings import AuthSettings

FILE = Path("/nowhere/jwks.json")
ONE = UUID(int=1)


@pytest.mark.parametrize(
    "issuer", ["https://id.example.org", "https://id.example.org/realms/a", "http://127.0.0.1:3000"]
)
def test_an_issuer_with_an_address_needs_no_file(issuer: str) -> None:
    assert AuthSettings(auth_issuer=issuer).auth_jwks is None


@pytest.mark.parametrize(
    "issuer",
    [
        "timbre-local",
        "http://id.example.org",
        "https://id.example.org?a=b",
        "https://id.example.org#a",
        "file:///etc",
        "",
    ],
)
def test_an_issuer_that_nobody_can_ask_is_refused_without_a_file(issuer: str) -> None:
    with pytest.raises(ValidationError, match="auth_issuer"):
        AuthSettings(auth_issuer=issuer)


def test_any_name_is_an_issuer_beside_a_file() -> None:
    assert AuthSettings(auth_issuer="timbre-local", auth_jwks=FILE).auth_issuer == "timbre-local"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("auth_roles", {"staff": ["emperor"]}, "auth_roles.staff.0"),
        ("auth_roles", {"staff": "manager"}, "auth_roles.staff"),
        ("auth_programmes", {"paris": ["everywhere"]}, "auth_programmes.paris.0"),
        ("auth_roles_claim", "a..b", "realm_access.roles"),
        ("auth_programmes_claim", "", "realm_access.roles"),
        ("auth_stale_seconds", -1, "auth_stale_seconds"),
        ("auth_audience", "", "auth_audience"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: object, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        AuthSettings.model_validate({"auth_issuer": "https://id.example.org", name: value})


def test_every_setting_is_documented() -> None:
    page = (Path(__file__).parents[4] / "docs/identity.md").read_text()
    assert [name for name in AuthSettings.model_fields if f"| `{name.upper()}` |" not in page] == []


def test_a_mapping_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "AUTH_ISSUER": "https://id.example.org",
        "AUTH_ROLES_CLAIM": "realm_access.roles",
        "AUTH_ROLES": '{"staff": ["manager", "analyst"]}',
        "AUTH_PROGRAMMES_CLAIM": "groups",
        "AUTH_PROGRAMMES": f'{{"paris": ["{ONE}"], "all": ["*"]}}',
        "AUTH_OTHER_AUDIENCES": '["account"]',
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    claims = {"sub": "a", "realm_access": {"roles": ["staff"]}, "groups": ["paris"]}
    found = AuthSettings().claim_map().principal(claims)
    assert found.roles == {"manager", "analyst"}
    assert found.programmes == frozenset({ONE})
