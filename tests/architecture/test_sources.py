"""Rules of style that a linter does not know."""

import ast
from pathlib import Path

import pytest

from tests.architecture.tree import calls, imported, place, services, sources

TIME_AND_CHANCE = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("date", "today"),
    ("uuid", "uuid4"),
    ("time", "time"),
    ("random", "random"),
    ("random", "choice"),
    ("random", "randint"),
    ("random", "shuffle"),
}


def noun_of(path: Path) -> tuple[str, str] | None:
    """The process and the noun of `services/<service>/<noun>/…` and of `gateway/webhooks/<noun>/…`."""
    parts = place(path).split("/")
    return (parts[1], parts[2]) if len(parts) > 3 and parts[2] != "migrations" else None


def test_time_and_chance_are_handed_in() -> None:
    asked = [
        f"{place(path)}:{node.lineno}"
        for path in sources("services", "gateway")
        if path.name != "app.py"
        for subject, method, node in calls(path)
        if (subject, method) in TIME_AND_CHANCE
    ]
    assert asked == [], "take `app.clock.now()` and `new_id()` at the edge and hand them in"


def test_ids_are_made_at_the_edge() -> None:
    makers = [
        place(path)
        for path in sources("services", "gateway")
        if path.name not in {"app.py", "api.py"} and "libs.clock.new_id" in set(imported(path))
    ]
    assert makers == [], "only api.py and app.py make ids; a use case is handed them"


def test_no_noun_reaches_into_the_store_of_another() -> None:
    reached = [
        f"{place(path)} imports {module}"
        for path in sources("services", "gateway/webhooks")
        if (noun := noun_of(path))
        for module in set(imported(path))
        if is_store_of_another(noun, module)
    ]
    assert reached == [], "call the service of the other noun"


def is_store_of_another(noun: tuple[str, str], module: str) -> bool:
    parts = module.split(".")
    ours = parts[0] == "services" or parts[:2] == ["gateway", "webhooks"]
    return ours and len(parts) > 3 and (parts[1], parts[2]) != noun and parts[3] == "store"


def test_a_reach_into_another_store_would_be_seen() -> None:
    assert is_store_of_another(("sharing", "shares"), "services.sharing.teams.store")
    assert is_store_of_another(("webhooks", "deliveries"), "gateway.webhooks.subscriptions.store")
    assert not is_store_of_another(("sharing", "shares"), "services.sharing.shares.store")
    assert not is_store_of_another(("sharing", "shares"), "services.sharing.teams.service")


def test_no_use_case_commits() -> None:
    ended = [
        f"{place(path)}:{node.lineno}"
        for path in sources("services", "gateway")
        for _, method, node in calls(path)
        if method in {"commit", "rollback", "begin_nested"}
    ]
    assert ended == [], "the edge opens the transaction and thereby ends it"


@pytest.mark.parametrize("service", services())
def test_the_docstring_of_a_service_says_what_it_sends_hears_and_owns(service: str) -> None:
    (package,) = [path for path in sources(f"services/{service}") if place(path) == f"services/{service}/__init__.py"]
    text = ast.get_docstring(ast.parse(package.read_text())) or ""
    for word in ("Sends", "Hears", "Owns"):
        assert f"\n{word}" in text
