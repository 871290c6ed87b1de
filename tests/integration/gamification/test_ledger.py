import random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import DBAPIError

from libs.clock import new_id
from libs.events.gamification import PointsAwarded
from services.gamification.ledger import service as ledger
from tests.support.builders import Programme, act, answer, example_a, in_turn, reading
from tests.support.harness import PERSON_KEY, Running

KINDS = ("reaction", "comment")


async def balances(gamification: Running, ambassador: UUID) -> dict[str, int]:
    await gamification.settled()
    found = await gamification.rows(
        "SELECT period, milli_points FROM balance WHERE ambassador_id = :who", who=ambassador
    )
    return {row["period"]: row["milli_points"] for row in found}


async def test_worked_example_a_is_worth_its_points_in_every_period(
    gamification: Running, programme: Programme
) -> None:
    author = new_id()
    await gamification.hear(*example_a(programme, author))
    held = await balances(gamification, author)
    assert set(held) == {"all", "S001", "2026-W45"}
    assert {round(milli / 1000, 2) for milli in held.values()} == {25.12}


async def test_a_follow_is_heard_and_earns_nothing(gamification: Running, programme: Programme) -> None:
    author = new_id()
    share = programme.share(author)
    await gamification.hear(share, programme.recorded(act(share, "comment", "Ada", hours=1)))
    before = await balances(gamification, author)
    await gamification.hear(programme.recorded(act(share, "follow", "Ada", hours=2)))
    assert await balances(gamification, author) == before != {}


async def test_the_order_of_arrival_the_batches_and_duplicates_change_no_balance(
    gamification: Running, programme: Programme
) -> None:
    totals = set()
    for seed in range(4):
        author, chance = new_id(), random.Random(seed)
        events = in_turn(example_a(programme, author)) if seed else example_a(programme, author)
        chance.shuffle(events)
        await gamification.hear(*events, *events[:5])
        totals.add(tuple(sorted((await balances(gamification, author)).items())))
    assert len(totals) == 1


async def test_facts_told_before_the_calendar_of_the_programme_count_when_it_comes(gamification: Running) -> None:
    late, author = Programme(), new_id()
    await gamification.hear(*example_a(late, author))
    assert await balances(gamification, author) == {}
    await gamification.hear(late.created())
    assert (await balances(gamification, author))["all"] == 25_120


async def test_a_calendar_and_a_share_that_arrive_at_the_same_moment_do_not_miss_each_other(
    gamification: Running,
) -> None:
    for _ in range(20):
        new, author = Programme(), new_id()
        await gamification.hear(new.created(), new.share(author))
        assert (await balances(gamification, author))["all"] > 0


async def test_a_lower_later_count_takes_points_back_by_an_entry(gamification: Running, programme: Programme) -> None:
    author = new_id()
    share = programme.share(author)
    await gamification.hear(share, programme.counted(reading(share, "reaction", 30, days=1)))
    before = (await balances(gamification, author))["all"]
    await gamification.hear(programme.counted(reading(share, "reaction", 10, days=2)))
    after = (await balances(gamification, author))["all"]
    assert after < before
    entries = await gamification.rows(
        "SELECT before, after FROM entry WHERE ambassador_id = :who ORDER BY sequence", who=author
    )
    assert sum(entry["after"] - entry["before"] for entry in entries) == after
    assert entries[-1]["after"] < entries[-1]["before"]


async def test_a_colleague_who_returns_every_favour_earns_both_of_them_less(
    gamification: Running, programme: Programme
) -> None:
    async def worth(*, mutual: bool) -> int:
        one, other = new_id(), new_id()
        ours, theirs = programme.share(one), programme.share(other)
        deeds = [act(theirs, "comment", "one", hours=1, colleague_id=one)] if mutual else []
        deeds += [act(ours, kind, "other", hours=2 + n, colleague_id=other) for n, kind in enumerate(KINDS)]
        friends = [act(ours, "comment", f"friend {n}", hours=3) for n in range(9)]  # so that no limit hides it
        await gamification.hear(ours, theirs, programme.recorded(*deeds, *friends))
        return (await balances(gamification, one))["all"]

    assert await worth(mutual=True) < await worth(mutual=False)


async def test_a_copied_answer_counts_once_whichever_comes_first(gamification: Running, programme: Programme) -> None:
    author = new_id()
    share = programme.share(author)
    copies = [answer(share, "a", hours=1, text_key="thanks"), answer(share, "b", hours=2, text_key="thanks")]
    await gamification.hear(share, programme.recorded(copies[1]))
    with_one = (await balances(gamification, author))["all"]
    await gamification.hear(programme.recorded(copies[0]))
    assert (await balances(gamification, author))["all"] == with_one


async def test_a_visitor_converts_once_and_the_first_time_decides_the_week(
    gamification: Running, programme: Programme
) -> None:
    author = new_id()
    share = programme.share(author)
    await gamification.hear(share)
    alone = (await balances(gamification, author))["all"]
    await gamification.hear(programme.recorded(act(share, "conversion", "v", hours=24 * 8)))
    assert (await balances(gamification, author))["2026-W46"] == 20_000
    await gamification.hear(programme.recorded(act(share, "conversion", "v", hours=1)))
    held = await balances(gamification, author)
    assert (held["2026-W45"], held["2026-W46"], held["all"]) == (20_000 + alone, 0, 20_000 + alone)


