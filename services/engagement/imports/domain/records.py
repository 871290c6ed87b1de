"""Rules of CSV: cutting UTF-8 text into rows, knowing at which byte each ends, so that reading can go on there."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass

MOST_BYTES = 65_536  # of one row: an opening quotation mark that is never closed must not swallow the file
UNCLOSED = "a quotation mark is not closed, or the row is longer than 65 536 bytes"


@dataclass(frozen=True, slots=True)
class Record:
    """One row: its cells, or why it has none and its text; `end` is the place after it. An empty line has no cells."""

    cells: tuple[str, ...]
    end: int
    fault: str | None = None


class _Lines:
    """Feeds csv with lines; `dry` once it wanted more than there is, `too_long` once a row wanted too many."""

    def __init__(self, data: bytes, *, last: bool) -> None:
        self._data = data
        self._last = last
        self.start = self.end = 0
        self.dry = self.too_long = False

    def begin(self) -> None:
        """Begin a row here."""
        self.start = self.end
        self.dry = self.too_long = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.end - self.start >= MOST_BYTES:
            self.too_long = True
            raise StopIteration
        end = self._data.find(b"\n", self.end) + 1
        if not end:  # the last line of the file, or so long a one that its end need not be known
            left = len(self._data) - self.end
            if left == 0 or (left < MOST_BYTES and not self._last):
                self.dry = True
                raise StopIteration
            end = len(self._data)
        line = self._data[self.end : end]
        self.end = end
        self.too_long = end - self.start > MOST_BYTES
        return line.decode("utf-8", "replace")

    def keep_first(self) -> None:
        """End the row with its first line: the others hold no quotation mark, and are rows of their own."""
        self.end = (self._data.find(b"\n", self.start, self.end) + 1) or self.end

    def text(self) -> str:
        """Return the row as it was written, cut where it is too long."""
        return self._data[self.start : self.end][:MOST_BYTES].decode("utf-8", "replace")


def read_records(data: bytes, *, delimiter: str, last: bool) -> Iterator[Record]:
    """Yield the rows that stand whole in `data`, which begins with a row; `last` when the file ends with it.

    Of more than twice MOST_BYTES at least one row is whole, or is refused.
    """
    lines = _Lines(data, last=last)
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        lines.begin()
        fault = None
        cells: list[str] = []
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            fault = str(error)
        if lines.dry and not last:
            return  # its end comes with the next piece
        if lines.too_long or lines.dry:
            fault = UNCLOSED
            lines.keep_first()
        yield Record((lines.text(),), lines.end, fault) if fault else Record(tuple(cells), lines.end)
