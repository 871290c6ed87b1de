"""Owns the command that runs everything: up, the table, the demonstration, and down on a signal."""

import argparse
import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path

from deploy.local.demonstration import decline, demonstrate, due
from deploy.local.folder import DataFolder
from deploy.local.stack import GATEWAY_PORT, running_stack
from deploy.local.table import console, table_of
from deploy.local.topology import PROGRAMS, programs_named
from deploy.local.watch import watched
from libs.clock import SystemClock

HELP = "run the servers, the services and the gateway until Ctrl-C (the default)"
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--fresh", action="store_true", help="erase the data folder first")
    names = list(dict.fromkeys(program.service for program in PROGRAMS))
    parser.add_argument("--only", action="append", choices=names, default=[], help="this service; may be repeated")
    parser.add_argument(
        "--demo",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="fill an empty data folder with a demonstration programme (the default)",
    )
    parser.add_argument("--exit-after-demo", action="store_true", help="stop when the demonstration was shown")
    parser.add_argument("--port", type=int, default=GATEWAY_PORT, help="of the gateway, if free (default: 8080)")


async def run(options: argparse.Namespace, root: Path) -> int:
    """Run until SIGINT, SIGTERM or SIGHUP, then stop everything in reverse. Raises what `running_stack` raises."""
    work = asyncio.create_task(_run(options, DataFolder.at(root)))
    loop = asyncio.get_running_loop()
    told: list[signal.Signals] = []

    def stop(told_by: signal.Signals) -> None:
        if not told:  # a second Ctrl-C would interrupt the stopping
            work.cancel()
        told.append(told_by)

    for one in SIGNALS:
        loop.add_signal_handler(one, stop, one)
    with suppress(asyncio.CancelledError):
        await work
    return 0


async def _run(options: argparse.Namespace, folder: DataFolder) -> None:
    out = console()
    async with (
        running_stack(
            folder,
            programs=programs_named(options.only),
            environment=os.environ,
            fresh=options.fresh,
            gateway_port=options.port,
        ) as stack,
        watched(stack, out.print),
    ):
        out.print(table_of(stack))
        if options.demo and not options.only:
            if since := due(folder, SystemClock()):
                await demonstrate(stack, since, quiet=not out.is_terminal)
        else:
            decline(folder)
        if not options.exit_after_demo:
            await asyncio.Event().wait()
