"""The settings of services.content, read from the environment under `CONTENT_`."""

from pydantic_settings import SettingsConfigDict

from libs.process.settings import ServiceSettings


class Settings(ServiceSettings):
    """Nothing beyond what every service has."""

    model_config = SettingsConfigDict(env_prefix="CONTENT_")
