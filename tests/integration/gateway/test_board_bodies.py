"""What is written by hand is, byte for byte, what the described models write."""

import json
import random
from typing import Any

import pytest
from pydantic import BaseModel

from deploy.local.servers.nats import NatsServer
from gateway.boards.answers import AmongOut, RankOut, SeveralOut, StandingsOut
from libs.bus.connection import open_connection
from libs.storage.valkey import Valkey
from tests.integration.gateway.boards import Board, person
from tests.integration.gateway.conftest import Gateway
from tests.support.eventually import eventually

NAMES = ("Ada", 'Grace "Amazing" Hopper', "Zoë\\Ünal", "名前", "tab\tand\u001fcontrol", "<b>&amp;", "a" * 300)
SCORES = (0, 1, 10, 999, 1000, 1001, 12_345, 123_000, 999_999_999_999, 2**53 - 1, -1, -1500)


@pytest.mark.parametrize("tie", ["first", "shared"])
@pytest.mark.parametrize("more", [{}, {"anonymity": "pseudonym", "salt": "s" * 36}, {"subject": "team"}])
async def test_bytes_are_those_of_the_models(
    gateway: Gateway, valkey: Valkey, broker: NatsServer, tie: str, more: dict[str, str]
) -> None:
    async with open_connection(broker.url, name="operator") as profiles:
        for number, name in enumerate(NAMES):
            profile = {"name": name, "team": f"Team {name}", "team_id": str(person(900 + number))}
            await profiles.request(f"$KV.profiles.{person(number)}", json.dumps(profile).encode())
    chance = random.Random(7)
    board = await Board(valkey, title='Voices "of" ünal', more={**more, "tie": tie}).define()
    rows = {number: (chance.choice(SCORES), number + 1) for number in range(40)}
    await board.write(rows, sequence=40, version=3, appearances={5: "pseudonym", 6: "name"})
    path, ids = f"/v1/boards/{board.id}", ",".join(str(person(number)) for number in range(20))

    async def told() -> bool:
        found = await gateway.get(f"{path}?limit=100")
        return more != {} or NAMES[-1] in {row["name"] for row in found.json()["items"]}

    await eventually(told)
    asked: list[tuple[str, type[BaseModel]]] = [
        (f"{path}?limit=100", StandingsOut),
        (f"{path}?limit=7", StandingsOut),
        (f"{path}?period=week", StandingsOut),
        (f"{path}/around/{person(9)}", StandingsOut),
        *((f"{path}/rank/{person(number)}", RankOut) for number in range(40)),
        (f"{path}/among?ids={ids}", AmongOut),
        (f"/v1/boards?ids={board.id}", SeveralOut),
    ]
    for address, model in asked:
        answer: Any = await gateway.get(address)
        assert answer.status_code == 200, answer.text
        assert answer.text == model.model_validate_json(answer.content).model_dump_json(), address
