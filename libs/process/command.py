"""`python -m services.<name> serve | migrate`: the command line that every service has."""

import argparse
import asyncio
import resource
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import cast

import uvicorn
from fastapi import FastAPI
from uvicorn.config import STARTUP_FAILURE

from libs.process.bounds import BoundedHttp
from libs.process.cycles import collect_rarely
from libs.process.server import Server
from libs.process.settings import ServiceSettings
from libs.storage.migrate import migrate_now
from libs.telemetry.logs import configure_logs
from libs.web.drain import Drain

Protocol = Callable[..., asyncio.Protocol]
KEEP_ALIVE_SECONDS = (
    75  # longer than any proxy in front keeps an idle connection, so that it never reuses a closing one
)
GRACE_SECONDS = 20


def main(
    name: str,
    settings: ServiceSettings,
    create_app: Callable[[], FastAPI],
    migrations: Path,
    *,
    module: str | None = None,
) -> None:
    """Run what the command line asks for; `module` is where a process stands that is no `services.<name>`."""
    parser = argparse.ArgumentParser(prog=f"python -m {module or f'services.{name}'}")
    parser.add_argument("command", choices=["serve", "migrate"])
    configure_logs(name, form=settings.log_form, level=settings.log_level)
    collect_rarely()
    if parser.parse_args().command == "migrate":
        migrate_now(settings.database_url.get_secret_value(), migrations)
    else:
        app = create_app()
        serve(app, host=settings.host, port=settings.port, drain=app.state.drain, grace=settings.drain_seconds)


def serve(
    app: FastAPI,
    *,
    host: str,
    port: int,
    operations_port: int | None = None,
    protocol: Protocol | None = None,
    drain: Drain | None = None,
    grace: float = 0.0,
    keep_alive: int = KEEP_ALIVE_SECONDS,
    headers: Sequence[tuple[str, str]] = (),
) -> None:
    """Serve until SIGTERM; then `grace` seconds more, in which clients move on, and at last what is under way.

    `operations_port` is listened to as well. `protocol` makes connections, such as `BoundedHttp`; `drain` is told when
    the end begins; `headers` are added to every answer.
    """
    allow_files()
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=cast("type[asyncio.Protocol]", protocol or BoundedHttp),
        ws="none",
        proxy_headers=False,  # whom to believe about addresses is a setting of the gateway
        log_config=None,
        access_log=False,
        server_header=False,
        headers=[*headers],
        timeout_keep_alive=keep_alive,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = Server(config, drain or Drain(), grace=grace)
    with suppress(KeyboardInterrupt):
        server.run(_listeners(config, operations_port) if operations_port else None)
    if not server.started:
        sys.exit(STARTUP_FAILURE)


def allow_files() -> int:
    """Let this process, and those that it starts, have as many open files as the system allows; returns how many.

    Each connection is one, and the usual 1,024 are for programs that do not expect more.
    """
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


def _listeners(config: uvicorn.Config, operations_port: int) -> list[socket.socket]:
    """Return the sockets of both ports. Exits when one of them is taken, as uvicorn does."""
    public = config.bind_socket()
    config.port = operations_port
    return [public, config.bind_socket()]
