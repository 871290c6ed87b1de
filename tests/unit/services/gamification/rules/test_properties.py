"""What must hold for every season, not only for the examples."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from libs.periods import week_of
from services.gamification.rules.domain import (
    Answer,
    Conversion,
    CountReading,
    Kind,
    LineKind,
    PairTouch,
    ShareFacts,
    Touch,
    WeekEvidence,
    reach,
    score_week,
)
from services.gamification.rules.domain.factors import multiply

from .evidence import ME, RULES, colleague, share_id
from .seasons import (
    KINDS,
    SHARES,
    STEPS,
    WHO,
    Season,
    after,
    evidence_by_week,
    lines,
    seasons,
    shares,
    shuffled,
    total,
)

many = settings(max_examples=60)
LATER = st.integers(1, 40 * 24).map(lambda hours: timedelta(hours=hours))


@many
@given(seasons(), st.integers(0, 20))
def test_the_order_of_arrival_does_not_matter(season: Season, turn: int) -> None:
    assert lines(shuffled(season, turn)) == lines(season)


@many
@given(seasons())
def test_touches_conversions_and_readings_told_twice_count_once(season: Season) -> None:
    twice = season.plus(
        touches=season.touches, answers=season.answers, conversions=season.conversions, readings=season.readings
    )
    assert lines(twice) == lines(season)


@many
@given(seasons(), shares(SHARES))
def test_a_further_share_never_lowers_the_total(season: Season, new: ShareFacts) -> None:
    assert total(season.plus(shares=[new])) >= total(season)


@many
@given(seasons(), KINDS, STEPS, st.none() | st.just(colleague(9)))
def test_a_new_person_never_lowers_the_total(season: Season, kind: Kind, step: int, who: UUID | None) -> None:
    """At any time; counts taken from then on include the new person, as those of a network do."""
    share = season.shares[0].share_id
    new = Touch(share_id=share, person="new", colleague_id=who, kind=kind, at=after(step))
    counted = tuple(
        replace(r, count=r.count + 1) if (r.share_id, r.kind) == (share, kind) and r.at >= new.at else r
        for r in season.readings
    )
    assert total(replace(season, readings=counted).plus(touches=[new])) >= total(season)


@many
@given(seasons(), STEPS, st.integers(0, 80))
def test_answering_one_more_person_never_lowers_the_total(season: Season, step: int, hours: int) -> None:
    told = after(step)
    new = Answer(
        share_id=season.shares[0].share_id,
        person="new",
        colleague_id=None,
        commented_at=told - timedelta(hours=hours),
        answered_at=told,
        words=4,
        repeated=False,
    )
    assert total(season.plus(answers=[new])) >= total(season)


@many
@given(seasons(), STEPS)
def test_a_conversion_of_a_new_visitor_never_lowers_the_total(season: Season, step: int) -> None:
    new = Conversion(share_id=season.shares[0].share_id, visitor="new", at=after(step))
    assert total(season.plus(conversions=[new])) >= total(season)


@many
@given(seasons(), st.integers(1, 60))
def test_more_own_words_never_lower_the_total(season: Season, more: int) -> None:
    first, *others = season.shares
    longer = replace(first, words=first.words + more)
    assert total(replace(season, shares=(longer, *others))) >= total(season)


@many
@given(seasons(), st.integers(1, 90))
def test_less_reuse_never_lowers_the_total(season: Season, fewer: int) -> None:
    first, *others = season.shares
    rewritten = replace(first, copied=max(0, first.copied - fewer))
    assert total(replace(season, shares=(rewritten, *others))) >= total(season)


@many
@given(seasons(), shares(SHARES), LATER)
def test_a_share_appended_last_never_lowers_the_total(season: Season, new: ShareFacts, later: timedelta) -> None:
    at = season.last_moment() + later
    last = replace(new, published_at=at, day=at.date(), week=week_of(at.date()))
    assert total(season.plus(shares=[last])) >= total(season)


@many
@given(seasons(), WHO, KINDS, LATER)
def test_a_touch_appended_last_by_anyone_never_lowers_the_total(
    season: Season, who: tuple[str, UUID | None], kind: Kind, later: timedelta
) -> None:
    at = season.last_moment() + later
    new = Touch(share_id=season.shares[-1].share_id, person=who[0], colleague_id=who[1], kind=kind, at=at)
    between = [PairTouch(by=who[1], author=ME, at=at)] if who[1] is not None and who[1] != ME else []
    assert total(season.plus(touches=[new], pair_touches=between)) >= total(season)


@many
@given(seasons(), st.integers(0, 2), LATER)
def test_a_favour_appended_last_never_lowers_the_total(season: Season, other: int, later: timedelta) -> None:
    new = PairTouch(by=ME, author=colleague(other), at=season.last_moment() + later)
    assert total(season.plus(pair_touches=[new])) >= total(season)


@many
@given(seasons(), WHO, st.integers(0, 80), LATER)
def test_an_answer_appended_last_to_anyone_never_lowers_the_total(
    season: Season, who: tuple[str, UUID | None], hours: int, later: timedelta
) -> None:
    at = season.last_moment() + later
    new = Answer(
        share_id=season.shares[-1].share_id,
        person=who[0],
        colleague_id=who[1],
        commented_at=at - timedelta(hours=hours),
        answered_at=at,
        words=4,
        repeated=False,
    )
    assert total(season.plus(answers=[new])) >= total(season)


@many
@given(seasons(), KINDS, st.integers(0, 5), LATER)
def test_a_count_appended_last_never_lowers_the_total_unless_it_corrects(
    season: Season, kind: Kind, more: int, later: timedelta
) -> None:
    """A count that holds at least the last count and everybody named since is no correction."""
    share, at = season.shares[0].share_id, season.last_moment() + later
    before = sorted((r.at, r.count) for r in season.readings if (r.share_id, r.kind) == (share, kind))
    count = (max(before[-1][1], named(season, share, kind, before[-1][0])) if before else 0) + more
    count += named(season, share, kind, at) - (named(season, share, kind, before[-1][0]) if before else 0)
    new = CountReading(share_id=share, kind=kind, count=count, at=at)
    assert total(season.plus(readings=[new])) >= total(season)


def named(season: Season, share: UUID, kind: Kind, until: datetime) -> int:
    return len({t.person for t in season.touches if (t.share_id, t.kind) == (share, kind) and t.at <= until})


@many
@given(seasons())
def test_what_lies_beyond_reach_does_not_matter(season: Season) -> None:
    for evidence in evidence_by_week(season).values():
        assert score_week(RULES, trimmed(evidence)) == score_week(RULES, evidence)


def trimmed(evidence: WeekEvidence) -> WeekEvidence:
    """Without the history that the promise of WeekEvidence leaves out."""
    own = {s.share_id for s in evidence.shares}
    acts = [t.at for t in evidence.touches if t.share_id in own]
    answers = [a.answered_at for a in evidence.answers]
    far = after(10_000)
    touched, answered = min(acts, default=far) - reach(RULES), min(answers, default=far) - reach(RULES)
    return replace(
        evidence,
        touches=tuple(t for t in evidence.touches if t.share_id in own or t.at >= touched),
        readings=tuple(r for r in evidence.readings if r.share_id in own),
        pair_touches=tuple(p for p in evidence.pair_touches if p.at >= min(touched, answered)),
        earlier_answers=tuple(
            a for a in evidence.earlier_answers if answered <= a.answered_at <= max(answers, default=far)
        ),
    )


@many
@given(seasons())
def test_a_line_follows_from_its_stored_factors(season: Season) -> None:
    names = ("value", "F_pers", "F_parrot", "F_self", "day", "week")
    for line in lines(season):
        if line.kind is LineKind.SHARE:
            assert line.milli_points == multiply(*(int(line.factors[name]) for name in names), unit=1000)


@many
@given(seasons())
def test_a_week_stays_below_its_ceiling(season: Season) -> None:
    for evidence in evidence_by_week(season).values():
        week = score_week(RULES, evidence)
        assert week.milli_points == sum(line.milli_points for line in week.lines)
        assert 0 <= week.milli_points < (155 + 20 + 100) * 1000
        assert all(line.milli_points <= 42_000 for line in week.lines if line.kind is LineKind.SHARE)


@many
@given(seasons())
def test_an_unknown_share_earns_nothing(season: Season) -> None:
    unknown = Touch(share_id=share_id(99), person="new", colleague_id=None, kind=Kind.COMMENT, at=after(1))
    assert lines(season.plus(touches=[unknown])) == lines(season)
