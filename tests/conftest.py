"""What holds for all tests: properties are not timed, for machines are noisy; cycles are looked for as in processes."""

import gc

gc.disable()  # as each __main__ does

import sys

from hypothesis import settings

from libs.process.cycles import collect_rarely

sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]  # httpcore looks for it on the disk in each request
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_collection_finish() -> None:
    """Leave aside what was collected: thousands of tests that live as long as the run."""
    collect_rarely()
