"""The settings of services.sharing, read from the environment under `SHARING_`."""

from pydantic import AnyHttpUrl, Field, SecretStr
from pydantic_settings import SettingsConfigDict

from libs.process.settings import ServiceSettings


class Settings(ServiceSettings):
    """Also where links are shown, what they begin with, and how long visits are kept."""

    model_config = SettingsConfigDict(env_prefix="SHARING_")

    valkey_url: SecretStr
    gateway_url: AnyHttpUrl = Field(description="Public address of the gateway: what tracked links begin with.")
    click_days: int = Field(
        default=30, ge=7, le=400, description="Days for which visits of links are kept, counted or not."
    )
