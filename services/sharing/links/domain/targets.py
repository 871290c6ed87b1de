"""Where a link may lead: addresses that every browser reads as we do, on hosts that the programme allows."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from pydantic import AnyHttpUrl, TypeAdapter, ValidationError

MOST = 2000  # characters of an address, before what is added to it
# no white space, no control character and no backslash, which browsers take for a slash; a host, and nobody's name
_FORM = re.compile(r"(?i:https?)://[^\s\\/?#@\x00-\x1f\x7f]+([/?#][^\s\\\x00-\x1f\x7f]*)?")
# a name of at least two parts whose last is no number: so no address of a machine, and nothing inside a network
_NAME = re.compile(r"([a-z0-9_-]{1,63}\.)+([a-z][a-z0-9-]{0,61}[a-z0-9])")
_READER: TypeAdapter[AnyHttpUrl] = TypeAdapter(AnyHttpUrl)  # reads as browsers do (url.spec.whatwg.org)
ANY_BELOW = "*."


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An address in the form that browsers send; `host` with the port where it is not the usual one."""

    url: str
    host: str
    secure: bool


class Unfit(ValueError):  # noqa: N818 - says what the text is
    """A text that no link may lead to; the message says why, as the end of a sentence about it."""


def read_target(given: str) -> Target:
    """Return what a text leads to. Raises Unfit."""
    if not _FORM.fullmatch(given):
        raise Unfit("must be an address such as https://example.org/page, without spaces, backslashes or a user")
    try:
        read = _READER.validate_python(given)
    except ValidationError as error:
        raise Unfit("is not an address that browsers can read") from error
    name = read.host or ""
    if not _NAME.fullmatch(name):
        raise Unfit("must name a host such as example.org, and no number of a machine")
    usual = 443 if read.scheme == "https" else 80
    if len(str(read)) > MOST:
        raise Unfit(f"must not be longer than {MOST} characters")
    return Target(
        url=str(read),
        host=name if read.port == usual else f"{name}:{read.port}",
        secure=read.scheme == "https",
    )


def read_host(given: str) -> str:
    """Return an entry of a list of hosts in the form that `is_on` compares: `*.` stands for all below. Raises Unfit."""
    below = given.startswith(ANY_BELOW)
    target = read_target(f"https://{given.removeprefix(ANY_BELOW)}")
    if not target.url == f"https://{target.host}/":
        raise Unfit("must be a host and nothing more")
    return f"{ANY_BELOW}{target.host}" if below else target.host


def is_on(hosts: Collection[str], host: str) -> bool:
    """Whether a host is in a list; `*.example.org` has what is below example.org, and not example.org itself."""
    parts = host.split(".")
    return host in hosts or any(f"{ANY_BELOW}{'.'.join(parts[n:])}" in hosts for n in range(1, len(parts) - 1))
