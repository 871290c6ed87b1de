"""Owns the invented people around an ambassador: strangers, faithful ones, and some colleagues."""

from random import Random

from deploy.local.demo.people import PEOPLE, Person

COLLEAGUES = 0.06  # of all who answer


class Crowd:
    """Who may answer one share. Handles are opaque; a person keeps theirs over all shares of the author."""

    def __init__(self, author: Person, draw: Random) -> None:
        self._author, self._draw = author, draw
        self._colleagues = [person.key for person in PEOPLE if person.team == author.team and person is not author]
        self._size = max(70, min(author.audience // 2, 400))

    def people(self, count: int) -> list[str]:
        """Return that many different people."""
        found: dict[str, None] = {}
        while len(found) < count:
            found.setdefault(self._somebody())
        return list(found)

    def _somebody(self) -> str:
        if self._draw.random() < COLLEAGUES:
            return self._draw.choice(self._colleagues)
        # squared: the first of the crowd come again and again, the last once in a while
        place = int(self._size * self._draw.random() ** 2)
        return f"{self._author.key}-contact-{place:03d}"
