"""`torc remote`: add, list and remove workers."""

import json
import os
from pathlib import Path

import pytest


def page(*items):
    return {
        "items": list(items),
        "offset": 0,
        "count": len(items),
        "total_count": len(items),
        "max_limit": 100_000,
        "has_more": False,
    }


@pytest.fixture
def server(fake_server):
    fake_server.answer("get_workflow", {"id": 7, "name": "w", "user": "ada"})
    fake_server.answer("create_remote_workers", lambda call: [{"workflow_id": 7, "worker": each} for each in call.body])
    fake_server.answer("list_remote_workers", [{"workflow_id": 7, "worker": "ada@n1"}])
    fake_server.answer("delete_remote_worker", {"workflow_id": 7, "worker": "ada@n1"})
    fake_server.answer("list_compute_nodes", page())
    return fake_server


@pytest.fixture
def act_as_ssh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def act(script: str) -> None:
        (tmp_path / "ssh").write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/calls\n{script}\n')
        (tmp_path / "ssh").chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    return act


REFUSED = """case "$*" in *-bad*) echo "ssh: connect to host x port 22: Connection refused" >&2; exit 255;; esac"""
RUN = 'for command; do :; done; exec sh -c "$command"'


def stored(server) -> list[str]:
    return [each for call in server.calls_of("create_remote_workers") for each in call.body]


async def test_only_machines_that_are_reached_are_stored(torc, server, act_as_ssh):
    act_as_ssh(f"{REFUSED}\n{RUN}")
    ended = await torc("-f", "json", "remote", "add-workers", "7", "n2", "h-bad", "ada@n1", "n2")
    assert ended.code == 1
    assert stored(server) == ["n2"]
    n2, bad, n1 = ended.json["workers"]
    assert (n2["worker"], n2["outcome"], n2["is_stored"], n2["system"]) == ("n2", "added", True, "Linux")
    assert n2["torc"]
    assert (bad["outcome"], bad["is_stored"], bad["problem"]) == ("failed", False, "connection_refused")
    assert (n1["worker"], n1["outcome"], n1["is_stored"]) == ("ada@n1", "already there", True)
    assert ended.json["num_stored"] == 2
    ended.told()


async def test_no_machine_is_reached(torc, server, act_as_ssh):
    act_as_ssh(REFUSED)
    ended = await torc("remote", "add-workers", "7", "h-bad")
    assert ended.code == 1
    assert stored(server) == []
    ended.printed("outcome")
    ended.told("progress")


async def test_known_machines_are_no_error(torc, server, act_as_ssh, tmp_path):
    act_as_ssh("exit 255")
    ended = await torc("remote", "add-workers", "7", "ada@n1")
    assert ended.code == 0
    ended.printed()
    assert not (tmp_path / "calls").exists()


async def test_the_check_can_be_skipped(torc, server, act_as_ssh, tmp_path):
    act_as_ssh("exit 255")
    path = tmp_path / "workers.txt"
    path.write_text("\ufeffn3:23\n# rack 1\r\n n3 \r\n\r\nsecond=n3\nn3:2222\n\n")
    ended = await torc("-f", "json", "remote", "add-workers-from-file", "--skip-ssh-check", str(path), "7")
    assert ended.code == 0
    assert stored(server) == ["n3:23", "n3", "second=n3", "n3:2222"]
    assert [each["worker"] for each in ended.json["workers"]] == stored(server)
    assert not (tmp_path / "calls").exists()


@pytest.mark.parametrize(
    ("text", "place", "error"),
    [
        ("n1\n#\nn1\n", ":3: ", "duplicate"),
        ("n1:22\nn1:022\n", ":2: ", "duplicate with a port"),
        ("n1\n-oProxyCommand=x\n", ":2: ", "no address"),
        ("n1 # fast\n", ":1: ", "blank"),
        ("# nothing\n", " ", "no machines"),
    ],
)
async def test_a_wrong_file_changes_nothing(torc, server, tmp_path, text, place, error):  # noqa: PLR0917
    path = tmp_path / "workers.txt"
    path.write_text(text)
    ended = await torc("remote", "add-workers-from-file", str(path), "7")
    assert ended.code == 1
    assert f"{path}{place}" in ended.err
    ended.told(error)
    assert stored(server) == []


