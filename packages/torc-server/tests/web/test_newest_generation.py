"""What programs of 1.0 send and read, by plain HTTP with their headers."""

import asyncio
from typing import Any

import pytest

RUST = {"User-Agent": "OpenAPI-Generator/v0.7.0/rust", "X-Torc-Client-User": "ann"}
PYTHON = {"User-Agent": "OpenAPI-Generator/0.23.0/python"}
OLD = {"User-Agent": "OpenAPI-Generator/v0.7.0/rust"}
BOTH = pytest.mark.parametrize("headers", [RUST, PYTHON], ids=["rust", "python"])


@BOTH
async def test_settings_of_a_workflow_are_objects(api: Any, headers: Any) -> None:
    settings = {
        "metadata": {"a": 1},
        "slurm_defaults": {"account": "x"},
        "resource_monitor_config": {"sample_interval_seconds": 5, "jobs": None, "compute_node": None},
    }
    made = await api.ok("POST", "/workflows", {"name": "w", "user": "u", **settings}, headers=headers)
    for answer in (
        made,
        await api.ok("GET", f"/workflows/{made['id']}", headers=headers),
        (await api.ok("GET", "/workflows", headers=headers))["items"][0],
        await api.ok("PUT", f"/workflows/{made['id']}/cancel", headers=headers),
        await api.ok("POST", f"/workflows/{made['id']}/reset_status", headers=headers),
    ):
        assert answer["metadata"] == {"a": 1}
        assert answer["slurm_defaults"] == {"account": "x"}
        assert answer["resource_monitor_config"]["sample_interval_seconds"] == 5


@pytest.mark.parametrize(("headers", "run_id"), [(RUST, 1), (PYTHON, 1), (OLD, 0), ({}, 1)])
async def test_reset_and_cancel_answer_the_workflow_and_its_status_record(api: Any, headers: Any, run_id: int) -> None:
    workflow_id = await api.workflow()
    reset = await api.ok("POST", f"/workflows/{workflow_id}/reset_status", headers=headers)
    canceled = await api.ok("PUT", f"/workflows/{workflow_id}/cancel", headers=headers)
    for answer, is_canceled in ((reset, False), (canceled, True)):
        assert (answer["id"], answer["run_id"], answer["is_canceled"]) == (workflow_id, run_id, is_canceled)
        assert answer["is_archived"] is False
        if headers is not OLD:
            assert (answer["name"], answer["user"]) == ("w", "u")
        assert answer["has_detected_need_to_run_completion_script"] is False


async def test_settings_of_this_server_alone_are_left_out(api: Any) -> None:
    """The models of 0.35 and 1.0 refuse unknown members of these settings, so that no list could be read."""
    config = {
        "limit_runtime": True,
        "make_output_folders": True,
        "unchanged_outputs": "accept",
        "shell": "bash -euo pipefail -c",
        "srun_tasks_per_node": 2,
        "limit_resources": False,
        "stdio": {"mode": "combined", "max_mb": 3, "delete_on_success": True},
        "job_stdio_overrides": {"a": {"mode": "none", "max_mb": 3}, "b.c": {"max_mb": 4}},
    }
    workflow_id = await api.workflow(execution_config=config)
    path = f"/workflows/{workflow_id}"
    for headers in (RUST, PYTHON, {"User-Agent": "OpenAPI-Generator/0.21.0/python"}):
        for answer in (
            await api.ok("GET", path, headers=headers),
            (await api.ok("GET", "/workflows", headers=headers))["items"][0],
            await api.ok("POST", f"{path}/archive", {"is_archived": False}, headers=headers),
        ):
            assert answer["execution_config"] == {
                "limit_resources": False,
                "stdio": {"mode": "combined", "delete_on_success": True},
                "job_stdio_overrides": {"a": {"mode": "none"}, "b.c": {}},
            }
    assert (await api.ok("GET", path))["execution_config"] == config
    plain = await api.ok("GET", f"/workflows/{await api.workflow(execution_config={'mode': 'direct'})}", headers=RUST)
    assert plain["execution_config"] == {"mode": "direct"}


