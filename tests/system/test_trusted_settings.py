"""Settings files that another user could have written, and settings that the working directory may not set."""

import grp
import os
import pwd
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import torc_client.edge.trusted_files as client_files
import torc_server.edge.trusted_files as server_files
from support import needs
from support.processes import Place, Server
from support.users import not_root
from torc_client.settings_files import NOT_FROM_WORKING_DIRECTORY
from torc_server.settings import SETTINGS

OTHER = "nobody"
NOBODY = pwd.getpwnam(OTHER).pw_uid
as_root = needs.root()


@pytest.fixture(params=[client_files, server_files], ids=["client", "server"])
def files(request: pytest.FixtureRequest) -> ModuleType:
    """The copies of the check in both distributions."""
    module: ModuleType = request.param
    return module


@pytest.fixture
def foreign(place: Place) -> Place:
    """A working directory of another user, in which the user of the test (root) runs commands."""
    os.chown(place.directory, NOBODY, NOBODY)
    return place


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """The server of the other user. It never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0)
        yield listening


def planted(place: Place, name: str, text: str) -> Path:
    path = place.file(name, text)
    os.chown(path, NOBODY, NOBODY)
    return path


def test_the_own_file_of_a_project_is_used(place: Place):
    place.file(
        "torc.toml",
        '[client]\napi_url = "http://mine:1"\nformat = "csv"\nlog_level = "info"\n[client.run]\nnum_cpus = 3\n',
    )
    ended = place.run("torc", "-f", "json", "config", "show")
    assert '"value": "http://mine:1"' in ended.stdout
    assert ended.stderr == ""


@as_root
def test_the_file_of_another_user_gets_no_password(foreign: Place, listener: socket.socket):
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/torc-service/v1"
    path = planted(foreign, "torc.toml", f'[client]\napi_url = "{url}"\n')
    foreign.environment["TORC_PASSWORD"] = "secret"
    shown = foreign.run("torc", "config", "show")
    assert url not in shown.stdout
    assert shown.stderr == (
        f"Warning: {path} is ignored: it belongs to user {OTHER}, not to you or root. "
        "Copy the settings that you trust to ~/.config/torc/config.toml\n"
    )
    validated = foreign.run("torc", "config", "validate")
    assert validated.stdout == f"{path} was ignored.\nAll other settings are valid.\n"
    # A free port of this machine, on which nothing listens: the command ends at once.
    foreign.run("torc", "--url", "http://127.0.0.1:1", "-f", "json", "ping", status=None)
    with pytest.raises(BlockingIOError):
        listener.accept()


@as_root
@pytest.mark.parametrize("owner", [0, NOBODY])
def test_no_file_of_the_working_directory_names_a_program(place: Place, owner: int):
    marker = place.directory / "obeyed"
    program = place.file("evil", f"#!/bin/sh\ntouch {marker}\nexit 1\n")
    program.chmod(0o755)
    path = place.file("torc.toml", f'[dash]\ntorc_server_bin = "{program}"\nstandalone = true\nport = 0\n')
    os.chown(path, owner, owner)
    dashboard = place.start("torc-dash", "--standalone", "--port", "0", "--server-host", "127.0.0.1")
    assert dashboard.stdout is not None
    line = dashboard.stdout.readline()
    dashboard.terminate()
    _, err = dashboard.communicate()
    assert not marker.exists()
    assert "http" in line, err
    assert str(path) in err
    assert "ignored" in err


ANOTHER_RUNNER = """
name: two runners
actions:
  - {trigger_type: on_workflow_start, action_type: schedule_nodes, scheduler_type: local, max_parallel_jobs: 1}
jobs:
  - name: meets_{i}
    command: touch met_{i}; until test -e imported -o -e met_1 -a -e met_2; do sleep 0.05; done
    parameters: {i: "1:2"}
