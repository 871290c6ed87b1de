"""What services do about events is what the topology declares."""

import ast
import re

import pytest

from libs.events.topology import EVENTS, PUBLIC, SUBSCRIPTIONS, producer_of
from tests.architecture.tree import PROJECT, databases, functions, parsed, services, sources

NAMES = {subscription.name: subscription for subscription in SUBSCRIPTIONS}
BY_CLASS = {event.__name__: event for event in EVENTS.values()}


def snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def groups_of(service: str) -> set[str]:
    """The consumer groups that a service runs: those that its app names."""
    texts = (
        node.value
        for node in ast.walk(parsed(PROJECT / databases()[service] / "app.py"))
        if isinstance(node, ast.Constant)
    )
    return {text for text in texts if isinstance(text, str) and text in NAMES}


def handlers_of(service: str) -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef]:
    return {
        function.name: function
        for path in sources(f"services/{service}")
        if path.name == "consumers.py"
        for function in functions(path)
        if function.name.startswith("on_")
    }


@pytest.mark.parametrize("service", services())
def test_each_handler_is_declared_and_each_declared_event_has_a_handler(service: str) -> None:
    declared = {f"on_{snake(event.__name__)}" for group in groups_of(service) for event in NAMES[group].events}
    assert set(handlers_of(service)) == declared


@pytest.mark.parametrize("service", services())
def test_a_handler_takes_the_event_that_it_is_named_after(service: str) -> None:
    for name, function in handlers_of(service).items():
        given = {ast.unparse(one.annotation) for one in function.args.args if one.arg == "event" and one.annotation}
        assert given <= {kind for kind in BY_CLASS if f"on_{snake(kind)}" == name}, name


def test_each_subscription_is_run_by_one_service() -> None:
    runners = {name: [service for service in databases() if name in groups_of(service)] for name in NAMES}
    assert {name: len(found) for name, found in runners.items()} == dict.fromkeys(NAMES, 1)


def test_webhooks_hear_all_that_is_told_in_public_and_it_names_its_programme() -> None:
    heard = {event.type: event for name in groups_of("webhooks") for event in NAMES[name].events}
    assert set(heard) == {kind for kind, event in EVENTS.items() if producer_of(event) in PUBLIC}
    # one that did not could be subscribed to by nobody: a webhook is of one programme
    assert [kind for kind, event in heard.items() if not event.model_fields["programme_id"].is_required()] == []


@pytest.mark.parametrize("service", services())
def test_a_service_says_in_its_docstring_what_it_sends_and_hears(service: str) -> None:
    text = ast.get_docstring(parsed(PROJECT / f"services/{service}/__init__.py")) or ""
    sends, _, hears = text.partition("Hears")
    own = {kind for kind in EVENTS if kind.startswith(f"{service}.")}
    heard = {event.type for group in groups_of(service) for event in NAMES[group].events}
    intake = {kind for kind in EVENTS if kind.startswith("intake.")}
    boards = {kind for kind in heard if kind.startswith(f"{service}.")}  # what it hears of itself need not be said
    assert set(re.findall(r"[a-z]+\.[a-z]+\.[a-z]+\.v\d+", sends)) - intake == own
    assert set(re.findall(r"[a-z]+\.[a-z]+\.[a-z]+\.v\d+", hears)) - intake - boards == heard - intake - boards


@pytest.mark.parametrize("service", services())
def test_a_service_emits_its_own_events_only(service: str) -> None:
    own = {name for name, event in BY_CLASS.items() if event.type.split(".")[0] == service}
    made = {
        name
        for path in sources(f"services/{service}")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        for name in set(ast.unparse(node.func).split(".")) & set(BY_CLASS)  # `X(…)` or `X.model_validate(…)`
    }
    doors = {"InteractionsAccepted", "CountsAccepted", "WebhookReceived", "WithdrawalsAccepted"}
    accepted = doors if service == "engagement" else set()
    assert made - accepted == own
