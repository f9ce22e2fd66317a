"""A fake server for the runner. Its answers follow from what the runner did."""

import asyncio
from collections import deque
from typing import Any

from torc_client.api.enums import JobStatus
from torc_client.testing import FakeServer, Received, Refusal

Json = dict[str, Any]

ENDED = {"completed", "failed", "terminated", "canceled"}

NONE_OF_EACH = ("uninitialized", "blocked", "ready", "pending", "running", "completed", "failed", "canceled",
                "terminated", "disabled", "pending_failed")  # fmt: skip
EXPLANATION: Json = {
    "workflow_id": 1,
    "active_compute_nodes": 1,
    "is_claimable": False,
    "jobs_by_status": dict.fromkeys(NONE_OF_EACH, 0),
    "ready": [],
    "reasons": [],
}
"""The answer of `explain_workflow` without ready jobs."""


def explained_kind(requirements_id: int, *shortfalls: tuple[str, float, float], **members: Any) -> Json:
    """Return a group of similar ready jobs. A shortfall is (quantity, needed, offered)."""
    return {
        "fits": not shortfalls, "is_bound_elsewhere": False, "lacks_label": False, "memory_gb": 1.0, "num_cpus": 1,
        "num_gpus": 0, "num_jobs": 1, "num_nodes": 1, "resource_requirements_id": requirements_id,
        "resource_requirements_name": "some", "runtime": "PT1M",
        "shortfalls": [
            {"quantity": quantity, "needed": needed, "offered": offered, "nodes_alike": 1}
            for quantity, needed, offered in shortfalls
        ],
        **members,
    }  # fmt: skip


def explanation(*kinds: Json) -> Json:
    """Return the answer of `explain_workflow` with these groups of ready jobs."""
    return {**EXPLANATION, "ready": list(kinds)}


