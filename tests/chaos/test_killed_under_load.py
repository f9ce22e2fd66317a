"""The server is killed repeatedly while many clients claim, start and complete jobs: no acknowledged write is lost."""

import asyncio
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from chaos.history import Acknowledged, Kind, StoredJob, faults
from support.processes import Place, Server

CLIENTS = 64
ROUNDS = 20
JOBS = 4000
SEED = 20


class Load:
    """Clients that send requests like runners and record the acknowledged writes."""

    def __init__(self, server: Server, session: aiohttp.ClientSession, workflow_id: int) -> None:
        self.server = server
        self.session = session
        self.workflow_id = workflow_id
        self.history: list[Acknowledged] = []
        self.sent: list[Acknowledged] = []
        self.is_up = asyncio.Event()
        self.is_over = False
        self._nodes: dict[int, int] = {}
        self._told = asyncio.Condition()

    async def call(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """Repeat a request until it is answered. All of these requests are idempotent."""
        while True:
            await self.is_up.wait()
            try:
                async with self.session.request(
                    method, f"{self.server.url}{path}", json=body, params=query
                ) as response:
                    answer = await response.json()
                    assert response.status == 200, f"{method} {path}: {response.status} {answer}"
                    return answer
            except aiohttp.ClientError:
                await asyncio.sleep(0)  # it was killed: `is_up` is cleared first

    async def note(self, told: Acknowledged) -> None:
        """Record an answer."""
        async with self._told:
            self.history.append(told)
            self._told.notify_all()

    async def have_told(self, count: int) -> None:
        """Wait for this number of further answers."""
        goal = len(self.history) + count
        async with self._told:
            await self._told.wait_for(lambda: len(self.history) >= goal)

    async def register(self, client: int) -> None:
        """Register the client as a compute node."""
        node = {
            "workflow_id": self.workflow_id,
            "hostname": f"client{client}",
            "pid": client,
            "num_cpus": 4,
            "memory_gb": 8.0,
            "num_gpus": 0,
            "num_nodes": 1,
            "start_time": "2026-01-01T00:00:00+00:00",
            "compute_node_type": "local",
            "is_active": True,
        }
        self._nodes[client] = (await self.call("POST", "/compute_nodes", node))["id"]

    def client_of(self, node_id: int) -> int:
        """Return the client of a node."""
        return next(client for client, each in self._nodes.items() if each == node_id)

    async def work(self, client: int, chance: random.Random) -> None:
        """Claim, start and complete jobs until the workflow is complete."""
        number = 0
        while not self.is_over:
            number += 1
            path = f"/workflows/{self.workflow_id}/claim_next_jobs"
            claimed = await self.call("POST", path, limit=chance.randint(1, 4), claim_key=f"c{client}-{number}")
            jobs = [(each["id"], each["attempt_id"]) for each in claimed["jobs"]]
            for job_id, attempt_id in jobs:
                await self.note(Acknowledged(Kind.CLAIMED, client, job_id, attempt_id))
            for job_id, attempt_id in jobs:
                await self.run(client, job_id, attempt_id, chance.choice((0, 0, 3)))
            assert jobs, "there are jobs enough"

    async def run(self, client: int, job_id: int, attempt_id: int, return_code: int) -> None:
        """Start a job and complete it."""
        node_id = self._nodes[client]
        await self.call("PUT", f"/jobs/{job_id}/start_job/0/{node_id}")
        await self.note(Acknowledged(Kind.STARTED, client, job_id, attempt_id))
        status = "failed" if return_code else "completed"
        result = {
            "workflow_id": self.workflow_id,
            "job_id": job_id,
            "run_id": 0,
            "attempt_id": attempt_id,
            "compute_node_id": node_id,
            "return_code": return_code,
            "exec_time_minutes": 0.1,
            "status": status,
            "completion_time": "2026-01-01T00:00:01+00:00",
        }
        completed = Acknowledged(Kind.COMPLETED, client, job_id, attempt_id, return_code)
        self.sent.append(completed)
        await self.call("POST", f"/jobs/{job_id}/complete_job/{status}/0", result)
        await self.note(completed)

    async def be_killed(self, chance: random.Random) -> None:
        """Kill the server at a random moment and start it again."""
        await self.have_told(chance.randint(1, 150))
        await asyncio.sleep(chance.random() * 0.005)  # also within a request, not only after an answer
        self.is_up.clear()
        await asyncio.to_thread(self.server.kill)
        await asyncio.to_thread(self.server.start)
        self.is_up.set()


async def load_with_kills(server: Server) -> Load:
    """Let all clients work while the server is killed in each round, and until all jobs are complete."""
    chance = random.Random(SEED)  # noqa: S311  rounds differ, and repeat with the seed
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        load = Load(server, session, 0)
        load.is_up.set()
        load.workflow_id = (await load.call("POST", "/workflows", {"name": "killed", "user": "tester"}))["id"]
        jobs = [{"workflow_id": load.workflow_id, "name": f"j{n}", "command": "true"} for n in range(JOBS)]
        await load.call("POST", "/bulk_jobs", {"jobs": jobs})
        await load.call("POST", f"/workflows/{load.workflow_id}/initialize_jobs")
        await asyncio.gather(*map(load.register, range(CLIENTS)))
        async with asyncio.TaskGroup() as group:
            for client in range(CLIENTS):
                group.create_task(load.work(client, random.Random(client)))  # noqa: S311  as above
            for _ in range(ROUNDS):
                await load.be_killed(chance)
            await load.have_told(CLIENTS)
            load.is_over = True
        return load


def kept_in(database: Path, load: Load) -> Iterator[tuple[int, StoredJob]]:
    """Read the jobs from the database, and check its integrity."""
    words = ("uninitialized", "blocked", "ready", "pending", "running", "completed", "failed")
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        results: dict[int, list[tuple[int, int, int]]] = {}
        for job_id, attempt_id, code, node_id in connection.execute(
            "SELECT job_id, attempt_id, return_code, compute_node_id FROM result"
        ):
            results.setdefault(job_id, []).append((attempt_id, code, load.client_of(node_id)))
        for job_id, status, attempt_id in connection.execute("SELECT id, status, attempt_id FROM job"):
            yield job_id, StoredJob(words[status], attempt_id, tuple(results.get(job_id, ())))


@pytest.mark.timeout(300)
def test_no_acknowledged_write_is_lost_when_the_server_is_killed(place: Place, server: Server) -> None:
    load = asyncio.run(load_with_kills(server))
    assert server.stop() == 0
    kept = dict(kept_in(place.directory / server.database, load))
    assert len(kept) == JOBS
    assert list(faults(load.history, load.sent, kept)) == []
    completed = [each for each in load.history if each.kind is Kind.COMPLETED]
    assert len(completed) > ROUNDS * 10, "there was something to lose"
