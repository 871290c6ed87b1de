"""Tracked links in Valkey, written as sharing writes them, and the browsers that follow them."""

from collections.abc import Sequence

from libs.clock import new_id
from libs.storage.pipelined import Pipelined
from services.sharing.links.api import new_code
from services.sharing.links.domain.shown import READY, link_key, link_value

TARGET = "https://www.lumen.example/workshop?utm_source=linkedin&utm_medium=social"
BROWSERS = 40


async def fill_links(valkey: Pipelined, count: int) -> Sequence[str]:
    """Write so many links; returns their codes."""
    codes = [new_code() for _ in range(count)]
    for code in codes:
        await valkey.command("SET", link_key(code), link_value(1, new_id(), TARGET))
    await valkey.command("SET", READY, "1")
    return codes


def browser(number: int) -> str:
    """Return the user agent of one of some browsers."""
    version = 100 + number % BROWSERS
    return f"Mozilla/5.0 (X11; Linux x86_64; rv:{version}.0) Gecko/20100101 Firefox/{version}.0"
