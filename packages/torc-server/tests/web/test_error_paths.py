"""Refusals while jobs run: the whole message, the invalid member, and an unchanged database.

`error_paths.json` names the tests for each refusal of the contract. Those about running jobs are here.
"""

import ast
import json
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parents[1]
PATHS: dict[str, dict[str, list[str]]] = json.loads((Path(__file__).parent / "error_paths.json").read_text())
ABSENT = 999


@pytest.fixture
async def jobs(api: Any) -> dict[str, int]:
    """Jobs by status, with their workflow and node."""
    workflow_id, other = await api.workflow(), await api.workflow()
    names = ("completed", "failed", "held", "running", "pending", "ready")
    ids = dict(zip(names, await api.jobs(workflow_id, len(names)), strict=True))
    (ids["blocked"],) = await api.jobs(workflow_id, 1, depends_on_job_ids=[ids["ready"]])
    await api.initialize(workflow_id)
    node = await api.node(workflow_id)
    ids |= {"workflow": workflow_id, "node": node, "foreign": await api.node(other), "other": other}
    await api.claim(workflow_id, 5, num_cpus=100)
    for name in ("completed", "failed", "held", "running"):
        await api.ok("PUT", f"/jobs/{ids[name]}/start_job/0/{node}")
    await api.finish(workflow_id, ids["completed"], node)
    await api.finish(workflow_id, ids["failed"], node, "failed", 1)
    await api.finish(workflow_id, ids["held"], node, "pending_failed", 1)
    return ids


STARTS = [
    ("{blocked}", "0/{node}", 422, "Job 'job0' is blocked; start needs a job that is pending", "status"),
    ("{ready}", "0/{node}", 422, "Job 'job5' is ready; start needs a job that is pending", "status"),
    ("{completed}", "0/{node}", 422, "Job 'job0' is completed; start needs a job that is pending", "status"),
    ("{pending}", "1/{node}", 422, "Workflow {workflow} is in run 0, not 1", "run_id"),
    ("999", "0/{node}", 404, "There is no job 999", None),
]


@pytest.mark.parametrize("case", STARTS, ids="{0[0]} {0[1]}".format)
async def test_starts(api: Any, jobs: dict[str, int], case: Any) -> None:
    job, rest, status, message, field = case
    path = f"/jobs/{job}/start_job/{rest}".format(**jobs)
    error = await api.refused(status, None, "PUT", path)
    assert error["message"] == message.format(**jobs)
    assert field is None or error["field"] == field


ENDS: list[tuple[str, str, dict[str, Any], int, str, str | None]] = [
    ("running", "ready/0", {}, 422, "A job cannot be completed as ready", "status"),
    ("running", "disabled/0", {}, 422, "A job cannot be completed as disabled", "status"),
    ("running", "completed/7", {}, 422, "Workflow {workflow} is in run 0, not 7", "run_id"),
    ("running", "completed/0", {"run_id": 7}, 422, "The report is of run 7, not 0", "run_id"),
    ("running", "completed/0", {"job_id": 999}, 422, "The report is about job 999, not {running}", "job_id"),
    (
        "running",
        "completed/0",
        {"compute_node_id": 999},
        422,
        "Workflow {workflow} has no compute node 999",
        "compute_node_id",
    ),
    ("running", "completed/0", {"attempt_id": 2}, 422, "Job 'job3' is at attempt 1, not 2", "attempt_id"),
    (
        "completed",
        "failed/0",
        {"status": "failed", "return_code": 1},
        422,
        "Job 'job0' is already complete: it is completed",
        "status",
    ),
    ("failed", "completed/0", {}, 422, "Job 'job1' is already complete: it is failed", "status"),
    (
        "held",
        "failed/0",
        {"status": "failed", "return_code": 2},
        422,
        (
            "Job 'job2' is pending_failed; complete needs a job that is uninitialized, blocked, ready, pending, "
            "running, canceled"
        ),
        "status",
    ),
]


@pytest.mark.parametrize("case", ENDS, ids="{0[0]} {0[1]} {0[2]}".format)
async def test_ends(api: Any, jobs: dict[str, int], make_result: Any, case: Any) -> None:
    job, rest, members, status, message, field = case
    body = make_result(jobs["workflow"], jobs[job], jobs["node"]) | members
    error = await api.refused(status, None, "POST", f"/jobs/{jobs[job]}/complete_job/{rest}", body)
    assert (error["message"], error["field"]) == (message.format(**jobs), field)


async def test_completion_of_a_missing_job(api: Any, jobs: dict[str, int], make_result: Any) -> None:
    body = make_result(jobs["workflow"], ABSENT, jobs["node"])
    error = await api.refused(404, None, "POST", "/jobs/999/complete_job/completed/0", body)
    assert error == {"error": "NotFound", "message": "There is no job 999"}


async def test_completion_of_a_canceled_job(api: Any, jobs: dict[str, int], make_result: Any) -> None:
    await api.ok("PUT", f"/workflows/{jobs['workflow']}/cancel")
    body = make_result(jobs["workflow"], jobs["running"], jobs["node"], status="terminated", return_code=-15)
    error = await api.refused(422, None, "POST", f"/jobs/{jobs['running']}/complete_job/terminated/0", body)
    assert error["message"] == "Job 'job3' is already complete: it is canceled"


