"""Standings that are kept here: computed anew for whoever is due, booked where they changed, each under a number.

The number is drawn while nobody else computes for the programme, after which all that was committed is seen. So it
grows with what is known, and fences writes to Valkey as the ledger's sequence does.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from libs.storage.database import Transaction
from services.gamification.boards import service, store
from services.gamification.boards.domain import Standing
from services.gamification.boards.domain.definition import LEAST_TEAM, is_eligible, of_upper_half
from services.gamification.boards.domain.periods import Periods, expiry_of
from services.gamification.boards.domain.pieces import sums
from services.gamification.boards.service.reading import pieces_of
from services.gamification.boards.tables import Board
from services.gamification.members import service as members

Standings = dict[tuple[UUID, str], int]  # by row and period


async def renew(tx: Transaction, board: Board, rows: Collection[UUID], *, now: datetime) -> list[Standing]:
    """Compute rows of a board and keep them; returns those that changed. The caller holds the programme's standings."""
    wanted = await compute(tx, board, rows, now=now)
    told = [(row, period, score, expiry_of(period)) for (row, period), score in wanted.items()]
    return await store.replace_standings(tx, board.id, rows, told)


async def rows_due(tx: Transaction, board: Board, people: Collection[UUID]) -> Collection[UUID]:
    """Return whose rows on a board concern these ambassadors: themselves, or their teams."""
    return set((await members.teams_of(tx, people)).values()) if board.subject == "team" else people


async def compute(tx: Transaction, board: Board, rows: Collection[UUID], *, now: datetime) -> Standings:
    """Return what rows of a board must show now, in thousandths; who must not stand there is missing."""
    calendar = await members.get_calendar(tx, board.programme_id)
    periods = Periods.of(board.periods, calendar, calendar.day(now))
    people = await _team_mates(tx, board, rows) if board.subject == "team" else await _eligible(tx, board, rows)
    found = sums(board, await pieces_of(tx, board, list(people), calendar), periods)
    return _of_teams(found, people) if board.subject == "team" else found


async def _eligible(tx: Transaction, board: Board, people: Collection[UUID]) -> dict[UUID, UUID | None]:
    known = await members.known(tx, people)
    inside = await members.cohort_members(tx, board.cohort_id) if board.cohort_id else set(people)
    found: dict[UUID, UUID | None] = {}
    for one in inside.intersection(people):
        member = known.get(one)
        team_id, enrolled_on = (member.team_id, member.enrolled_on) if member else (None, None)
        if is_eligible(board, team_id, enrolled_on):
            found[one] = team_id
    return found


async def _team_mates(tx: Transaction, board: Board, teams: Collection[UUID]) -> dict[UUID, UUID | None]:
    """Return who counts for the teams, with the team; who hides neither helps nor burdens theirs."""
    known = await members.of_teams(tx, teams)
    seen = await service.appearances(tx, known)
    return {
        one: member.team_id
        for one, member in known.items()
        if seen[one].boards != "hidden" and is_eligible(board, member.team_id, member.enrolled_on)
    }


def _of_teams(found: Standings, people: dict[UUID, UUID | None]) -> Standings:
    mates = defaultdict[UUID | None, int](int)
    for team_id in people.values():
        mates[team_id] += 1
    scores = defaultdict[tuple[UUID, str], list[int]](list)
    for (who, period), score in found.items():
        if (team_id := people[who]) is not None and mates[team_id] >= LEAST_TEAM:
            scores[team_id, period].append(score)
    return {key: of_upper_half(held, mates[key[0]]) for key, held in scores.items()}


async def renew_due(tx: Transaction, *, limit: int, now: datetime) -> tuple[list[tuple[Board, list[Standing]]], int]:
    """Renew the rows of those who have waited longest; returns what changed by board, and how many were due."""
    due = await store.claim_due(tx, limit=limit)
    await store.expire_standings(tx, now.date())
    changed: list[tuple[Board, list[Standing]]] = []
    for programme_id, people in sorted(due.items()):
        await store.hold_standings(tx, programme_id)
        for board in await store.of_programmes(tx, [programme_id]):
            if board.kept:
                rows = await rows_due(tx, board, people)
                changed.append((board, await renew(tx, board, rows, now=now)))
    return changed, sum(map(len, due.values()))


async def rows_after(tx: Transaction, board: Board, last: UUID | None, *, limit: int) -> list[UUID]:
    """Return whose rows a board may have, in the order of their ids, from just after `last`."""
    if board.subject == "team":
        return await members.teams_after(tx, board.programme_id, last, limit=limit)
    return await service.people_after(tx, board.programme_id, last, limit=limit)
