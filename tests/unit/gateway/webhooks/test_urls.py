from ipaddress import ip_network

import pytest

from gateway.webhooks.endpoints.addresses import Rules
from gateway.webhooks.endpoints.urls import Endpoint, WrongUrl, endpoint_of

DEVELOPMENT = Rules((ip_network("127.0.0.0/8"),))


@pytest.mark.parametrize(
    ("url", "host", "port", "target", "authority"),
    [
        ("https://hooks.example.org/timbre", "hooks.example.org", 443, "/timbre", "hooks.example.org"),
        ("https://Hooks.Example.org", "hooks.example.org", 443, "/", "hooks.example.org"),
        ("https://example.org:8443/a?b=c&d=%20e", "example.org", 8443, "/a?b=c&d=%20e", "example.org:8443"),
        ("https://example.org?key=1", "example.org", 443, "/?key=1", "example.org"),
        ("https://[2606:4700::1111]:8443/", "2606:4700::1111", 8443, "/", "[2606:4700::1111]:8443"),
        ("https://93.184.216.34/x", "93.184.216.34", 443, "/x", "93.184.216.34"),
        ("https://example.org/it's@here", "example.org", 443, "/it's@here", "example.org"),
    ],
)
def test_an_address_is_taken_apart(url: str, host: str, port: int, target: str, authority: str) -> None:
    found = endpoint_of(url, Rules())
    assert found == Endpoint(encrypted=True, host=host, port=port, target=target)
    assert found.authority == authority


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://example.org/", "https"),
        ("ftp://example.org/", "https"),
        ("file:///etc/passwd", "https"),
        ("https:example.org", "https"),
        ("//example.org/", "https"),
        ("", "https"),
        ("https://", "https"),
        ("https:///path", "https"),
        ("https://user@example.org/", "user"),
        ("https://user:password@example.org/", "user"),
        ("https://example.org@127.0.0.1/", "user"),
        ("https://example.org?@127.0.0.1/", ""),
        ("https://example.org/#fragment", "fragment"),
        ("https://example.org/#", "fragment"),
        ("https://example.org\\@127.0.0.1/", "user"),
        ("https://example.org\\.evil.org/", "https"),
        ("https://exa mple.org/", "https"),
        ("https://example.org/a b", "https"),
        ("https://example.org/\r\nHost: evil", "https"),
        ("https://example.org/\n", "https"),
        ("https://exämple.org/", "https"),
        ("https://example.org:22/", "port"),
        ("https://example.org:0/", "port"),
        ("https://example.org:99999/", "port"),
        ("https://example.org:/", "https"),
        ("https://localhost./", "dot"),
        ("https://.example.org/", "dot"),
        ("https://example..org/", "dot"),
        ("https://[::1/", "https"),
        ("https://[::1%25eth0]/", "https"),
        ("https://[1.2.3.4]/", "IPv6"),
        ("https://[:::]/", "IPv6"),
        ("https://example.org/" + "a" * 2048, "2048"),
    ],
)
def test_what_is_no_address_of_an_endpoint_is_refused_with_the_reason(url: str, reason: str) -> None:
    if not reason:  # a query may have an @: it is no part of the host
        assert endpoint_of(url, Rules()).host == "example.org"
        return
    with pytest.raises(WrongUrl, match=reason):
        endpoint_of(url, Rules())


def test_for_development_plain_http_and_any_port_are_taken() -> None:
    found = endpoint_of("http://127.0.0.1:9999/hook", DEVELOPMENT)
    assert found == Endpoint(encrypted=False, host="127.0.0.1", port=9999, target="/hook")
    with pytest.raises(WrongUrl):
        endpoint_of("http://127.0.0.1:99999/", DEVELOPMENT)
