"""Where links may lead."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sharing.links.domain.targets import Unfit, is_on, read_host, read_target
from services.sharing.links.domain.utm import Utm, tagged

ALLOWED = {"good.example", "*.below.example", "shop.example:8443"}


@pytest.mark.parametrize(
    "given_url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "file:///etc/passwd",
        "ftp://good.example/",
        "//evil.example/",
        "/l/other",
        "good.example",
        "https:good.example",
        "https:/good.example",
        "https:///good.example",
        "https://",
        "https://good@evil.example/",
        "https://good.example@evil.example/",
        "https://good.example:secret@evil.example/",
        "https://user:@good.example/",
        "https:\\\\evil.example",
        "https://good.example\\@evil.example",
        "https://good.example\\.evil.example/",
        "https://good.example/\\evil.example",
        "https://good.example/\r\nSet-Cookie: a=b",
        "https://good.example/\nLocation: https://evil.example",
        "https://good.example/\t",
        "https://good.example/a b",
        " https://good.example/",
        "https://good.example/\x00",
        "https://good.example/\x7f",
        "https://good.example:99999/",
        "https://[::1]/",
        "https://127.0.0.1/",
        "https://0x7f.1/",
        "https://2130706433/",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/",
        "https://intranet/",
        "https://good..example/",
        "https://good.example/" + "x" * 2000,
    ],
)
def test_what_is_no_plain_web_address_is_refused(given_url: str) -> None:
    with pytest.raises(Unfit):
        read_target(given_url)


@pytest.mark.parametrize(
    ("given_url", "host"),
    [
        ("https://evil.example/?next=https://good.example/", "evil.example"),
        ("https://evil.example/#@good.example", "evil.example"),
        ("https://good.example.evil.example/", "good.example.evil.example"),
        ("https://good.example%2eevil.example/", "good.example.evil.example"),
        ("https://gооd.example/", "xn--gd-fmca.example"),  # with two Cyrillic letters
        ("https://good.example。evil.example/", "good.example.evil.example"),
        ("https://good.example:444/", "good.example:444"),
        ("https://below.example/", "below.example"),
        ("https://notbelow.example/", "notbelow.example"),
    ],
)
def test_the_host_that_counts_is_the_one_that_a_browser_goes_to(given_url: str, host: str) -> None:
    target = read_target(given_url)
    assert target.host == host
    assert not is_on(ALLOWED, target.host)


@pytest.mark.parametrize(
    ("given_url", "url"),
    [
        ("https://GOOD.example", "https://good.example/"),
        ("HTTPS://good.example:443/a/../b", "https://good.example/b"),
        ("https://good.example/bücher?für=alle#§", "https://good.example/b%C3%BCcher?f%C3%BCr=alle#%C2%A7"),
        ("https://a.below.example/x@y", "https://a.below.example/x@y"),
        ("https://a.b.below.example/", "https://a.b.below.example/"),
        ("https://shop.example:8443/", "https://shop.example:8443/"),
    ],
)
def test_an_allowed_address_is_kept_as_browsers_send_it(given_url: str, url: str) -> None:
    target = read_target(given_url)
    assert (target.url, target.secure) == (url, True)
    assert is_on(ALLOWED, target.host)


def test_plain_http_is_told_apart() -> None:
    assert not read_target("http://good.example/").secure


@given(st.text(max_size=60), st.sampled_from(["https://good.example", "https://", ""]), st.text(max_size=20))
def test_whatever_is_let_in_fits_into_a_header_and_names_its_host(before: str, middle: str, after: str) -> None:
    try:
        target = read_target(before + middle + after)
    except Unfit:
        return
    assert all("!" <= character <= "~" for character in target.url)
    assert "\\" not in target.url
    split = urlsplit(target.url)
    assert split.netloc == target.host
    assert split.scheme in {"https", "http"}


@pytest.mark.parametrize(
    ("entry", "host"),
    [
        ("Good.example", "good.example"),
        ("*.Below.example", "*.below.example"),
        ("shop.example:8443", "shop.example:8443"),
        ("shop.example:443", "shop.example"),
        ("bücher.example", "xn--bcher-kva.example"),
    ],
)
def test_hosts_are_listed_as_they_are_compared(entry: str, host: str) -> None:
    assert read_host(entry) == host


@pytest.mark.parametrize(
    "entry",
    ["", "*", "*.", "*.example", "example", "good.example/path", "a@good.example", "https://good.example", "*.*.a"],
)
def test_what_is_no_host_is_not_listed(entry: str) -> None:
    with pytest.raises(Unfit):
        read_host(entry)


def test_what_a_programme_adds_stands_behind_what_is_there() -> None:
    utm = Utm(source="{network}", medium="social", campaign="open day")
    url = tagged("https://good.example/a?b=1#c", utm, "linkedin")
    assert url == "https://good.example/a?b=1&utm_source=linkedin&utm_medium=social&utm_campaign=open+day#c"
    assert tagged("https://good.example/?utm_source=own", utm, "x").count("utm_source") == 1
    assert tagged("https://good.example/", Utm(), "x") == "https://good.example/"
