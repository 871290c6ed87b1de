"""A person asks for their own points, and why."""

from typing import Any

import pytest

from libs.clock import new_id
from tests.support.builders import Programme, example_a
from tests.support.harness import Caller, Running


@pytest.fixture
async def anna(gamification: Running, programme: Programme) -> Caller:
    """Someone with the points of worked example A."""
    subject, author = f"anna {new_id()}", new_id()
    key = gamification.parts.person_keys.of_subject(subject)
    await gamification.hear(programme.enrolled(author, subject_key=key), *example_a(programme, author))
    await gamification.settled()
    return gamification.caller("ambassador", programmes=[programme.id], subject=subject)


async def mine(anna: Caller, programme: Programme, **query: Any) -> dict[str, Any]:
    answer = await anna.get("/me/points", params={"programme_id": str(programme.id), **query})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_my_points_are_found_by_my_token(anna: Caller, programme: Programme) -> None:
    page = await mine(anna, programme)
    assert {balance["points"] for balance in page["balances"]} == {25.12}
    first = await mine(anna, programme, limit=1)
    second = await mine(anna, programme, limit=1, cursor=first["entries"]["next"])
    assert [first["entries"]["items"][0], second["entries"]["items"][0]] == page["entries"]["items"][:2]


async def test_who_takes_no_part_has_no_points(gamification: Running, programme: Programme) -> None:
    somebody = gamification.caller("ambassador", programmes=[programme.id])
    answer = await somebody.get("/me/points", params={"programme_id": str(programme.id)})
    assert answer.json()["type"] == "urn:timbre:problem:ambassador-not-found"
    answer = await somebody.get("/me/points", params={"programme_id": str(new_id())})
    assert answer.json()["type"] == "urn:timbre:problem:foreign-programme"


async def why(anna: Caller, programme: Programme, kind: str, **rest: Any) -> dict[str, Any]:
    entries = (await mine(anna, programme))["entries"]["items"]
    entry = next(entry for entry in entries if entry["kind"] == kind)
    answer = await anna.get(f"/me/points/{entry['entry_id']}/why", **rest)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_share_is_explained_in_words_and_numbers(anna: Caller, programme: Programme) -> None:
    found = await why(anna, programme, "share")
    assert "8 reactions, 3 comments, 1 reshare, 5 visits" in found["sentence"]
    factors = {factor["name"]: factor for factor in found["factors"]}
    assert factors["E"]["value"] == 26.0
    assert factors["F_pers"] == {"name": "F_pers", "value": 0.9988, "meaning": "factor for your own words"}
    assert found["most"]["factor"] == "F_pers"
    assert (await why(anna, programme, "replies"))["most"]["factor"] == "answers"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("fr-CA, en;q=0.8", "fr"),
        ("en;q=0.5, fr;q=0.9", "fr"),
        ("de, fr;q=0.1", "fr"),
        ("de", "en"),
        ("fr;q=0", "en"),
        ("fr;q=much, *", "en"),
    ],
)
async def test_the_language_is_the_one_the_caller_likes_best(
    anna: Caller, programme: Programme, accepted: str, language: str
) -> None:
    assert (await why(anna, programme, "share", headers={"Accept-Language": accepted}))["language"] == language


async def test_the_language_of_the_query_goes_first(anna: Caller, programme: Programme) -> None:
    found = await why(anna, programme, "share", headers={"Accept-Language": "en"}, params={"language": "fr"})
    assert "3 commentaires" in found["sentence"]


async def test_a_copy_that_nobody_sees_is_told_what_is_missing(gamification: Running, programme: Programme) -> None:
    subject, author = f"bo {new_id()}", new_id()
    key = gamification.parts.person_keys.of_subject(subject)
    await gamification.hear(programme.enrolled(author, subject_key=key), programme.share(author, copied=88))
    await gamification.settled()
    bo = gamification.caller("ambassador", programmes=[programme.id], subject=subject)
    assert (await why(bo, programme, "share"))["most"]["sentence"].startswith("Nobody has reacted yet")


async def test_only_the_person_may_ask_why(gamification: Running, anna: Caller, programme: Programme) -> None:
    entry_id = (await mine(anna, programme))["entries"]["items"][0]["entry_id"]
    other = gamification.caller("ambassador", programmes=[programme.id])
    foreign = gamification.caller("ambassador", programmes=[new_id()])
    assert (await other.get(f"/me/points/{entry_id}/why")).json()["type"] == "urn:timbre:problem:not-yours"
    assert (await foreign.get(f"/me/points/{entry_id}/why")).status_code == 404
    assert (await anna.get(f"/me/points/{new_id()}/why")).status_code == 404
