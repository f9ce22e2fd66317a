"""Logs of a worker: its agent packs and deletes them, and this machine receives them."""

import errno
import os
from pathlib import Path

import pytest

from agent_host import AgentHost
from torc_client.errors import TorcError
from torc_client.journal.files import lock
from torc_client.remote.address import parse_worker
from torc_client.remote.agent.bootstrap import AgentProgram, agent_script
from torc_client.remote.agent.output_files import DeleteFilesRequest, PackRequest, delete_files, pack_files
from torc_client.remote.agent.protocol import AgentError
from torc_client.remote.archives import files_of_archive
from torc_client.remote.collecting import collect
from torc_client.remote.ssh_problems import RemoteError

OUT = "job_stdio/job_wf7_j1_r1_a1.o"
WORKER = parse_worker("ben@there")
SCRIPT = agent_script(AgentProgram())


def request(kind, **members):
    return kind(server="db", workflow_id=7, worker=WORKER.text, **members)


@pytest.fixture
def home(tmp_path, monkeypatch):
    made = tmp_path / "home"
    made.mkdir()
    monkeypatch.setenv("HOME", str(made))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    return made


def write(folder: Path, name: str = OUT, text: str = "hello\n") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


async def received(local_host, here: Path, **members):
    return await collect(WORKER, request(PackRequest, **members), SCRIPT, here)


async def test_logs_are_received_completely_under_their_name(local_host, tmp_path):
    local_host.login("echo Welcome; echo careful >&2")
    folder = local_host.home / "torc_output"
    write(folder, text=os.urandom(300_000).hex())
    write(folder, "notes.txt", "of the user")
    collected = await received(local_host, tmp_path / "here")
    assert collected.path == tmp_path / "here/torc_logs_7_ben@there.tar.gz"
    assert collected.output_dir == str(folder)
    assert [each.name for each in files_of_archive(collected.path, 7)] == [OUT]
    assert collected.path.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "here").iterdir()] == [collected.path.name]


async def test_a_later_archive_never_replaces_files_that_are_only_in_an_earlier_one(local_host, tmp_path):
    folder = local_host.home / "torc_output"
    first = write(folder)
    names = []
    for change in (lambda: None, lambda: write(folder, text="hello, and more\n"), first.unlink):
        change()
        write(folder, "job_stdio/job_wf7_j2_r1_a1.o")
        names.append((await received(local_host, tmp_path / "here")).path.name)
    assert names == ["torc_logs_7_ben@there.tar.gz"] * 2 + ["torc_logs_7_ben@there.2.tar.gz"]
    earlier = files_of_archive(tmp_path / "here/torc_logs_7_ben@there.tar.gz", 7)
    assert [each.size for each in earlier] == [16, 6]


async def test_a_transfer_that_breaks_leaves_nothing(local_host, tmp_path):
    write(local_host.home / "torc_output", text=os.urandom(300_000).hex())
    local_host.login(end='sh -c "$*" | head -c 100000; exit 255')
    with pytest.raises(RemoteError, match="connection was lost"):
        await received(local_host, tmp_path / "here")
    local_host.login(end='sh -c "$*" | sed s/torc-remote-agent-answer/x/')
    with pytest.raises(AgentError, match="printed no answer"):
        await received(local_host, tmp_path / "here")
    assert [*(tmp_path / "here").iterdir()] == []


async def test_what_another_program_sends_as_torc_is_not_kept(local_host, tmp_path):
    answer = '{"version":"1","result":{"output_dir":"/x","is_folder":true,"files":1,"size_bytes":1}}'
    local_host.program(
        "torc",
        f"printf '\\ntorc-remote-agent-answer:\\n%s\\n' '{answer}'\ncd /etc\ntar -czf - -P /etc/hostname ../etc/hosts",
    )
    with pytest.raises(TorcError, match="an entry that is not a file of the workflow: /etc/hostname"):
        await received(local_host, tmp_path / "here")
    assert [*(tmp_path / "here").iterdir()] == []


async def test_a_host_without_logs_sends_no_archive(local_host, tmp_path):
    collected = await received(local_host, tmp_path / "here")
    assert (collected.path, collected.output_dir) == (None, str(local_host.home / "torc_output"))
    with pytest.raises(AgentError, match=r"there is no folder .*/elsewhere"):
        await received(local_host, tmp_path / "here", output_dir="elsewhere")


async def test_a_folder_here_that_cannot_be_written(local_host, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(TorcError, match="cannot be written: Not a directory"):
        await received(local_host, tmp_path / "file" / "below")


def test_files_are_deleted_only_while_no_worker_uses_the_folder(tmp_path, monkeypatch):
    host = AgentHost(tmp_path)
    for name, value in host.environment.items():
        monkeypatch.setenv(name, value)
    facts = host.start().facts
    folder = Path(facts.output_dir)
    path = write(folder)
    other = DeleteFilesRequest(server="other", workflow_id=7, worker="another", output_dir=str(folder))
    try:
        with pytest.raises(AgentError, match=rf"uses .*, and runs \(PID {facts.pid}\)"):
            delete_files(other)
        assert path.exists()
        assert delete_files(request(DeleteFilesRequest, output_dir=str(host.home / "other"))).files == 0
    finally:
        host.close()
    host.stop()
    assert delete_files(other).files >= 1
    assert not path.exists()


def test_a_runner_that_was_started_by_hand_prevents_the_deletion(home):
    path = write(home / "torc_output")
    journal = write(home / "torc_output", "offline_journal/offline_results_wf7_r1_node_1.journal", "")
    with journal.open("r+") as file:
        assert lock(file.fileno())
        with pytest.raises(AgentError, match="a runner of workflow 7 uses"):
            delete_files(request(DeleteFilesRequest))
    assert path.exists()
    deleted = delete_files(request(DeleteFilesRequest))
    assert (deleted.files, len(deleted.journals)) == (1, 1)
    assert journal.exists()


@pytest.mark.parametrize("text", ["/", "~", ".", "..", "torc_output/.."])
def test_no_home_or_root_folder_is_emptied(home, text):
    path = write(home)
    with pytest.raises(TorcError, match="nothing is deleted in it"):
        delete_files(request(DeleteFilesRequest, output_dir=text))
    assert path.exists()
    assert pack_files(request(PackRequest, output_dir=".")).result.files == 1


def test_files_that_cannot_be_deleted_are_named_and_the_others_deleted(home, monkeypatch):
    kept = write(home / "torc_output", "job_stdio/job_wf7_j1_r1_a1.e")
    gone = write(home / "torc_output", "job_stdio/job_wf7_j1_r1_a1.o")
    unlink = os.unlink

    def of_user(name: str, *, dir_fd: int | None = None) -> None:
        if name == kept.name:
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM), name)
        unlink(name, dir_fd=dir_fd)

    monkeypatch.setattr("torc_client.remote.deletion.os.unlink", of_user)
    with pytest.raises(AgentError, match=r"1 file in .*/torc_output deleted, and 1 not \(job_stdio/job_wf7_j1_r1_a1.e"):
        delete_files(request(DeleteFilesRequest))
    assert kept.exists()
    assert not gone.exists()
