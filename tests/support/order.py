"""In which order the workers of a run get what they do, so that both end at about the same time."""

from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]  # has no types of its own

TOGETHER = ("tests/e2e",)


class Whole(LoadFileScheduling):  # type: ignore[misc]
    """A file at a time, as `--dist loadfile`; folders whose files share processes are one piece of work."""

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in TOGETHER if nodeid.startswith(f"{folder}/")), super()._split_scope(nodeid))
