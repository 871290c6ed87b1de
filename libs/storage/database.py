"""One service's PostgreSQL database: the pool, and the transaction that holds a change and what it tells."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Executable, Result, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from libs.clock import Clock, SystemClock
from libs.deadline import current
from libs.events.envelope import Event
from libs.storage.outbox import Message, anything_waits, insert_messages, message_of, partition_message
from libs.storage.pool import ask_the_unused
from libs.storage.session import execute


class Transaction:
    """An open transaction. Use cases are handed it; only the edge opens and thereby commits it."""

    def __init__(self, session: AsyncSession, *, service: str, clock: Clock) -> None:
        """Wrap an open session; `service` is the source of what is emitted."""
        self.session = session
        self._service = service
        self._clock = clock
        self._messages: list[Message] = []

    async def run(
        self, statement: Executable, rows: Mapping[str, Any] | Sequence[Mapping[str, Any]] = ()
    ) -> Result[Any]:
        """Execute a SQLAlchemy statement, with one mapping of parameters or many."""
        return await execute(self.session, statement, rows)

    def emit(self, event: Event, *, key: str) -> None:
        """Tell an event when, and only when, this transaction commits; order is kept among equal keys."""
        self._messages.append(message_of(event, key=key, service=self._service, now=self._clock.now()))

    def emit_batch(self, event: Event, *, partition: int) -> None:
        """Tell an event about many keys that share a partition (0 to 63)."""
        self._messages.append(
            partition_message(event, partition=partition, service=self._service, now=self._clock.now())
        )

    def put(self, bucket: str, key: str, value: bytes) -> None:
        """Write one value into a JetStream key-value bucket after the commit, in order with the events."""
        self._messages.append(Message.for_bucket(bucket, key, value))

    async def flush_outbox(self) -> int:
        """Write what was emitted into the outbox; returns how many messages. Called once, before the commit."""
        await insert_messages(self.session, self._messages, now=self._clock.now())
        return len(self._messages)


class Database:
    """The pool of one service. `written` is set after each commit that left something in the outbox."""

    def __init__(self, engine: AsyncEngine, *, service: str, clock: Clock) -> None:
        """Use `open_database` instead."""
        self.engine = engine
        self._reading = engine.execution_options(isolation_level="AUTOCOMMIT")
        self.written = asyncio.Event()
        self._service = service
        self._clock = clock

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Open the transaction: commits when the block ends, rolls back when it raises. Raises DeadlinePassed."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session:
            async with session.begin():
                if (deadline := current()) is not None:
                    await session.connection()  # what queues for one may be late when it gets it
                    deadline.check()
                tx = Transaction(session, service=self._service, clock=self._clock)
                yield tx
                emitted = await tx.flush_outbox()
            if emitted:
                self.written.set()

    async def has_messages(self) -> bool:
        """Return whether the outbox holds anything; one statement, without a transaction around it."""
        async with self._reading.connect() as connection:
            return await anything_waits(connection)

    async def ping(self) -> None:
        """Raise when the database does not answer."""
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))


def async_url(url: str) -> str:
    """Return `postgresql://…` as the address of the asyncpg dialect."""
    return make_url(url).set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)


@asynccontextmanager
async def open_database(
    url: str, *, service: str, clock: Clock | None = None, pool_size: int = 10
) -> AsyncIterator[Database]:
    """Open the pool and close it at the end. A statement may run 30 s and wait 5 s for a lock."""
    engine = create_async_engine(
        async_url(url),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        connect_args={
            "timeout": 5,
            "server_settings": {
                "application_name": service,
                "statement_timeout": "30000",
                "lock_timeout": "5000",
                "idle_in_transaction_session_timeout": "60000",
                "jit": "off",
            },
        },
    )
    ask_the_unused(engine)
    try:
        yield Database(engine, service=service, clock=clock or SystemClock())
    finally:
        await engine.dispose()
