"""A certified OpenID provider as a process of its own, and the tokens that its clients get."""

import json
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from jwt.algorithms import ECAlgorithm

from libs.clock import new_id
from tests.integration.gateway.serving import free_address
from tests.support.eventually import eventually

FOLDER = Path(__file__).parents[1] / "oidc"
INSTALL_SECONDS = 120
CALLBACK = "http://127.0.0.1/callback"
Jwk = dict[str, Any]


def new_signing_key() -> Jwk:
    """A private key, as the provider is given it."""
    jwk = ECAlgorithm.to_jwk(generate_private_key(SECP256R1()), as_dict=True)
    return {**jwk, "kid": str(new_id()), "alg": "ES256", "use": "sig"}


def installed() -> str:
    """The program that runs the provider, installed first. Skips the test, and says why, where it cannot be."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("node and npm are not installed (Debian: nodejs npm)")
    lock, done = FOLDER / "package-lock.json", FOLDER / "node_modules/.package-lock.json"
    if not done.exists() or done.stat().st_mtime < lock.stat().st_mtime:
        try:
            command = [npm, "ci", "--no-audit", "--no-fund"]
            subprocess.run(command, cwd=FOLDER, check=True, capture_output=True, text=True, timeout=INSTALL_SECONDS)
        except subprocess.SubprocessError as error:
            said = getattr(error, "stderr", None) or str(error)
            pytest.skip(f"the npm package oidc-provider cannot be installed: {said[-500:]}")
    return node


@dataclass
class OidcProvider:
    """The provider at one address, whether it runs or not."""

    program: str
    log: Path
    claims: dict[str, Any]
    issuer: str = field(default_factory=free_address)
    keys: list[Jwk] = field(default_factory=lambda: [new_signing_key()])
    process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Run it with `keys`, the first of which signs."""
        self.process = self._run()

        async def answers() -> bool:
            assert self.process is not None
            assert self.process.poll() is None, self.log.read_text()
            return "ready" in self.log.read_text()

        await eventually(answers, seconds=30)

    def _run(self) -> subprocess.Popen[bytes]:
        settings = {"port": int(self.issuer.rpartition(":")[2]), "keys": self.keys, "claims": self.claims}
        command = [self.program, str(FOLDER / "provider.js"), json.dumps(settings)]
        with self.log.open("wb") as log:
            return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)

    def stop(self) -> None:
        """End it, and its answers."""
        if self.process is not None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait(timeout=10)
            self.process = None

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let it take connections and answer none."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def asked(self, path: str) -> int:
        """How often a path was asked for since the start."""
        return self.log.read_text().count(f"GET {path}\n")

    async def token(self, audience: str = "timbre") -> str:
        """An access token for a machine, as a JWT."""
        form = {"grant_type": "client_credentials", "resource": f"urn:{audience}", "scope": "api"}
        return str((await self._answer(form, ("machine", "machine-secret")))["access_token"])

    async def login(self) -> dict[str, Any]:
        """What a person gets who signs in with a browser: an ID token, and an access token for the provider itself."""
        async with self._client() as browser:
            query = {"client_id": "web", "response_type": "code", "scope": "openid", "redirect_uri": CALLBACK}
            answer = await browser.get("/auth", params={**query, "nonce": "once"})
            while not answer.headers.get("location", "").startswith(CALLBACK):
                if answer.is_redirect:
                    answer = await browser.get(answer.headers["location"])
                else:
                    answer = await browser.post(_named(r'action="([^"]+)"', answer), data=_form(answer))
        code = httpx.URL(answer.headers["location"]).params["code"]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
        return await self._answer(form, ("web", "web-secret"))

    async def _answer(self, form: dict[str, str], client: tuple[str, str]) -> dict[str, Any]:
        async with self._client() as http:
            answer = await http.post("/token", data=form, auth=client)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.issuer, trust_env=False, timeout=30)


def _named(pattern: str, answer: httpx.Response) -> str:
    found = re.search(pattern, answer.text)
    assert found is not None, answer.text
    return found[1]


def _form(answer: httpx.Response) -> dict[str, str]:
    return {"prompt": _named(r'name="prompt" value="([^"]+)"', answer), "login": "alice", "password": "any"}
