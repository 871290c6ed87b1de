"""By TLS to the address that was checked, under the certificate of the name."""

import gc
import ssl
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gateway.webhooks.endpoints.addresses import Rules
from gateway.webhooks.endpoints.network import SystemResolver
from gateway.webhooks.endpoints.sender import Sender
from tests.integration.webhooks.receiver import Receiver, receiving

NETWORKS = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
HEADERS = {"Content-Type": "application/json"}


def certificate(folder: Path, name: str) -> Path:
    """A file with a key and a certificate for a name that vouches for itself."""
    key, called = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    return certificate(tmp_path, "localhost")


@pytest.fixture
async def secure(pem: Path) -> AsyncIterator[Receiver]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    async with receiving(context, host="localhost") as found:
        yield found


@pytest.fixture
def resolver() -> Iterator[SystemResolver]:
    found = SystemResolver(1)
    yield found
    found.close()


def sender(resolver: SystemResolver, ca_file: Path | None, *, seconds: float = 30) -> Sender:
    return Sender(Rules(NETWORKS), resolver, connect_seconds=seconds, total_seconds=seconds, ca_file=ca_file)


async def test_a_name_is_connected_to_by_its_address_and_asked_for_its_own_certificate(
    secure: Receiver, resolver: SystemResolver, pem: Path
) -> None:
    answer = await sender(resolver, pem).post(f"{secure.url}/hook", HEADERS, b"{}")
    assert (answer.outcome, answer.status) == ("delivered", 200)
    (posted,) = secure.at("/hook")
    assert posted.headers["host"] == secure.url.removeprefix("https://")


async def test_a_certificate_that_nobody_vouches_for_is_refused_before_anything_is_sent(
    secure: Receiver, resolver: SystemResolver
) -> None:
    answer = await sender(resolver, None).post(f"{secure.url}/hook", HEADERS, b"{}")
    assert (answer.outcome, answer.status) == ("untrusted", None)
    assert secure.at("/hook") == []


async def test_the_certificate_of_another_name_is_refused(
    secure: Receiver, resolver: SystemResolver, pem: Path
) -> None:
    url = secure.url.replace("localhost", "127.0.0.1")
    answer = await sender(resolver, pem).post(f"{url}/hook", HEADERS, b"{}")
    assert answer.outcome == "untrusted"
    assert secure.at("/hook") == []


async def test_what_speaks_no_tls_is_no_endpoint(receiver: Receiver, resolver: SystemResolver) -> None:
    url = receiver.url.replace("http://", "https://")
    answer = await sender(resolver, None, seconds=0.5).post(f"{url}/tls", HEADERS, b"{}")
    assert answer.outcome == "timed-out"
    gc.collect()  # a connection that was left open would be warned of, which fails
    assert receiver.at("/tls") == []
