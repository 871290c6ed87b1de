"""Files that are written piece by piece: CSV that a spreadsheet may open, and Parquet with one row group a piece."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from services.engagement.exports.domain import Column, Format, Row, Value, safe_text

MEDIA_TYPES: Mapping[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}


class File(Protocol):
    """Turns rows into bytes; `start`, any number of `piece`, and `end` make one whole file."""

    def start(self) -> bytes:
        """Return what opens the file."""
        ...

    def piece(self, rows: Sequence[Row]) -> bytes:
        """Return the next rows."""
        ...

    def end(self) -> bytes:
        """Return what closes the file."""
        ...


class CsvFile:
    """RFC 4180, UTF-8, with the names of the columns first; no cell begins like a formula."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns

    def start(self) -> bytes:
        """Return the line of names."""
        return self.piece([[column.name for column in self._columns]])

    def piece(self, rows: Sequence[Row]) -> bytes:
        """Return rows as lines."""
        text = io.StringIO(newline="")
        csv.writer(text).writerows([_cell(value) for value in row] for row in rows)
        return text.getvalue().encode()

    def end(self) -> bytes:
        """Return nothing: the last line is whole."""
        return b""


def _cell(value: Value) -> str | int:
    match value:
        case None:
            return ""
        case datetime():
            return value.isoformat()
        case str():
            return safe_text(value)
        case UUID():
            return str(value)
    return value


class _Sink:
    """Takes what is written and gives it on; it knows how much has passed, as offsets of the file count from there."""

    closed = False

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._passed = 0

    def tell(self) -> int:
        return self._passed

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        self._passed += len(data)
        return len(data)

    def flush(self) -> None:
        """Keep what was written until it is taken."""

    def close(self) -> None:
        self.closed = True

    def take(self) -> bytes:
        whole = b"".join(self._parts)
        self._parts.clear()
        return whole


class ParquetFile:
    """Apache Parquet, compressed with Zstandard; ids are texts, times are in UTC to the microsecond."""

    def __init__(self, columns: Sequence[Column]) -> None:
        import pyarrow as pa  # noqa: PLC0415 - 40 MB of memory that only a process which writes Parquet needs
        from pyarrow import parquet  # noqa: PLC0415 - same

        kinds = {"time": pa.timestamp("us", tz="UTC"), "number": pa.int64()}
        self._columns = columns
        self._table = pa.Table
        self._schema = pa.schema([(column.name, kinds.get(column.kind, pa.string())) for column in columns])
        self._sink = _Sink()
        # Any: an untyped package
        self._writer: Any = parquet.ParquetWriter(pa.PythonFile(self._sink, mode="w"), self._schema, compression="zstd")

    def start(self) -> bytes:
        """Return the magic number."""
        return self._sink.take()

    def piece(self, rows: Sequence[Row]) -> bytes:
        """Return rows as one row group."""
        if rows:
            values = {column.name: [_plain(row[place]) for row in rows] for place, column in enumerate(self._columns)}
            self._writer.write_table(self._table.from_pydict(values, self._schema), row_group_size=len(rows))
        return self._sink.take()

    def end(self) -> bytes:
        """Return the footer, without which nobody takes the file for whole."""
        self._writer.close()
        return self._sink.take()


def _plain(value: Value) -> str | datetime | int | None:
    return str(value) if isinstance(value, UUID) else value


def file_of(form: Format, columns: Sequence[Column]) -> File:
    """Return the writer of a format."""
    return CsvFile(columns) if form == "csv" else ParquetFile(columns)
