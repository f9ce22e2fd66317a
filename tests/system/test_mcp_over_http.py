"""Every tool of `torc-mcp-server`, over HTTP on a private socket in front of a real server."""

import asyncio
import re
from typing import Any

import pytest

from support.assistants import call, over_http, refusal
from support.processes import Place, Server, wait_for_process
from torc_client.mcp.tools import TOOLS

SWEEP = """
name: sweep
jobs:
  - {name: prepare, command: "true"}
  - name: "simulate_{i}"
    command: "cat grid.nc"
    depends_on: [prepare]
    parameters: {i: "1:3"}
  - {name: summarise, command: "true", depends_on_regexes: ["simulate_.*"]}
"""
UNDECIDED = """
name: undecided
use_pending_failed: true
jobs:
  - {name: bad, command: "exit 3"}
"""
SPEC = {"name": "small", "jobs": [{"name": "first", "command": "true"}]}

# What these say on a machine without Slurm.
NEED_SLURM: dict[str, tuple[dict[str, Any], str]] = {
    "slurm_queue": ({}, "Slurm"),
    "plan_allocations": ({"spec_json": SPEC, "account": "a"}, "This machine is not part of a known cluster. Specify"),
    "plan_submit": ({"workflow_id": 1}, "Slurm is not installed on the machine of this server"),
}
BY_WORKFLOW = (
    "get_workflow_status", "get_workflow_summary", "explain", "diagnose_failures", "list_jobs", "list_failed_jobs",
    "list_results", "analyze_workflow_logs", "get_graph", "check_resource_utilization", "analyze_resource_usage",
    "list_pending_failed_jobs", "check_offline_journals", "get_slurm_sacct",
)  # fmt: skip


def reading(workflow_id: int, job_id: int) -> dict[str, dict[str, Any]]:
    """Return the tools that read and need no Slurm, with arguments."""
    return {name: {"workflow_id": workflow_id} for name in BY_WORKFLOW} | {
        "list_workflows": {"all_users": True},
        "find": {"text": "simulate"},
        "list_jobs_by_status": {"workflow_id": workflow_id, "status": "failed"},
        "get_job_details": {"job_id": job_id},
        "get_job_logs": {"job_id": job_id},
        "get_execution_plan": {"spec_or_id": str(workflow_id)},
        "list_partitions": {"hpc_profile": "kestrel"},
        "wait": {"workflow_id": workflow_id, "timeout_seconds": 60},
        "search_docs": {"query": "memory limit"},
        "get_docs": {"topic": "how-to/write-specs"},
        "list_examples": {},
        "get_example": {"name": "word_count"},
        "validate_spec": {"spec": SPEC},
        "explain_spec": {"spec": SPEC},
    }


def ended(place: Place, name: str, text: str) -> tuple[int, dict[str, int]]:
    """Create and run a workflow that fails, and return its id and the ids of its jobs by name."""
    workflow_id = place.torc("workflows", "create", place.file(f"{name}.yaml", text))["workflow_id"]
    place.run("torc", "run", str(workflow_id), "--exit-when-idle", status=None)
    jobs = place.torc("jobs", "list", str(workflow_id))["items"]
    return workflow_id, {job["name"]: job["id"] for job in jobs}


def test_every_reading_tool_answers(place: Place, server: Server):
    workflow_id, jobs = ended(place, "sweep", SWEEP)
    calls = reading(workflow_id, jobs["simulate_1"])

    async def assist() -> None:
        async with over_http(place, "--read-only") as client:
            listed = {tool.name for tool in (await client.list_tools()).tools}
            assert (
                listed
                == {tool.name for tool in TOOLS if tool.reads_only}
                == calls.keys() | {"slurm_queue", "plan_allocations"}
            )
            answers = {name: await call(client, name, **arguments) for name, arguments in calls.items()}
            assert answers["get_workflow_status"]["job_counts_by_status"] == {
                "completed": 1,
                "failed": 3,
                "canceled": 1,
            }
            assert "grid.nc" in answers["get_job_logs"]["output"]["text"]
            assert answers["list_jobs_by_status"]["total_count"] == 3
            assert answers["wait"]["reached"]
            canceled = await call(client, "get_job_details", job_id=jobs["summarise"])
            why = f"It was canceled because this job did not succeed: simulate_1 (job {jobs['simulate_1']})"
            assert why in canceled["why"]

    asyncio.run(assist())