class FakeWorkflow:
    """A workflow of independent jobs in a FakeServer: it answers claims, stores results and detects the end."""

    def __init__(self, server: FakeServer, *jobs: Json) -> None:
        self.server = server
        self.jobs: dict[int, Json] = {
            number: {
                "id": number,
                "name": f"job{number}",
                "workflow_id": 1,
                "attempt_id": 1,
                "status": "ready",
                "resource_requirements_id": 5,
                "command": "true",
            }
            | job
            for number, job in enumerate(jobs, start=1)
        }
        self.ready = deque(self.jobs)
        self.results: dict[int, Json] = {}
        self.claimed: dict[str, list[int]] = {}
        """The jobs of each claim, by its key."""
        self.errors: list[Json] = []
        self.completed = asyncio.Event()
        self.over = asyncio.Event()
        self.is_canceled = False
        self.workflow: Json = {"id": 1, "name": "wf", "user": "ann", "compute_node_wait_for_new_jobs_seconds": 90}
        answers: Json = {
            "is_workflow_uninitialized": {"is_uninitialized": False},
            "get_workflow": lambda _: self.workflow,
            "get_workflow_status": lambda _: self.status(),
            "create_compute_node": lambda call: {**call.body, "id": 9},
            "get_compute_node": lambda _: {**self.server.calls_of("create_compute_node")[-1].body, "id": 9},
            "list_compute_nodes": page([]),
            "heartbeat_compute_node": {"compute_node_id": 9, "lease_seconds": 300.0},
            "give_up_compute_node": {"compute_node_id": 9, "job_count": 0},
            "update_compute_node": lambda call: {**call.body, "id": 9},
            "get_resource_requirements": {"id": 5, "name": "small", "workflow_id": 1, "num_cpus": 1, "memory": "1m"},
            "claim_jobs_based_on_resources": self.claim,
            "claim_next_jobs": self.claim,
            "report_and_claim": self.exchange,
            "list_output_requests": self.list_no_output_requests,
            "is_workflow_complete": self.is_complete,
            "list_jobs": self.list_jobs,
            "get_job_output": Refusal(404, "There is no output."),
            "get_job": lambda call: self.jobs[int(call.path["id"])],
            "explain_workflow": EXPLANATION,
            "list_results": lambda _: page(list(self.results.values())),
            "list_files": page([]),
            "get_pending_actions": [],
        }
        for operation, answer in answers.items():
            server.answer(operation, answer)

    async def claim(self, call: Received) -> Json:
        limit, wait_seconds = call.path.get("limit", call.query.get("limit")), call.query["wait_seconds"]
        return {"jobs": await self.take_jobs(call.query["claim_key"], limit, wait_seconds)}

    async def list_no_output_requests(self, _: Received) -> Json:
        await self.over.wait()
        return {"items": []}

    async def exchange(self, call: Received) -> Json:
        for started in call.body["started"]:
            self.start(started)
        for completion in call.body["completions"]:
            self.complete(completion)
        for returned in call.body["returned"]:
            self.release(returned)
        wish = call.body.get("claim")
        jobs = await self.take_jobs(wish["claim_key"], wish["limit"] + wish.get("ahead", 0)) if wish else []
        errors, self.errors = self.errors, []
        return {
            "errors": errors,
            "jobs": jobs,
            "is_complete": self.over.is_set(),
            "is_canceled": self.is_canceled,
        }

    async def take_jobs(self, key: str, limit: int, wait_seconds: float = 0) -> list[Json]:
        if key in self.claimed:  # a repeated claim
            return [self.jobs[number] for number in self.claimed[key] if self.is_pending(number)]
        if not self.ready and limit and wait_seconds:
            await self.over.wait()
        taken = [self.ready.popleft() for _ in range(min(limit, len(self.ready)))]
        for number in taken:
            self.jobs[number]["status"] = "pending"
        if taken:
            self.claimed[key] = taken
        return [self.jobs[number] for number in taken]

    def refuse(self, number: int, message: str) -> None:
        self.errors.append({"job_id": number, "message": message})

    def is_pending(self, number: int) -> bool:
        return bool(self.jobs[number]["status"] == "pending")

    def start(self, started: Json) -> None:
        assert started["attempt_id"] == self.jobs[started["job_id"]]["attempt_id"]
        self.jobs[started["job_id"]]["status"] = "running"

    def release(self, returned: Json) -> None:
        self.jobs[returned["job_id"]]["status"] = "ready"
        self.ready.append(returned["job_id"])

    def complete(self, completion: Json) -> None:
        self.completed.set()
        self.results[completion["job_id"]] = completion["result"]
        self.end(completion["job_id"], completion["status"])

    def end(self, number: int, status: str) -> Json:
        self.jobs[number]["status"] = status
        if all(job["status"] in ENDED for job in self.jobs.values()):
            self.over.set()
        return self.jobs[number]

    def list_jobs(self, call: Received) -> Json:
        wanted = call.query.get("status")
        return page([job for job in self.jobs.values() if wanted in {None, job["status"]}])

    async def is_complete(self, _: Received) -> Json:
        await self.over.wait()
        return {"is_canceled": self.is_canceled, "is_complete": True}

    def cancel(self) -> None:
        self.is_canceled = True
        self.over.set()

    def status(self) -> Json:
        counts = dict.fromkeys(JobStatus, 0)
        for job in self.jobs.values():
            counts[job["status"]] += 1
        return {
            "workflow_id": 1,
            "workflow_name": "wf",
            "workflow_user": "ann",
            "run_id": 3,
            "active_compute_nodes": 1,
            "active_scheduled_nodes": 0,
            "pending_scheduled_nodes": 0,
            "total_exec_time_minutes": 0.0,
            "runtime_blocked_ready_jobs": 0,
            "is_canceled": self.is_canceled,
            "is_complete": self.over.is_set(),
            "total_jobs": len(self.jobs),
            "jobs_by_status": counts,
        }


def page(items: list[Json]) -> Json:
    return {
        "items": items,
        "count": len(items),
        "total_count": len(items),
        "offset": 0,
        "max_limit": 1000,
        "has_more": False,
    }
