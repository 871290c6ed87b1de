"""What people read who cannot be sent on."""

import pytest

from gateway.links.errors import LinkGone, LinksPending, LinksUnavailable, LinkUnknown
from gateway.links.pages import LANGUAGES, TEXTS, language_of, page


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("fr", "fr"),
        ("fr-CA,en;q=0.8", "fr"),
        ("en-GB,fr;q=0.9", "en"),
        ("de,fr;q=0.5,en;q=0.4", "fr"),
        ("en;q=0.3,fr;q=0.7", "fr"),
        ("fr;q=0,en", "en"),
        ("fr;q=0", "en"),
        ("fr;q=nonsense", "en"),
        ("de, nl", "en"),
        ("*", "en"),
        (";;q=,,", "en"),
    ],
)
def test_people_read_the_one_of_our_languages_that_they_prefer(accepted: str, language: str) -> None:
    assert language_of(accepted) == language


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [LinkUnknown, LinkGone, LinksPending, LinksUnavailable])
def test_every_failure_has_a_page_in_every_language(kind: type[LinkUnknown], language: str) -> None:
    answer = page(kind("why", retry_after=2), language)
    assert answer.status_code == kind.status
    assert TEXTS[kind.slug][language][0] in bytes(answer.body).decode()
    assert f'lang="{language}"' in bytes(answer.body).decode()
    assert answer.headers["retry-after"] == "2"
    assert "script" not in bytes(answer.body).decode()
