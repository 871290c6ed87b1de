"""The settings of services.gamification, read from the environment under `GAMIFICATION_`."""

from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from libs.process.settings import ServiceSettings


class Settings(ServiceSettings):
    """What every service has, and where the boards are projected to."""

    model_config = SettingsConfigDict(env_prefix="GAMIFICATION_")

    valkey_url: SecretStr