async def test_a_conversion_months_after_the_last_share_counts(gamification: Running, programme: Programme) -> None:
    author = new_id()
    share = programme.share(author)
    await gamification.hear(share, programme.recorded(act(share, "conversion", "v", hours=24 * 200)))
    assert (await balances(gamification, author))["2027-W20"] == 20_000


async def test_an_entry_can_neither_be_changed_nor_deleted(gamification: Running, programme: Programme) -> None:
    await gamification.hear(*example_a(programme, new_id()))
    await gamification.settled()
    for statement in ("UPDATE entry SET after = 0", "DELETE FROM entry", "TRUNCATE entry"):
        with pytest.raises(DBAPIError, match="never changed or deleted"):
            await gamification.rows(statement)


async def test_the_ledger_agrees_with_itself(gamification: Running, programme: Programme) -> None:
    await gamification.hear(*example_a(programme, new_id()))
    await gamification.settled()
    async with gamification.parts.db.transaction() as tx:
        totals, wrong = await ledger.audit(tx)
    assert wrong == []
    assert totals.entries == totals.lines == totals.balances > 0


async def test_a_balance_that_was_tampered_with_is_found(gamification: Running, programme: Programme) -> None:
    author = new_id()
    await gamification.hear(*example_a(programme, author))
    await gamification.settled()
    change = "UPDATE balance SET milli_points = milli_points + :by WHERE ambassador_id = :who RETURNING 1"
    await gamification.rows(change, by=1, who=author)
    async with gamification.parts.db.transaction() as tx:
        _, wrong = await ledger.audit(tx)
    await gamification.rows(change, by=-1, who=author)
    assert any(str(author) in line for line in wrong)


async def test_an_award_is_told_with_absolute_balances_and_its_factors(
    gamification: Running, programme: Programme
) -> None:
    author = new_id()
    await gamification.hear(*example_a(programme, author))
    await gamification.settled()
    told = [event for event in await gamification.told(PointsAwarded) if event.ambassador_id == author]
    last = max(told, key=lambda event: event.sequence)
    assert {balance.period: balance.milli_points for balance in last.balances} == await balances(gamification, author)
    assert {event.kind for event in told} == {"share", "replies"}
    assert next(event for event in told if event.kind == "share").factors["F_pers"] == 9988


async def test_points_are_explained_in_words_and_numbers(gamification: Running, programme: Programme) -> None:
    author = new_id()
    await gamification.hear(programme.enrolled(author), *example_a(programme, author))
    await gamification.settled()
    answer_ = await gamification.caller("manager", programmes=[programme.id]).get(f"/ambassadors/{author}/points")
    page = answer_.json()
    assert {balance["period"] for balance in page["balances"]} == {"all", "S001", "2026-W45"}
    sentences = [entry["sentence"] for entry in page["entries"]["items"]]
    assert any("8 reactions, 3 comments, 1 reshare, 5 visits" in sentence for sentence in sentences)
    french = (await gamification.caller("admin").get(f"/ambassadors/{author}/points", params={"language": "fr"})).json()
    assert any("3 commentaires" in entry["sentence"] for entry in french["entries"]["items"])


async def test_entries_come_in_pages_newest_first(gamification: Running, programme: Programme) -> None:
    author = new_id()
    await gamification.hear(programme.enrolled(author))
    for event in in_turn(example_a(programme, author)):
        await gamification.hear(event)
        await gamification.settled()
    seen: list[int] = []
    query: dict[str, Any] = {"limit": 3}
    while True:
        page = (await gamification.caller("admin").get(f"/ambassadors/{author}/points", params=query)).json()
        seen += [entry["sequence"] for entry in page["entries"]["items"]]
        if (cursor := page["entries"]["next"]) is None:
            break
        query["cursor"] = cursor
    assert len(seen) > 6
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize("forged", ["x", "WyJ4Il0", "Wy0xXQ", "WzFlNDAwXQ", "WzEuNV0"])
async def test_a_forged_cursor_is_refused(gamification: Running, programme: Programme, forged: str) -> None:
    author = new_id()
    await gamification.hear(programme.enrolled(author))
    await gamification.settled()
    answer_ = await gamification.caller("admin").get(f"/ambassadors/{author}/points", params={"cursor": forged})
    assert (answer_.status_code, answer_.json()["type"]) == (422, "urn:timbre:problem:invalid-cursor")


async def test_an_ambassador_reads_only_their_own_points(gamification: Running, programme: Programme) -> None:
    author, me = new_id(), gamification.caller("ambassador", programmes=[programme.id], subject="me")
    key = gamification.parts.person_keys.of_subject("me")
    assert PERSON_KEY not in key
    await gamification.hear(programme.enrolled(author, subject_key=key))
    await gamification.settled()
    other = gamification.caller("ambassador", programmes=[programme.id], subject="somebody else")
    foreign = gamification.caller("manager", programmes=[new_id()])
    assert (await me.get(f"/ambassadors/{author}/points")).status_code == 200
    assert (await other.get(f"/ambassadors/{author}/points")).json()["type"] == "urn:timbre:problem:not-yours"
    assert (await foreign.get(f"/ambassadors/{author}/points")).status_code == 404
    assert (await me.get(f"/ambassadors/{new_id()}/points")).status_code == 404


async def test_the_rules_are_no_secret(gamification: Running) -> None:
    caller = gamification.caller("ambassador")
    assert (await caller.get("/rules/1")).json()["saturation"]["ceiling"] == 40
    assert (await caller.get("/rules/99")).status_code == 404
    assert (await caller.get("/rules/0")).json()["errors"][0]["field"] == "version"
