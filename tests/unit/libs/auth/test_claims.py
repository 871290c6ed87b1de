"""What a provider's claims mean here."""

from typing import Any
from uuid import UUID

import pytest

from libs.auth.claims import ClaimMap, names_at, path_of
from libs.auth.roles import SCOPES

ONE, TWO = UUID(int=1), UUID(int=2)


def mapped(claims: dict[str, Any], **rest: Any) -> tuple[set[str], set[UUID] | None]:
    found = ClaimMap(**rest).principal({"sub": "alice", **claims})
    return set(found.roles), None if found.programmes is None else set(found.programmes)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("roles", ("roles",)),
        ("realm_access.roles", ("realm_access", "roles")),
        ("/realm_access/roles", ("realm_access", "roles")),
        ("/https:~1~1timbre.example~1roles", ("https://timbre.example/roles",)),
        ("/a~01", ("a~1",)),
    ],
)
def test_a_path_leads_to_a_claim(text: str, path: tuple[str, ...]) -> None:
    assert path_of(text) == path


@pytest.mark.parametrize("text", ["", ".", "a..b", "a.", "/", "/a//b"])
def test_a_path_with_an_empty_step_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="must be a claim"):
        path_of(text)


def test_names_are_read_where_the_path_leads() -> None:
    claims = {"realm_access": {"roles": ["a", "b"]}, "role": "one"}
    assert names_at(claims, ("realm_access", "roles")) == ["a", "b"]
    assert names_at(claims, ("role",)) == ["one"]
    for nowhere in (("groups",), ("realm_access", "groups"), ("role", "name"), ("realm_access", "roles", "0")):
        assert names_at(claims, nowhere) == []


@pytest.mark.parametrize("value", [7, True, {"a": 1}, [1], [None], [["a"]], 1.5])
def test_what_is_no_list_of_names_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="must be a list of names"):
        names_at({"roles": value}, ("roles",))


def test_without_a_mapping_names_mean_themselves() -> None:
    assert mapped({"roles": ["manager", "emperor"], "programmes": [str(ONE)]}) == ({"manager"}, {ONE})
    assert mapped({}) == (set(), set())
    assert mapped({"programmes": ["*"]}) == (set(), None)


def test_groups_give_the_roles_of_the_mapping_and_nothing_else() -> None:
    roles = {"timbre-staff": ["manager", "analyst"], "timbre-people": ["ambassador"]}
    where = {"roles_at": ("groups",), "roles": roles}
    assert mapped({"groups": ["timbre-staff", "timbre-people", "admins"]}, **where)[0] == {
        "manager",
        "analyst",
        "ambassador",
    }
    assert mapped({"groups": ["admin", "manager", "TIMBRE-STAFF"]}, **where)[0] == set()
    assert mapped({"roles": ["timbre-staff"]}, **where)[0] == set()


def test_groups_give_the_programmes_of_the_mapping_and_nothing_else() -> None:
    where = {"programmes_at": ("groups",), "programmes": {"paris": [ONE], "all": ["*"], "both": [ONE, TWO]}}
    assert mapped({"groups": ["paris", "lyon"]}, **where)[1] == {ONE}
    assert mapped({"groups": ["both", "paris"]}, **where)[1] == {ONE, TWO}
    assert mapped({"groups": ["paris", "all"]}, **where)[1] is None
    assert mapped({"groups": ["*", str(TWO)]}, **where)[1] == set()


def test_scopes_are_those_of_the_roles() -> None:
    found = ClaimMap().principal({"sub": "alice", "roles": ["analyst", "emperor"]})
    assert found.scopes == SCOPES["analyst"]
