"""`python -m deploy.local [run] | verify | token`: Timbre on this machine."""

import gc

gc.disable()  # see libs.process.cycles

import argparse
import asyncio
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from deploy.local import run, token, verify
from deploy.local.addresses import NoStackError
from deploy.local.child import StartError
from deploy.local.demo.api import RefusedError
from deploy.local.folder import FolderInUseError
from deploy.local.guardian import PROJECT
from libs.clock import SystemClock
from libs.process.cycles import collect_rarely
from libs.telemetry.logs import configure_logs

COMMANDS = ("run", "verify", "token")
DATA = PROJECT / ".data"


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """The command and its options; without a command it is `run`."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description="Timbre on this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    folder = argparse.ArgumentParser(add_help=False)
    folder.add_argument("--data", type=Path, default=DATA, metavar="DIR", help="data folder (default: .data)")
    run.add_arguments(commands.add_parser("run", help=run.HELP, parents=[folder]))
    token.add_arguments(commands.add_parser("token", help=token.HELP, parents=[folder]))
    commands.add_parser("verify", help=verify.HELP, parents=[folder])
    named = bool(arguments) and arguments[0] in (*COMMANDS, "-h", "--help")
    return parser.parse_args(arguments if named else ["run", *arguments])


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns its exit code."""
    options = parsed(arguments)
    root = options.data.resolve()
    clock = SystemClock()
    try:
        if options.command == "token":
            return token.print_token(options, root, clock)
        if options.command == "verify":
            configure_logs("verify", form="console", level="ERROR")
            return asyncio.run(verify.verify(root, clock))
        return asyncio.run(run.run(options, root))
    except* (StartError, FolderInUseError, NoStackError, RefusedError) as failed:
        for error in leaves(failed):
            print(error, file=sys.stderr)
    return 1


def leaves(group: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    """The exceptions inside nested groups."""
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from leaves(error)
        else:
            yield error


if __name__ == "__main__":
    collect_rarely()
    sys.exit(main(sys.argv[1:]))
