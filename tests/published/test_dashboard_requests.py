"""The requests of the dashboard of 1.0.0, with its parameters, by plain HTTP."""

import json
import urllib.request
from typing import Any

import pytest

from support.processes import Place, Server

PAGE = "offset=0&limit=1000&sort_by="
OF_WORKFLOW = (
    "jobs", "results", "events", "files", "user_data", "resource_requirements", "slurm_schedulers", "compute_nodes",
    "scheduled_compute_nodes", "slurm_stats",
)  # fmt: skip
OF_ONE = ("running_jobs", "job_dependencies", "job_file_relationships", "job_user_data_relationships")
# The names that its page of events listens to.
NAMED_EVENTS = frozenset({
    "job_started", "job_completed", "job_failed", "job_canceled", "job_terminated", "job_blocked", "job_ready",
    "job_uninitialized", "compute_node_started", "compute_node_stopped", "workflow_started", "workflow_reinitialized",
    "scheduler_node_created", "warning",
})  # fmt: skip
SPEC = """
name: two
jobs:
  - {name: first, command: "true"}
  - {name: second, command: "true", depends_on: [first]}
"""


def answer(server: Server, path: str, method: str = "GET", body: object = None) -> Any:
    """Send a request that must succeed."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(server.url + path, data, headers, method=method)  # noqa: S310 - of the test
    with urllib.request.urlopen(request) as reply:  # noqa: S310 - of the test
        assert reply.status == 200
        return json.load(reply)


@pytest.fixture
def two_jobs(server: Server, place: Place) -> Server:
    place.torc("create", place.file("spec.yaml", SPEC))
    return server


@pytest.mark.parametrize("path", [
    f"/workflows?{PAGE}", "/workflows?offset=0&limit=100&user=tester", "/workflows?access_group=nobody",
    *(f"/{name}?workflow_id=1&{PAGE}" for name in OF_WORKFLOW),
    *(f"/workflows/1/{name}?offset=0&limit=1000" for name in OF_ONE),
])  # fmt: skip
def test_lists_answer_with_a_page(two_jobs: Server, path: str) -> None:
    page = answer(two_jobs, path)
    assert {"items", "total_count"} <= set(page)
    if "access_group" in path:
        assert page["items"] == []


def test_records_have_the_members_that_pages_read(two_jobs: Server) -> None:
    assert {"id", "name", "user"} <= set(answer(two_jobs, "/workflows/1"))
    assert {"id", "name", "status", "command", "workflow_id"} <= set(answer(two_jobs, "/jobs/1"))


def test_an_access_group_lists_only_its_workflows(two_jobs: Server, place: Place) -> None:
    place.torc("create", place.file("other.yaml", SPEC.replace("name: two", "name: other")))
    for name in ("team", "others"):
        group = answer(two_jobs, "/access_groups", "POST", {"name": name})
        if name == "team":
            answer(two_jobs, f"/workflows/2/access_groups/{group['id']}", "POST")
    assert [each["name"] for each in answer(two_jobs, "/workflows?access_group=team")["items"]] == ["other"]
    assert answer(two_jobs, "/workflows?access_group=others")["items"] == []
    assert answer(two_jobs, f"/workflows?{PAGE}")["total_count"] == 2


def test_named_events_arrive_with_their_time(two_jobs: Server) -> None:
    with urllib.request.urlopen(f"{two_jobs.url}/workflows/1/events/stream") as stream:  # noqa: S310 - of the test
        assert stream.headers.get_content_type() == "text/event-stream"
        answer(two_jobs, "/workflows/1/initialize_jobs", "POST")
        lines = iter(stream.readline, b"")
        name = next(line for line in lines if line.startswith(b"event:")).split(b":", 1)[1].strip()
        data = json.loads(next(line for line in lines if line.startswith(b"data:")).split(b":", 1)[1])
    assert name.decode() in NAMED_EVENTS
    assert data["timestamp"]
