import asyncio
import resource
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from libs.events.sharing import SharePublished
from tests.integration.engagement.play import NOW, Play
from tests.integration.engagement.uploads import (
    ENDED,
    HEADER,
    reported_of,
    state_of,
)


def many_rows(share: SharePublished, rows: int) -> AsyncIterator[bytes]:
    """A file that is nowhere as a whole."""
    first = NOW - timedelta(days=25)

    async def pieces() -> AsyncIterator[bytes]:
        yield HEADER.encode()
        for start in range(0, rows, 500):
            some = range(start, min(start + 500, rows))
            yield "".join(
                f"{share.share_id},{(first + timedelta(seconds=n)).isoformat()},{n},\n" for n in some
            ).encode()

    return pieces()


def resident() -> float:
    """The memory of this process, in which the service runs, in MiB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1_048_576


async def peak_of(play: Play, rows: int) -> tuple[float, list[dict[str, Any]]]:
    """The most memory while so many rows are imported, and the progress that was seen."""
    share = await play.publishes(published_at=NOW - timedelta(days=30))
    answer = await play.imports(many_rows(share, rows), dry_run="false")  # type: ignore[arg-type]  # pieces, too
    assert answer.status_code == 202, answer.text
    peak, seen = resident(), []
    while (found := await state_of(play, answer.json()["import_id"]))["state"] not in ENDED:
        seen.append(found["progress"])
        peak = max(peak, resident())
        await asyncio.sleep(0.1)
    assert found["check"]["rejected"] == 0
    assert found["result"] == {"new": rows, "duplicates": 0, "conflicts": 0, "quarantined": []}
    assert await reported_of(play, share) == {"reaction": rows - 1}
    return peak, seen


@pytest.mark.timeout(300)
async def test_a_hundred_thousand_rows_take_no_more_memory_than_ten_thousand_and_show_progress(play: Play) -> None:
    small, _ = await peak_of(play, 10_000)
    large, seen = await peak_of(play, 100_000)
    assert large - small < 24, (small, large)  # MiB; the rows as values alone would be more than 100
    for total in (None, 100_000):
        done = [progress["rows_done"] for progress in seen if progress["rows_total"] == total]
        assert done == sorted(done)
        assert len(set(done)) > 5
    assert all(0 <= progress["percent"] <= 100 for progress in seen)
