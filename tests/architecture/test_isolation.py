"""A process boots with only itself and the libs."""

import json
import subprocess
import sys
from collections.abc import Sequence

import pytest

from tests.architecture.tree import PROJECT, services
from tests.contract.documents import ADDRESSES

PROGRAM = """
import importlib, importlib.abc, json, pkgutil, sys

package, allowed, addresses = sys.argv[1], sys.argv[2].split(","), json.loads(sys.argv[3])

class Wall(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        ours = name.split(".")[0] in {"services", "gateway", "libs", "deploy", "tests"}
        inside = any(name == one or name.startswith(one + ".") or one.startswith(name + ".") for one in allowed)
        if ours and not inside:
            raise ImportError(f"{name} is behind the wall")

sys.meta_path.insert(0, Wall())
root = importlib.import_module(package)
for module in pkgutil.walk_packages(root.__path__, package + "."):
    importlib.import_module(module.name)
settings = importlib.import_module(package + ".settings").Settings
needed = {name: value for name, value in addresses.items() if name in settings.model_fields}
app = importlib.import_module(package + ".app").create_app(settings(**needed))
print(app.title)
"""


def boot(package: str, allowed: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Import all of a package in a process that can see only what is allowed, and make its application."""
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, package, ",".join(allowed), json.dumps(ADDRESSES)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("service", services())
def test_a_service_boots_alone(service: str) -> None:
    package = f"services.{service}"
    found = boot(package, [package, "libs"])
    assert found.returncode == 0, found.stderr
    assert found.stdout == f"Timbre {service}\n"


def test_webhooks_boot_without_the_gateway_and_any_service() -> None:
    found = boot("gateway.webhooks", ["gateway.webhooks", "libs"])
    assert found.returncode == 0, found.stderr
    assert found.stdout == "Timbre webhooks\n"


def test_the_gateway_boots_without_any_service() -> None:
    found = boot("gateway", ["gateway", "libs"])
    assert found.returncode == 0, found.stderr


def test_the_wall_stands() -> None:
    found = boot("services.content", ["services.content"])
    assert found.returncode != 0
    assert "is behind the wall" in found.stderr
