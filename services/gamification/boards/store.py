"""Every statement about boards."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from libs.storage.database import Transaction
from libs.storage.tables import any_of
from services.gamification.boards.domain import Standing
from services.gamification.boards.tables import Board, BoardStanding, BoardVisibility

_CHOOSE = text("""
    INSERT INTO board_visibility AS held (ambassador_id, boards, version) VALUES (:ambassador_id, :boards, 1)
    ON CONFLICT (ambassador_id) DO UPDATE
    SET version = held.version + (held.boards <> excluded.boards)::int, boards = excluded.boards
    RETURNING version
""")

_DUE = text("""
    INSERT INTO board_due (programme_id, ambassador_id)
    SELECT due.* FROM unnest(CAST(:programmes AS uuid[]), CAST(:people AS uuid[])) AS due(programme_id, ambassador_id)
    WHERE EXISTS (SELECT FROM board WHERE board.programme_id = due.programme_id AND board.kept)
""")
_CLAIM = text("""
    DELETE FROM board_due WHERE id IN (SELECT id FROM board_due ORDER BY id LIMIT :limit FOR UPDATE SKIP LOCKED)
    RETURNING programme_id, ambassador_id
""")
_EXPIRE = text("DELETE FROM board_standing WHERE expires_on < :today")
# what is told takes the place of what is held of these rows; what does not change keeps its number
_REPLACE = text("""
    WITH told AS (
        SELECT * FROM unnest(CAST(:rows AS uuid[]), CAST(:periods AS text[]), CAST(:scores AS bigint[]),
                             CAST(:expiries AS date[])) AS told(row_id, period, score, expires_on)
    ), held AS (
        SELECT row_id, period, score, expires_on FROM board_standing
        WHERE board_id = :board_id AND row_id = ANY(CAST(:of AS uuid[]))
    ), changed AS (
        SELECT row_id, period, told.score, coalesce(told.expires_on, held.expires_on) AS expires_on
        FROM told FULL JOIN held USING (row_id, period)
        WHERE told.score IS DISTINCT FROM held.score
        ORDER BY row_id, period
    )
    INSERT INTO board_standing (board_id, row_id, period, score, sequence, expires_on)
    SELECT :board_id, row_id, period, score, nextval('board_standing_sequence'), expires_on FROM changed
    ON CONFLICT (board_id, row_id, period) DO UPDATE SET score = excluded.score, sequence = excluded.sequence
    RETURNING period, row_id, score, sequence
""")


async def add_unless_there(tx: Transaction, row: Board) -> None:
    """Insert a board, or leave the one that is there."""
    await tx.run(insert(Board).values(**row.model_dump(exclude_none=True)).on_conflict_do_nothing())


async def every(tx: Transaction) -> Sequence[Board]:
    """Return all boards."""
    return (await tx.session.exec(select(Board).order_by(col(Board.id)))).all()


async def of_programmes(tx: Transaction, programme_ids: Collection[UUID]) -> Sequence[Board]:
    """Return the boards of programmes."""
    query = select(Board).where(col(Board.programme_id).in_(programme_ids)).order_by(col(Board.id))
    return (await tx.session.exec(query)).all()


async def lock_programme(tx: Transaction, programme_id: UUID) -> None:
    """Make who else opens a board in this programme wait until the commit."""
    await tx.run(text("SELECT pg_advisory_xact_lock(hashtextextended('boards ' || :id, 0))"), {"id": str(programme_id)})


async def choose(tx: Transaction, ambassador_id: UUID, boards: str) -> int:
    """Keep how an ambassador wants to appear; returns the version of the choice, the same when nothing changes."""
    return int((await tx.run(_CHOOSE, {"ambassador_id": ambassador_id, "boards": boards})).scalar_one())


async def choices(tx: Transaction, ambassador_ids: Collection[UUID]) -> Sequence[BoardVisibility]:
    """Return what those of the ambassadors have chosen who have."""
    query = select(BoardVisibility).where(col(BoardVisibility.ambassador_id) == any_of(ambassador_ids))
    return (await tx.session.exec(query)).all()


async def mark_due(tx: Transaction, due: Collection[tuple[UUID, UUID]]) -> None:
    """Note programme and ambassador where the programme has a board of kept standings."""
    await tx.run(_DUE, {"programmes": [one for one, _ in due], "people": [who for _, who in due]})


async def claim_due(tx: Transaction, *, limit: int) -> dict[UUID, set[UUID]]:
    """Take those who have waited longest and whom nobody else is taking; returns them by programme."""
    found = defaultdict[UUID, set[UUID]](set)
    for row in await tx.run(_CLAIM, {"limit": limit}):
        found[row.programme_id].add(row.ambassador_id)
    return found


async def hold_standings(tx: Transaction, programme_id: UUID) -> None:
    """Make who else keeps standings of this programme wait until the commit."""
    held = text("SELECT pg_advisory_xact_lock(hashtextextended('standings ' || :id, 0))")
    await tx.run(held, {"id": str(programme_id)})


async def replace_standings(
    tx: Transaction, board_id: UUID, rows: Collection[UUID], told: Sequence[tuple[UUID, str, int, date | None]]
) -> list[Standing]:
    """Hold these standings (row, period, score, expiry), and no others, of the rows; returns those that changed."""
    parameters = {
        "board_id": board_id,
        "of": list(rows),
        "rows": [one[0] for one in told],
        "periods": [one[1] for one in told],
        "scores": [one[2] for one in told],
        "expiries": [one[3] for one in told],
    }
    return [Standing(**row) for row in (await tx.run(_REPLACE, parameters)).mappings()]


async def standings(tx: Transaction, board_id: UUID, rows: Collection[UUID]) -> list[Standing]:
    """Return the kept standings of rows of a board that have a score."""
    query = select(BoardStanding).where(
        BoardStanding.board_id == board_id,
        col(BoardStanding.row_id) == any_of(rows),
        col(BoardStanding.score).is_not(None),
    )
    return [Standing(one.period, one.row_id, one.score, one.sequence) for one in (await tx.session.exec(query)).all()]


async def expire_standings(tx: Transaction, today: date) -> None:
    """Forget the standings of days that are no longer shown."""
    await tx.run(_EXPIRE, {"today": today})


async def remember_choice(tx: Transaction, ambassador_id: UUID, boards: str, version: int) -> None:
    """Write a choice over an earlier one."""
    row = insert(BoardVisibility).values(ambassador_id=ambassador_id, boards=boards, version=version)
    later = row.on_conflict_do_update(
        index_elements=["ambassador_id"],
        set_={"boards": boards, "version": version},
        where=col(BoardVisibility.version) < version,
    )
    await tx.run(later)
