"""The settings of services.engagement, read from the environment under `ENGAGEMENT_`."""

from collections.abc import Mapping
from datetime import time
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import SettingsConfigDict

from libs.process.settings import ServiceSettings

MOST_SECRETS = 2  # in use at once, so that one can be replaced without a gap


def _two_at_most(secret: SecretStr | None) -> SecretStr | None:
    names = secrets_in(secret)
    if secret is not None and (not all(names) or not 1 <= len(names) <= MOST_SECRETS):
        raise ValueError("give one secret, or for a rotation the newest and the one before, with a comma between")
    return secret


def secrets_in(secret: SecretStr | None) -> tuple[str, ...]:
    """Return the secrets in a setting, the newest first."""
    return tuple(one.strip() for one in secret.get_secret_value().split(",")) if secret is not None else ()


WebhookSecret = Annotated[SecretStr | None, AfterValidator(_two_at_most)]


class Settings(ServiceSettings):
    """What every service has, and what this one can be set to beyond it."""

    model_config = SettingsConfigDict(env_prefix="ENGAGEMENT_")

    partitions: int = Field(
        default=2, ge=1, le=64, description="How many workers share what was accepted; each process runs them all."
    )
    door_requests: int = Field(default=256, ge=1, description="Requests under way at the doors of a process at most.")
    door_bytes: int = Field(
        default=16 * 1024 * 1024,
        ge=1,
        description="Bytes of bodies that the doors of a process hold at most, however slowly they come.",
    )
    door_queue: int = Field(
        default=1024 * 1024,
        ge=1,
        description="Bytes of complete bodies that wait for their answer at most: a tenth of a second of work.",
    )
    door_backlog: int = Field(
        default=10_000, ge=1, description="Accepted messages that may wait to be applied before doors answer 429."
    )
    remind_after_hours: int = Field(
        default=24, ge=1, le=168, description="When a comment that waits is told, where a programme has chosen nothing."
    )
    quiet_from: time = Field(default=time(20), description="From when on nothing is told, by the programme's clocks.")
    quiet_until: time = Field(default=time(8), description="Until when nothing is told, by the programme's clocks.")
    linkedin_secret: WebhookSecret = Field(default=None, description="Client secret of the app at LinkedIn.")
    x_secret: WebhookSecret = Field(default=None, description="Consumer secret of the app at X.")
    meta_secret: WebhookSecret = Field(default=None, description="App secret at Meta.")
    meta_verify_token: WebhookSecret = Field(default=None, description="What Meta is told to show when it subscribes.")

    def webhook_secrets(self) -> Mapping[str, tuple[str, ...]]:
        """Return the secrets of each network that is set up, the newest first, and Meta's verify tokens."""
        return {
            "linkedin": secrets_in(self.linkedin_secret),
            "x": secrets_in(self.x_secret),
            "meta": secrets_in(self.meta_secret),
            "meta_verify_token": secrets_in(self.meta_verify_token),
        }
