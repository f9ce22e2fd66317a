"""Managed servers, with scripts in place of torc-server as real processes."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from torc_client import credentials
from torc_client.managed_server import ManagedServerError, ServerOptions, managed_server

GOOD = """
import os, sys
arguments = sys.argv[1:]
print(os.getpid(), *arguments, file=open({notes!r}, "w"), flush=True)
print("listening", file=sys.stderr, flush=True)
if "--host" in arguments:
    print("TORC_SERVER_PORT=4321", flush=True)
else:
    print("TORC_SERVER_SOCKET=" + arguments[arguments.index("--socket") + 1], flush=True)
sys.stdin.read()
"""
HTPASSWD = """
import pathlib, sys
pathlib.Path(sys.argv[sys.argv.index("--file") + 1]).write_text(sys.argv[-1] + ":" + sys.stdin.read())
"""


def program(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_text(f"#!{sys.executable}\n{text.replace('{notes!r}', repr(str(folder / 'notes')))}")
    path.chmod(0o700)
    return str(path)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def test_a_private_server_is_started_and_stopped(tmp_path: Path):
    options = ServerOptions(tmp_path / "torc.db", program=program(tmp_path, "torc-server", GOOD))
    async with managed_server(options) as server:
        assert is_alive(server.pid)
        assert server.url == f"unix://{server.socket_path}"
        assert stat.S_IMODE(server.socket_path.parent.stat().st_mode) == 0o700
        arguments = (tmp_path / "notes").read_text().split()
        assert "--shutdown-on-stdin-eof" in arguments
        assert "--host" not in arguments
    assert not is_alive(server.pid)
    assert not server.socket_path.parent.exists()


async def test_tcp_is_guarded_by_a_credential_that_clients_find(tmp_path: Path):
    program(tmp_path, "torc-htpasswd", HTPASSWD)
    options = ServerOptions(tmp_path / "torc.db", "127.0.0.1", program=program(tmp_path, "torc-server", GOOD))
    async with managed_server(options) as server:
        assert server.port == 4321
        found = credentials.find("http://localhost:4321/torc-service/v1")
        assert found is not None
        arguments = (tmp_path / "notes").read_text()
        assert "--require-auth" in arguments
        # The credential is of the server: workflows belong to the users that clients name.
        assert "--keep-workflow-user" in arguments
        assert found.password not in arguments
        users = (server.socket_path.parent / "htpasswd").read_text()
        assert users.strip() == f"{found.username}:{found.password}"
    assert credentials.find("http://localhost:4321/torc-service/v1") is None


async def test_a_failed_start_is_reported_with_the_message_of_the_server(tmp_path: Path):
    text = "import sys; sys.exit('Error: port 8080 is in use')"
    options = ServerOptions(tmp_path / "torc.db", program=program(tmp_path, "torc-server", text))
    with pytest.raises(ManagedServerError, match=r"^torc-server did not start: port 8080 is in use$"):
        async with managed_server(options):
            pass


async def test_a_server_that_reports_nothing_is_killed(tmp_path: Path):
    text = "import os, sys; open({notes!r}, 'w').write(str(os.getpid())); sys.stdin.read()"
    options = ServerOptions(tmp_path / "torc.db", program=program(tmp_path, "torc-server", text), start_seconds=0.5)
    with pytest.raises(ManagedServerError, match="did not start within"):
        async with managed_server(options):
            pass
    assert not (tmp_path / "notes").exists() or not is_alive(int((tmp_path / "notes").read_text() or 0))


async def test_a_missing_program_is_an_error_with_a_remedy(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(ManagedServerError, match="torc-server was not found") as caught:
        async with managed_server(ServerOptions(tmp_path / "torc.db")):
            pass
    assert "--find-links dist torc-server" in str(caught.value.hint)


async def test_a_program_that_was_named_is_never_replaced_by_another(tmp_path: Path):
    with pytest.raises(ManagedServerError, match="/nowhere/torc-server was not found"):
        async with managed_server(ServerOptions(database=tmp_path / "torc.db", program="/nowhere/torc-server")):
            pass


async def test_its_end_can_be_waited_for(tmp_path: Path):
    options = ServerOptions(tmp_path / "torc.db", program=program(tmp_path, "torc-server", GOOD))
    async with managed_server(options) as server:
        os.kill(server.pid, signal.SIGKILL)
        assert await server.ended() == -signal.SIGKILL
        assert not server.is_running


async def test_it_ends_when_its_parent_is_killed(tmp_path: Path):
    parent = f"""
import asyncio, pathlib
from torc_client.managed_server import ServerOptions, managed_server
async def main():
    options = ServerOptions(pathlib.Path("torc.db"), program={program(tmp_path, "torc-server", GOOD)!r})
    async with managed_server(options) as server:
        print(server.pid, flush=True)
        await asyncio.sleep(60)
asyncio.run(main())
"""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", parent, stdout=subprocess.PIPE)
    assert process.stdout is not None
    pid = int(await process.stdout.readline())
    process.kill()
    await process.wait()
    async with asyncio.timeout(60):
        while is_alive(pid):  # noqa: ASYNC110 - not a child process, so there is no event to wait for
            await asyncio.sleep(0.01)
