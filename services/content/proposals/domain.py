"""The states of a proposal."""

from enum import StrEnum


class State(StrEnum):
    """What has become of a proposal; from `open` to one of the others, once."""

    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"
