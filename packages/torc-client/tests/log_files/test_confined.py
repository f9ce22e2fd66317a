"""Only regular files beneath the folder of a runner are opened, whatever jobs put there."""

import os
from pathlib import Path

import pytest

from torc_client.errors import TorcError
from torc_client.log_files.confined import open_log

NAME = ("job_stdio", "job_wf1_j1_r1_a1.o")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "out" / "job_stdio").mkdir(parents=True)
    (tmp_path / "secret").write_text("secret")
    return tmp_path / "out"


def test_a_log_is_read_at_any_offset_and_grows(folder: Path):
    path = folder.joinpath(*NAME)
    path.write_bytes(b"0123456789")
    with open_log(folder, NAME) or pytest.fail("not found") as log:
        assert (log.size_bytes, log.read(3, 4), log.read(8, 100), log.read(20, 5)) == (10, b"3456", b"89", b"")
        with path.open("ab") as file:
            file.write(b"more")
        assert log.read(8, 100) == b"89", "it has the size of when it was opened"
        log.refresh()
        assert log.read(8, 100) == b"89more"
        path.unlink()
        assert log.read(0, 2) == b"01"


def test_what_does_not_exist_is_absent(folder: Path):
    assert open_log(folder, NAME) is None
    assert open_log(folder / "absent", NAME) is None
    assert open_log(Path("relative"), NAME) is None
    assert open_log(Path("/proc/self"), ("status",)) is None
    assert open_log(Path("/proc"), ("self", "environ")) is None
    folder.joinpath("file").write_text("")
    assert open_log(folder, ("file", "below")) is None


def test_links_are_not_followed(folder: Path):
    folder.joinpath(*NAME).symlink_to(folder.parent / "secret")
    with pytest.raises(TorcError, match="cannot be opened"):
        open_log(folder, NAME)
    (folder / "elsewhere").symlink_to(folder.parent)
    assert open_log(folder, ("elsewhere", "secret")) is None


def test_a_folder_that_is_a_link_leads_there(folder: Path):
    folder.joinpath(*NAME).write_text("x")
    (folder.parent / "link").symlink_to(folder)
    with open_log(folder.parent / "link", NAME) or pytest.fail("not found") as log:
        assert log.read(0, 10) == b"x"
    (folder.parent / "processes").symlink_to("/proc/self")
    assert open_log(folder.parent / "processes", ("environ",)) is None


@pytest.mark.parametrize("parts", [("..", "secret"), ("job_stdio/../../secret",), ("",), (".",), ("a\0b",)])
def test_names_do_not_leave_the_folder(folder: Path, parts: tuple[str, ...]):
    with pytest.raises(TorcError, match="not a valid file name"):
        open_log(folder, parts)


def test_pipes_folders_and_devices_are_refused(folder: Path):
    os.mkfifo(folder.joinpath(*NAME))
    with pytest.raises(TorcError, match="not a regular file"):
        open_log(folder, NAME)
    with pytest.raises(TorcError, match="not a regular file"):
        open_log(folder, ("job_stdio",))
