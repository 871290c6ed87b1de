"""What a unit of work belongs to: request id, causing event and W3C trace; carried through HTTP and events."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import structlog

# version (not ff), trace and span (neither all zero), flags
TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})")


@dataclass(frozen=True, slots=True)
class Context:
    """The chain that the current work is a link of."""

    correlation_id: str
    causation_id: str | None = None
    traceparent: str | None = None


_current: ContextVar[Context | None] = ContextVar("timbre_context", default=None)


def current() -> Context:
    """Return the context of the running task; a new chain where there is none (timers, start-up)."""
    return _current.get() or Context(correlation_id=secrets.token_hex(16), traceparent=new_traceparent())


@contextmanager
def bound(context: Context) -> Iterator[Context]:
    """Make `context` the current one, for log lines and for events that are emitted inside."""
    token = _current.set(context)
    with structlog.contextvars.bound_contextvars(request_id=context.correlation_id):
        try:
            yield context
        finally:
            _current.reset(token)


def new_traceparent(parent: str | None = None) -> str:
    """Return a W3C `traceparent` (www.w3.org/TR/trace-context): the parent's trace with a new span, or a new trace."""
    found = TRACEPARENT.fullmatch(parent or "")
    trace, flags = found.groups() if found else (secrets.token_hex(16), "01")
    return f"00-{trace}-{secrets.token_hex(8)}-{flags}"
