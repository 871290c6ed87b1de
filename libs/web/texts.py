"""Patterns for texts in requests: what PostgreSQL or a log could not hold is refused at the edge, with its field."""

ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
PROSE = r"^[^\x00]*$"
PRINTED = (
    r"^[^\x00-\x1f\x7f-\x9f]+$"  # every control character (category Cc), in a form that every reader of patterns knows
)
