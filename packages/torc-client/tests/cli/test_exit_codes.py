"""The table of exit codes, checked line by line."""

import click
import pytest

from torc_client.cli import torc as torc_command
from torc_client.cli.framework import failures
from torc_client.cli.framework.exit_codes import GENERAL, OF_ITS_OWN
from torc_client.cli.framework.output import ask
from torc_client.edge.standard_streams import EXIT_NO_READER
from torc_client.testing import Refusal

TASK = {"id": 4, "workflow_id": 7, "operation": "x", "created_at_ms": 1, "status": "failed"}


EMPTY = {"items": [], "count": 0, "total_count": 0}
EMPTY_PAGE = {**EMPTY, "offset": 0, "max_limit": 10_000, "has_more": False}


@pytest.fixture
def server(fake_server, make):
    fake_server.answer("get_workflow", make.workflow(7))
    fake_server.answer("list_jobs", make.jobs([]))
    fake_server.answer("get_task", TASK)
    fake_server.answer("list_slurm_schedulers", EMPTY_PAGE)
    fake_server.answer("list_remote_workers", [])
    fake_server.answer("get_workflow_status", make.status(is_canceled=True, jobs_by_status=make.counts(canceled=2)))
    return fake_server


async def test_0_for_success(torc, server):
    assert (await torc("jobs", "list", "7")).code == 0


async def test_1_an_error_with_nothing_on_stdout(torc, server):
    server.answer("get_job", Refusal(404, "There is no job 3."))
    ended = await torc("jobs", "get", "3")
    assert (ended.code, ended.out) == (failures.EXIT_ERROR, "")


async def test_2_the_command_line_cannot_be_understood(torc, server):
    assert (await torc("jobs", "list", "seven")).code == failures.EXIT_USAGE


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, click.Abort])
async def test_130_it_was_interrupted(torc, server, monkeypatch, interruption):
    def leave(_):
        raise interruption

    monkeypatch.setattr(ask, "is_possible", lambda: True)
    monkeypatch.setattr(ask, "confirm", leave)
    ended = await torc("jobs", "delete-all", "7")
    assert (ended.code, ended.out) == (failures.EXIT_INTERRUPTED, "")
    assert "Interrupted." in ended.err
    assert server.calls_of("delete_jobs") == []


def test_the_table_has_all_exit_codes():
    assert set(GENERAL) == {
        0, failures.EXIT_ERROR, failures.EXIT_USAGE, failures.EXIT_INTERRUPTED, failures.EXIT_HANGUP,
        failures.EXIT_TERMINATED, EXIT_NO_READER,
    }  # fmt: skip


# A command for each exit code with a specific meaning.
WAYS = {
    ("torc config validate", 1): [],
    ("torc hpc match", 1): ["dane", "--gpus", "9"],
    ("torc jobs reset-status", 1): ["--workflow-id", "7", "--status", "failed", "--no-prompts"],
    ("torc ping", 1): [],
    ("torc remote run", 1): ["7"],
    ("torc remote status", 1): ["7"],
    ("torc remote stop", 1): ["7"],
    ("torc spec check", 1): ["bad.yaml"],
    ("torc tasks wait", 1): ["4"],
    ("torc watch", 1): ["7"],
    ("torc workflows create", 1): ["bad.yaml", "--dry-run"],
}


def test_each_line_of_the_table_names_a_command_and_has_a_way_to_it():
    assert {(name, code) for name, codes in OF_ITS_OWN.items() for code in codes} == set(WAYS)
    for name in OF_ITS_OWN:
        command: click.Command | None = torc_command
        for word in name.split()[1:]:
            assert isinstance(command, click.Group)
            command = command.get_command(click.Context(command), word)
        assert command is not None, name


@pytest.fixture
def elsewhere(monkeypatch):
    """Make this machine part of no known cluster."""
    for name in ("NREL_CLUSTER", "CLUSTER"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize("line", WAYS, ids=lambda line: line[0])
async def test_its_own(torc, server, nobodys_environment, monkeypatch, line):
    (nobodys_environment / "bad.yaml").write_text("name: a\njobz: []\n")
    command, code = line
    if command.startswith("torc remote"):
        server.answer("list_remote_workers", [{"workflow_id": 7, "worker": "n1"}])
        server.answer("list_compute_nodes", EMPTY_PAGE)
        counted = {"is_complete": False, "is_canceled": False, "needs_to_run_completion_script": False}
        server.answer("is_workflow_complete", counted)
        monkeypatch.setenv("PATH", str(nobodys_environment))  # without ssh
    if command == "torc config validate":
        (nobodys_environment / "torc.toml").write_text("[server]\nport = 0\n")
    # Nothing listens on port 1.
    url = "http://127.0.0.1:1/torc-service/v1" if command == "torc ping" else None
    ended = await torc(*command.split()[1:], *WAYS[line], url=url)
    assert ended.code == code
    assert ended.out or ended.err


async def test_debug_shows_where_an_error_arose(torc, server):
    server.answer("get_job", Refusal(404, "There is no job 3."))
    ended = await torc("--debug", "jobs", "get", "3")
    assert ended.code == failures.EXIT_ERROR
    assert "Traceback (most recent call last)" in ended.err
    assert ended.err.splitlines()[-2:] == (await torc("jobs", "get", "3")).err.splitlines()
