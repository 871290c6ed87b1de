"""Writing answers from what was read: ranks by the board's rule for equals, names or pseudonyms.

Written by hand, since a model for each row costs ten times as much; `answers.py` says what it must look like, and tests
compare the two.
"""

from collections.abc import Iterable, Sequence
from hashlib import blake2b

from gateway.boards.cursors import cursor_of
from gateway.boards.definitions import Definition
from gateway.boards.keys import ambassador_of
from gateway.boards.moment import Moment
from gateway.boards.rows import Rows, points
from gateway.boards.sheets import Sheet
from gateway.boards.standings import Place, Window
from gateway.names import Names, who

ANIMALS = (
    "Badger", "Bittern", "Bluetit", "Crane", "Curlew", "Dolphin", "Dormouse", "Dragonfly", "Eagle", "Egret", "Ermine",
    "Falcon", "Finch", "Firefly", "Fox", "Gannet", "Gecko", "Heron", "Hoopoe", "Ibex", "Ibis", "Jackdaw", "Kestrel",
    "Kingfisher", "Lapwing", "Lark", "Lynx", "Marten", "Merlin", "Nightjar", "Nuthatch", "Oriole", "Osprey", "Otter",
    "Owl", "Petrel", "Plover", "Puffin", "Quail", "Raven", "Redstart", "Robin", "Salamander", "Seal", "Skylark",
    "Sparrow", "Squirrel", "Starling", "Stork", "Swallow", "Swift", "Tern", "Thrush", "Turtle", "Viper", "Vole",
    "Wagtail", "Warbler", "Weasel", "Whale", "Wolf", "Woodpecker", "Wren", "Yellowhammer",
)  # fmt: skip


def pseudonym(salt: str, ambassador: bytes) -> str:
    """Return the same made-up name for the same person on the same board; without the salt nobody can undo it."""
    drawn = int.from_bytes(blake2b(ambassador, key=salt.encode()[:64], digest_size=8).digest())
    number, animal = divmod(drawn, len(ANIMALS))
    return f"{ANIMALS[animal]} {number % 1000:03d}"


def is_named(board: Definition, *, by_choice: bool) -> bool:
    """Whether a row shows whose it is; `by_choice`: whether that person has not chosen a pseudonym."""
    return by_choice and board.anonymity == "name"


def ranks(board: Definition, window: Window) -> Iterable[int]:
    """Return the rank of each row: its place, or where ranks are shared one more than have more (1, 2, 2, 4)."""
    places = range(window.start + 1, window.start + len(window.members) + 1)
    return places if board.tie != "shared" else _shared(window, places)


def _shared(window: Window, places: Iterable[int]) -> Iterable[int]:
    rank, before = window.above + 1, None
    for place, score in zip(places, window.scores, strict=True):
        if before is not None and score != before:
            rank = place
        before = score
        yield rank


class Bodies:
    """The answers' JSON; `names` says what people are called."""

    def __init__(self, names: Names) -> None:
        """Call people as `names` does."""
        self._names, self._rows = names, Rows(names)

    def page(self, sheet: Sheet, window: Window) -> bytes:
        """Return consecutive rows, with the cursor of the next."""
        every = zip(ranks(sheet.board, window), self._everybody(sheet.board, window), strict=True)
        items = b",".join([b'{"rank":%d,%b}' % row for row in every])
        cursor = cursor_of(sheet.period, window)
        following = b'"%b"' % cursor.encode() if cursor else b"null"
        return b'{%b,"items":[%b],"next":%b}' % (sheet.begun(window.moment), items, following)

    def rank(self, sheet: Sheet, moment: Moment, place: Place) -> bytes:
        """Return where one stands. The percentile counts who has less, and half of who has the same."""
        same = moment.total - place.above - place.below
        return b'{%b,"rank":%d,"percentile":%r,%b%b}' % (
            sheet.begun(moment),
            _rank(sheet.board, place),
            round(100 * (place.below + same / 2) / moment.total, 2),
            self._one(sheet.board, place.ambassador, by_choice=place.named),
            points(place.score),
        )

    def among(self, sheet: Sheet, moment: Moment, places: Sequence[Place]) -> bytes:
        """Return people's ranks among all and among themselves; who is under a pseudonym is left out."""
        board = sheet.board
        found = [place for place in places if is_named(board, by_choice=place.named)]
        better = [sum(int(other.score) > int(place.score) for other in found) for place in found]
        among = better if board.tie == "shared" else range(len(found))
        items = b",".join(
            b'{"rank":%d,%b%b,"rank_among":%d}'
            % (_rank(board, place), self._one(board, place.ambassador, by_choice=True), points(place.score), before + 1)
            for place, before in zip(found, among, strict=True)
        )
        return b'{%b,"items":[%b],"next":null}' % (sheet.begun(moment), items)

    def _everybody(self, board: Definition, window: Window) -> Sequence[bytes]:
        if board.subject == "team":
            return self._rows.of(window, self._names.of_team)
        if board.anonymity == "name" and not window.appearances:
            return self._rows.of(window, self._names.of)
        return [
            self._one(board, ambassador_of(member), by_choice=window.named(number)) + points(score)
            for number, (member, score) in enumerate(zip(window.members, window.scores, strict=True))
        ]

    def _one(self, board: Definition, ambassador: bytes, *, by_choice: bool) -> bytes:
        if board.subject == "team":
            return self._names.of_team(ambassador)
        if not is_named(board, by_choice=by_choice):
            return who(name=pseudonym(board.salt, ambassador))
        return self._names.of(ambassador)


def _rank(board: Definition, place: Place) -> int:
    return (place.above if board.tie == "shared" else place.place) + 1