async def test_a_program_of_1_0_does_not_clear_that_a_file_is_temporary(api: Any) -> None:
    workflow_id = await api.workflow()
    made = await api.ok("POST", "/files", {"workflow_id": workflow_id, "name": "a", "path": "a", "temp": True})
    path, known = f"/files/{made['id']}", {"workflow_id": workflow_id, "name": "a", "path": "a", "st_mtime": 5.0}
    await api.ok("PUT", path, known, headers=RUST)
    assert await api.ok("GET", path) == {"id": made["id"], **known, "temp": True}
    assert "temp" not in await api.ok("POST", "/files", {**known, "name": "b"})


async def test_no_active_task_is_null(api: Any) -> None:
    assert await api.ok("GET", f"/workflows/{await api.workflow()}/active_task") == {"task": None}


@BOTH
async def test_a_claimed_action_has_one_member_for_success(api: Any, headers: Any) -> None:
    workflow_id = await api.workflow()
    path = f"/workflows/{workflow_id}/actions"
    action = {
        "workflow_id": workflow_id,
        "trigger_type": "on_workflow_start",
        "action_type": "run_commands",
        "action_config": {"commands": ["true"]},
    }
    ids = [(await api.ok("POST", path, action))["id"] for _ in range(2)]
    claimed = await api.ok("POST", f"{path}/{ids[0]}/claim", {"compute_node_id": None}, headers=headers)
    assert claimed == {"action_id": ids[0], "claimed": True}
    claimed = await api.ok("POST", f"{path}/{ids[1]}/claim", {}, headers=OLD)
    assert claimed == {"action_id": ids[1], "claimed": True, "success": True}


@BOTH
@pytest.mark.parametrize("key", ["", "colour", "memory_bytes"])
@pytest.mark.parametrize("path", ["/files?workflow_id={}&sort_by={}", "/workflows/{}/job_dependencies?sort_by={}"])
async def test_lists_with_an_unknown_key_are_sorted_by_the_first(api: Any, headers: Any, key: str, path: str) -> None:
    workflow_id = await api.workflow()
    for name in "ba":
        await api.ok("POST", "/files", {"workflow_id": workflow_id, "name": name, "path": name})
    page = await api.ok("GET", path.format(workflow_id, key), headers=headers)
    assert [each["name"] for each in page["items"]] == (["b", "a"] if path.startswith("/files") else [])


async def test_parameters_without_a_value_are_not_given(api: Any) -> None:
    workflow_id = await api.workflow()
    await api.jobs(workflow_id, 2)
    empty = "name=&command=&status=&limit=&offset=&sort_by=&reverse_sort=&include_relationships=&needs_file_id="
    page = await api.ok("GET", f"/jobs?workflow_id={workflow_id}&{empty}")
    assert (page["count"], page["offset"]) == (2, 0)
    reply = await api.call("GET", "/jobs?workflow_id=")
    assert reply.status == 400
    assert "workflow_id is missing" in reply.message


async def test_pages_have_up_to_100000_records(api: Any) -> None:
    workflow_id = await api.workflow()
    jobs = [{"workflow_id": workflow_id, "name": f"j{number}", "command": "true"} for number in range(10_001)]
    await api.ok("POST", "/bulk_jobs", {"jobs": jobs})
    path = f"/jobs?workflow_id={workflow_id}"
    asked = await asyncio.gather(
        api.ok("GET", path), api.ok("GET", path, headers=RUST), api.ok("GET", f"{path}&limit=200000")
    )
    assert [(page["count"], page["max_limit"], page["has_more"]) for page in asked] == [
        (10_000, 100_000, True),
        (10_001, 100_000, False),
        (10_001, 100_000, False),
    ]


@BOTH
async def test_the_version(api: Any, headers: Any) -> None:
    answer = await api.ok("GET", "/version", headers=headers)
    assert (answer["version"], answer["api_version"]) == ("1.0.0", "0.23.0")
    assert isinstance(answer["git_hash"], str)
