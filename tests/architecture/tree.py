"""The sources of the project, parsed."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).parents[2]
PACKAGES = ("libs", "services", "gateway", "deploy")


def services() -> list[str]:
    """The services that can be started, by folder."""
    return sorted(path.parent.name for path in PROJECT.glob("services/*/app.py"))


def databases() -> dict[str, str]:
    """The folder of each process that has a database: the services, and the gateway's webhooks."""
    return {**{service: f"services/{service}" for service in services()}, "webhooks": "gateway/webhooks"}


def sources(*folders: str) -> list[Path]:
    """Every Python file below these folders."""
    return sorted(path for folder in folders for path in (PROJECT / folder).rglob("*.py"))


def place(path: Path) -> str:
    """The path as people write it."""
    return path.relative_to(PROJECT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a file, also those inside others."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def calls(path: Path) -> Iterator[tuple[str, str, ast.Call]]:
    """Every call of a method, as (what it is called on, method, node)."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield ast.unparse(node.func.value), node.func.attr, node


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports from."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
