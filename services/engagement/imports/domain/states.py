"""Rules of an import's life: its states, what leads from one to another, and how long each may last."""

from datetime import timedelta
from typing import Literal

State = Literal["uploading", "uploaded", "checked", "applying", "applied", "cancelled", "failed"]
UNFINISHED: tuple[State, ...] = ("uploading", "uploaded", "checked", "applying")
WORKED: tuple[State, ...] = ("uploaded", "applying")  # what a worker takes
MOST_UNFINISHED = 20  # of one programme
UPLOAD_LASTS = timedelta(hours=1)
CHECKED_LASTS = timedelta(days=7)
FINISHED_LASTS = timedelta(days=30)
