"""Earned media value: what the same views and clicks would have cost, at the customer's own prices."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from services.engagement.measures.domain.numbers import Measure

ANY = "any"
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What a thousand views and one click cost on a network."""

    cpm: Decimal
    cpc: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """A customer's prices in one currency, by network; `any` is for those that have none of their own."""

    currency: str
    networks: Mapping[str, Rate]

    def of(self, network: str) -> Rate | None:
        """Return the price that applies to a network."""
        return self.networks.get(network) or self.networks.get(ANY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Emv:
    """A value in money; what rests on estimated views is apart. `unpriced` networks have no price and no part in it."""

    currency: str
    value: Decimal
    estimated: Decimal
    unpriced: tuple[str, ...]


def emv_of(measure: Measure, rates: Rates) -> Emv:
    """Return CPM * impressions / 1000 + CPC * clicks, summed over networks."""
    value, estimated = Decimal(0), Decimal(0)
    unpriced = set()
    for (network, kind), number in measure.networks.items():
        if kind not in {"impression", "click"}:
            continue
        if (rate := rates.of(network)) is None:
            unpriced.add(network)
            continue
        price = rate.cpm / 1000 if kind == "impression" else rate.cpc
        value += price * number.value
        estimated += price * number.estimated
    return Emv(
        currency=rates.currency,
        value=value.quantize(CENT, ROUND_HALF_EVEN),
        estimated=estimated.quantize(CENT, ROUND_HALF_EVEN),
        unpriced=tuple(sorted(unpriced)),
    )
