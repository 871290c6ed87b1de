"""What people and teams are called, following the bucket `profiles`."""

from collections.abc import Callable
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError

from libs.bus.bucket import Bucket
from libs.bus.connection import Connection
from libs.telemetry.logs import logger

log = logger(__name__)

BUCKET = "profiles"


class Profile(BaseModel):
    """What the bucket holds for one ambassador; `team` is null without one."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    team_id: UUID | None = None
    team: str | None = None


class Names:
    """The profiles in memory, each parsed once when it changes."""

    def __init__(self, connection: Connection) -> None:
        """Follow the bucket through `connection` once `run` is running."""
        self._profiles: dict[bytes, Profile] = {}
        self._teams: dict[bytes, str] = {}
        self._bucket = Bucket(connection, BUCKET, changed=self._changed)
        self.renamed: list[Callable[[str], None]] = []  # called with the id of an ambassador or a team

    @property
    def loaded(self) -> bool:
        """Whether all that was in the bucket has been read."""
        return self._bucket.loaded.is_set()

    @property
    def revision(self) -> int:
        """The bucket's revision of the last change read; the same names in every process that has read as far."""
        return self._bucket.revision

    def __len__(self) -> int:
        return len(self._profiles)

    def of(self, ambassador: bytes) -> Profile | None:
        """Return the profile of the 16 bytes of an ambassador's id."""
        return self._profiles.get(ambassador)

    def of_team(self, team: bytes) -> str | None:
        """Return the name of a team by the 16 bytes of its id; it is known when somebody is in it."""
        return self._teams.get(team)

    async def run(self) -> None:
        """Follow until cancelled."""
        await self._bucket.run()

    def _changed(self, key: str) -> None:
        value = self._bucket.values.get(key)
        try:
            ambassador = UUID(key).bytes
            # forgotten first: a value that cannot be read must not leave the one before it
            self._profiles.pop(ambassador, None)
            if value is not None:
                self._profiles[ambassador] = profile = Profile.model_validate_json(value)
                if profile.team_id and profile.team:
                    self._teams[profile.team_id.bytes] = profile.team
                    self._tell(str(profile.team_id))
        except (ValidationError, ValueError) as error:
            log.warning("profile_refused", key=key, error=type(error).__name__)
        self._tell(key.lower())

    def _tell(self, who: str) -> None:
        for call in self.renamed:
            call(who)
