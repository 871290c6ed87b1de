"""What can go wrong with a board's definition."""

from libs.problems import Problem


class UnknownMetric(Problem):
    """A board was asked for by something that is not measured."""

    slug, status, title = "unknown-metric", 422, "There is no such metric"


class BoardNobodyMaySee(Problem):
    """The definition would hide everybody who could stand on the board."""

    slug, status, title = "board-nobody-may-see", 422, "Nobody may see this board"


class TooManyBoards(Problem):
    """The programme has as many boards as a programme may have."""

    slug, status, title = "too-many-boards", 409, "This programme has all the boards that it may have"
