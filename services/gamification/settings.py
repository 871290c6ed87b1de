"""The settings of services.gamification, read from the environment under `GAMIFICATION_`."""

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from libs.process.settings import ServiceSettings


class Settings(ServiceSettings):
    """What every service has, where boards are projected to, who shares the evidence, and how long a season waits."""

    model_config = SettingsConfigDict(env_prefix="GAMIFICATION_")

    valkey_url: SecretStr
    partitions: int = Field(
        default=2, ge=1, le=64, description="How many workers share the evidence; each process runs them all."
    )
    season_grace_hours: int = Field(
        default=48, ge=0, le=24 * 30, description="From the end of a season to its closing."
    )
