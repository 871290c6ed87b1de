"""What people and teams are called, following the bucket `profiles`, as rows of boards show it."""

import json
from collections.abc import Callable
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError

from libs.bus.bucket import Bucket
from libs.bus.connection import Connection
from libs.telemetry.logs import logger

log = logger(__name__)

BUCKET = "profiles"
UNREAD = -1


class Profile(BaseModel):
    """What the bucket holds for one ambassador; `team` is null without one."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    team_id: UUID | None = None
    team: str | None = None


class Names:
    """Who everybody is, written once at each change: the members of a row's JSON from `ambassador_id` to `team`."""

    def __init__(self, connection: Connection) -> None:
        """Follow the bucket through `connection` once `run` is running."""
        self._written: dict[bytes, bytes] = {}
        self._teams: dict[bytes, str] = {}
        self._bucket = Bucket(connection, BUCKET, changed=self._changed)
        self.renamed: list[Callable[[str], None]] = []  # called with the id of an ambassador or a team

    @property
    def loaded(self) -> bool:
        """Whether all that was in the bucket has been read."""
        return self._bucket.loaded.is_set()

    @property
    def revision(self) -> int:
        """The bucket's revision of the last change read; the same names in every process that has read as far.

        UNREAD until all has been read: an answer of before is about to change without a sign.
        """
        return self._bucket.revision if self._bucket.loaded.is_set() else UNREAD

    def __len__(self) -> int:
        return len(self._written)

    def of(self, ambassador: bytes) -> bytes:
        """Return who the 16 bytes of an ambassador's id are; without a name where it is not known."""
        return self._written.get(ambassador) or who(ambassador_id=UUID(bytes=ambassador))

    def of_team(self, team: bytes) -> bytes:
        """Return who the 16 bytes of a team's id are; its name is known when somebody is in it."""
        name = self._teams.get(team)
        return who(team_id=UUID(bytes=team), name=name, team=name)

    async def run(self) -> None:
        """Follow until cancelled."""
        await self._bucket.run()

    def _changed(self, key: str) -> None:
        value = self._bucket.values.get(key)
        try:
            ambassador_id = UUID(key)
            # forgotten first: a value that cannot be read must not leave the one before it
            self._written.pop(ambassador_id.bytes, None)
            if value is not None:
                self._keep(ambassador_id, Profile.model_validate_json(value))
        except (ValidationError, ValueError) as error:
            log.warning("profile_refused", key=key, error=type(error).__name__)
        self._tell(key.lower())

    def _tell(self, name: str) -> None:
        for call in self.renamed:
            call(name)

    def _keep(self, ambassador_id: UUID, profile: Profile) -> None:
        self._written[ambassador_id.bytes] = who(
            ambassador_id=ambassador_id, team_id=profile.team_id, name=profile.name, team=profile.team
        )
        if profile.team_id and profile.team:
            self._teams[profile.team_id.bytes] = profile.team
            self._tell(str(profile.team_id))


def who(
    *,
    ambassador_id: UUID | None = None,
    team_id: UUID | None = None,
    name: str | None = None,
    team: str | None = None,
) -> bytes:
    """Return who a row shows, as members of its JSON."""
    return (
        f'"ambassador_id":{_quoted(ambassador_id)},"team_id":{_quoted(team_id)}'
        f',"name":{json.dumps(name, ensure_ascii=False)},"team":{json.dumps(team, ensure_ascii=False)}'
    ).encode()


def _quoted(value: UUID | None) -> str:
    return f'"{value}"' if value else "null"
