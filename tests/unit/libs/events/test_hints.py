"""A hint is a line: which board, and in which period."""

from uuid import UUID

import pytest

from libs.events.hints import BOARDS, BoardHint
from libs.events.topology import stream_of

BOARD = UUID(int=7)


@pytest.mark.parametrize("hint", [BoardHint(BOARD), BoardHint(BOARD, "2026-W47"), BoardHint(BOARD, "all")])
def test_a_hint_is_read_as_it_was_told(hint: BoardHint) -> None:
    assert BoardHint.read(hint.text()) == hint


@pytest.mark.parametrize("line", ["", "all", "00000000-0000-0000-0000 all", f"{BOARD}all"])
def test_another_line_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="UUID"):
        BoardHint.read(line)


def test_no_stream_keeps_hints() -> None:
    with pytest.raises(LookupError):
        stream_of(BOARDS)
