"""Reading answers of the API in tests."""

from typing import Any

import httpx


def done(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The body of an answer that must have this status."""
    assert answer.status_code == status, answer.text
    return dict(answer.json())


def refusal(answer: httpx.Response) -> tuple[int, str, list[str]]:
    """Status, slug and fields of a problem document."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    found = answer.json()
    return found["status"], found["type"].removeprefix("urn:timbre:problem:"), [e["field"] for e in found["errors"]]
