"""Shaping what was read into what is answered: ranks by the board's rule for equals, names or pseudonyms."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import TypedDict
from uuid import UUID

from gateway.boards.answers import AmongOut, FriendOut, RankOut, StandingOut, StandingsOut
from gateway.boards.keys import ARRIVAL_BYTES
from gateway.boards.standings import Definition, Place, Row, Window
from gateway.names import Names
from libs.web.pages import encode_cursor

ANIMALS = (
    "Badger", "Bittern", "Bluetit", "Crane", "Curlew", "Dolphin", "Dormouse", "Dragonfly", "Eagle", "Egret", "Ermine",
    "Falcon", "Finch", "Firefly", "Fox", "Gannet", "Gecko", "Heron", "Hoopoe", "Ibex", "Ibis", "Jackdaw", "Kestrel",
    "Kingfisher", "Lapwing", "Lark", "Lynx", "Marten", "Merlin", "Nightjar", "Nuthatch", "Oriole", "Osprey", "Otter",
    "Owl", "Petrel", "Plover", "Puffin", "Quail", "Raven", "Redstart", "Robin", "Salamander", "Seal", "Skylark",
    "Sparrow", "Squirrel", "Starling", "Stork", "Swallow", "Swift", "Tern", "Thrush", "Turtle", "Viper", "Vole",
    "Wagtail", "Warbler", "Weasel", "Whale", "Wolf", "Woodpecker", "Wren", "Yellowhammer",
)  # fmt: skip


class Who(TypedDict):
    """Who a row shows."""

    ambassador_id: UUID | None
    team_id: UUID | None
    name: str | None
    team: str | None


class Head(TypedDict):
    """What every answer says of the board."""

    board_id: UUID
    programme_id: UUID
    title: str
    metric: str
    subject: str
    period: str
    as_of: datetime | None
    sequence: int
    total: int


def pseudonym(salt: str, ambassador: bytes) -> str:
    """Return the same made-up name for the same person on the same board; without the salt nobody can undo it."""
    drawn = int.from_bytes(blake2b(ambassador, key=salt.encode()[:64], digest_size=8).digest())
    number, animal = divmod(drawn, len(ANIMALS))
    return f"{ANIMALS[animal]} {number % 1000:03d}"


def is_named(board: Definition, row: Row) -> bool:
    """Whether a row shows whose it is."""
    return row.named and board.anonymity == "name"


def ranks(board: Definition, window: Window) -> Iterator[int]:
    """Return the rank of each row: its place, or where ranks are shared one more than have more (1, 2, 2, 4)."""
    rank, before = window.above + 1, None
    for place, row in enumerate(window.rows, start=window.start + 1):
        if board.tie != "shared" or (before is not None and row.milli_points != before):
            rank = place
        before = row.milli_points
        yield rank


class Bodies:
    """The forms of the answers; `names` says what people are called."""

    def __init__(self, names: Names) -> None:
        """Call people as `names` does."""
        self._names = names

    def page(self, board: Definition, period: str, window: Window) -> StandingsOut:
        """Return consecutive rows, with the cursor of the next."""
        end = window.start + len(window.rows)
        items = [
            StandingOut(rank=rank, points=row.milli_points / 1000, **self._who(board, row))
            for rank, row in zip(ranks(board, window), window.rows, strict=True)
        ]
        more = cursor_of(window.rows[-1], period) if window.rows and end < window.total else None
        return StandingsOut(items=items, next=more, **_head(board, period, window))

    def rank(self, board: Definition, period: str, window: Window, place: Place) -> RankOut:
        """Return where one stands. The percentile counts who has less, and half of who has the same."""
        same = window.total - place.above - place.below
        return RankOut(
            rank=_rank(board, place),
            percentile=round(100 * (place.below + same / 2) / window.total, 2),
            points=place.row.milli_points / 1000,
            **self._who(board, place.row),
            **_head(board, period, window),
        )

    def among(self, board: Definition, period: str, window: Window, places: Sequence[Place]) -> AmongOut:
        """Return people's ranks among all and among themselves; who is under a pseudonym is left out."""
        found = [place for place in places if is_named(board, place.row)]
        better = [sum(other.row.milli_points > place.row.milli_points for other in found) for place in found]
        items = [
            FriendOut(
                rank=_rank(board, place),
                rank_among=(better[number] if board.tie == "shared" else number) + 1,
                points=place.row.milli_points / 1000,
                **self._who(board, place.row),
            )
            for number, place in enumerate(found)
        ]
        return AmongOut(items=items, next=None, **_head(board, period, window))

    def _who(self, board: Definition, row: Row) -> Who:
        if board.subject == "team":
            name = self._names.of_team(row.ambassador)
            return Who(ambassador_id=None, team_id=UUID(bytes=row.ambassador), name=name, team=name)
        if not is_named(board, row):
            return Who(ambassador_id=None, team_id=None, name=pseudonym(board.salt, row.ambassador), team=None)
        profile = self._names.of(row.ambassador)
        return Who(
            ambassador_id=UUID(bytes=row.ambassador),
            team_id=profile.team_id if profile else None,
            name=profile.name if profile else None,
            team=profile.team if profile else None,
        )


def cursor_of(row: Row, period: str) -> str:
    """Return the cursor that continues after a row of a period; it does not tell whose row it is."""
    return encode_cursor(period, row.milli_points, row.member[:ARRIVAL_BYTES].hex())


def _rank(board: Definition, place: Place) -> int:
    return (place.above if board.tie == "shared" else place.place) + 1


def _head(board: Definition, period: str, window: Window) -> Head:
    return Head(
        board_id=board.board_id,
        programme_id=board.programme_id,
        title=board.title,
        metric=board.metric,
        subject=board.subject,
        period=period,
        as_of=datetime.fromisoformat(window.at) if window.at else None,
        sequence=window.sequence,
        total=window.total,
    )
