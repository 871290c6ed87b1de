"""What is told who cannot be sent on: people a short page in French or English, programs a problem document."""

from collections.abc import Mapping
from html import escape
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from gateway.errors import TooManyRequests
from gateway.links.door import FAILURE, STATUS
from gateway.links.errors import LinkGone, LinksPending, LinksUnavailable, LinkUnknown
from libs.problems import Problem
from libs.web.openapi import FORM
from libs.web.problems import problems, render

LANGUAGES: Final = ("en", "fr")
# by slug and language: title and sentence
TEXTS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    LinkUnknown.slug: {
        "en": ("This link does not exist", "It may have lost its end when it was copied."),
        "fr": ("Ce lien n’existe pas", "Il a peut-être été tronqué en le copiant."),
    },
    LinkGone.slug: {
        "en": ("This link is no longer in use", "Whoever shared it has withdrawn it."),
        "fr": ("Ce lien n’est plus utilisé", "La personne qui l’a partagé l’a retiré."),
    },
    LinksPending.slug: {
        "en": ("One moment, please", "Links will work again in a few seconds: reload this page."),
        "fr": ("Un instant, s’il vous plaît", "Les liens reviennent dans quelques secondes : rechargez cette page."),
    },
}
TEXTS = {
    **TEXTS,
    TooManyRequests.slug: {
        "en": ("Too many visits", "Very many come from your network just now: try again in a moment."),
        "fr": ("Trop de visites", "Beaucoup arrivent de votre réseau en ce moment : réessayez dans un instant."),
    },
    LinksUnavailable.slug: TEXTS[LinksPending.slug],
}
RESPONSES: dict[int | str, dict[str, Any]] = {
    STATUS: {
        "description": "Where the link leads.",
        "headers": {"Location": {"description": "The target.", "schema": {"type": "string", "format": "uri"}}},
    },
    **problems(LinkUnknown, LinkGone, LinksPending, TooManyRequests),
}
for status in (404, 410, 429, 503):
    RESPONSES[status]["content"] = {**FORM, "text/html": {"schema": {"type": "string"}}}

router = APIRouter(tags=["links"])


# Not an argument of the function: any text may be asked for, so there is none of which a document should say "invalid".
CODE = {"name": "code", "in": "path", "required": True, "schema": {"type": "string"}}


@router.get(
    "/l/{code}",  # noqa: FAST003 - see above
    operation_id="follow_link",
    status_code=STATUS,
    response_class=Response,
    responses=RESPONSES,
    openapi_extra={"parameters": [CODE]},
)
@router.head("/l/{code}", include_in_schema=False)
async def follow_link(request: Request) -> Response:
    """Send on to where a link leads. It needs no token; the query is not looked at."""
    # who comes as far as this was not sent on; without a reason only somebody who took the door away
    problem: Problem = request.scope.get(FAILURE) or LinkUnknown("the links are not served here")
    if "text/html" not in request.headers.get("accept", ""):
        return render(problem, {"Vary": "Accept"})
    return page(problem, language_of(request.headers.get("accept-language", "")))


def page(problem: Problem, language: str) -> Response:
    """Return what people see."""
    title, sentence = TEXTS[problem.slug][language]
    body = (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">'
        f"<title>{escape(title)}</title><h1>{escape(title)}</h1><p>{escape(sentence)}</p></html>"
    )
    headers = {
        "Content-Language": language,
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "Vary": "Accept, Accept-Language",
    }
    if problem.retry_after is not None:
        headers["Retry-After"] = str(problem.retry_after)
    return Response(body, problem.status, headers, "text/html")


def language_of(accepted: str) -> str:
    """Return which of our languages `Accept-Language` (RFC 9110, 12.5.4) prefers; the first where it names none."""
    wanted = []
    for place, entry in enumerate(accepted.split(",")):
        tag, _, parameter = entry.partition(";")
        language = tag.strip().lower().partition("-")[0]
        if language in LANGUAGES:
            wanted.append((-_weight(parameter), place, language))
    return min(wanted)[2] if wanted and min(wanted)[0] < 0 else LANGUAGES[0]


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
