"""Copies by rsync: which paths are accepted, what rsync gets, and what its output means."""

import os

import pytest

from torc_client.errors import TorcError
from torc_client.remote.address import parse_worker
from torc_client.remote.ssh_problems import RemoteError, SshProblem
from torc_client.remote.syncing import (
    RsyncOutput,
    Synced,
    folder_of_worker,
    paths_to_copy,
    require_rsync,
    sync_in,
    sync_out,
)

HOST = parse_worker("x=ben@there:2222")


@pytest.fixture
def rsync(tmp_path, monkeypatch):
    """Put an rsync into PATH that records its arguments and its stdin, and then does what the test says."""

    def put(text="true"):
        path = tmp_path / "bin" / "rsync"
        path.parent.mkdir(exist_ok=True)
        record = f"printf '%s\\n' \"$@\" > {tmp_path}/words\ncat > {tmp_path}/names\n"
        path.write_text(f"#!/bin/sh\n{record}{text}\n")
        path.chmod(0o755)
        monkeypatch.setenv("PATH", f"{path.parent}{os.pathsep}{os.environ['PATH']}")

    return put


@pytest.fixture
def base(tmp_path):
    made = tmp_path / "here"
    (made / 'data/it\'s a "q" *').mkdir(parents=True)
    (made / "out").symlink_to(tmp_path)
    (made / "in").symlink_to(made / "data")
    (made / "gone").symlink_to("data/nothing")
    return made


def test_paths_below_the_folder(base):
    texts = ["data", "./data/", 'data/it\'s a "q" *', str(base / "data"), ".", "in", "gone"]
    found = paths_to_copy(texts, base, must_exist=True)
    assert found == ["data", 'data/it\'s a "q" *', ".", "in", "gone"]
    assert paths_to_copy(["new/file", "-e sh"], base, must_exist=False) == ["new/file", "-e sh"]


@pytest.mark.parametrize(
    "text", ["", "..", "data/../..", "/etc/passwd", "~/x", "out", "out/file", "a\nb", "a\0b", "\x1b[2J"]
)
def test_paths_that_lead_elsewhere_are_refused(base, text):
    with pytest.raises(TorcError):
        paths_to_copy(["data", text], base, must_exist=False)


def test_a_path_that_does_not_exist_here(base):
    with pytest.raises(TorcError, match="nothing does not exist"):
        paths_to_copy(["nothing"], base, must_exist=True)


def test_working_folders():
    found = [folder_of_worker(text) for text in ("~/", "~/a b", "run's", "/scratch/x")]
    assert found == [".", "a b", "run's", "/scratch/x"]
    for text in ("", "a*", "a?", "[a]", "a\\b", "a\nb"):
        with pytest.raises(TorcError):
            folder_of_worker(text)


async def test_names_reach_rsync_on_stdin_and_never_as_arguments(rsync, base, tmp_path):
    rsync()
    await sync_in(HOST, ['data/it\'s a "q" *', "-e sh"], base, "run's")
    words = (tmp_path / "words").read_text().splitlines()
    assert (tmp_path / "names").read_bytes() == b'data/it\'s a "q" *\0-e sh\0'
    assert words[-3:] == ["--", f"{base}/", "ben@there:run's/"]
    assert words[0] == "-e"
    assert "BatchMode=yes" in words[1]
    assert words[1].endswith("-p 2222")
    assert {"--safe-links", "--files-from=-", "--from0", "--secluded-args"} <= set(words)
    assert not [word for word in words if word.startswith("--delete")]

    await sync_out(HOST, ["data"], ".", tmp_path / "new" / "folder")
    words = (tmp_path / "words").read_text().splitlines()
    assert words[-3:] == ["--", "ben@there:./", f"{tmp_path}/new/folder/"]
    assert {"--update", "--ignore-missing-args"} <= set(words)
    assert (tmp_path / "new/folder").is_dir()


async def test_progress_and_what_was_left_out(rsync, base):
    rsync(
        """printf 'ignoring unsafe symlink "a" -> "/etc"\\na/\\r         20   7%%    1.95kB/s    0:00:00  '
        printf '\\r     204800  14%%    1.30kB/s    0:00:00 (xfr#2, to-chk=0/7)\\nres/x is newer\\nb/is newer\\n'"""
    )
    seen = []
    synced = await sync_in(HOST, ["data"], base, ".", on_progress=lambda *each: seen.append(each))
    assert synced == Synced(files=2, size_bytes=204800, links=1, newer=1)
    assert seen == [(20, 7), (204800, 14)]


@pytest.mark.parametrize("size", [1, 5, 1000])
def test_output_is_read_however_it_is_divided(size):
    text = b"a/\n          0   0%    0.00kB/s    0:00:00 (xfr#0, to-chk=1/7)"
    text += b"\r        200 100%    1kB/s    0:00:01 (xfr#3, ir-chk=0/7)\n"
    output = RsyncOutput()
    for at in range(0, len(text), size):
        output.take(text[at : at + size])
    assert output.finish() == Synced(files=3, size_bytes=200)


@pytest.mark.parametrize(
    ("text", "problem", "message"),
    [
        ("echo 'sh: 1: rsync: not found' >&2; exit 12", SshProblem.COMMAND_MISSING, "rsync is not installed there"),
        ("echo 'bash: line 1: rsync: command not found' >&2; exit 127", SshProblem.COMMAND_MISSING, "apt-get install"),
        ("echo 'protocol version mismatch -- is your shell clean?' >&2; exit 2", SshProblem.NO_SHELL, "login files"),
        ("echo 'ssh: connect to host x port 22: Connection refused' >&2; exit 255", SshProblem.REFUSED, "refused"),
        (
            "echo 'rsync: No space left on device (28)' >&2; exit 11",
            SshProblem.EXIT_CODE,
            "No space left",
        ),
        ("echo 'rsync: link_stat \"/x\" failed: Permission denied' >&2; exit 23", SshProblem.EXIT_CODE, "Permission"),
        ("exit 1", SshProblem.EXIT_CODE, "exit code 1"),
    ],
)
async def test_failures_have_a_reason_and_a_remedy(rsync, base, text, problem, message):
    rsync(text)
    with pytest.raises(RemoteError) as error:
        await sync_in(HOST, ["data"], base, ".")
    assert error.value.problem is problem
    assert message in f"{error.value.message} {error.value.hint}"
    assert error.value.message.startswith("x=ben@there:2222: ")
    assert error.value.hint


async def test_files_that_vanish_meanwhile_are_no_failure(rsync, base):
    rsync("echo 'file has vanished' >&2; exit 24")
    assert await sync_in(HOST, ["data"], base, ".") == Synced()


def test_a_machine_without_rsync(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(TorcError, match="rsync is not installed on this machine"):
        require_rsync()
