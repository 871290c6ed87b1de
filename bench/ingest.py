"""`make bench-ingest`: interactions from HTTP to the boards through the real processes, beside what bare servers do.

The programme and its people are told first; then the door takes items as fast as it answers while everything behind
it works, then half as many a second to see how fresh the boards are, and at last the door alone. In the end every item
that was accepted must be in engagement's tables once, and ledger, balances and boards must agree.
"""

import argparse
from collections.abc import Mapping, Sequence
from statistics import quantiles

import asyncpg
import uvloop

from bench.ingest_ceilings import bare_accept, bare_publish, bare_statement, stored_payloads
from bench.ingest_path import stage_costs
from bench.ingest_phases import Freshness, Overload, Taken, at_a_pace, at_once, overload
from bench.ingest_stack import CLOCK, SERVICES, Ingest, board_of, running_ingest
from bench.report import Figure, against, write
from bench.traffic import Item, Traffic, payload
from deploy.local.servers.postgres import PostgresServer
from libs.telemetry.logs import configure_logs

TOGETHER, FEW_TOGETHER = 1000, 100
WARM_UP, SEED, GUESTS = 3000, 1, 120
OVER = 10  # times what the door can take in


async def measured(ambassadors: int, count: int, pace_seconds: float) -> list[Figure]:
    """Return all figures; `count` items are sent in each way."""
    traffic = Traffic(ambassadors, guests=GUESTS, now=CLOCK.now(), seed=SEED)
    warm, whole, door = traffic.items(WARM_UP), traffic.items(count), traffic.items(count)
    async with running_ingest() as ingest:
        await ingest.tell(traffic.told())
        await at_once(ingest, traffic, warm, together=TOGETHER, shown=True)
        through = await at_once(ingest, traffic, whole, together=TOGETHER, shown=True)
        board = await board_of(ingest, traffic.programme_id)
        pace = through.items / through.shown / 2
        fresh = await at_a_pace(ingest, traffic, board, rate=pace, together=FEW_TOGETHER, seconds=pace_seconds)
        too_much = await overload(
            ingest, traffic, whole, together=TOGETHER, rate=OVER * count / through.answered, seconds=pace_seconds / 2
        )
        memory = dict(ingest.memory)
        await ingest.settled()
        await ingest.restart("engagement", {"ENGAGEMENT_CONSUME": "false"})
        alone = await at_once(ingest, traffic, door, together=TOGETHER, shown=False)
        ceilings = await _ceilings(ingest, traffic, door)
        await ingest.restart("engagement", {})
        await ingest.settled()
        await _check(ingest, [*warm, *whole, *door])
        stages = await _stages(ingest, ambassadors, count)
        return [
            *_rates(through, alone, ceilings),
            *_freshness(fresh, pace),
            *_under_overload(through, too_much),
            *_costs(through, memory),
            *stages,
        ]


async def _ceilings(ingest: Ingest, traffic: Traffic, items: Sequence[Item]) -> dict[str, float]:
    bodies = [payload(items[start : start + TOGETHER]) for start in range(0, len(items), TOGETHER)]
    stored = (await stored_payloads(ingest))[-len(bodies) :]
    return {
        "accept": await bare_accept(bodies, TOGETHER),
        "publish": await bare_publish(ingest, stored, len(items)),
        "statement": await bare_statement(
            ingest.databases["engagement"], traffic.programme_id, items, together=TOGETHER
        ),
    }


async def _stages(ingest: Ingest, ambassadors: int, count: int) -> list[Figure]:
    postgres = ingest.stack.servers["postgres"]
    assert isinstance(postgres, PostgresServer), "no other was asked for"
    url = await postgres.create_service_database("stages")
    traffic = Traffic(ambassadors, now=CLOCK.now(), seed=SEED)
    return await stage_costs(url, traffic, traffic.items(count), together=TOGETHER)


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


def _rates(through: Taken, alone: Taken, ceilings: dict[str, float]) -> list[Figure]:
    return [
        against("accepted durably, door alone", alone.items / alone.answered, "/s", ceiling=ceilings["accept"]),
        against("same, beside bare publishing", alone.items / alone.answered, "/s", ceiling=ceilings["publish"]),
        against("accepted durably, all running", through.items / through.answered, "/s", ceiling=ceilings["accept"]),
        against("end to end", through.items / through.shown, "/s", ceiling=ceilings["statement"]),
    ]


def _freshness(fresh: Freshness, pace: float) -> list[Figure]:
    cuts = quantiles(fresh.seconds, n=100, method="inclusive")
    return [
        Figure(name="pace of the next two", value=pace, unit="/s"),
        Figure(name="202 to board, p50", value=cuts[49] * 1000, unit="ms"),
        Figure(name="202 to board, p99", value=cuts[98] * 1000, unit="ms"),
    ]


def _under_overload(through: Taken, too_much: Overload) -> list[Figure]:
    usual, kept = _p99(through.each), _p99(too_much.accepted)
    offered = len(too_much.accepted) + len(too_much.refused)
    return [
        Figure(name="overload: offered over accepted", value=offered / len(too_much.accepted), unit=""),
        Figure(name="overload: p99 of an accepted request", value=kept * 1000, unit="ms"),
        Figure(name="overload: same over p99 at capacity", value=kept / usual, unit=""),
        Figure(name="overload: p99 of a refusal", value=_p99(too_much.refused) * 1000, unit="ms"),
    ]


def _p99(seconds: Sequence[float]) -> float:
    return quantiles(seconds, n=100, method="inclusive")[98] if len(seconds) > 1 else sum(seconds)


def _costs(through: Taken, memory: Mapping[str, float]) -> list[Figure]:
    each = 1e6 / through.items
    return [
        *(Figure(name=f"cpu of {name}", value=used * each, unit="us") for name, used in through.cpu.items()),
        Figure(name="cpu an interaction", value=sum(through.cpu.values()) * each, unit="us"),
        *(Figure(name=f"most memory of {name}", value=memory[name], unit="MiB") for name in SERVICES),
    ]


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m bench.ingest")
    parser.add_argument("--quick", action="store_true", help="fewer items, within 50 s")
    quick = parser.parse_args().quick
    configure_logs("bench", form="console", level="ERROR")
    sizes = (100, 10_000, 6.0) if quick else (1000, 100_000, 30.0)
    write("ingest", uvloop.run(measured(*sizes)))


if __name__ == "__main__":
    main()
