"""Workflow runs on a server whose database is replaced meanwhile, with real processes and a fake server."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.journal.records import decode
from torc_client.retrying import RetryPolicy
from torc_client.testing import FakeServer
from torc_client.testing.fake_server import Refusal
from torc_runner.run_workflow import run_workflow
from torc_runner.settings import Settings

OTHER_DATABASE = Refusal(409, "This server now has another database", {"code": "other_database"})


@pytest.fixture
async def run(server: FakeServer, tmp_path: Path) -> AsyncIterator[Callable[..., Awaitable[str]]]:
    """Return a function that runs the workflow of the fake server and returns the log."""
    async with TorcClient(server.url, retry_policy=RetryPolicy(seconds=0.1, first_pause_seconds=0.01)) as client:

        async def run_it():
            chosen = Settings(output_dir=tmp_path / "out", num_cpus=4, memory_gb=4)
            await run_workflow(client, 1, chosen, echo=logging.NullHandler(), show=lambda _: None)
            return log_of(tmp_path)

        yield run_it


def log_of(folder: Path) -> str:
    (path,) = (folder / "out").glob("job_runner_*_wf1_r3.log")
    return path.read_text()


class Databases:
    """The databases of the fake server: it refuses requests for another one than the present one."""

    def __init__(self, server: FakeServer) -> None:
        self.present = "first"
        server.answer(
            "get_version",
            lambda _: {
                "version": "0.35.0",
                "api_version": "0.21.0",
                "torc_server": "1.0.0",
                "database_id": self.present,
            },
        )

    def refuses(self, call):
        return call.headers.get("X-Torc-Database") != self.present


def replace_at_first_end(server: FakeServer, fake, databases: Databases) -> None:
    """Replace the database when the first end is reported."""
    exchange = fake.exchange

    async def replaced(call):
        if call.body["completions"] and databases.present == "first":
            databases.present = "second"
        if databases.refuses(call):
            return OTHER_DATABASE
        return await exchange(call)

    server.answer("report_and_claim", replaced)
    for operation in ("heartbeat_compute_node", "give_up_compute_node", "update_compute_node", "get_workflow_status",
                      "list_compute_nodes", "create_compute_node"):  # fmt: skip
        answer = next(server._answers[operation])

        async def checked(call, answer=answer):
            if databases.refuses(call):
                return OTHER_DATABASE
            return answer(call) if callable(answer) else answer

        server.answer(operation, checked)


async def test_a_runner_states_its_database_and_its_secret(serve, server, run):
    databases = Databases(server)
    fake = serve({})
    await run()
    (node,) = server.calls_of("create_compute_node")
    secret = node.body["secret"]
    assert len(secret) >= 32
    assert node.headers["X-Torc-Database"] == databases.present
    for operation in ("report_and_claim", "claim_jobs_based_on_resources", "update_compute_node"):
        calls = server.calls_of(operation)
        assert {call.headers["X-Torc-Node"] for call in calls} == {f"9 {secret}"}, operation
        assert {call.headers["X-Torc-Database"] for call in calls} == {databases.present}, operation
    assert list(fake.results) == [1]


async def test_a_runner_continues_in_another_database_that_has_its_workflow(serve, server, run, tmp_path):
    databases = Databases(server)
    fake = serve({})
    replace_at_first_end(server, fake, databases)
    claim = fake.claim

    async def claim_again(call):
        if databases.refuses(call):
            return OTHER_DATABASE
        if databases.present == "second" and not fake.results and not fake.ready:
            fake.ready.append(1)
        return await claim(call)

    server.answer("claim_jobs_based_on_resources", claim_again)
    log = await run()
    assert "Database replaced" in log
    assert "Workflow found in the other database" in log
    first, second = server.calls_of("create_compute_node")
    assert first.body["secret"] != second.body["secret"]
    assert server.calls_of("give_up_compute_node") == []
    assert list(fake.results) == [1]
    (journal,) = (tmp_path / "out" / "offline_journal").glob("*.journal")
    contents = decode(journal.read_bytes())
    assert contents.head is not None
    assert (contents.head.database_id, contents.head.node_secret) == ("first", first.body["secret"])
    assert [each.job_id for each in contents.completions] == [1]
    assert log.count("Journal skipped") == 1


@pytest.mark.parametrize("other", [Refusal(404, "There is no workflow 1"), {"id": 1, "name": "other", "user": "ann"}])
async def test_a_runner_leaves_a_database_without_its_workflow(serve, server, run, tmp_path, other, told):  # noqa: PLR0917
    databases = Databases(server)
    fake = serve({})
    replace_at_first_end(server, fake, databases)
    server.answer("get_workflow", lambda _: fake.workflow if databases.present == "first" else other)
    with told.raised(TorcError):
        await run()
    assert "Database replaced" in log_of(tmp_path)
    assert len(server.calls_of("create_compute_node")) == 1
    assert [*(tmp_path / "out" / "offline_journal").glob("*.journal")]
