"""Small files, small functions, names that say something."""

import ast

import pytest

from tests.architecture.tree import PACKAGES, functions, parsed, place, sources

FILE_LINES = 400
FUNCTION_LINES = 40
REFUSED = {"utils", "util", "helpers", "helper", "manager", "base", "common", "misc"}


def own_lines(function: ast.AST) -> int:
    """The lines of a function, where a text of many lines (a docstring, a statement of SQL) counts as one."""
    assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    texts = [
        (node.end_lineno or node.lineno) - node.lineno
        for node in ast.walk(function)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    return (function.end_lineno or function.lineno) - function.lineno + 1 - sum(texts)


def test_no_file_passes_400_lines() -> None:
    long = [place(path) for path in sources(*PACKAGES, "tests") if len(path.read_text().splitlines()) > FILE_LINES]
    assert long == [], "first ask whether the noun is two nouns; else make it a package, split by what it does"


def test_no_function_passes_40_lines() -> None:
    long = [
        f"{place(path)}:{function.lineno} {function.name}"
        for path in sources(*PACKAGES)
        if "migrations" not in path.parts
        for function in functions(path)
        if own_lines(function) > FUNCTION_LINES
    ]
    assert long == []


def test_a_long_function_would_be_seen() -> None:
    body = "\n".join(["    x = 1"] * 40)
    planted = ast.parse(f'def long() -> None:\n    """One."""\n{body}\n').body[0]
    assert own_lines(planted) == 42
    text = "\n".join(["a line of SQL"] * 40)
    assert own_lines(ast.parse(f"def short() -> str:\n    return '''{text}'''\n").body[0]) == 2


def test_names_say_what_is_inside() -> None:
    named = [place(path) for path in sources(*PACKAGES, "tests") if REFUSED & {path.stem, *path.parts}]
    assert named == []


@pytest.mark.parametrize("folder", PACKAGES)
def test_every_module_opens_with_what_it_owns(folder: str) -> None:
    silent = [place(path) for path in sources(folder) if not ast.get_docstring(parsed(path))]
    assert silent == []
