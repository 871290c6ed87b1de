"""The settings of the gateway, read from the environment under `GATEWAY_`."""

from typing import Annotated, Literal

from pydantic import AnyHttpUrl, Field, SecretStr
from pydantic_settings import SettingsConfigDict

from gateway.limits.classes import Limit
from gateway.routes import Rate, Service, Work
from libs.auth.settings import AuthSettings

# each by name: whoever may read answers with somebody's token is never "everybody"
Origin = Annotated[str, Field(pattern=r"^https?://[a-z0-9.-]+(:\d{1,5})?$")]
MEBIBYTE = 1024 * 1024


class Settings(AuthSettings):
    """Where the gateway listens, what stands behind it and whose tokens it trusts. It has no database."""

    model_config = SettingsConfigDict(env_prefix="GATEWAY_")

    host: str = "127.0.0.1"
    port: int = 8000
    operations_port: int | None = Field(
        default=None, ge=1, le=65535, description="Where alone /metrics, /livez and /readyz are; with the rest without."
    )
    content_url: AnyHttpUrl
    sharing_url: AnyHttpUrl
    engagement_url: AnyHttpUrl
    gamification_url: AnyHttpUrl
    webhooks_url: AnyHttpUrl
    nats_url: SecretStr
    valkey_url: SecretStr
    person_key: SecretStr = Field(
        min_length=32, description="Secret under which people are hashed, that of the services: who asks for whom."
    )
    body_limit: int = Field(
        default=64 * MEBIBYTE, ge=0, description="Bytes of a request body at most, whatever its route allows."
    )
    drain_seconds: float = Field(
        default=5.0, ge=0, le=60, description="From SIGTERM until new connections are refused: time to be taken away."
    )
    keep_alive_seconds: int = Field(
        default=75, ge=1, le=3600, description="An idle connection is kept so long; longer than the front proxy does."
    )
    limits: dict[Rate, Limit] = Field(
        default={}, description='Other limits than those of the class, e.g. {"read": {"quota": 900, "window": 60}}.'
    )
    limits_seconds: float = Field(
        default=0.5, gt=0, le=30, description="In so long Valkey has to count a call, else it counts as away."
    )
    places: dict[Work, Annotated[int, Field(ge=0)]] = Field(
        default={}, description='Other numbers of calls under way at once than those of the class, e.g. {"export": 4}.'
    )
    trusted_proxies: int = Field(
        default=0, ge=0, le=8, description="Proxies in front, each of which adds to X-Forwarded-For whom it serves."
    )
    connections: int = Field(default=64, ge=1, le=1024, description="Connections to each service at most.")
    live_per_person: int = Field(default=5, ge=1, description="Boards that one person may follow live at once.")
    live_listeners: int = Field(default=20_000, ge=0, description="Open streams of boards at most.")
    live_heartbeat_seconds: float = Field(default=15.0, gt=0, description="Silence of a stream before a comment.")
    live_send_seconds: float = Field(default=10.0, gt=0, description="A listener that takes nothing so long is cut.")
    live_check_seconds: float = Field(default=3.0, gt=0, description="Between looks at boards for lost hints.")
    snapshot_window: float = Field(
        default=0.05, ge=0, le=1, description="Seconds for which the first rows of a board are shown without a look."
    )
    snapshot_outage: float = Field(
        default=120, ge=0, le=600, description="Seconds for which they are shown while Valkey does not answer."
    )
    snapshot_bytes: int = Field(
        default=64 * MEBIBYTE, ge=MEBIBYTE, description="Memory for the first rows of boards at most."
    )
    hsts_seconds: int = Field(
        default=0, ge=0, description="For so long browsers come by https only; 0 where the door is reached without."
    )
    allowed_origins: list[Origin] = Field(
        default=[], description="Web origins whose scripts may read answers (CORS); none by default."
    )
    log_form: Literal["json", "console"] = "json"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    def service_urls(self) -> dict[Service, str]:
        """Return the address of each service."""
        return {
            "content": str(self.content_url),
            "sharing": str(self.sharing_url),
            "engagement": str(self.engagement_url),
            "gamification": str(self.gamification_url),
            "webhooks": str(self.webhooks_url),
        }
