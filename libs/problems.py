"""The base class of every named failure; `libs.web` renders it as RFC 9457 problem details."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing that is wrong with one field of a request: `captions[2].text`, "must not be empty"."""

    field: str
    reason: str


class Problem(Exception):  # noqa: N818 - the term of RFC 9457; every subclass is named after what went wrong
    """A failure that a caller can act on. Subclasses name it: slug for programs, title for people."""

    slug: ClassVar[str] = "problem"
    status: ClassVar[int] = 400
    title: ClassVar[str] = "Problem"

    def __init__(self, detail: str = "", *, errors: Sequence[FieldError] = (), retry_after: int | None = None) -> None:
        """Say in `detail` what to do; name fields in `errors`; `retry_after` is in seconds."""
        super().__init__(detail or self.title)
        self.detail = detail
        self.errors = tuple(errors)
        self.retry_after = retry_after
