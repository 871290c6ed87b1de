"""Following boards live in tests, and telling the gateway that one has changed, as gamification does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from deploy.local.servers.nats import NatsServer
from libs.bus.connection import open_connection
from libs.events.hints import BOARDS, BoardHint
from tests.integration.gateway.boards import Board
from tests.integration.gateway.conftest import Gateway
from tests.support.live import Listener, Page, following

NEVER = 3600.0  # seconds between slow looks, where only a hint may bring news


@asynccontextmanager
async def follow(
    gateway: Gateway,
    board: Board,
    *,
    after: Listener | None = None,
    seen: str = "",
    token: str = "",
    receive_buffer: int | None = None,
    **query: Any,
) -> AsyncIterator[Listener]:
    """A stream of a board, open until the block ends; as an ambassador where no token is given.

    It goes on `after` another, or pretends to have `seen` a position.
    """
    token = token or gateway.issuer.token("ambassador")
    headers = {"Authorization": f"Bearer {token}", **({"Last-Event-ID": seen} if seen else {})}
    path = f"/v1/boards/{board.id}/live?{urlencode(query)}"
    async with following(gateway.url, path, headers, after=after, receive_buffer=receive_buffer) as listener:
        yield listener


async def tell(broker: NatsServer, board: Board, period: str | None = "all") -> None:
    """Hint that a board has changed."""
    async with open_connection(broker.url_of("gamification"), name="gamification") as connection:
        await connection.client.publish(BOARDS, BoardHint(board.id, period).text().encode())
        await connection.client.flush()


def numbers(page: Page) -> list[int]:
    """Who is in the rows, by the numbers that the test gave them."""
    return [UUID(row["ambassador_id"]).int & 0xFFFFFFFF for row in page["items"]]


async def read(gateway: Gateway, board: Board, **query: Any) -> Page:
    """The same page by an ordinary read."""
    answer = await gateway.get(f"/v1/boards/{board.id}", params=query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def has(sequence: int) -> Any:
    """Whether a page holds what was applied up to a sequence."""
    return lambda page: page["sequence"] >= sequence
