"""Owns how a running stack is shown in a terminal: one table of what runs where."""

from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table

from deploy.local.stack import Stack

PLAIN_COLUMNS = 200  # in a file or a pipe nothing has to be cut off


def console() -> Console:
    """Standard output, as wide as its terminal."""
    found = Console(highlight=False, markup=False)
    return found if found.is_terminal else Console(highlight=False, markup=False, width=PLAIN_COLUMNS)


def table_of(stack: Stack) -> Table:
    """Each server and process with its address (no password), its process id and its log."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("name")
    table.add_column("address", overflow="fold")
    table.add_column("pid", justify="right")
    table.add_column("log", overflow="fold")
    addresses = {name: _public(server.url) for name, server in stack.servers.items()}
    addresses |= {program.name: stack.url(program.name) for program in stack.programs}
    for name, address in addresses.items():
        table.add_row(name, address, str(stack.pid(name)), str(stack.folder.log(name)))
    return table


def _public(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}:{parts.port}"
