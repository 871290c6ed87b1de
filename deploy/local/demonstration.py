"""Owns when the demonstration is loaded: into a folder that never ran before, and on from where it was broken off."""

from datetime import datetime

from deploy.local.demo.load import load
from deploy.local.demo.show import show
from deploy.local.folder import DataFolder
from deploy.local.stack import Stack
from libs.clock import Clock

FILE = "demonstration"
BEGUN, LOADED, DECLINED = "begun", "loaded", "declined"


def due(folder: DataFolder, clock: Clock) -> datetime | None:
    """The time for which it is to be loaded; one that was broken off keeps its own, so that it ends the same."""
    path = folder.secrets / FILE
    state, _, since = path.read_text().partition(" ") if path.exists() else (BEGUN, "", clock.now().isoformat())
    return datetime.fromisoformat(since) if state == BEGUN else None


def decline(folder: DataFolder) -> None:
    """The folder is now used for something else: never load it here."""
    if not (folder.secrets / FILE).exists():
        folder.write_private(FILE, DECLINED)


def begin(folder: DataFolder, since: datetime) -> None:
    """The folder is being filled as of `since`."""
    folder.write_private(FILE, f"{BEGUN} {since.isoformat()}")


async def demonstrate(stack: Stack, since: datetime, *, quiet: bool) -> None:
    """Load it through the public API as of `since`, and show the board and how its points came about."""
    begin(stack.folder, since)
    programme = await load(stack.gateway_url, stack.folder, now=since, quiet=quiet)
    stack.folder.write_private(FILE, LOADED)
    await show(stack.gateway_url, stack.folder, programme)
