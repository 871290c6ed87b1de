"""`make bench-ingest`: interactions from HTTP to the boards through the real processes, beside what bare servers do.

The programme and its people are told first; then the door takes items as fast as it answers while everything behind
it works, then half as many a second to see how fresh the boards are, and at last the door alone. In the end every item
that was accepted must be in engagement's tables once, and ledger, balances and boards must agree.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import quantiles

import asyncpg
import uvloop

from bench.ingest_ceilings import Bare, bare_accept, bare_publish, bare_statement, bare_way, stored_payloads
from bench.ingest_path import stage_costs
from bench.ingest_phases import Freshness, Overload, Taken, at_a_pace, at_once, overload
from bench.ingest_stack import CLOCK, PROCESSES, Ingest, board_of, running_ingest
from bench.report import Figure, above, against, write
from bench.traffic import Item, Traffic, payload
from deploy.local.servers.postgres import PostgresServer
from libs.process.cycles import collect_rarely
from libs.telemetry.logs import configure_logs

TOGETHER, FEW_TOGETHER = 1000, 100
WARM_UP, SEED, GUESTS = 3000, 1, 120
OVER = 10  # times what the door can take in
BARE_WAYS = 6000  # items that go the bare way


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much is measured."""

    ambassadors: int
    items: int
    pace_seconds: float
    flood_seconds: float


