"""Which headers pass from the client to a service and back."""

from collections.abc import Iterable

from libs.telemetry.context import Context

Headers = list[tuple[bytes, bytes]]

# RFC 9110, 7.6.1, with the two of RFC 2616 that old software still sends
HOP_BY_HOP = frozenset({
    b"connection", b"proxy-connection", b"keep-alive", b"te", b"trailer", b"transfer-encoding", b"upgrade",
    b"proxy-authenticate", b"proxy-authorization",
})  # fmt: skip
# ours to say, or no business of a service: whom a client claims to be forwarded for is not known to be true
NOT_PASSED_ON = HOP_BY_HOP | {
    b"host", b"expect", b"cookie", b"x-request-id", b"x-timeout-ms", b"traceparent", b"tracestate",
    b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-real-ip",
}  # fmt: skip
# the gateway's own server says these of its own answer
NOT_PASSED_BACK = HOP_BY_HOP | {b"date", b"server", b"x-request-id"}


def to_service(headers: Iterable[tuple[bytes, bytes]], context: Context, *, seconds: float) -> Headers:
    """Return the client's headers for the service, with the id and the trace of this request and how long it waits."""
    given = list(headers)
    passed = _without(given, NOT_PASSED_ON)
    passed.append((b"x-request-id", context.correlation_id.encode()))
    passed.append((b"x-timeout-ms", b"%d" % (seconds * 1000)))
    if context.traceparent:
        passed.append((b"traceparent", context.traceparent.encode()))
        passed.extend(_states(given, context.traceparent.encode()))
    return passed


def _states(headers: Headers, traceparent: bytes) -> Headers:
    """Return the `tracestate` of the client, when its trace goes on (W3C Trace Context, 3.3.1)."""
    states = [(name, value) for name, value in headers if name == b"tracestate"]
    goes_on = any(name == b"traceparent" and value[3:35] == traceparent[3:35] for name, value in headers)
    return states if goes_on else []


def to_client(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Return the service's headers for the client, names in lower case as ASGI wants them."""
    return _without(((name.lower(), value) for name, value in headers), NOT_PASSED_BACK)


def _without(headers: Iterable[tuple[bytes, bytes]], dropped: frozenset[bytes]) -> Headers:
    kept = list(headers)
    named = {
        token.strip().lower() for name, value in kept if name == b"connection" for token in value.split(b",")
    }  # `Connection` names further headers that are for this hop only
    return [(name, value) for name, value in kept if name not in dropped and name not in named]
