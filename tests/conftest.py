"""What holds for all tests: properties are not timed, for machines are noisy; cycles are looked for as in processes."""

import gc

gc.disable()  # as each __main__ does

import sys

import pytest
from hypothesis import settings

from libs.process.cycles import collect_rarely
from tests.support.order import Whole

sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]  # httpcore looks for it on the disk in each request
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_collection_finish() -> None:
    """Leave aside what was collected: thousands of tests that live as long as the run."""
    collect_rarely()


@pytest.hookimpl(optionalhook=True)  # there are runs without workers
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Whole:
    """Give files to workers as they were collected: the longest are not at the end."""
    config.option.loadscopereorder = False
    return Whole(config, log)
