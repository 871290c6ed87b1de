"""Owns the command that prints an access token of the local issuer, for trying the API by hand."""

import argparse
from datetime import timedelta
from pathlib import Path
from typing import Literal, get_args
from uuid import UUID

from deploy.local.folder import DataFolder
from deploy.local.issuer import mint
from libs.auth.roles import Role
from libs.clock import Clock

HELP = "print an access token"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--role", action="append", choices=get_args(Role), required=True, help="may be repeated")
    parser.add_argument("--subject", help="who the token is for (default: local-<first role>)")
    parser.add_argument(
        "--programme", nargs="+", type=_programme, default=["*"], metavar="UUID", help="or all (the default)"
    )
    parser.add_argument("--hours", type=float, default=12, help="lifetime (default: 12)")


def print_token(options: argparse.Namespace, root: Path, clock: Clock) -> int:
    """Print it, alone on its line; the running services know its key."""
    token = mint(
        DataFolder.at(root),
        subject=options.subject or f"local-{options.role[0]}",
        roles=options.role,
        programmes=options.programme,
        lifetime=timedelta(hours=options.hours),
        now=clock.now(),
    )
    print(token)
    return 0


def _programme(text: str) -> UUID | Literal["*"]:
    return "*" if text == "all" else UUID(text)
