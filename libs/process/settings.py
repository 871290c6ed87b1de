"""The settings that every service has; each reads them under its own prefix (`SHARING_DATABASE_URL`)."""

from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from libs.auth.settings import AuthSettings


class ServiceSettings(AuthSettings):
    """Where a service listens, what it connects to and whose tokens it trusts."""

    host: str = "127.0.0.1"
    port: int = 8000
    database_url: SecretStr
    nats_url: SecretStr
    person_key: SecretStr = Field(
        min_length=32, description="Secret under which people are hashed; one for all services."
    )
    stream_replicas: int = Field(default=1, ge=1, le=5)
    pool_size: int = Field(default=10, ge=2, le=100)
    drain_seconds: float = Field(
        default=5.0, ge=0, le=60, description="From SIGTERM until new connections are refused: time to be taken away."
    )
    serve: bool = Field(default=True, description="Answer requests in this process; health and metrics always are.")
    consume: bool = Field(default=True, description="Run consumers, the relay and what comes round in this process.")
    log_form: Literal["json", "console"] = "json"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if not (self.serve or self.consume):
            raise ValueError("a process that neither serves nor consumes does nothing: set one of the two")
        return self
