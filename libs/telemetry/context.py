"""What a unit of work belongs to: request id, causing event and W3C trace; carried through HTTP and events."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import structlog


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
    parts = (parent or "").split("-")
    valid = len(parts) == 4 and len(parts[1]) == 32 and len(parts[2]) == 16 and parts[1].isalnum()
    trace, flags = (parts[1], parts[3]) if valid else (secrets.token_hex(16), "01")
    return f"00-{trace}-{secrets.token_hex(8)}-{flags}"