@pytest.mark.parametrize("name", NEED_SLURM)
def test_a_tool_that_needs_slurm_says_so(place: Place, server: Server, name: str, tmp_path):
    arguments, sentence = NEED_SLURM[name]
    alone = tmp_path / "bin"
    alone.mkdir()

    async def assist() -> None:
        async with over_http(place, "--allow", "submit", environment={"PATH": str(alone)}) as client:
            assert sentence in await refusal(client, name, **arguments)

    asyncio.run(assist())


def test_every_changing_tool_plans_and_its_plan_is_applied(place: Place, server: Server):
    sweep, jobs = ended(place, "sweep", SWEEP)
    undecided, others = ended(place, "undecided", UNDECIDED)
    one = {"workflow_id": sweep}
    group = {"memory": "3g", "num_cpus": 1, "runtime": "PT5M", "job_ids": [jobs["simulate_2"]]}
    decision = {"job_id": others["bad"], "action": "fail"}
    again = {"ready": 3, "blocked": 1, "completed": 1}
    first = {"ready": 1, "blocked": 4}
    plans: list[tuple[str, dict[str, Any], str, dict[str, int]]] = [
        ("recover_workflow", one | {"retry_unknown": True}, "ready", again),
        ("plan_cancel", one, "canceled", again),
        ("plan_reinitialize", one | {"force": True}, "ready", again),
        ("plan_reset_jobs", one | {"job_ids": [jobs["prepare"]]}, "ready", first),
        ("plan_initialize", one | {"force": True}, "ready", first),
        ("update_job_resources", {"job_id": jobs["simulate_1"], "memory": "2g"}, "ready", first),
        ("regroup_job_resources", one | {"groups": [group]}, "ready", first),
        ("plan_archive", one, "ready", first),
    ]
    more = {"apply_plan", "plan_delete", "plan_retry", "plan_run", "classify_and_resolve_failures"}
    of_specs = {"save_spec_file", "create_workflow"}

    async def assist() -> None:
        async with over_http(place, "--allow", "all") as client:
            listed = {tool.name for tool in (await client.list_tools()).tools}
            changing = {tool.name for tool in TOOLS if not tool.reads_only}
            assert changing == {name for name, *_ in plans} | more | of_specs | {"plan_submit"}
            assert changing < listed

            async def applied(name: str, **arguments) -> dict[str, Any]:
                plan = await call(client, name, **arguments)
                return await call(client, "apply_plan", plan_id=plan["plan_id"])

            for name, arguments, state, counts in plans:
                await applied(name, **arguments)
                status = await call(client, "get_workflow_status", **one)
                assert (status["state"], status["job_counts_by_status"]) == (state, counts), name
            await applied("plan_delete", **one)
            assert "sweep" not in str(await call(client, "list_workflows"))

            await applied("classify_and_resolve_failures", workflow_id=undecided, classifications=[decision])
            await applied("plan_retry", workflow_id=undecided)
            status = await call(client, "get_workflow_status", workflow_id=undecided)
            assert status["job_counts_by_status"] == {"ready": 1}

            saved = await call(client, "save_spec_file", spec=SPEC, path="made.json")
            assert (place.directory / "made.json").read_text()
            assert "made.json" in str(saved)
            made = (await call(client, "create_workflow", spec_json=SPEC))["workflow_id"]
            run = (await applied("plan_run", workflow_id=made))["done"]
            ended_well = await call(client, "wait", workflow_id=made, timeout_seconds=120)
            assert ended_well["job_counts_by_status"] == {"completed": 1}
            found = re.search(r"Process (\d+)", run[0])
            assert found
            await asyncio.to_thread(wait_for_process, int(found[1]))

    asyncio.run(assist())


@pytest.mark.parametrize("by_variable", [True, False])
def test_logs_are_read_from_the_folder_of_the_option(place: Place, server: Server, by_variable: bool):
    _, jobs = ended(place, "sweep", SWEEP)
    moved = (place.directory / "torc_output").rename(place.directory / "kept")
    words = () if by_variable else ("--output-dir", str(moved))
    variables = {"TORC_OUTPUT_DIR": str(moved)} if by_variable else {}

    async def assist() -> None:
        async with over_http(place, *words, environment=variables) as client:
            log = await call(client, "get_job_logs", job_id=jobs["simulate_1"], log_type="stderr")
            assert log["place"].startswith(f"{moved}/")
            assert "grid.nc" in log["output"]["text"]

    asyncio.run(assist())