QUICK = Sizes(ambassadors=100, items=10_000, pace_seconds=6.0, flood_seconds=2.0)
FULL = Sizes(ambassadors=1000, items=100_000, pace_seconds=30.0, flood_seconds=10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceilings:
    """What bare servers do with the same load; `way` are seconds from the broker's disk to Valkey."""

    accept: Bare
    publish: Bare
    statement: Bare
    way: Sequence[float]


async def measured(sizes: Sizes) -> list[Figure]:
    """Return all figures; `sizes.items` are sent in each way."""
    traffic = Traffic(sizes.ambassadors, guests=GUESTS, now=CLOCK.now(), seed=SEED)
    warm, whole, door = traffic.items(WARM_UP), traffic.items(sizes.items), traffic.items(sizes.items)
    async with running_ingest() as ingest:
        await ingest.tell(traffic.told())
        await at_once(ingest, traffic, warm, together=TOGETHER, shown=True)
        through = await at_once(ingest, traffic, whole, together=TOGETHER, shown=True)
        board = await board_of(ingest, traffic.programme_id)
        pace = through.items / through.shown / 2
        fresh = await at_a_pace(ingest, traffic, board, rate=pace, together=FEW_TOGETHER, seconds=sizes.pace_seconds)
        flood = OVER * through.items / through.answered
        too_much = await overload(ingest, traffic, whole, together=TOGETHER, rate=flood, seconds=sizes.flood_seconds)
        memory = dict(ingest.memory)
        await ingest.settled()
        async with ingest.without("engagement-worker"):
            alone = await at_once(ingest, traffic, door, together=TOGETHER, shown=False)
            ceilings = await _ceilings(ingest, traffic, door, flood=flood, seconds=sizes.flood_seconds)
        await ingest.settled()
        await _check(ingest, [*warm, *whole, *door])
        return [
            *_rates(through, alone, ceilings),
            *_freshness(fresh, pace, ceilings),
            *_under_overload(through, too_much, ceilings),
            *_costs(through, memory, ceilings),
            *await _stages(ingest, sizes),
        ]


async def _ceilings(
    ingest: Ingest, traffic: Traffic, items: Sequence[Item], *, flood: float, seconds: float
) -> Ceilings:
    bodies = [payload(items[start : start + TOGETHER]) for start in range(0, len(items), TOGETHER)]
    stored = (await stored_payloads(ingest))[-len(bodies) :]
    return Ceilings(
        accept=await bare_accept(bodies, TOGETHER, refused_rate=flood / TOGETHER, seconds=seconds),
        publish=await bare_publish(ingest, stored, len(items)),
        statement=await bare_statement(ingest, traffic.programme_id, items, together=TOGETHER),
        way=await bare_way(ingest, traffic.programme_id, items[:BARE_WAYS], together=FEW_TOGETHER),
    )


async def _stages(ingest: Ingest, sizes: Sizes) -> list[Figure]:
    postgres = ingest.stack.servers["postgres"]
    assert isinstance(postgres, PostgresServer), "no other was asked for"
    url = await postgres.create_service_database("stages")
    traffic = Traffic(sizes.ambassadors, now=CLOCK.now(), seed=SEED)
    return await stage_costs(url, traffic, traffic.items(sizes.items), together=TOGETHER)


async def _check(ingest: Ingest, items: Sequence[Item]) -> None:
    """Raise AssertionError unless each valid item is there once, and all that follows from them agrees."""
    wanted = {item.key for item in items if item.fate == "new"}
    connection = await asyncpg.connect(ingest.databases["engagement"])
    rows = await connection.fetch("SELECT external_id FROM interaction")
    await connection.close()
    missing = wanted - {row["external_id"] for row in rows}
    assert not missing, f"{len(missing)} accepted items are not there, one of them {min(missing)}"
    faults = await ingest.agree()
    assert not faults, faults


def _rates(through: Taken, alone: Taken, ceilings: Ceilings) -> list[Figure]:
    door, whole = alone.items / alone.answered, through.items / through.answered
    return [
        against("accepted durably, door alone", door, "/s", ceiling=ceilings.accept.rate),
        against("same, beside bare publishing", door, "/s", ceiling=ceilings.publish.rate),
        against("accepted durably, all running", whole, "/s", ceiling=ceilings.accept.rate),
        against("end to end", through.items / through.shown, "/s", ceiling=ceilings.statement.rate),
    ]


def _freshness(fresh: Freshness, pace: float, ceilings: Ceilings) -> list[Figure]:
    ways = [(_part(fresh.seconds, part) * 1000, _part(ceilings.way, part) * 1000) for part in (50, 99)]
    return [
        Figure(name="pace of the next two", value=pace, unit="/s"),
        above("202 to board, p50", ways[0][0], "ms", floor=ways[0][1]),
        above("202 to board, p99", ways[1][0], "ms", floor=ways[1][1]),
    ]


def _under_overload(through: Taken, too_much: Overload, ceilings: Ceilings) -> list[Figure]:
    usual, kept = _part(through.each, 99) * 1000, _part(too_much.accepted, 99) * 1000
    offered = len(too_much.accepted) + len(too_much.refused)
    refused, bare = _part(too_much.refused, 99) * 1000, _part(ceilings.accept.refused, 99) * 1000
    return [
        Figure(name="overload: offered over accepted", value=offered / len(too_much.accepted), unit=""),
        above("overload: p99 of an accepted request, beside at capacity", kept, "ms", floor=usual),
        above("overload: p50 of a refusal", _part(too_much.refused, 50) * 1000, "ms", floor=bare),
        above("overload: p99 of a refusal", refused, "ms", floor=bare),
        Figure(name="overload: p99 of the sender's own lateness", value=_part(too_much.sender, 99) * 1000, unit="ms"),
        Figure(name="overload: p99 of the door's lateness, at most", value=too_much.door * 1000, unit="ms"),
    ]


def _part(seconds: Sequence[float], percent: int) -> float:
    return quantiles(seconds, n=100, method="inclusive")[percent - 1] if len(seconds) > 1 else sum(seconds)


def _costs(through: Taken, memory: Mapping[str, float], ceilings: Ceilings) -> list[Figure]:
    each = 1e6 / through.items
    bare = {"engagement": ceilings.accept.cpu, "nats": ceilings.publish.cpu, "postgres": ceilings.statement.cpu}
    return [
        *(
            above(f"cpu of {name}", used * each, "us", floor=bare[name])
            if name in bare
            else Figure(name=f"cpu of {name}", value=used * each, unit="us")
            for name, used in through.cpu.items()
        ),
        above("cpu an interaction", sum(through.cpu.values()) * each, "us", floor=sum(bare.values())),
        *(above(f"most memory of {name}", memory[name], "MiB", floor=ceilings.accept.memory) for name in PROCESSES),
    ]


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m bench.ingest")
    parser.add_argument("--quick", action="store_true", help="fewer items, within 50 s")
    quick = parser.parse_args().quick
    configure_logs("bench", form="console", level="ERROR")
    collect_rarely()  # as the processes do that are measured
    write("ingest", uvloop.run(measured(QUICK if quick else FULL)))


if __name__ == "__main__":
    main()
