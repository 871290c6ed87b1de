from collections import Counter
from datetime import UTC, datetime, timedelta

from deploy.local.demo.engagement import Engagement, engagement
from deploy.local.demo.people import PEOPLE, POD, TEAMS
from deploy.local.demo.plan import Calendar, shares
from deploy.local.demo.publishing import waves
from libs.periods import season_of

NOW = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
CALENDAR = Calendar.of(NOW)
PLANNED = shares(CALENDAR, seed=7)
BACK = engagement(PLANNED, CALENDAR.end, seed=7)


def back(seed: int) -> Engagement:
    return engagement(shares(CALENDAR, seed=seed), CALENDAR.end, seed=seed)


def test_the_same_seed_and_day_plan_the_same() -> None:
    later = Calendar.of(NOW + timedelta(hours=6))
    assert shares(later, seed=7) == PLANNED
    assert engagement(PLANNED, later.end, seed=7) == BACK


def test_another_seed_plans_something_else() -> None:
    assert shares(CALENDAR, seed=8) != PLANNED
    assert back(8).interactions != BACK.interactions


def test_about_two_hundred_shares_fill_six_weeks_of_one_season() -> None:
    times = [share.published_at for share in PLANNED]
    assert 190 <= len(PLANNED) <= 220
    assert times == sorted(set(times))
    assert CALENDAR.end - timedelta(days=42) <= times[0] < times[-1] < CALENDAR.end <= NOW
    assert season_of(CALENDAR.first_day, CALENDAR.first_day) == season_of(NOW.date(), CALENDAR.first_day) == "S001"


def test_everybody_shares_and_every_team_has_counts() -> None:
    assert {share.author.key for share in PLANNED} == {person.key for person in PEOPLE}
    assert {row.share.author.team for row in BACK.counts} == set(TEAMS)


def test_each_share_has_either_counts_or_named_people() -> None:
    counted = {row.share.key for row in BACK.counts}
    named = {one.share.key for one in BACK.interactions}
    assert counted == {share.key for share in PLANNED if share.network == "instagram"}
    assert not counted & named


def test_every_kind_happens_after_the_share_and_before_the_end() -> None:
    kinds = Counter(one.body["kind"] for one in BACK.interactions)
    assert set(kinds) == {"reaction", "comment", "reply", "reshare", "click", "conversion"}
    for one in BACK.interactions:
        assert one.share.published_at <= datetime.fromisoformat(one.body["occurred_at"]) <= CALENDAR.end


def test_every_interaction_has_an_id_of_its_own_and_every_reply_a_comment_on_its_share() -> None:
    by_id = {one.body["external_id"]: one for one in BACK.interactions}
    assert len(by_id) == len(BACK.interactions)
    for reply in (one for one in BACK.interactions if one.body["kind"] == "reply"):
        comment = by_id[reply.body["answers"]]
        assert comment.body["kind"] == "comment"
        assert comment.share == reply.share
        assert comment.body["occurred_at"] <= reply.body["occurred_at"]


def test_faithful_people_return_and_colleagues_are_among_them() -> None:
    people = Counter(one.body["person"] for one in BACK.interactions if one.body["kind"] == "reaction")
    assert people.most_common(1)[0][1] >= 5
    assert {person.key for person in PEOPLE if person.profile is POD} <= people.keys()


def test_shares_of_one_author_or_item_are_never_in_one_wave_and_keep_their_order() -> None:
    found = waves(PLANNED)
    assert sorted(share.key for wave in found for share in wave) == sorted(share.key for share in PLANNED)
    for of in ("author", "item"):
        last: dict[str, datetime] = {}
        for wave in found:
            names = [str(getattr(share, of)) for share in wave]
            assert len(set(names)) == len(names)
            for name, share in zip(names, wave, strict=True):
                assert last.get(name, CALENDAR.start) <= share.published_at
                last[name] = share.published_at
