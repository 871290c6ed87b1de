import socket
from pathlib import Path

import pytest

from deploy.local.folder import DataFolder, FolderInUseError
from deploy.local.guardian import guarded
from deploy.local.ports import HOST, Ports


def test_secrets_are_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    folder = DataFolder.at(tmp_path / "data")
    first = folder.secret("nats-content")
    assert DataFolder.at(tmp_path / "data").secret("nats-content") == first
    assert folder.secret("nats-sharing") != first
    assert len(first) == 32
    assert folder.secrets.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in folder.secrets.iterdir()} == {0o600}


def test_of_two_makers_of_a_secret_the_second_loses(tmp_path: Path) -> None:
    folder = DataFolder.at(tmp_path)

    def slow() -> bytes:
        folder.secret_file("key", lambda: b"first")
        return b"second"

    assert folder.secret_file("key", slow).read_bytes() == b"first"
    assert [file.name for file in folder.secrets.iterdir()] == ["key"]


async def test_folder_has_one_holder_at_a_time(tmp_path: Path) -> None:
    folder = DataFolder.at(tmp_path)
    async with folder.locked():
        with pytest.raises(FolderInUseError, match="in use by process"):
            async with folder.locked():
                pass
    async with folder.locked():
        pass


async def test_fresh_start_erases_also_what_lies_behind_a_link(tmp_path: Path) -> None:
    folder = DataFolder.at(tmp_path / "data")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "row").touch()
    (folder.root / "postgres").symlink_to(elsewhere)
    before = folder.secret("valkey")
    async with guarded(folder, fresh=True):
        assert not elsewhere.exists()
        assert not (folder.root / "postgres").is_symlink()
        assert folder.secret("valkey") != before


async def test_fresh_start_touches_nothing_in_a_folder_in_use(tmp_path: Path) -> None:
    folder = DataFolder.at(tmp_path)
    before = folder.secret("valkey")
    async with folder.locked():
        with pytest.raises(FolderInUseError):
            async with guarded(folder, fresh=True):
                pass
    assert folder.secret("valkey") == before


def test_ports_stay_the_same_while_they_are_free(tmp_path: Path) -> None:
    with Ports(tmp_path / "ports.json") as ports:
        first = ports.take("nats"), ports.take("valkey")
        assert ports.take("nats") == first[0] != first[1]
    with Ports(tmp_path / "ports.json") as ports:
        assert (ports.take("nats"), ports.take("valkey")) == first


def test_port_that_another_program_has_taken_is_replaced(tmp_path: Path) -> None:
    with Ports(tmp_path / "ports.json") as ports:
        first = ports.take("nats")
    with socket.create_server((HOST, first)), Ports(tmp_path / "ports.json") as ports:
        assert ports.take("nats") != first


def test_two_stacks_never_choose_the_same_port(tmp_path: Path) -> None:
    with Ports(tmp_path / "one.json") as one:
        port = one.take("nats")
        (tmp_path / "two.json").write_text((tmp_path / "one.json").read_text())
        with Ports(tmp_path / "two.json") as two:
            assert two.take("nats") != port
