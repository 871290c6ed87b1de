"""`python -m gateway serve`."""

import gc

gc.disable()  # see libs.process.cycles

import argparse

from gateway.app import create_app
from gateway.links.wire import protocol_of
from gateway.security import server_headers
from gateway.settings import Settings
from libs.process.command import serve
from libs.process.cycles import collect_rarely
from libs.telemetry.logs import configure_logs

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m gateway")
    parser.add_argument("command", choices=["serve"])
    parser.parse_args()
    settings = Settings()
    configure_logs("gateway", form=settings.log_form, level=settings.log_level)
    app = create_app(settings)
    collect_rarely()
    serve(
        app,
        host=settings.host,
        port=settings.port,
        operations_port=settings.operations_port,
        protocol=protocol_of(app),
        drain=app.state.drain,
        grace=settings.drain_seconds,
        keep_alive=settings.keep_alive_seconds,
        headers=server_headers(settings.hsts_seconds),
    )
