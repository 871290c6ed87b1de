"""Rules of what a spreadsheet may be given: a cell from a stranger must not be taken for a formula (CWE-1236)."""

import re

# full-width forms count too, and what stands before a sign is skipped by some programs
FORMULA = re.compile(r"\s*[=+\-@＝＋－＠|%]|[\t\r\n]")
NUMBER = re.compile(r"[+-]?\d[\d.,]*", re.ASCII)


def safe_cell(cell: str) -> str:
    """Return the cell so that a spreadsheet shows it as text; plain numbers are as they were."""
    return f"'{cell}" if FORMULA.match(cell) and not NUMBER.fullmatch(cell) else cell
