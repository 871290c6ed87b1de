"""The examples that people are shown: each must come out at its printed value."""

from itertools import chain

import pytest

from services.gamification.rules.domain import Answer, Kind, LineKind, Touch, WeekScore

from .evidence import answer, colleague, each_way, factors_of, line_of, score, share, share_line, touch, touches


def printed(milli_points: int) -> str:
    return f"{milli_points / 1000:.2f}"


def check(week: WeekScore, *, share_points: str, replies: str, total: str) -> None:
    line = line_of(week, LineKind.REPLIES)
    assert printed(share_line(week).milli_points) == share_points
    assert printed(line.milli_points if line else 0) == replies
    assert printed(week.milli_points) == total


def crowd(times: int = 1) -> list[Touch]:
    """8 reactions, 3 comments, 1 reshare and 5 clicks, so many times."""
    numbers = {Kind.REACTION: 8, Kind.COMMENT: 3, Kind.RESHARE: 1, Kind.CLICK: 5}
    return list(chain.from_iterable(touches(kind, number * times) for kind, number in numbers.items()))


def three_answers() -> list[Answer]:
    return [answer(f"comment-{i}") for i in range(3)]


def test_a_own_text_and_three_comments_answered() -> None:
    week = score([share()], touches=crowd(), answers=three_answers())
    check(week, share_points="19.12", replies="6.00", total="25.12")
    assert {name: factors_of(week)[name] for name in ("E", "vc", "V")} == {"E": 260_000, "vc": 40_000, "V": 171_429}


def test_b_copied_after_ten_colleagues() -> None:
    week = score([share(words=60, copied=60, parrot=100_000)], touches=crowd())
    check(week, share_points="0.88", replies="0.00", total="0.88")


def test_c_one_own_sentence_in_front_after_three_colleagues() -> None:
    week = score([share(words=70, copied=56, parrot=30_000)], touches=crowd())
    check(week, share_points="4.41", replies="0.00", total="4.41")


def test_d_own_text_and_nobody_reacts() -> None:
    check(score([share()]), share_points="2.00", replies="0.00", total="2.00")


def test_e_copied_with_sixty_clicks_of_a_bot() -> None:
    week = score([share(words=60, copied=60, parrot=60_000)], touches=touches(Kind.CLICK, 60))
    check(week, share_points="0.38", replies="0.00", total="0.38")


def test_f_light_rewrite_in_a_pod_of_seven_colleagues() -> None:
    """Reciprocity 1 for each of the seven reproduces the printed values (E = 7 x 5 x .05, six answers at .1 each)."""
    pod = [(f"pod-{i}", colleague(i)) for i in range(7)]
    week = score(
        [share(words=142, copied=90)],
        touches=[touch(name, kind, by=by) for name, by in pod for kind in (Kind.REACTION, Kind.COMMENT)],
        pair_touches=chain.from_iterable(each_way(by, received=5, given=5) for _, by in pod),
        answers=[answer(name, by=by) for name, by in pod],
    )
    check(week, share_points="2.60", replies="0.60", total="3.21")
    assert factors_of(week)["E"] == 17_500


def test_g_as_a_with_eight_thousand_contacts_and_five_times_the_reactions() -> None:
    week = score([share(audience=8000)], touches=crowd(5), answers=three_answers())
    check(week, share_points="26.19", replies="6.00", total="32.19")


@pytest.mark.parametrize(("parrot", "factor"), [(100_000, 2308), (30_000, 5000), (60_000, 3333), (0, 10_000)])
def test_parrot_factors_of_the_examples(parrot: int, factor: int) -> None:
    assert factors_of(score([share(parrot=parrot)]))["F_parrot"] == factor
