"""What the doors share: who comes in, how bodies are read, and what is turned away when there is too much."""

from services.engagement.intake.api.body import lines_of, read_body, require_media_type, size_of
from services.engagement.intake.api.door import Doors, HotRoute, Sender, door_of, programme_in, send_scope
from services.engagement.intake.api.gate import PATHS, Gate
from services.engagement.intake.api.listed import LIST_PROBLEMS, take_list
from services.engagement.intake.api.pressure import Pressure

__all__ = [
    "LIST_PROBLEMS",
    "PATHS",
    "Doors",
    "Gate",
    "HotRoute",
    "Pressure",
    "Sender",
    "door_of",
    "lines_of",
    "programme_in",
    "read_body",
    "require_media_type",
    "send_scope",
    "size_of",
    "take_list",
]
