"""Bodies of answers to networks."""

from typing import Literal

from pydantic import BaseModel


class LinkedInChallengeOut(BaseModel):
    """The challenge, and its signature in hexadecimal."""

    challengeCode: str  # noqa: N815 - LinkedIn's name
    challengeResponse: str  # noqa: N815 - LinkedIn's name


class XChallengeOut(BaseModel):
    """The signature of the challenge, `sha256=` and base64."""

    response_token: str


class ReceivedOut(BaseModel):
    """What was sent is on disk."""

    status: Literal["received"] = "received"
