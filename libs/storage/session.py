"""Running any SQLAlchemy statement on SQLModel's session, whose typed `exec` knows only selects and updates."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Executable, Result
from sqlmodel.ext.asyncio.session import AsyncSession


async def execute(
    session: AsyncSession, statement: Executable, rows: Mapping[str, Any] | Sequence[Mapping[str, Any]] = ()
) -> Result[Any]:
    """Execute a statement with one mapping of parameters, or with many; returns rows, not scalars."""
    result: Result[Any] = await session.exec(statement, params=rows or None)  # type: ignore[call-overload] # see above
    return result
