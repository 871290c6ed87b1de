"""The settings of services.gamification, read from the environment under `GAMIFICATION_`."""

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from libs.process.settings import ServiceSettings


class Settings(ServiceSettings):
    """What every service has, where the boards are projected to, and how long a season waits for what comes late."""

    model_config = SettingsConfigDict(env_prefix="GAMIFICATION_")

    valkey_url: SecretStr
    season_grace_hours: int = Field(
        default=48, ge=0, le=24 * 30, description="From the end of a season to its closing."
    )
