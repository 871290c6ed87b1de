"""`python -m gateway serve`."""

import argparse

from gateway.app import create_app
from gateway.settings import Settings
from libs.process.command import serve
from libs.telemetry.logs import configure_logs

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m gateway")
    parser.add_argument("command", choices=["serve"])
    parser.parse_args()
    settings = Settings()
    configure_logs("gateway", form=settings.log_form, level=settings.log_level)
    serve(create_app(settings), host=settings.host, port=settings.port)
