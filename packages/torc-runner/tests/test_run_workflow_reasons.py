"""The reasons that a runner reports with the results of jobs that failed, with real processes and a fake server."""

import logging
from pathlib import Path

import pytest

import fake_workflow
from torc_client.client import TorcClient
from torc_client.defaults import LONGEST_REASON
from torc_runner.run_workflow import run_workflow
from torc_runner.settings import Settings


@pytest.fixture
def reasons(serve, server, tmp_path):
    """Return a function that runs commands and returns the reasons of their results."""

    async def run_it(*commands, files=(), config=None):
        ids = [each["id"] for each in files]
        fake = serve(*[{"command": command, "output_file_ids": ids} for command in commands])
        server.answer("list_files", fake_workflow.page([*files]))
        server.answer("update_file", lambda call: call.body)
        server.answer("get_job", lambda _: fake.jobs[1])
        fake.workflow["execution_config"] = config or {}
        async with TorcClient(server.url) as client:
            settings = Settings(output_dir=tmp_path / "out", num_cpus=4, memory_gb=4)
            await run_workflow(client, 1, settings, echo=logging.NullHandler(), show=lambda _: None)
        return [fake.results[job_id].get("reason") for job_id in sorted(fake.results)]

    return run_it


def file(path: Path) -> dict[str, object]:
    return {"id": 1, "workflow_id": 1, "name": "f", "path": str(path)}


async def test_a_command_that_fails_by_itself_has_no_reason(reasons):
    assert await reasons("true", "exit 3") == [None, None]


async def test_a_signal_has_its_name(reasons, told):
    (reason,) = await reasons("kill -SEGV $$")
    told(reason)


async def test_a_command_that_is_not_found_is_named(reasons, told):
    (reason,) = await reasons("echo first >&2; no-such-program --x")
    told(reason)


async def test_a_command_that_is_not_found_without_its_output(reasons, told):
    (reason,) = await reasons("no-such-program", config={"stdio": {"mode": "none"}})
    told(reason)


async def test_missing_output_files_are_named(reasons, tmp_path, told):
    (reason,) = await reasons("true", files=[file(tmp_path / "out.csv")])
    assert str(tmp_path / "out.csv") in reason
    told(reason)


async def test_a_missing_folder_for_output_files_is_named(reasons, tmp_path, told):
    (reason,) = await reasons("exit 4", files=[file(tmp_path / "none/out.csv")])
    told(reason)


async def test_a_reason_is_one_line_of_limited_length(reasons, tmp_path):
    name = "a\tb\x1b[31m\n" + 120 * "long/" + 120 * "long/" + "out"
    (reason,) = await reasons("true", files=[file(tmp_path / name)])
    assert len(reason) == LONGEST_REASON
    assert reason.isprintable()
    assert "a b\\u001b[31m\\nlong/" in reason


async def test_a_shell_that_cannot_be_started_is_named(reasons, told):
    (reason,) = await reasons("true", config={"shell": "/no/such/shell -c"})
    told(reason)
