"""What is shown to whom, in which order, and what needs no answer."""

from collections import defaultdict
from datetime import timedelta
from statistics import median
from typing import Any

from libs.clock import new_id
from tests.integration.engagement.conversations.talk import ASKED, Talk
from tests.integration.engagement.play import NOW


async def test_the_oldest_waits_first_and_the_newest_answer_comes_first_over_pages(talk: Talk) -> None:
    author = await talk.enrols()
    share = await talk.publishes(author.id)
    ids = []
    for minute in (5, 1, 4, 2, 3):
        comment = await talk.comments(share, ASKED + timedelta(minutes=minute))
        ids.append((minute, await talk.id_of(comment), comment))
    ids.sort()

    async def pages(state: str) -> list[str]:
        found: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            answer = await author.caller.get("/me/conversations", params={"state": state, "limit": 2, **cursor})
            page = answer.json()
            assert len(page["items"]) <= 2
            found += [one["interaction_id"] for one in page["items"]]
            if page["next"] is None:
                return found
            cursor = {"cursor": page["next"]}

    assert await pages("waiting") == [one for _, one, _ in ids]
    for _, _, comment in ids:
        await talk.answers(share, comment)
    assert await pages("waiting") == []
    assert await pages("answered") == [one for _, one, _ in reversed(ids)]


async def test_a_conversation_says_where_it_stands_and_whether_the_person_came_back(talk: Talk) -> None:
    author = await talk.enrols()
    url = "https://www.linkedin.com/feed/update/urn:li:activity:81"
    first, second = await talk.publishes(author.id), await talk.publishes(author.id, post_url=url)
    other = await talk.publishes()
    await talk.comments(first, ASKED, person="bob")
    await talk.comments(first, ASKED + timedelta(minutes=1), person="bob")  # the same talk goes on
    await talk.comments(other, ASKED - timedelta(minutes=9), person="eve")  # with somebody else
    back = await talk.comments(second, ASKED + timedelta(minutes=2), person="bob")
    await talk.comments(second, ASKED + timedelta(minutes=3), person="eve")
    seen = await author.sees()
    assert [one["returning"] for one in seen] == [False, False, True, False]
    (one,) = [one for one in seen if one["returning"]]
    waited = one.pop("waited_minutes")
    assert 48 <= waited <= 60 * 24
    assert one == {
        "interaction_id": await talk.id_of(back),
        "programme_id": str(talk.programme_id),
        "share_id": str(second.share_id),
        "post_url": url,
        "state": "waiting",
        "colleague": False,
        "returning": True,
        "asked_at": (ASKED + timedelta(minutes=2)).isoformat().replace("+00:00", "Z"),
        "answered_at": None,
    }
    assert len(await author.sees(share_id=str(second.share_id))) == 2


async def test_everybody_sees_their_own_only(talk: Talk) -> None:
    one, other = await talk.enrols(), await talk.enrols()
    await talk.comments(await talk.publishes(one.id))
    assert len(await one.sees()) == 1
    assert await other.sees() == []
    newcomer = talk.running.caller("ambassador")
    assert (await newcomer.get("/me/conversations")).json() == {"items": [], "next": None}
    # a token of another programme of the same person
    elsewhere = talk.running.caller("ambassador", programmes=[new_id()], subject=one.caller.subject)
    assert (await elsewhere.get("/me/conversations")).json()["items"] == []


async def test_who_is_in_two_programmes_sees_both_in_one_order(talk: Talk) -> None:
    second = Talk(talk.running)
    await second.opens()
    subject = f"subject-{new_id()}"
    here, there = await talk.enrols(subject=subject), await second.enrols(subject=subject)
    await talk.comments(await talk.publishes(here.id), ASKED + timedelta(minutes=1))
    await second.comments(await second.publishes(there.id), ASKED)
    both = talk.running.caller("ambassador", programmes=[talk.programme_id, second.programme_id], subject=subject)
    seen = (await both.get("/me/conversations")).json()["items"]
    assert [one["programme_id"] for one in seen] == [str(second.programme_id), str(talk.programme_id)]


async def test_a_manager_of_the_programme_sees_an_ambassadors(talk: Talk) -> None:
    author = await talk.enrols()
    comment = await talk.comments(await talk.publishes(author.id))
    path = f"/ambassadors/{author.id}/conversations"
    manager = talk.running.caller("manager", programmes=[talk.programme_id])
    assert [one["interaction_id"] for one in (await manager.get(path)).json()["items"]] == [await talk.id_of(comment)]
    foreign = await talk.running.caller("manager", programmes=[new_id()]).get(path)
    assert (foreign.status_code, foreign.json()["type"].rsplit(":", 1)[-1]) == (404, "ambassador-not-found")
    for role in ("ambassador", "analyst"):
        assert (await talk.running.caller(role).get(path)).status_code == 403
    unknown = await manager.get(f"/ambassadors/{new_id()}/conversations")
    assert (unknown.status_code, unknown.json()["type"].rsplit(":", 1)[-1]) == (404, "ambassador-not-found")
    assert (await manager.get("/me/conversations")).status_code == 403


