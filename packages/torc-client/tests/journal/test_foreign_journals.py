"""Journals of other databases, of earlier versions, of runs that are over, and of workflows that are gone."""

import os
from pathlib import Path

import pytest
from msgspec.structs import replace

from journal_builders import HEAD, end
from support import needs
from torc_client.client import TorcClient
from torc_client.errors import OtherDatabaseError
from torc_client.journal.files import journal_path
from torc_client.journal.records import Head, Kept, encode
from torc_client.journal.replay import Replayed, replay_all
from torc_client.testing.fake_server import Refusal

HERE, SECRET = "aaaa", "s3cret"
OWN = replace(HEAD, database_id=HERE, node_secret=SECRET)
ACCEPTED = {"errors": [], "jobs": [], "is_complete": False, "is_canceled": False}
NODE = {
    "id": 9, "workflow_id": 3, "hostname": "host", "pid": 12, "start_time": "2026-01-01T00:00:00Z", "num_cpus": 1,
    "memory_gb": 1.0, "num_gpus": 0, "num_nodes": 1, "compute_node_type": "local",
}  # fmt: skip


def page(*items: object) -> dict[str, object]:
    return {"items": [*items], "offset": 0, "max_limit": 10000, "count": len(items), "total_count": len(items),
            "has_more": False}  # fmt: skip


@pytest.fixture
def server(fake_server):
    """A server with a database id, which accepts every result."""
    fake_server.answer(
        "get_version", {"version": "0.35.0", "api_version": "0.21.0", "torc_server": "1.0.0", "database_id": HERE}
    )
    fake_server.answer("report_and_claim", ACCEPTED)
    fake_server.answer("get_compute_node", NODE)
    return fake_server


def write(folder: Path, head: Head, label: str = "host_n9_deadbeef") -> Path:
    path = journal_path(folder, head.workflow_id, head.run_id, label)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode(head) + encode(Kept(end(1))))
    return path


async def replay(url: str, folder: Path, run_id: int = 2) -> list[Replayed]:
    async with TorcClient(url, retry_timeout_seconds=0.1) as client:
        return [each async for each in replay_all(client, folder, 3, run_id)]


async def test_a_journal_is_sent_with_its_origin(server, tmp_path):
    path = write(tmp_path, OWN)
    (replayed,) = await replay(server.url, tmp_path)
    assert replayed.skipped is None
    (call,) = server.calls_of("report_and_claim")
    assert (call.headers["X-Torc-Database"], call.headers["X-Torc-Node"]) == (HERE, f"9 {SECRET}")
    assert not path.exists()


@needs.root()
async def test_a_journal_that_another_user_wrote_is_not_sent(server, tmp_path):
    # A journal of an earlier version has no secret, so any user could write one into a shared output folder.
    path = write(tmp_path, HEAD, f"host_n{HEAD.compute_node_id}")
    other_file = tmp_path / "other file"
    other_file.write_text("")
    path.with_name(f"{path.name}.reported").symlink_to(other_file)
    os.chown(path, 65534, 65534)
    (replayed,) = await replay(server.url, tmp_path)
    assert replayed.skipped is not None
    assert replayed.skipped.startswith("it belongs to another user")
    assert server.calls_of("report_and_claim") == []
    assert path.exists()
    assert other_file.read_text() == ""


@needs.root()
async def test_a_journal_of_the_owner_of_the_output_folder_is_sent(server, tmp_path):
    # The files of root belong to another user on a network file system that does not trust root.
    path = write(tmp_path, OWN)
    for each in (tmp_path, path.parent, path):
        os.chown(each, 65534, 65534)
    (replayed,) = await replay(server.url, tmp_path)
    assert (replayed.skipped, replayed.results) == (None, 1)


@pytest.mark.parametrize("here", [HERE, None])
async def test_a_journal_of_another_database_is_reported_once_and_stays(server, tmp_path, here):
    if here is None:
        server.answer("get_version", {"version": "0.35.0", "api_version": "0.21.0", "torc_server": "1.0.0"})
    path = write(tmp_path, replace(OWN, database_id="bbbb"))
    for is_first_time in (True, False):
        (replayed,) = await replay(server.url, tmp_path)
        assert "it is of another database" in replayed.skipped
        assert replayed.is_first_time is is_first_time
    assert path.exists()
    assert server.calls_of("report_and_claim") == []
    server.answer(
        "get_version", {"version": "0.35.0", "api_version": "0.21.0", "torc_server": "1.0.0", "database_id": "bbbb"}
    )
    (replayed,) = await replay(server.url, tmp_path)
    assert replayed.results == 1
    assert not path.parent.exists()


