"""A service for the runner: what it answers follows from what the runner did."""

import asyncio
from collections import deque

from torc_client.api.enums import JobStatus
from torc_client.testing import FakeServer

ENDED = {"completed", "failed", "terminated", "canceled"}


class FakeService:
    """A workflow of independent jobs in a FakeServer: hands them out, takes results, knows when all is over."""

    def __init__(self, server: FakeServer, *jobs: dict) -> None:
        self.server = server
        self.jobs = {
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
        self.results: dict[int, dict] = {}
        self.given: dict[str, list[int]] = {}
        self.over = asyncio.Event()
        self.is_canceled = False
        self.workflow: dict = {"id": 1, "name": "wf", "user": "ann", "compute_node_wait_for_new_jobs_seconds": 90}
        answers = {
            "is_workflow_uninitialized": {"is_uninitialized": False},
            "get_workflow": lambda _: self.workflow,
            "get_workflow_status": lambda _: self.status(),
            "create_compute_node": lambda call: {**call.body, "id": 9},
            "update_compute_node": lambda call: {**call.body, "id": 9},
            "get_resource_requirements": {"id": 5, "name": "small", "workflow_id": 1, "num_cpus": 1, "memory": "1m"},
            "claim_jobs_based_on_resources": self.claim,
            "claim_next_jobs": self.claim,
            "start_job": self.start,
            "complete_job": self.complete,
            "is_workflow_complete": self.is_complete,
            "list_jobs": self.list_jobs,
            "list_results": lambda _: page(list(self.results.values())),
            "list_files": page([]),
        }
        for operation, answer in answers.items():
            server.answer(operation, answer)

    async def claim(self, call):
        key = call.query["claim_key"]
        if key in self.given:  # the answer was lost on the way, or its asker changed its mind
            return {"jobs": [self.jobs[number] for number in self.given[key] if self.is_pending(number)]}
        limit = call.path.get("limit", call.query.get("limit"))
        if not self.ready and limit and call.query["wait_seconds"]:
            await self.over.wait()
        taken = [self.ready.popleft() for _ in range(min(limit, len(self.ready)))]
        for number in taken:
            self.jobs[number]["status"] = "pending"
        if taken:
            self.given[key] = taken
        return {"jobs": [self.jobs[number] for number in taken]}

    def is_pending(self, number):
        return self.jobs[number]["status"] == "pending"

    def start(self, call):
        self.jobs[call.path["id"]]["status"] = "running"
        return self.jobs[call.path["id"]]

    def complete(self, call):
        number = call.path["id"]
        self.results[number] = call.body
        return self.end(number, call.path["status"])

    def end(self, number, status):
        self.jobs[number]["status"] = status
        if all(job["status"] in ENDED for job in self.jobs.values()):
            self.over.set()
        return self.jobs[number]

    def list_jobs(self, call):
        wanted = call.query.get("status")
        return page([job for job in self.jobs.values() if wanted in {None, job["status"]}])

    async def is_complete(self, _):
        await self.over.wait()
        return {"is_canceled": self.is_canceled, "is_complete": True}

    def cancel(self):
        self.is_canceled = True
        self.over.set()

    def status(self):
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
            "is_canceled": self.is_canceled,
            "is_complete": self.over.is_set(),
            "total_jobs": len(self.jobs),
            "jobs_by_status": counts,
        }


def page(items):
    return {
        "items": items,
        "count": len(items),
        "total_count": len(items),
        "offset": 0,
        "max_limit": 1000,
        "has_more": False,
    }
