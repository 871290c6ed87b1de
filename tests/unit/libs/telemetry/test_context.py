"""The chain that work belongs to."""

import re
from collections.abc import Iterator

import pytest
import structlog

from libs.telemetry.context import Context, bound, current, new_traceparent

TRACEPARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture(autouse=True)
def _no_bound_values() -> Iterator[None]:
    structlog.contextvars.clear_contextvars()
    yield
    structlog.contextvars.clear_contextvars()


def test_work_without_a_chain_begins_one() -> None:
    one, other = current(), current()
    assert one.correlation_id != other.correlation_id
    assert TRACEPARENT.fullmatch(one.traceparent or "")


def test_a_bound_context_is_current_until_its_block_ends() -> None:
    with bound(Context("outer")), bound(Context("inner", causation_id="e-1")) as inner:
        assert current() is inner
        assert structlog.contextvars.get_contextvars() == {"request_id": "inner"}
    assert current().correlation_id not in {"outer", "inner"}
    assert structlog.contextvars.get_contextvars() == {}


def test_a_failure_ends_the_block_too() -> None:
    with pytest.raises(RuntimeError), bound(Context("lost")):
        raise RuntimeError
    assert current().correlation_id != "lost"


def test_a_child_keeps_the_trace_and_has_a_span_of_its_own() -> None:
    child = new_traceparent(PARENT)
    assert TRACEPARENT.fullmatch(child)
    assert child.split("-")[1] == PARENT.split("-")[1]
    assert child.split("-")[2] != PARENT.split("-")[2]
    assert child.endswith("-01")


@pytest.mark.parametrize("broken", [None, "", "abc", "00-4bf9-00f0-01", "00-" + "-" * 32, f"{PARENT}-more"])
def test_a_broken_parent_begins_a_new_trace(broken: str | None) -> None:
    made = new_traceparent(broken)
    assert TRACEPARENT.fullmatch(made)
    assert made.split("-")[1] != PARENT.split("-")[1]
