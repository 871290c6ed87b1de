"""Many calls over one connection: each is answered or fails, in order and in time, whatever becomes of the server."""

import asyncio
import math
import os
import signal
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from deploy.local.servers.valkey import ValkeyServer
from libs.storage.pipelined import PING, Pipelined, open_pipelined
from libs.storage.resp import Script, command, packed
from libs.storage.valkey import ValkeyError
from libs.storage.valkey_link import AT_ONCE
from tests.support.eventually import eventually
from tests.support.servers import running_valkey

ECHO = Script("return {KEYS[1], ARGV[1]}", keys=1)
BLOCK_A_MINUTE = command("BLPOP", "nothing-ever-comes", 60)


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[ValkeyServer]:
    async with running_valkey() as running:
        yield running


@pytest.fixture
async def valkey(server: ValkeyServer) -> AsyncIterator[Pipelined]:
    async with open_pipelined(server.url, patience=5.0) as opened:
        yield opened


@asynccontextmanager
async def served(answer: Any, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server that answers each connection with a function; its port."""
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def outcomes(calls: list[Any]) -> list[Any]:
    async with asyncio.timeout(30):  # none may hang
        return await asyncio.gather(*calls, return_exceptions=True)


async def test_answers_come_to_those_who_asked(valkey: Pipelined) -> None:
    await valkey.command("MSET", *(part for n in range(500) for part in (f"key:{n}", n)))
    found = await outcomes([valkey.command("GET", f"key:{n}") for n in range(500)])
    assert found == [str(n).encode() for n in range(500)]
    assert valkey.pending == 0


async def test_it_works_on_the_loop_of_production_too(server: ValkeyServer) -> None:
    async def asked() -> list[Any]:
        async with open_pipelined(server.url) as valkey:
            return await outcomes([valkey.command("ECHO", n) for n in range(50)])

    found = await asyncio.to_thread(uvloop.run, asked())
    assert found == [str(n).encode() for n in range(50)]


@pytest.mark.parametrize("asked", [1, AT_ONCE - 1, AT_ONCE, 5 * AT_ONCE])
async def test_what_is_asked_in_one_tick_leaves_in_few_writes(asked: int) -> None:
    arrived: list[int] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1 << 20):
            arrived.append(data.count(b"PING"))
            writer.write(b"+PONG\r\n" * arrived[-1])
        writer.close()

    async with served(answer) as port, open_pipelined(f"redis://127.0.0.1:{port}") as valkey:
        assert arrived == [1], "the greeting"
        for _ in range(asked):
            valkey.ask(PING)
        assert valkey.pending == asked
        await valkey.ping()
        assert sum(arrived) == 1 + asked + 1
        assert len(arrived) - 1 <= math.ceil((asked + 1) / AT_ONCE)


async def test_an_error_reaches_only_whose_it_is(valkey: Pipelined) -> None:
    await valkey.command("SET", "text", "words")
    good, bad, later = await outcomes(
        [valkey.command("GET", "text"), valkey.command("LPUSH", "text", 1), valkey.command("GET", "text")]
    )
    assert (good, later) == (b"words", b"words")
    assert isinstance(bad, ValkeyError)
    assert "WRONGTYPE" in str(bad)


async def test_a_script_that_the_server_has_lost_is_sent_again(valkey: Pipelined) -> None:
    for _ in range(2):
        await valkey.command("SCRIPT", "FLUSH")
        found = await outcomes([valkey.script(ECHO, packed("key"), n) for n in range(50)])
        assert found == [[b"key", str(n).encode()] for n in range(50)]


async def test_who_leaves_takes_nobody_elses_answer(valkey: Pipelined) -> None:
    await valkey.command("SET", "mine", "mine")
    leaving = [asyncio.ensure_future(valkey.command("GET", "theirs")) for _ in range(20)]
    await asyncio.sleep(0)  # they have asked
    for task in leaving[::2]:
        task.cancel()
    found = await outcomes([valkey.command("GET", "mine") for _ in range(20)])
    assert found == [b"mine"] * 20
    assert all(task.result() is None for task in leaving[1::2])


async def test_a_server_that_dies_in_the_middle_of_a_thousand_calls(server: ValkeyServer, valkey: Pipelined) -> None:
    await valkey.command("SET", "key", "value")
    value = await valkey.command("GET", "key")
    calls = [asyncio.ensure_future(valkey.command("GET", "key")) for _ in range(500)]
    await asyncio.sleep(0)
    calls.append(asyncio.ensure_future(valkey.ask(BLOCK_A_MINUTE)))  # it is in the middle of something
    calls += [asyncio.ensure_future(valkey.command("GET", "key")) for _ in range(499)]
    await asyncio.wait(calls[:1])
    await server.kill()
    found = await outcomes(calls)
    assert found[0] == value
    assert all(one == value or isinstance(one, ValkeyError) for one in found)
    assert all(isinstance(one, ValkeyError) for one in found[500:])
    with pytest.raises(ValkeyError):
        await valkey.ping()
    await server.start()
    await eventually(lambda: set_and_get(valkey))


async def set_and_get(valkey: Pipelined) -> bool:
    await valkey.command("SET", "after", "it")
    return bool(await valkey.command("GET", "after") == b"it")


async def test_a_server_that_hangs_is_given_up_and_found_again(server: ValkeyServer) -> None:
    async with open_pipelined(server.url, patience=0.3) as valkey:
        os.kill(server.pid, signal.SIGSTOP)
        try:
            found = await outcomes([valkey.ping() for _ in range(100)])
        finally:
            os.kill(server.pid, signal.SIGCONT)
        assert all(isinstance(one, ValkeyError) for one in found)
        await eventually(lambda: set_and_get(valkey))


async def test_no_more_calls_wait_than_were_allowed(server: ValkeyServer) -> None:
    async with open_pipelined(server.url, most_pending=100) as valkey:
        found = await outcomes([valkey.command("ECHO", n) for n in range(150)])
        assert found[:100] == [str(n).encode() for n in range(100)]
        assert [str(one) for one in found[100:]] == ["too many calls to Valkey are under way"] * 50
        assert await valkey.command("ECHO", "again") == b"again"


async def test_it_opens_without_a_server_and_finds_it_when_it_comes(server: ValkeyServer) -> None:
    await server.kill()
    async with open_pipelined(server.url) as valkey:
        with pytest.raises(ValkeyError):
            await valkey.ping()
        await server.start()
        await eventually(lambda: set_and_get(valkey))


async def test_bytes_that_are_no_answer_end_the_connection() -> None:
    greeted = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"+PONG\r\n" if not greeted.is_set() else b"HTTP/1.1 400 Bad Request\r\n")
        greeted.set()
        await reader.read(100)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n")
        await reader.read()
        writer.close()

    async with served(answer) as port, open_pipelined(f"redis://127.0.0.1:{port}") as valkey:
        (error,) = await outcomes([valkey.command("GET", "key")])
        assert isinstance(error, ValkeyError)


async def test_an_answer_to_no_call_ends_the_connection() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"+PONG\r\n+PONG\r\n")
        await reader.read()
        writer.close()

    async with served(answer) as port, open_pipelined(f"redis://127.0.0.1:{port}") as valkey:
        with pytest.raises(ValkeyError):
            await valkey.ping()


async def test_a_wrong_password_never_connects(server: ValkeyServer) -> None:
    async with open_pipelined(server.url.replace("redis://:", "redis://:x")) as valkey:
        with pytest.raises(ValkeyError):
            await valkey.ping()


async def test_it_speaks_to_a_user_and_a_database_of_their_own(server: ValkeyServer, valkey: Pipelined) -> None:
    await valkey.command("ACL", "SETUSER", "gateway", "on", ">pass word", "+@all", "~*")
    named = server.url.replace("redis://:", "redis://gateway:pass%20word@ignored/").split("@")[0]
    address = f"{named}@127.0.0.1:{server.port}/2"
    async with open_pipelined(address) as opened:
        assert await opened.command("ACL", "WHOAMI") == b"gateway"
        await opened.command("SET", "only-in-two", 1)
    assert await valkey.command("EXISTS", "only-in-two") == 0


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of `localhost` with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path: Path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


async def test_a_secure_connection_goes_to_whom_the_certificate_names(server: ValkeyServer, certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    async def passed_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind, before = await asyncio.open_connection("127.0.0.1", server.port)
        await asyncio.gather(copied(reader, before), copied(behind, writer))

    secret = server.url.split("@")[0].replace("redis://", "rediss://")
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(served(passed_on, context))
        trusted = f"{secret}@localhost:{port}/0?ssl_ca_certs={certificate}"
        valkey = await stack.enter_async_context(open_pipelined(trusted))
        assert await valkey.command("ECHO", "x" * 100_000) == b"x" * 100_000
        for refused in (f"{secret}@localhost:{port}/0", trusted.replace("localhost", "127.0.0.1")):
            stranger = await stack.enter_async_context(open_pipelined(refused))
            with pytest.raises(ValkeyError):
                await stranger.ping()


async def copied(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    except (ConnectionError, ssl.SSLError):
        pass
    finally:
        writer.close()
