"""What user agents say they are."""

import time
from collections.abc import Callable

import pytest
from crawleruseragents import CRAWLER_USER_AGENTS_DATA, is_crawler

from gateway.links.agents import LONGEST, REMEMBERED, Agents, agent_of

CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0"
WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
FACEBOOK = "[FBAN/FBIOS;FBAV/490.0.0.0;FBBV/1;FBDV/iPhone16,1;FBMD/iPhone;FBSN/iOS;FBSV/18.1]"
PEOPLE = [
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36",
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36 Edg/142.0.0.0",
    f"Mozilla/5.0 (Linux; Android 15; Pixel 9) {CHROME} Mobile Safari/537.36",
    f"Mozilla/5.0 (Linux; Android 14; SM-S911B; wv) {CHROME} Mobile Safari/537.36 [LinkedInApp]",
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Version/18.1 Safari/605.1.15",
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) {WEBKIT} Version/18.1 Mobile/15E148 Safari/604.1",
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) {WEBKIT} Mobile/22B83 {FACEBOOK}",
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
]
PREVIEWERS = [
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Twitterbot/1.0",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "WhatsApp/2.23.20.0 A",
    "TelegramBot (like TwitterBot)",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
    "Mastodon/4.3.0 (http.rb/5.2.0; +https://social.example/)",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/142.0.0.0 Safari/537.36",
    "curl/8.5.0",
    "python-requests/2.32.3",
    "Go-http-client/1.1",
    # what the list misses
    "Java/17.0.2",
    "Barracuda Sentinel (EE)",
    "Bluesky Cardyb/1.1; +mailto:support@bsky.app",
    "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17328; Pro)",
    "undici",
]


@pytest.mark.parametrize("user_agent", PEOPLE)
def test_people_are_people(user_agent: str) -> None:
    assert agent_of(user_agent.encode()) == "person"


@pytest.mark.parametrize("user_agent", PREVIEWERS)
def test_programs_that_fetch_pages_are_none(user_agent: str) -> None:
    assert agent_of(user_agent.encode()) == "crawler"


@pytest.mark.parametrize("user_agent", [b"", b" ", b"\t"])
def test_who_says_nothing_is_nobody(user_agent: bytes) -> None:
    assert agent_of(user_agent) == "none"


def test_whoever_says_more_than_any_browser_is_not_listened_to() -> None:
    assert agent_of(b"x" * (LONGEST + 1)) == "crawler"


def test_one_expression_finds_what_the_list_finds() -> None:
    examples = [one for entry in CRAWLER_USER_AGENTS_DATA for one in entry["instances"] if one]
    assert len(examples) > 1000
    assert [one for one in examples if len(one) <= LONGEST and agent_of(one.encode()) != "crawler"] == [
        one for one in examples if len(one) <= LONGEST and not is_crawler(one)
    ]


def quickest(work: Callable[[], object]) -> float:
    """The least time of many: what else the machine does only makes it longer."""

    def timed() -> float:
        started = time.perf_counter()
        work()
        return time.perf_counter() - started

    return min(timed() for _ in range(200))


def test_a_persons_agent_costs_less_than_with_the_lists_own_matcher() -> None:
    user_agent = PEOPLE[0]
    assert quickest(lambda: agent_of(user_agent.encode())) < quickest(lambda: is_crawler(user_agent))


def test_what_is_known_is_not_looked_for_again_and_memory_is_bounded() -> None:
    agents = Agents()
    known = PEOPLE[0].encode()
    assert [agents.of(known), agents.of(known), agents.of(b"curl/8.5.0")] == ["person", "person", "crawler"]
    for number in range(REMEMBERED + 10):
        agents.of(b"agent %d" % number)
    assert len(agents._known) <= REMEMBERED
    assert agents.of(known) == "person"
