"""Numbers add up by provenance, and money stays exact."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.engagement.exports.domain import FORMULA_SIGNS, safe_text
from services.engagement.measures.domain.alerts import campaign_behind
from services.engagement.measures.domain.numbers import Measure, Number, Tally, per
from services.engagement.measures.domain.participation import people, rate, risk
from services.engagement.measures.domain.periods import Calendar
from services.engagement.measures.domain.progress import Progress, elapsed_of
from services.engagement.measures.domain.rates import Rate, Rates, emv_of

PARIS = Calendar("Europe/Paris", date(2026, 9, 7))
COUNTS = st.integers(0, 10**9)
NUMBERS = st.builds(
    Number,
    measured=COUNTS,
    imported=COUNTS,
    declared=COUNTS,
    people=COUNTS,
    estimated=COUNTS,
    read_at=st.none() | st.datetimes(timezones=st.just(UTC)),
)


@given(st.lists(NUMBERS, min_size=1))
def test_a_sum_keeps_every_part_and_never_adds_estimates(numbers: list[Number]) -> None:
    total = sum(numbers, Number())
    assert total.value == sum(one.measured + one.imported + one.declared for one in numbers)
    assert total.estimated == sum(one.estimated for one in numbers)
    assert total.read_at == min((one.read_at for one in numbers if one.read_at), default=None)


def measure(**networks: tuple[int, int, int]) -> Measure:
    """Clicks, views and estimated views by network."""
    tally = Tally(key="k", shares=1, audience=0, first_hour=0, asked=0, answered=0)
    found = Measure(tally=tally)
    for network, (clicks, views, guessed) in networks.items():
        found.networks[network, "click"] = Number(measured=clicks)
        found.networks[network, "impression"] = Number(measured=views, estimated=guessed)
        found.networks[network, "reaction"] = Number(measured=10**6)  # has no price
    return found


def test_emv_is_cpm_times_views_over_a_thousand_plus_cpc_times_clicks() -> None:
    prices = {"linkedin": Rate(cpm=Decimal("30.5"), cpc=Decimal("4.1")), "any": Rate(cpm=Decimal(1), cpc=Decimal(2))}
    found = emv_of(measure(linkedin=(3, 1500, 0), x=(1, 100, 1000)), Rates(currency="EUR", networks=prices))
    assert found.value == Decimal("60.15")  # 45.75 + 12.30 + 0.10 + 2
    assert (found.estimated, found.unpriced) == (Decimal("1.00"), ())


def test_a_network_without_a_price_is_named() -> None:
    rates = Rates(currency="EUR", networks={"x": Rate(cpm=Decimal(1), cpc=Decimal(1))})
    assert emv_of(measure(linkedin=(3, 1500, 0)), rates).unpriced == ("linkedin",)


@given(clicks=COUNTS, cpc=st.decimals(0, 10**4, places=4))
def test_money_is_exact_to_the_cent(clicks: int, cpc: Decimal) -> None:
    rates = Rates(currency="EUR", networks={"any": Rate(cpm=Decimal(0), cpc=cpc)})
    cents = emv_of(measure(x=(clicks, 0, 0)), rates).value * 100
    assert abs(cents * 100 - clicks * int(cpc * 10_000)) <= 50


def test_a_campaign_goes_from_its_first_midnight_to_its_last() -> None:
    starts, ends = date(2026, 10, 25), date(2026, 10, 25)  # one day of 25 hours
    assert elapsed_of(starts, ends, PARIS, now=datetime(2026, 10, 24, 21, tzinfo=UTC)) == 0
    assert elapsed_of(starts, ends, PARIS, now=datetime(2026, 10, 25, 10, 30, tzinfo=UTC)) == 0.5
    assert elapsed_of(starts, ends, PARIS, now=datetime(2026, 10, 25, 23, tzinfo=UTC)) == 1


def test_a_campaign_is_behind_below_half_of_the_pace_only() -> None:
    def behind(reached: float, elapsed: float) -> bool:
        progress = Progress(kpi="clicks", target=100, number=Number(), reached=reached, elapsed=elapsed)
        return campaign_behind(UUID(int=1), progress) is not None

    assert behind(0.24, 0.5)
    assert not behind(0.25, 0.5)
    assert not behind(0, 0.49)
    assert not behind(0, 1)  # over: there is nothing left to do


def test_fewer_than_five_are_not_spoken_of() -> None:
    assert (people(4), people(5)) == (None, 5)
    assert (risk(1, 4, people=4).part, risk(1, 4, people=4).value) == (None, None)
    assert risk(1, 5, people=5) == rate(1, 5)
    assert per(1, 0) is None


@given(st.text())
def test_no_text_is_a_formula_and_none_is_lost(value: str) -> None:
    safe = safe_text(value)
    assert not safe.startswith(FORMULA_SIGNS)
    assert safe in (value, f"'{value}")