async def test_a_journal_whose_secret_is_refused_stays(server, tmp_path):
    path = write(tmp_path, OWN)
    server.answer("report_and_claim", Refusal(409, "Compute node 9 is another one", {"code": "other_node"}))
    (replayed,) = await replay(server.url, tmp_path)
    assert "compute node 9 of the server is not its runner" in replayed.skipped
    assert path.exists()
    (replayed,) = await replay(server.url, tmp_path)
    assert not replayed.is_first_time


async def test_a_database_that_changes_meanwhile_is_an_error(server, tmp_path):
    path = write(tmp_path, OWN)
    server.answer("report_and_claim", Refusal(409, "Another database", {"code": "other_database"}))
    with pytest.raises(OtherDatabaseError):
        await replay(server.url, tmp_path)
    assert path.exists()


async def test_a_journal_of_an_earlier_version_is_sent_if_its_runner_is_registered(server, tmp_path):
    path = write(tmp_path, HEAD)
    (replayed,) = await replay(server.url, tmp_path)
    assert replayed.results == 1
    assert "X-Torc-Node" not in server.calls_of("report_and_claim")[0].headers
    assert not path.exists()


IDENTITY = '{"machine":"m","boot":"b","pid_namespace":"n","pid":12,"start_ticks":1,"runner_id":"cafecafe01"}'


@pytest.mark.parametrize(
    "node",
    [
        Refusal(404, "There is no compute node 9"),
        {**NODE, "hostname": "other"},
        {**NODE, "pid": 13},
        {**NODE, "workflow_id": 4},
        {**NODE, "host_identity": IDENTITY},
    ],
)
async def test_a_journal_of_an_earlier_version_stays_if_its_runner_is_not_registered(server, tmp_path, node):
    path = write(tmp_path, HEAD)
    server.answer("get_compute_node", node)
    (replayed,) = await replay(server.url, tmp_path)
    assert "it is of another database" in replayed.skipped
    assert path.exists()
    assert server.calls_of("report_and_claim") == []


def stored(job_id: int = 1, return_code: int = 0) -> dict[str, object]:
    return {"id": 1, "workflow_id": 3, "job_id": job_id, "run_id": 2, "attempt_id": 1, "compute_node_id": 9,
            "return_code": return_code, "exec_time_minutes": 0.5, "completion_time": "2026-01-01T00:00:00+00:00",
            "status": "completed"}  # fmt: skip


async def test_a_journal_of_an_earlier_run_goes_if_the_server_has_its_results(server, tmp_path):
    path = write(tmp_path, OWN)
    server.answer("list_results", page(stored()))
    (replayed,) = await replay(server.url, tmp_path, run_id=5)
    assert (replayed.skipped, replayed.results) == (None, 1)
    (call,) = server.calls_of("list_results")
    assert (call.query["run_id"], call.query["all_runs"]) == (2, True)
    assert not path.parent.exists()


@pytest.mark.parametrize("results", [[], [stored(job_id=2)], [stored(return_code=3)]])
async def test_a_journal_of_an_earlier_run_is_set_aside_if_the_server_lacks_a_result(server, tmp_path, results):
    path = write(tmp_path, OWN)
    content = path.read_bytes()
    server.answer("list_results", page(*results))
    (replayed,) = await replay(server.url, tmp_path, run_id=5)
    assert replayed.skipped == "it has 1 result of run 2, which is over: the workflow is at run 5"
    assert replayed.set_aside.read_bytes() == content
    assert not path.exists()
    assert await replay(server.url, tmp_path, run_id=5) == []


async def test_a_journal_of_a_later_run_is_of_a_state_that_the_database_has_lost(server, tmp_path):
    path = write(tmp_path, OWN)
    (replayed,) = await replay(server.url, tmp_path, run_id=1)
    assert replayed.skipped == "it is of run 2; the workflow is at run 1"
    assert path.exists()


async def test_a_journal_of_a_deleted_workflow_is_set_aside(server, tmp_path):
    path = write(tmp_path, replace(OWN, workflow_id=8))
    server.answer("get_workflow", Refusal(404, "There is no workflow 8"))
    (replayed,) = await replay(server.url, tmp_path)
    assert replayed.skipped == "workflow 8 was deleted"
    assert replayed.set_aside.exists()
    assert not path.exists()


@pytest.mark.parametrize("answer", [{"id": 8, "name": "w", "user": "u"}, Refusal(403, "no access to workflow")])
async def test_a_journal_of_another_workflow_is_left_to_its_runners(server, tmp_path, answer):
    path = write(tmp_path, replace(OWN, workflow_id=8))
    server.answer("get_workflow", answer)
    assert await replay(server.url, tmp_path) == []
    assert path.exists()


async def test_a_journal_of_another_workflow_in_another_database_is_left_alone(server, tmp_path):
    path = write(tmp_path, replace(OWN, workflow_id=8, database_id="bbbb"))
    assert await replay(server.url, tmp_path) == []
    assert path.exists()
    assert server.calls_of("get_workflow") == []
