"""The settings that every service has; each reads them under its own prefix (`SHARING_DATABASE_URL`)."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings


class ServiceSettings(BaseSettings):
    """Where a service listens, what it connects to and whose tokens it trusts."""

    host: str = "127.0.0.1"
    port: int = 8000
    database_url: SecretStr
    nats_url: SecretStr
    auth_jwks: Path = Field(description="File with the issuer's public keys (JWKS).")
    auth_issuer: str
    auth_audience: str = "timbre"
    person_key: SecretStr = Field(
        min_length=32, description="Secret under which people are hashed; one for all services."
    )
    stream_replicas: int = Field(default=1, ge=1, le=5)
    pool_size: int = Field(default=10, ge=2, le=100)
    consume: bool = Field(default=True, description="Run the consumers and the relay in this process.")
    log_form: Literal["json", "console"] = "json"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
