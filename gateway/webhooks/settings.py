"""The settings of gateway.webhooks, read from the environment under `WEBHOOKS_`."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr
from pydantic.networks import IPvAnyNetwork
from pydantic_settings import SettingsConfigDict

from libs.process.settings import ServiceSettings

SHORTEST_KEY = 32


def _long_enough(keys: SecretStr) -> SecretStr:
    found = keys_in(keys)
    if not 1 <= len(found) <= 2 or any(len(key) < SHORTEST_KEY for key in found):
        raise ValueError("give one key of 32 characters or more, or for a change the new and the old with a comma")
    return keys


def keys_in(keys: SecretStr) -> tuple[str, ...]:
    """Return the keys in a setting, the newest first."""
    return tuple(one.strip() for one in keys.get_secret_value().split(","))


class Settings(ServiceSettings):
    """What every service has, how the secrets of endpoints are kept, and what may be spoken to and how long."""

    model_config = SettingsConfigDict(env_prefix="WEBHOOKS_")

    secret_key: Annotated[
        SecretStr,
        AfterValidator(_long_enough),
        Field(description="Key under which the secrets of endpoints are encrypted in the database."),
    ]
    allowed_networks: list[IPvAnyNetwork] = Field(
        default=[],
        description="Networks that need not be public, by plain HTTP too and on any port: for development and tests.",
    )
    ports: list[Annotated[int, Field(ge=1, le=65535)]] = Field(
        default=[443, 8443], description="Ports of public addresses that may be spoken to."
    )
    ca_file: Path | None = Field(default=None, description="Certificate authorities that are trusted beside the usual.")
    sending: int = Field(default=32, ge=2, le=256, description="Attempts under way in this process at most.")
    sending_each: int = Field(default=4, ge=1, le=64, description="Of these, to one endpoint that answers.")
    connect_seconds: float = Field(default=5.0, gt=0, le=30, description="For name and connection.")
    attempt_seconds: float = Field(default=15.0, gt=0, le=60, description="For all of an attempt.")
    disable_after_hours: int = Field(
        default=24, ge=1, le=24 * 14, description="After so long of nothing but failures an endpoint is disabled."
    )
    backlog: int = Field(
        default=10_000,
        ge=10,
        description="Deliveries that wait for one endpoint at most; the rest is read again later.",
    )
    kept_days: int = Field(default=7, ge=2, le=90, description="For how long deliveries that have ended are kept.")

    @property
    def patience(self) -> timedelta:
        """How long an endpoint may fail."""
        return timedelta(hours=self.disable_after_hours)
