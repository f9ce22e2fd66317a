"""Modes of the files that commands create, links of other users in their place, and missing folders."""

import os
import pwd
import stat
from pathlib import Path
from types import ModuleType

import pytest

import torc_client.edge.output_files as client_files
import torc_server.edge.output_files as server_files
from support import needs
from support.processes import Place, Server

NOBODY = pwd.getpwnam("nobody").pw_uid
UMASKS = (0o000, 0o002, 0o022, 0o077)
SPEC = "name: wf\njobs:\n  - {name: job, command: echo secret}\n"
HTPASSWD = ("torc-htpasswd", "add", "--allow-weak", "--cost", "4", "-p", "secret", "-f")
as_root = needs.root()


def run(place: Place, umask: int, *words: str | Path, status: int = 0) -> str:
    """Run a program with a umask. Return its stderr."""
    ended = place.run("sh", "-c", f'umask {umask:o}; exec "$@"', "sh", *words, status=status)
    return ended.stderr


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def workflow_id(place: Place, server: Server) -> str:
    return str(place.torc("create", place.file("spec.yaml", SPEC))["workflow_id"])


def test_a_bundle_of_logs_is_private_with_every_umask(place: Place, server: Server):
    place.run("torc", "run", place.file("spec.yaml", SPEC))
    for umask in UMASKS:
        run(place, umask, "torc", "logs", "bundle", "1", "--bundle-dir", f"shared{umask}")
        assert mode(place.directory / f"shared{umask}" / "wf1.tar.gz") == 0o600
        assert mode(place.directory / f"shared{umask}") == 0o700


def test_a_former_bundle_becomes_private(place: Place, server: Server):
    place.run("torc", "run", place.file("spec.yaml", SPEC))
    place.file("wf1.tar.gz", "of an older version").chmod(0o644)
    place.run("torc", "logs", "bundle", "1")
    assert mode(place.directory / "wf1.tar.gz") == 0o600


@pytest.mark.parametrize("umask", UMASKS)
def test_modes_of_created_files(place: Place, workflow_id: str, umask: int):
    new = place.directory / "new"
    database = place.directory / "torc.db"
    public, own, private = 0o666 & ~umask, 0o644 & ~umask, 0o600
    commands = [
        (public, "export.json", ("torc", "workflows", "export", workflow_id, "-o")),
        (public, "crate.json", ("torc", "ro-crate", "export", workflow_id, "-o")),
        (public, "spec.json", ("torc", "spec", "convert", "spec.yaml")),
        (public, "openapi.json", ("torc-server", "openapi", "-o")),
        (private, "records", ("torc-server", "db", "export", "-d", database, "-o")),
        (private, "backup.db", ("torc-server", "db", "backup", "-d", database)),
    ]
    new.mkdir()
    for expected, name, words in commands:
        run(place, umask, *words, new / name)
        assert mode(new / name) == expected, name
    run(place, umask, *HTPASSWD, new / "users", "ada")
    assert mode(new / "users") == private
    run(place, umask, "torc", "config", "init", "--local")
    assert mode(place.directory / "torc.toml") == own
    run(place, umask, "torc", "config", "init", "--user")
    assert mode(place.home / ".config" / "torc" / "config.toml") == own
    place.run("torc", "config", "show")  # its own file is trusted with every umask
    assert "ignored" not in place.run("torc", "config", "show").stderr


@as_root
@pytest.mark.parametrize(
    "words",
    [
        ("torc", "workflows", "export", "1", "-o"),
        ("torc", "ro-crate", "export", "1", "-o"),
        ("torc", "spec", "convert", "--force", "--to", "json", "spec.yaml"),
        ("torc-server", "openapi", "-o"),
        ("torc-server", "db", "export", "--force", "-d", "torc.db", "-o"),
        ("torc", "events", "monitor", "1", "--duration", "0", "--filename"),
    ],
    ids=lambda words: " ".join(words[:3]),
)
def test_a_link_of_another_user_is_not_followed(place: Place, workflow_id: str, words: tuple[str, ...]):
    victim = place.file("victim", "precious")
    link = place.directory / "out"
    link.symlink_to(victim)
    os.chown(link, NOBODY, NOBODY, follow_symlinks=False)
    ended = place.run(*words, link, status=None)
    assert victim.read_text() == "precious"
    assert "is a link of another user; remove it or choose another file" in ended.stderr
    assert ended.returncode != 0


