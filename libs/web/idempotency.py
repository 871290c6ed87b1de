"""`Idempotency-Key` on creating POSTs: the answer is stored in the transaction of its effect and given again.

After draft-ietf-httpapi-idempotency-key-header-07: the key is bound to caller and route, another body is refused, and
a repetition that comes while the first is under way waits for it. Keys are kept for a day.
"""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel
from sqlalchemy import ColumnElement, delete, literal, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlmodel import col

from libs.clock import Clock
from libs.storage.database import Database, Transaction
from libs.storage.tables import IdempotencyRow
from libs.web.errors import IdempotencyConflict

KEPT = timedelta(hours=24)
REPLAYED = "Idempotency-Replayed"
OutT = TypeVar("OutT", bound=BaseModel)
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=255)]


class Once:
    """Runs a creating request once for each key of a caller; without a key it just runs it."""

    def __init__(self, key: str | None, *, caller: str, route: str, body: bytes) -> None:
        """Bind the key to who calls what with which body."""
        self._key = key
        self._caller = caller
        self._route = route
        self._digest = hashlib.sha256(body).hexdigest()

    async def run(
        self, tx: Transaction, create: Callable[[], Awaitable[OutT]], *, clock: Clock, status: int = 201
    ) -> Response:
        """Return the new answer, or the stored one. Raises IdempotencyConflict; what `create` raises stores nothing."""
        stored = await self._claim(tx, clock)
        if stored is not None:
            return Response(stored.answer, stored.status or status, {REPLAYED: "true"}, "application/json")
        answer = (await create()).model_dump_json().encode()
        if self._key is not None:
            await tx.run(update(IdempotencyRow).where(*self._row()).values(status=status, answer=answer))
        return Response(answer, status, media_type="application/json")

    async def _claim(self, tx: Transaction, clock: Clock) -> IdempotencyRow | None:
        """Take the key, waiting for another holder to end; returns the row when the work is done already."""
        if self._key is None:
            return None
        row = {"caller": self._caller, "route": self._route, "key": self._key, "body_digest": self._digest}
        taken = await tx.run(
            upsert(IdempotencyRow)
            .values(**row, created_at=clock.now())
            .on_conflict_do_nothing()
            .returning(col(IdempotencyRow.key))
        )
        if taken.first():
            return None
        stored = (await tx.run(select(IdempotencyRow).where(*self._row()))).scalar_one()
        if stored.body_digest != self._digest:
            raise IdempotencyConflict("send a new Idempotency-Key for a new request")
        assert isinstance(stored, IdempotencyRow)
        return stored

    def _row(self) -> tuple[ColumnElement[bool], ...]:
        return (
            col(IdempotencyRow.caller) == self._caller,
            col(IdempotencyRow.route) == self._route,
            col(IdempotencyRow.key) == self._key,
        )


async def once(request: Request, key: Key = None) -> Once:
    """FastAPI dependency: the `Once` of this request; declare it after the one that checks the token."""
    caller = hashlib.sha256(request.state.subject.encode()).hexdigest()
    route = f"{request.method} {request.url.path}"
    return Once(key, caller=caller, route=route, body=await request.body())


IdempotentPost = Annotated[Once, Depends(once)]


async def forget_old_keys(db: Database, clock: Clock) -> int:
    """Delete keys older than a day; returns how many."""
    async with db.transaction() as tx:
        gone = await tx.run(
            delete(IdempotencyRow).where(col(IdempotencyRow.created_at) < clock.now() - KEPT).returning(literal(1))
        )
        return len(gone.all())