"""


def test_a_started_runner_imports_nothing_from_the_working_directory(place: Place, server: Server):
    for module in ("torc_runner", "msgspec", "asyncio"):
        place.file(f"{module}.py", "open('imported', 'w').close(); raise SystemExit(1)")
    workflow_id = str(place.torc("create", place.file("spec.yaml", ANOTHER_RUNNER))["workflow_id"])
    place.run("torc", "run", workflow_id, "--max-parallel-jobs", "1")
    assert not (place.directory / "imported").exists()
    assert len(place.torc("compute-nodes", "list", workflow_id)["items"]) == 2


def test_certificates_are_not_named_by_the_working_directory(place: Place):
    path = place.file("torc.toml", '[client.tls]\nca_cert = "evil.pem"\ninsecure = true\n')
    ended = place.run("torc", "-f", "json", "config", "show")
    assert "evil.pem" not in ended.stdout
    assert [line.partition(" is ignored")[0] for line in ended.stderr.splitlines()] == [
        f"Warning: {path}: client.tls.ca_cert",
        f"Warning: {path}: client.tls.insecure",
    ]


def test_the_page_lists_each_setting_that_the_working_directory_may_not_set():
    page = (Path(__file__).parents[2] / "docs" / "explanation" / "threat-model.md").read_text()
    table = page.partition("## Trusted settings and files")[2].partition("\n## ")[0]
    assert [name for name in NOT_FROM_WORKING_DIRECTORY if f"`{name}`" not in table] == []


def test_both_tables_of_trust_settings_agree():
    of_server = {f"server.{key}" for setting in SETTINGS if setting.is_trust for key in setting.keys}
    assert of_server == {name for name in NOT_FROM_WORKING_DIRECTORY if name.startswith("server.")}


@as_root
@pytest.mark.parametrize("name", ["torc.toml", ".env"])
def test_the_server_ignores_files_of_other_users(foreign: Place, name: str):
    """In a folder where every user can put files, such as /tmp, no user can stop the server with one."""
    foreign.directory.chmod(0o1777)
    text = {"torc.toml": "[server]\nprot = 1\nauth_file = 'evil'\n", ".env": "TORC_AUTH_FILE=evil\n"}[name]
    path = planted(foreign, name, text)
    server = foreign.start("torc-server", "run", "--host", "127.0.0.1", "--port", "0")
    assert server.stdout is not None
    assert server.stdout.readline().startswith("TORC_SERVER_PORT=")
    server.terminate()
    _, err = server.communicate()
    assert f"Warning: {path} is ignored: it belongs to user {OTHER}" in err


@as_root
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("torc.toml", "[server]\nhost = '127.0.0.1'\n"),
        (".env", "TORC_SERVER__HOST=127.0.0.1\n"),
        ("home/.config/torc/config.toml", "[server]\nrequire_auth = true\n"),
    ],
)
def test_the_server_does_not_start_without_settings_of_the_folder_of_another_user(foreign: Place, name: str, text: str):
    """As with sudo in the folder of a user: without these settings, the server would listen on all addresses."""
    path = foreign.home / name.removeprefix("home/") if name.startswith("home/") else foreign.directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.chown(path, NOBODY, NOBODY)
    ended = foreign.run("torc-server", "run", status=1)
    assert f"the settings in {path} are not trusted: it belongs to user {OTHER}, not to you or root." in ended.stderr


@as_root
def test_the_server_ignores_files_of_other_programs_of_another_user(foreign: Place):
    planted(foreign, ".env", "COMPOSE_PROJECT_NAME=lab\n")
    planted(foreign, "torc.toml", "[client]\nformat = 'json'\n")
    server = foreign.start("torc-server", "run", "--host", "127.0.0.1", "--port", "0")
    assert server.stdout is not None
    assert server.stdout.readline().startswith("TORC_SERVER_PORT=")
    server.terminate()
    server.communicate()


@pytest.mark.parametrize(
    ("name", "text"), [("torc.toml", "[server]\nhost = '127.0.0.1'\n"), (".env", "TORC_SERVER__HOST=127.0.0.1\n")]
)
def test_the_server_does_not_start_without_settings_that_others_may_write(place: Place, name: str, text: str):
    path = place.file(name, text)
    path.chmod(0o666)
    ended = place.run("torc-server", "run", status=1)
    assert (
        f"the settings in {path} are not trusted: every user may write to it (mode 0666). Run: chmod go-w"
        in ended.stderr
    )


def test_the_server_ignores_a_file_of_other_programs_that_others_may_write(place: Place):
    place.file(".env", "COMPOSE_PROJECT_NAME=lab\n").chmod(0o666)
    place.file("torc.toml", "[client]\nformat = 'json'\n").chmod(0o666)
    assert "port must be a whole number" in place.run(
        "torc-server", "run", status=1, environment={"TORC_SERVER__PORT": "many"}
    ).stderr.replace("TORC_SERVER__PORT is 'many', but", "port")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("torc.toml", "[server]\nauth_file = 'users'\n", "server.auth_file in .* use --auth-file, or move it"),
        ("torc.toml", "[server]\nadmin_users = ['eve']\n", "server.admin_users in .* use --admin-user, or move it"),
        (".env", "TORC_ADMIN_USERS=eve\n", "TORC_ADMIN_USERS in .* use --admin-user, or move it"),
    ],
)
def test_the_server_takes_no_trust_from_the_working_directory(place: Place, name: str, text: str, message: str):
    place.file(name, text)
    ended = place.run("torc-server", "run", "--host", "127.0.0.1", "--port", "0", status=1)
    prefix, _, remedy = message.partition(" .* ")
    assert prefix in ended.stderr
    assert remedy in ended.stderr


class TestTrust:
    """Which files are trusted."""

    def test_a_file_of_the_reader_is_trusted(self, files: ModuleType, tmp_path: Path):
        path = tmp_path / "torc.toml"
        path.write_text("text")
        path.chmod(0o644)
        assert files.read_trusted(path) == b"text"
        assert files.read_trusted(Path(os.devnull)) == b""

    @as_root
    def test_a_file_of_root_is_trusted_by_every_user(self, files: ModuleType, tmp_path: Path):
        path = tmp_path / "torc.toml"
        path.write_text("text")
        path.chmod(0o644)
        with not_root(tmp_path):
            assert files.read_trusted(path) == b"text"

    @as_root
    def test_a_file_of_another_user_is_not(self, files: ModuleType, tmp_path: Path):
        path = tmp_path / "torc.toml"
        path.write_text("text")
        os.chown(path, 12345, 12345)
        found = files.read_trusted(path)
        assert "it belongs to user 12345, not to you or root" in str(found)
        assert (found.is_own, found.content) == (False, b"text")

    @as_root
    def test_an_unreadable_file_of_another_user_is_no_error(self, files: ModuleType, tmp_path: Path):
        path = tmp_path / "torc.toml"
        path.write_text("text")
        os.chown(path, 12345, 12345)
        path.chmod(0o600)
        with not_root(tmp_path):
            assert "it belongs to user 12345" in str(files.read_trusted(path))

    @as_root
    def test_a_link_of_another_user_is_not_followed(self, files: ModuleType, tmp_path: Path):
        (tmp_path / "mine").write_text("text")
        link = tmp_path / "torc.toml"
        link.symlink_to("mine")
        assert files.read_trusted(link) == b"text"
        os.chown(link, NOBODY, NOBODY, follow_symlinks=False)
        assert f"the link {link} belongs to user {OTHER}" in str(files.read_trusted(link))

    @as_root
    def test_a_link_of_another_user_on_the_way_is_not_followed(self, files: ModuleType, tmp_path: Path):
        (tmp_path / "real").mkdir()
        (tmp_path / "real" / "config.toml").write_text("text")
        (tmp_path / "link").symlink_to(tmp_path / "real")
        os.chown(tmp_path / "link", NOBODY, NOBODY, follow_symlinks=False)
        assert "the link" in str(files.read_trusted(tmp_path / "link" / ".." / "link" / "config.toml"))

    def test_a_folder_that_every_user_may_write_to_is_not_trusted_unless_it_is_sticky(
        self, files: ModuleType, tmp_path: Path
    ):
        (tmp_path / "open").mkdir()
        path = tmp_path / "open" / "torc.toml"
        path.write_text("text")
        (tmp_path / "open").chmod(0o777)
        assert f"every user may replace files in {tmp_path / 'open'} (mode 0777)" in str(files.read_trusted(path))
        (tmp_path / "open").chmod(0o1777)
        assert files.read_trusted(path) == b"text"

    def test_a_fifo_is_not_waited_for(self, files: ModuleType, tmp_path: Path):
        os.mkfifo(tmp_path / "torc.toml")
        assert "it is not a regular file" in str(files.read_trusted(tmp_path / "torc.toml"))

    @as_root
    def test_a_group_may_write_if_it_is_the_private_group_of_the_owner(
        self, files: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        path = tmp_path / "torc.toml"
        path.write_text("text")
        os.chown(path, 0, 0)
        path.chmod(0o664)
        assert files.read_trusted(path) == b"text"
        shared = next(group for group in grp.getgrall() if group.gr_gid != 0)
        os.chown(path, 0, shared.gr_gid)
        found = str(files.read_trusted(path))
        assert f"the group {shared.gr_name} may write to it (mode 0664). Run: chmod g-w {path}" in found
        os.chown(path, 0, 0)
        group = grp.getgrgid(0)
        crowded = grp.struct_group((group.gr_name, group.gr_passwd, group.gr_gid, ["root", "eve"]))
        monkeypatch.setattr(grp, "getgrgid", lambda _: crowded)
        assert "the group root may write to it" in str(files.read_trusted(path))

    def test_an_access_list_is_not_a_private_group(
        self, files: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        path = tmp_path / "torc.toml"
        path.write_text("text")
        path.chmod(stat.S_IMODE(0o664))
        monkeypatch.setattr(os, "getxattr", lambda *_: b"list")
        assert "may write to it" in str(files.read_trusted(path))