@as_root
@pytest.mark.parametrize("is_in_folder", [False, True], ids=["the file", "its folder"])
def test_the_database_goes_through_no_link_or_fifo_of_another_user(place: Place, workflow_id: str, is_in_folder: bool):
    theirs = place.directory / "theirs"
    theirs.mkdir()
    fifo = theirs / "fifo"
    os.mkfifo(fifo)
    link = place.directory / "out"
    link.symlink_to(theirs if is_in_folder else fifo)
    for each in (theirs, fifo, link):
        os.chown(each, NOBODY, NOBODY, follow_symlinks=False)
    reading = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    export = ("torc-server", "db", "export", "--force", "-d", "torc.db", "-o")
    through_link = place.run(*export, link / "new" if is_in_folder else link, status=1)
    assert f"{link} is a link of another user; remove it or choose another file" in through_link.stderr
    for words in (export, ("torc", "events", "monitor", "1", "--duration", "0", "--filename")):
        directly = place.run(*words, fifo, status=None)
        assert f"{fifo} is a FIFO of another user; remove it or choose another file" in directly.stderr
    assert os.read(reading, 1) == b""
    os.close(reading)
    assert list(theirs.iterdir()) == [fifo]


@as_root
def test_a_pipe_of_another_user_is_written_if_the_process_has_it(place: Place, workflow_id: str):
    """As with `sudo torc-server db export -o /dev/stdout | gzip`."""
    command = "chown nobody /dev/stdout && exec torc-server db export -d torc.db -o /dev/stdout"
    assert '"kind":"export"' in place.run("sh", "-c", command).stdout


@as_root
def test_the_log_of_the_server_follows_no_link_of_another_user(place: Place):
    victim = place.file("victim", "precious")
    link = place.directory / "torc-server.log"
    link.symlink_to(victim)
    os.chown(link, NOBODY, NOBODY, follow_symlinks=False)
    ended = place.run("torc-server", "run", "--host", "127.0.0.1", "--port", "0", "--log-dir", ".", status=1)
    assert f"{link} is a link of another user" in ended.stderr
    assert victim.read_text() == "precious"


def test_the_own_link_is_followed(place: Place, workflow_id: str):
    place.file("real.json", "")
    (place.directory / "latest.json").symlink_to("real.json")
    place.run("torc", "workflows", "export", workflow_id, "-o", "latest.json")
    assert (place.directory / "latest.json").is_symlink()
    assert '"wf"' in (place.directory / "real.json").read_text()


@pytest.mark.parametrize("umask", UMASKS)
def test_the_folder_of_a_password_file_is_created(place: Place, umask: int):
    run(place, umask, *HTPASSWD, place.home / ".torc" / "htpasswd", "ada")
    assert mode(place.home / ".torc") == 0o700
    assert mode(place.home / ".torc" / "htpasswd") == 0o600
    assert place.run("torc-htpasswd", "list", "-f", place.home / ".torc" / "htpasswd").stdout == "ada\n"


@as_root
def test_no_folder_is_created_in_a_folder_of_another_user(place: Place, workflow_id: str):
    theirs = place.directory / "theirs"
    theirs.mkdir()
    os.chown(theirs, NOBODY, NOBODY)
    for words, path in (
        (HTPASSWD, theirs / "a" / "users"),
        (("torc", "workflows", "export", workflow_id, "-o"), theirs / "a" / "b" / "export.json"),
    ):
        ended = place.run(*words, path, *(["ada"] if words is HTPASSWD else []), status=1)
        assert (
            f"there is no folder {theirs / 'a'}, and {theirs} belongs to another user; create it first" in ended.stderr
        )
    assert list(theirs.iterdir()) == []


def test_missing_folders_of_outputs_are_created(place: Place, workflow_id: str):
    for words in (
        ("torc", "workflows", "export", workflow_id, "-o"),
        ("torc", "ro-crate", "export", workflow_id, "-o"),
        ("torc-server", "openapi", "-o"),
        ("torc-server", "db", "export", "-d", "torc.db", "-o"),
        ("torc", "spec", "convert", "--to", "json", "spec.yaml"),
    ):
        path = place.directory / words[1] / words[2] / "out"
        place.run(*words, path)
        assert path.stat().st_size > 0


@pytest.mark.parametrize("files", [client_files, server_files], ids=["client", "server"])
class TestOutputFile:
    """The function that writes them."""

    def test_a_replaced_file_keeps_its_mode(self, files: ModuleType, tmp_path: Path):
        path = tmp_path / "file"
        path.write_text("old")
        path.chmod(0o640)
        files.write_text(path, "new")
        assert (path.read_text(), mode(path)) == ("new", 0o640)
        files.write_text(path, "newer", files.PRIVATE)
        assert mode(path) == 0o600

    def test_a_failure_leaves_the_former_file_alone(self, files: ModuleType, tmp_path: Path):
        path = tmp_path / "file"
        path.write_text("old")
        with pytest.raises(UnicodeEncodeError):
            files.write_text(path, "new \ud800")
        assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("file", "old")]
        with pytest.raises(FileExistsError):
            files.write_text(path, "new", replaces=False)
        assert path.read_text() == "old"

    def test_a_device_is_written_directly(self, files: ModuleType):
        files.write_text(Path(os.devnull), "text")
        assert Path(os.devnull).is_char_device()

    def test_a_long_name_is_possible(self, files: ModuleType, tmp_path: Path):
        path = tmp_path / ("n" * 255)
        files.write_text(path, "text")
        assert path.read_text() == "text"