async def test_what_needs_no_answer_waits_no_more_until_it_is_answered_all_the_same(talk: Talk) -> None:
    author = await talk.enrols()
    share = await talk.publishes(author.id)
    comment = await talk.comments(share)
    id_ = await talk.id_of(comment)
    done = await author.dismisses(id_)
    assert (done.status_code, done.json()["state"]) == (200, "dismissed")
    first = await talk.running.rows("SELECT dismissed_at FROM conversation WHERE interaction_id = :i", i=id_)
    assert (await author.dismisses(id_)).json()["state"] == "dismissed"
    assert await talk.running.rows("SELECT dismissed_at FROM conversation WHERE interaction_id = :i", i=id_) == first
    assert (await author.sees_ids("waiting"), await author.sees_ids("dismissed")) == (set(), {id_})
    await talk.answers(share, comment)
    assert (await author.sees_ids("dismissed"), await author.sees_ids("answered")) == (set(), {id_})
    assert (await author.dismisses(id_)).json()["state"] == "answered"


async def test_nobody_dismisses_what_is_not_theirs(talk: Talk) -> None:
    author, other = await talk.enrols(), await talk.enrols()
    id_ = await talk.id_of(await talk.comments(await talk.publishes(author.id)))
    refused = await other.dismisses(id_)
    assert (refused.status_code, refused.json()["type"].rsplit(":", 1)[-1]) == (403, "not-yours")
    stranger = talk.running.caller("ambassador", programmes=[new_id()], subject=author.caller.subject)
    assert (await stranger.post(f"/conversations/{id_}:dismiss")).status_code == 404
    assert (await talk.running.caller("manager").post(f"/conversations/{id_}:dismiss")).status_code == 403
    unknown = await author.dismisses(new_id())
    assert (unknown.status_code, unknown.json()["type"].rsplit(":", 1)[-1]) == (404, "conversation-not-found")
    assert await author.sees_ids("waiting") == {id_}


async def test_wrong_queries_are_named(talk: Talk) -> None:
    author = await talk.enrols()
    for query in ({"state": "late"}, {"share_id": "1"}, {"cursor": "x"}, {"limit": "0"}):
        answer = await author.caller.get("/me/conversations", params=query)
        assert answer.status_code in {400, 422}, query
        if "cursor" not in query:
            assert set(query) == {one["field"] for one in answer.json()["errors"]}
    assert (await author.caller.get("/me/conversations/shares", params={"cursor": "x"})).status_code in {400, 422}


async def test_share_by_share_is_what_the_single_ones_add_up_to(talk: Talk) -> None:
    author = await talk.enrols()
    shares = [await talk.publishes(author.id) for _ in range(3)]
    plan = {0: "ab", 1: "bbc", 2: "cad"}
    for place, people in plan.items():
        for number, person in enumerate(people):
            comment = await talk.comments(shares[place], ASKED + timedelta(minutes=10 * place + number), person=person)
            if number == 0:
                await talk.answers(shares[place], comment, NOW)
            elif number == 2:
                await author.dismisses(await talk.id_of(comment))
    single: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for state in ("waiting", "answered", "dismissed"):
        for one in await author.sees(state=state):
            single[one["share_id"]].append(one)
    pages = []
    cursor: dict[str, str] = {}
    while True:
        page = (await author.caller.get("/me/conversations/shares", params={"limit": 2, **cursor})).json()
        pages += page["items"]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert [one["share_id"] for one in pages] == [str(share.share_id) for share in reversed(shares)]
    for row, people in zip(reversed(pages), plan.values(), strict=True):
        mine = single[row["share_id"]]
        states = [one["state"] for one in mine]
        assert (row["waiting"], row["answered"], row["dismissed"]) == tuple(
            states.count(state) for state in ("waiting", "answered", "dismissed")
        )
        assert row["comments"] == len(people)
        assert row["commenters"] == len(set(people))
        assert row["oldest_waiting"] == min((o["asked_at"] for o in mine if o["state"] == "waiting"), default=None)
        assert row["median_minutes"] == median(o["waited_minutes"] for o in mine if o["state"] == "answered")
    assert [row["returning_commenters"] for row in reversed(pages)] == [0, 1, 2]
