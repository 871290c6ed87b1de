"""Use cases of teams."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from libs.events.sharing import TeamCreated
from libs.problems import FieldError
from libs.storage.database import Transaction
from services.sharing.programmes import service as programmes
from services.sharing.teams import store
from services.sharing.teams.errors import UnknownTeam
from services.sharing.teams.tables import Team


async def create_team(tx: Transaction, team_id: UUID, *, programme_id: UUID, name: str, now: datetime) -> Team:
    """Add a team to a programme. Raises ProgrammeNotFound."""
    await programmes.get_programme(tx, programme_id)
    row = Team(id=team_id, programme_id=programme_id, name=name, created_at=now)
    await store.add(tx, row)
    tx.emit(TeamCreated(team_id=team_id, programme_id=programme_id, name=name), key=str(team_id))
    return row


async def get_team(tx: Transaction, team_id: UUID, programme_id: UUID) -> Team:
    """Return a team of a programme. Raises UnknownTeam."""
    row = await store.find(tx, team_id)
    if row is None or row.programme_id != programme_id:
        raise UnknownTeam(errors=[FieldError("team_id", "no team of this programme has this id")])
    return row


async def list_teams(tx: Transaction, programme_id: UUID, *, last: UUID | None, limit: int) -> Sequence[Team]:
    """Return the next teams of a programme, oldest first. Raises ProgrammeNotFound."""
    await programmes.get_programme(tx, programme_id)
    return await store.after(tx, programme_id, last, limit=limit)
