"""Routes without a token: the request itself is signed with a secret that only the sender has."""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from fastapi import Request

ProofT = TypeVar("ProofT")


class Signed(Generic[ProofT]):
    """A dependency that returns what was verified, and raises where a signature is wrong; tests find it on routes."""

    def __init__(self, verify: Callable[[Request], Awaitable[ProofT]]) -> None:
        """Verify with a function that reads the raw request before anything parses it."""
        self._verify = verify

    async def __call__(self, request: Request) -> ProofT:
        """Return what `verify` returns. Raises what it raises."""
        return await self._verify(request)
