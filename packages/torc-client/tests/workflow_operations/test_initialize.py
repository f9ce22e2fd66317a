from pathlib import Path

import pytest

from torc_client.errors import TorcError
from torc_client.workflow_operations.initialize import (
    InputFilesMissingError,
    ensure_initialized,
    initialize,
)

PAGE = {"offset": 0, "max_limit": 10_000, "has_more": False}


@pytest.fixture
def server(fake_server, make):
    files = [{"id": n, "workflow_id": 7, "name": name, "path": name} for n, name in enumerate(["in", "between", "out"])]
    fake_server.answer("list_files", {**PAGE, "items": files, "count": 3, "total_count": 3})
    jobs = [make.job(1, input_file_ids=[0], output_file_ids=[1]), make.job(2, input_file_ids=[1], output_file_ids=[2])]
    fake_server.answer("list_jobs", make.jobs(jobs))
    fake_server.answer("list_missing_user_data", {"user_data": []})
    fake_server.answer("start_run", {"is_started": True, "run_id": 2})
    return fake_server


@pytest.fixture
def inputs(nobodys_environment: Path):
    (nobodys_environment / "in").touch()


def changes(server) -> list[str]:
    return [call.operation for call in server.calls if not call.operation.startswith("list_")]


async def test_a_run_begins_with_these_calls(server, client, inputs):
    await initialize(client, 7)
    assert changes(server) == ["start_run"]
    (call,) = server.calls_of("start_run")
    assert call.query == {"force": False, "only_if_uninitialized": False}
    (time,) = call.body["file_times"]
    assert (time["file_id"], time["st_mtime"] > 0) == (0, True)


async def test_missing_inputs_are_named_and_nothing_is_changed(server, client):
    with pytest.raises(InputFilesMissingError, match="missing: in") as caught:
        await initialize(client, 7)
    assert "between" not in str(caught.value)
    assert changes(server) == []


async def test_empty_data_is_named_and_nothing_is_changed(server, client, inputs):
    server.answer("list_missing_user_data", {"user_data": [4, 9]})
    with pytest.raises(TorcError, match="no job writes: 4, 9"):
        await initialize(client, 7)
    assert changes(server) == []


async def test_force_needs_no_files(server, client):
    await initialize(client, 7, force=True)
    assert server.calls_of("start_run")[0].query == {"force": True, "only_if_uninitialized": False}


@pytest.mark.parametrize("needed", [True, False])
async def test_only_what_was_never_begun_is_initialized(server, client, inputs, needed: bool):
    server.answer("is_workflow_uninitialized", {"is_uninitialized": needed})
    await ensure_initialized(client, 7)
    starts = [call.query for call in server.calls_of("start_run")]
    assert starts == [{"force": False, "only_if_uninitialized": True}] * needed
