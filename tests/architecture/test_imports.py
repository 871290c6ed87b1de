"""The import contracts are kept, and each of them would report a violation."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGES, PROJECT

CONTRACTS = {
    contract["id"]: contract["name"]
    for contract in tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}
# contract, file that gets the import, what it imports
PLANTED = [
    ("tiers", "libs/clock.py", "services.content.settings"),
    ("tiers", "gateway/paths.py", "services.content.settings"),
    ("islands", "services/sharing/settings.py", "services.content.settings"),
    ("service-shape", "services/content/settings.py", "services.content.app"),
    ("noun-shape", "services/content/items/store.py", "services.content.items.service"),
    ("noun-shape", "gateway/webhooks/subscriptions/store.py", "gateway.webhooks.subscriptions.service"),
    ("content-nouns", "services/content/programmes/service.py", "services.content.items.service"),
    ("sharing-nouns", "services/sharing/teams/service.py", "services.sharing.shares.service"),
    ("engagement-nouns", "services/engagement/shares/service.py", "services.engagement.intake.service"),
    ("gamification-nouns", "services/gamification/evidence/service.py", "services.gamification.ledger.service"),
    ("webhooks-nouns", "gateway/webhooks/subscriptions/service.py", "gateway.webhooks.deliveries.service"),
    ("webhooks-apart", "gateway/paths.py", "gateway.webhooks.settings"),
    ("libs-order", "libs/telemetry/metrics.py", "libs.storage.database"),
    ("pure", "services/gamification/ledger/domain.py", "sqlalchemy"),
    ("pure", "libs/events/envelope.py", "nats"),
    ("http-at-the-edge", "services/content/items/service.py", "fastapi"),
    ("sql-in-the-store", "services/content/items/api.py", "sqlalchemy"),
    ("sql-in-the-store", "gateway/webhooks/deliveries/api.py", "sqlalchemy"),
    ("sql-in-the-store", "gateway/names.py", "sqlmodel"),
    ("drivers-in-libs", "services/sharing/shares/service.py", "redis"),
    ("drivers-in-libs", "gateway/names.py", "nats"),
    ("nats-in-the-bus", "libs/storage/outbox.py", "nats"),
]


def lint(folder: Path) -> str:
    """What import-linter says of the tree in a folder."""
    program = str(Path(sys.executable).parent / "lint-imports")
    found = subprocess.run([program, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    return found.stdout + found.stderr


def section(said: str, contract: str) -> str:
    """What was said of one broken contract, on one line."""
    start = re.search(rf"^{re.escape(CONTRACTS[contract])}\n-+$", said, re.MULTILINE)
    rest = said[start.end() :] if start else ""
    return " ".join(re.split(r"^-{5,}$", rest, maxsplit=1, flags=re.MULTILINE)[0].split())


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What is said of a copy of the project that has every violation of the list, and a file nobody gave a place."""
    folder = tmp_path_factory.mktemp("planted")
    for package in PACKAGES:
        shutil.copytree(PROJECT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "pyproject.toml", folder)
    for _, path, module in PLANTED:
        with (folder / path).open("a") as file:
            file.write(f"\nimport {module}\n")
    (folder / "services/content/items/chores.py").touch()
    (folder / "libs/leftovers.py").touch()
    return lint(folder)


def test_every_contract_is_kept() -> None:
    said = lint(PROJECT)
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in said, said


@pytest.mark.parametrize(("contract", "path", "module"), PLANTED, ids=str)
def test_a_planted_import_is_reported(planted: str, contract: str, path: str, module: str) -> None:
    importer = path.removesuffix(".py").replace("/", ".")
    assert f"{importer} -> {module} (l." in section(planted, contract)


def test_every_contract_has_a_planted_violation() -> None:
    assert {contract for contract, _, _ in PLANTED} == set(CONTRACTS)


def test_a_file_without_a_place_is_reported(planted: str) -> None:
    assert "services.content.items.chores" in section(planted, "noun-shape")
    assert "libs.leftovers" in section(planted, "libs-order")