async def test_a_file_that_is_not_a_text_is_refused(torc, server, tmp_path):
    path = tmp_path / "workers.txt"
    path.write_bytes(b"n1\n\xff\xfe\n")
    ended = await torc("remote", "add-workers-from-file", str(path), "7")
    assert ended.code == 1
    ended.told()


async def test_options_limit_the_connections(torc, server, act_as_ssh, tmp_path):
    act_as_ssh(RUN)
    ended = await torc("remote", "add-workers", "7", "n2", "--connect-timeout", "3", "--max-parallel-ssh", "1")
    assert ended.code == 0
    assert "ConnectTimeout=3" in (tmp_path / "calls").read_text()
    assert (await torc("remote", "add-workers", "7", "n2", "--max-parallel-ssh", "0")).code == 2


@pytest.mark.parametrize(
    ("program", "text", "outcome", "problem"),
    [
        ("uname", "echo Darwin", "failed", "not_linux"),
        ("uname", "exit 127", "failed", "no_shell"),
        ("torc", "exec sleep 600", "added", None),
        ("torc", "exec yes", "added", None),
        ("python3", "exit 1", "added", None),
    ],
)
async def test_what_a_machine_lacks(
    torc, server, act_as_ssh, monkeypatch, tmp_path, *, program, text, outcome, problem
):
    monkeypatch.setattr("torc_client.remote.probe.LOGIN_SECONDS", 4.0)
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / program).write_text(f"#!/bin/sh\n{text}\n")
    (tmp_path / "there" / program).chmod(0o755)
    act_as_ssh(f"PATH={tmp_path}/there:$PATH\n{RUN}")
    ended = await torc("-f", "json", "remote", "add-workers", "7", "n2", "--connect-timeout", "1")
    worker = ended.json["workers"][0]
    assert (worker["outcome"], worker["problem"]) == (outcome, problem)
    assert stored(server) == (["n2"] if outcome == "added" else [])


async def test_workers_are_listed(torc, server):
    assert "ada@n1" in (await torc("remote", "list-workers", "7")).out
    server.answer("list_remote_workers", [])
    assert "torc remote add-workers 7" in (await torc("remote", "list-workers", "7")).err


@pytest.mark.parametrize(
    ("given", "removed"), [("ada@n1", "ada@n1"), ("n1:022", "n1:22"), ("k\u00f6@n1", "k\u00f6@n1")]
)
async def test_a_worker_is_removed_by_its_text_or_address(torc, server, given, removed):
    server.answer("list_remote_workers", [{"workflow_id": 7, "worker": removed}])
    ended = await torc("remote", "remove-worker", given, "7")
    assert ended.code == 0
    ended.printed(removed)
    assert server.calls_of("delete_remote_worker")[0].path["worker"] == removed


async def test_a_worker_that_still_runs_is_named_with_its_node_when_it_is_removed(torc, server):
    members = {"workflow_id": 7, "hostname": "n1", "pid": 1, "num_cpus": 1, "memory_gb": 1, "num_gpus": 0}
    members |= {"num_nodes": 1, "start_time": "2026-01-01T00:00:00Z", "compute_node_type": "local", "is_active": True}
    nodes = [members | {"id": number, "scheduler": {"remote_worker": of}} for number, of in ((5, "ada@n1"), (6, "x"))]
    server.answer("list_compute_nodes", page(*nodes))
    ended = await torc("remote", "remove-worker", "ada@n1", "7")
    ended.printed()
    ended = await torc("-f", "json", "remote", "remove-worker", "ada@n1", "7")
    assert ended.json["active_compute_node_ids"] == [5]


@pytest.mark.parametrize(
    ("workers", "error"),
    [
        (["ada@n1", "x"], "another user"),
        (["nn1", "x"], "misspelt"),
        (["alpha", "beta"], "two workers"),
        ([f"alpha{number}" for number in range(7)], "many workers"),
        ([], "no workers"),
    ],
)
async def test_a_worker_that_is_not_there(torc, server, workers, error):
    server.answer("list_remote_workers", [{"workflow_id": 7, "worker": worker} for worker in workers])
    ended = await torc("-f", "json", "remote", "remove-worker", "n1", "7")
    assert ended.code == 1
    assert json.loads(ended.err)
    ended.told(error)
    assert server.calls_of("delete_remote_worker") == []