async def test_completion_of_an_earlier_attempt(api: Any, jobs: dict[str, int], make_result: Any) -> None:
    await api.ok("POST", f"/jobs/{jobs['running']}/retry/0", params={"max_retries": 2})
    body = make_result(jobs["workflow"], jobs["running"], jobs["node"])
    error = await api.refused(409, None, "POST", f"/jobs/{jobs['running']}/complete_job/completed/0", body)
    assert error["message"] == "Attempt 1 of job 'job3' is no longer current; the current one is 2"


RETRIES = [
    ("999", "0?max_retries=3", 404, "There is no job 999", None),
    ("{failed}", "4?max_retries=3", 422, "Workflow {workflow} is in run 0, not 4", "run_id"),
    ("{failed}", "0?max_retries=1", 422, "Job 'job1' made attempt 1 of 1; no retry is left", "max_retries"),
    ("{failed}", "0?max_retries=0", 422, "Job 'job1' made attempt 1 of 0; no retry is left", "max_retries"),
    *(
        (
            f"{{{name}}}",
            "0?max_retries=3",
            422,
            f"Job {title!r} is {word}; retry needs a job that is {{words}}",
            "status",
        )
        for name, title, word in [
            ("blocked", "job0", "blocked"),
            ("ready", "job5", "ready"),
            ("pending", "job4", "pending"),
            ("completed", "job0", "completed"),
            ("held", "job2", "pending_failed"),
        ]
    ),
]


@pytest.mark.parametrize("case", RETRIES, ids="{0[0]} {0[1]}".format)
async def test_retries(api: Any, jobs: dict[str, int], case: Any) -> None:
    job, rest, status, message, field = case
    error = await api.refused(status, None, "POST", f"/jobs/{job}/retry/{rest}".format(**jobs))
    assert error["message"] == message.format(**jobs, words="running, failed, terminated")
    assert error.get("field") == field


async def test_retries_are_limited(api: Any, jobs: dict[str, int]) -> None:
    for query in ("", "?max_retries=many", "?max_retries=1.5"):
        error = await api.refused(400, None, "POST", f"/jobs/{jobs['failed']}/retry/0{query}")
        assert "max_retries" in error["message"]


async def test_a_reset_while_jobs_run(api: Any, jobs: dict[str, int]) -> None:
    error = await api.refused(422, None, "POST", f"/workflows/{jobs['workflow']}/reset_status")
    assert error["message"] == (
        f"Workflow {jobs['workflow']} has 2 jobs that are pending or running;"
        " wait for them, cancel the workflow, or use --force (in requests: force)"
    )


async def test_a_second_result_of_an_attempt(api: Any, jobs: dict[str, int], make_result: Any) -> None:
    body = make_result(jobs["workflow"], jobs["completed"], jobs["node"])
    error = await api.refused(409, None, "POST", "/results", body)
    assert error == {"error": "Conflict", "message": "That result already exists"}


async def test_user_data_of_jobs_of_another_workflow(api: Any, jobs: dict[str, int]) -> None:
    for parameter in ("consumer_job_id", "producer_job_id"):
        body = {"workflow_id": jobs["other"], "name": "d"}
        error = await api.refused(422, None, "POST", f"/user_data?{parameter}={jobs['ready']}", body)
        assert error == {
            "message": f"Job {jobs['ready']} belongs to another workflow",
            "field": parameter,
            "value": jobs["ready"],
        }
        error = await api.refused(404, None, "POST", f"/user_data?{parameter}={ABSENT}", body)
        assert error["message"] == "There is no job 999"


REFERENCES = ["resource_requirements_id", "failure_handler_id"]


@pytest.mark.parametrize("member", REFERENCES)
async def test_jobs_with_references_to_missing_records(api: Any, jobs: dict[str, int], member: str) -> None:
    body = {"workflow_id": jobs["workflow"], "name": "j", "command": "c", member: ABSENT}
    for path, sent in (("/jobs", body), ("/bulk_jobs", {"jobs": [body]})):
        error = await api.refused(422, None, "POST", path, sent)
        assert (error["field"], error["value"]) == (member, ABSENT)
        assert str(ABSENT) in error["message"]


async def test_jobs_spawned_by_a_missing_job(api: Any) -> None:
    error = await api.refused(404, None, "POST", "/jobs/999/spawn_jobs", {"jobs": []})
    assert error == {"error": "NotFound", "message": "There is no job 999"}


TEST_OF = [(section, path, test) for section, paths in PATHS.items() for path, tests in paths.items() for test in tests]
# Words in the body of a test that reads the text of an answer.
READERS = ("message", "text", "json", "refuse", "body", "error", "log", "said", "says")


@pytest.mark.parametrize(("section", "path", "test"), TEST_OF)
def test_every_refusal_of_the_contract_has_a_test(section: str, path: str, test: str) -> None:
    file, _, name = test.partition("::")
    tree = ast.parse((TESTS / file).read_text())
    functions = {
        each.name: "\n".join(map(ast.unparse, each.body))
        for each in tree.body
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert name in functions, f"{section} {path}: {test} does not exist; name the test that reads the refusal"
    assert any(word in functions[name] for word in READERS)


def test_all_sections_of_the_contract_are_tested() -> None:
    assert len(PATHS) >= 16
    assert all(tests for paths in PATHS.values() for tests in paths.values())
