"""All processes of Timbre, once for the tests of this folder, on an empty one; they end with the last of these."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.stack import RunningStack, stack_of

HERE = Path(__file__).parent
SECONDS = 180  # the first test also waits for nine processes to start


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE) and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(SECONDS))


@pytest.fixture(scope="package")
async def stack() -> AsyncIterator[RunningStack]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GATEWAY_TRUSTED_PROXIES", "1")  # so that visitors may come from anywhere
        async with stack_of() as running:
            yield running
