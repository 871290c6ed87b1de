"""The settings of services.sharing, read from the environment under `SHARING_`."""

from pydantic_settings import SettingsConfigDict

from libs.process.settings import ServiceSettings


class Settings(ServiceSettings):
    """Nothing beyond what every service has."""

    model_config = SettingsConfigDict(env_prefix="SHARING_")
