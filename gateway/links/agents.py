"""What a user agent says it is: a person's browser, a program that fetches pages, or nothing.

The list is `crawler-user-agents` (MIT, github.com/monperrus/crawler-user-agents) and what it misses. Its own matcher
tries 1504 patterns at each character. Here they stand in one expression, grouped by the two characters that they begin
with, so that only a few are tried; and what was found is remembered.
"""

import re
from collections import defaultdict
from collections.abc import Iterable

from crawleruseragents import CRAWLER_USER_AGENTS_DATA

from libs.events.gateway import Agent

# Fetchers and scanners of mail that the list does not know; each seen in the wild under this name.
SUPPLEMENT = (
    r"^Java/",
    r"Barracuda",
    r"Bluesky Cardyb",
    r"Proofpoint",
    r"Mimecast",
    r"^Microsoft Office",
    r"ms-office",
    r"Microsoft Outlook",
    r"^Node\.js",
    r"^node$",
    r"^undici",
    r"^Dart/",
    r"^Ruby$",
    r"^PHP/",
    r"^PostmanRuntime",
    r"^insomnia/",
)
LONGEST = 512  # no browser says so much, and looking costs time with each character
REMEMBERED = 4096
_BEGINNING = re.compile(r"[A-Za-z0-9 _-]{2}(?![?*+{|])")


def one_pattern(patterns: Iterable[str]) -> str:
    """Return an expression that matches where any of `patterns` does."""
    groups = defaultdict[str, list[str]](list)
    others = []
    for pattern in patterns:
        # what begins with two plain characters, both of which must be there: nothing optional, no alternative
        if _BEGINNING.match(pattern) and "|" not in pattern:
            groups[pattern[:2]].append(pattern[2:])
        else:
            others.append(f"(?:{pattern})")
    grouped = [f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in sorted(groups.items())]
    by_letter = defaultdict[str, list[str]](list)
    for expression in grouped:
        by_letter[expression[0]].append(expression)
    return "|".join([*(f"(?:{'|'.join(alike)})" for alike in by_letter.values()), *others])


CRAWLERS = re.compile(one_pattern([*(one["pattern"] for one in CRAWLER_USER_AGENTS_DATA), *SUPPLEMENT]))


class Agents:
    """Says what user agents are, remembering the latest."""

    def __init__(self) -> None:
        self._known: dict[bytes, Agent] = {}

    def of(self, user_agent: bytes) -> Agent:
        """Return what a user agent says it is."""
        known = self._known.get(user_agent)
        if known is None:
            if len(self._known) >= REMEMBERED:  # whoever makes up a new name each time must not fill the memory
                self._known.clear()
            known = self._known[user_agent] = agent_of(user_agent)
        return known


def agent_of(user_agent: bytes) -> Agent:
    """Return what a user agent says it is."""
    if not user_agent.strip():
        return "none"
    if len(user_agent) > LONGEST or CRAWLERS.search(user_agent.decode("latin-1")):
        return "crawler"
    return "person"
