"""Which headers pass."""

from gateway.proxy.headers import to_client, to_service
from libs.telemetry.context import Context

CONTEXT = Context(correlation_id="request-1", traceparent="00-aa-bb-01")


def test_headers_named_by_connection_are_dropped_whatever_their_case() -> None:
    passed = to_service(
        [
            *((b"connection", names) for names in (b"X-One, x-TWO", b"x-three")),
            *((name, b"1") for name in (b"x-one", b"x-two", b"x-three")),
            (b"x-four", b"4"),
        ],
        CONTEXT,
        seconds=2.5,
    )
    assert passed == [
        (b"x-four", b"4"),
        (b"x-request-id", b"request-1"),
        (b"x-timeout-ms", b"2500"),
        (b"traceparent", b"00-aa-bb-01"),
    ]


def test_repeated_headers_stay_repeated_and_in_order() -> None:
    given = [(b"accept", b"a"), (b"x-a", b"1"), (b"accept", b"b")]
    assert to_service(given, CONTEXT, seconds=1)[:3] == given


def test_answers_lose_what_our_own_server_says() -> None:
    given = [(b"Date", b"x"), (b"Server", b"y"), (b"Transfer-Encoding", b"chunked"), (b"ETag", b'"1"')]
    assert to_client(given) == [(b"etag", b'"1"')]
