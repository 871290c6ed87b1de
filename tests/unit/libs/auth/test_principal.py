"""Roles, scopes and programmes."""

from uuid import UUID

import pytest

from libs.auth.errors import ForeignProgramme, InvalidToken, MissingScope, MissingToken
from libs.auth.principal import Principal, within
from libs.auth.require import bearer_in, bearer_of, require
from libs.auth.roles import ALL_SCOPES, SCOPES, scopes_of


def principal(*roles: str, programmes: frozenset[UUID] | None = None) -> Principal:
    return Principal("alice", frozenset(roles), scopes_of(list(roles)), programmes)


def test_roles_add_up_and_an_unknown_one_allows_nothing() -> None:
    assert scopes_of(["ambassador", "analyst"]) == SCOPES["ambassador"] | SCOPES["analyst"]
    assert scopes_of(["emperor", "Admin", ""]) == frozenset()
    assert scopes_of([]) == frozenset()


@pytest.mark.parametrize(
    ("role", "may_not"),
    [
        ("ambassador", {"content:write", "sharing:write", "sharing:read", "points:read", "engagement:write"}),
        ("analyst", {scope for scope in ALL_SCOPES if scope.endswith((":write", ":self"))}),
        ("manager", {"programme:write", "sharing:self", "points:self", "share:write"}),
        ("service", {"programme:write", "content:write", "sharing:write", "points:read", "sharing:self"}),
        ("admin", {"sharing:self", "points:self", "share:write"}),
    ],
)
def test_a_role_does_not_reach_further(role: str, may_not: set[str]) -> None:
    assert not scopes_of([role]) & may_not


def test_one_of_the_scopes_is_enough_and_none_is_not() -> None:
    analyst = principal("analyst")
    analyst.check("content:write", "content:read")
    assert analyst.has("content:read")
    with pytest.raises(MissingScope, match="content:write or sharing:write"):
        analyst.check("content:write", "sharing:write")


def test_a_programme_is_entered_only_with_a_token_of_it() -> None:
    ours, other = UUID(int=1), UUID(int=2)
    principal("manager").enter(other)
    member = principal("manager", programmes=frozenset({ours}))
    member.enter(ours)
    with pytest.raises(ForeignProgramme):
        member.enter(other)
    with pytest.raises(ForeignProgramme):
        principal("manager", programmes=frozenset()).enter(ours)


def test_what_is_of_no_programme_is_only_for_who_has_all() -> None:
    ours = frozenset({UUID(int=1)})
    assert [within(ours, one) for one in (UUID(int=1), UUID(int=2), None)] == [True, False, False]
    assert [within(None, one) for one in (UUID(int=1), None)] == [True, True]
    assert not within(frozenset(), UUID(int=1))


def test_two_headers_are_refused_even_when_they_are_equal() -> None:
    assert bearer_in(["Bearer abc"]) == "abc"
    with pytest.raises(MissingToken):
        bearer_in([])
    with pytest.raises(InvalidToken):
        bearer_in(["Bearer abc", "Bearer abc"])


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc", "Token abc", "bearerabc"])
def test_a_header_without_a_bearer_token_is_none(header: str | None) -> None:
    with pytest.raises(MissingToken):
        bearer_of(header)


@pytest.mark.parametrize("header", ["Bearer abc", "bearer abc", "BEARER  abc "])
def test_the_scheme_is_read_in_any_case(header: str) -> None:
    assert bearer_of(header) == "abc"


def test_a_route_says_which_scopes_it_needs() -> None:
    assert require("content:write", "content:read").scopes == ("content:write", "content:read")
