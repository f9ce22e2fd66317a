"""A server in this process with a real database, and a client for the root of the API."""

import asyncio
import io
import json
import sqlite3
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import bcrypt
import pytest
from aiohttp.test_utils import TestClient, TestServer
from blockbuster import BlockBuster

from torc_server.api.document import API_ROOT
from torc_server.auth.basic import Authenticator
from torc_server.auth.credentials import CredentialChecker
from torc_server.background.leases import Leases
from torc_server.background.supervisor import supervised
from torc_server.background.tasks import Tasks
from torc_server.engine.invariants import check
from torc_server.store.migrate import migrate
from torc_server.store.transaction import Transaction
from torc_server.web.app import build_app
from torc_server.web.dispatch import LONG_OPERATIONS, WRITER
from transition_guard import guarded_transitions


@dataclass
class Reply:
    """A complete answer."""

    status: int
    headers: Any
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def message(self) -> str:
        return str(self.json["error"]["message"])


class Api:
    """Calls, and the records that most tests need."""

    def __init__(self, client: "TestClient[Any, Any]", path: Path) -> None:
        self.client = client
        self.path = path

    async def call(self, method: str, path: str, body: Any = None, **rest: Any) -> Reply:
        """Send a request; `body` is JSON unless it is bytes."""
        text = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        data = None if text is None else io.BytesIO(text)
        async with self.client.request(method, API_ROOT + path, data=data, **rest) as response:
            return Reply(response.status, response.headers, await response.text())

    async def ok(self, method: str, path: str, body: Any = None, **rest: Any) -> Any:
        """Send a request that must succeed, and return its JSON."""
        reply = await self.call(method, path, body, **rest)
        assert reply.status == 200, (method, path, reply.status, reply.text)
        assert reply.headers["Content-Type"] == "application/json"
        return reply.json

    async def workflow(self, **members: Any) -> int:
        return int((await self.ok("POST", "/workflows", {"name": "w", "user": "u", **members}))["id"])

    async def jobs(self, workflow_id: int, count: int, **members: Any) -> list[int]:
        jobs = [{"workflow_id": workflow_id, "name": f"job{n}", "command": "true", **members} for n in range(count)]
        return [each["id"] for each in (await self.ok("POST", "/bulk_jobs", {"jobs": jobs}))["jobs"]]

    async def initialize(self, workflow_id: int) -> None:
        await self.ok("POST", f"/workflows/{workflow_id}/initialize_jobs")

    async def node(self, workflow_id: int, **members: Any) -> int:
        return int((await self.ok("POST", "/compute_nodes", {**NODE, "workflow_id": workflow_id, **members}))["id"])

    async def claim(self, workflow_id: int, limit: int = 10, query: str = "", **offer: Any) -> Any:
        path = f"/workflows/{workflow_id}/claim_jobs_based_on_resources/{limit}{query}"
        return await self.ok("POST", path, {**OFFER, **offer})

    async def finish(
        self, workflow_id: int, job_id: int, node_id: int, status: str = "completed", code: int = 0
    ) -> Any:
        body = result(workflow_id, job_id, node_id, status=status, return_code=code)
        return await self.ok("POST", f"/jobs/{job_id}/complete_job/{status}/0", body)

    async def call_by(self, user: str | None, method: str, path: str, body: Any = None, **rest: Any) -> Reply:
        """Send a request as this user, whose password is the name. None sends no credentials."""
        return await self.call(method, path, body, headers=self.headers_of(user), **rest)

    def headers_of(self, user: str | None) -> dict[str, str]:
        """Return the credentials of a user, whose password is the name."""
        return {} if user is None else {"Authorization": f"Basic {b64encode(f'{user}:{user}'.encode()).decode()}"}

    async def by(self, user: str | None, method: str, path: str, body: Any = None, **rest: Any) -> Any:
        """Send a request as this user that must succeed, and return its JSON."""
        reply = await self.call_by(user, method, path, body, **rest)
        assert reply.status == 200, (user, method, path, reply.status, reply.text)
        return reply.json

    async def refused(self, status: int, user: str | None, method: str, path: str, *body: Any) -> Any:
        """Send a request as this user that must be refused and change nothing, and return the error."""
        before = self.content()
        reply = await self.call_by(user, method, path, *body)
        assert reply.status == status, (user, method, path, reply.status, reply.text)
        assert self.content() == before
        return reply.json["error"]

    async def group(self, name: str = "team", **members: str) -> int:
        """Create a group with these members and their roles, as root."""
        group_id = (await self.by("root", "POST", "/access_groups", {"name": name}))["id"]
        for user, role in members.items():
            body = {"group_id": group_id, "user_name": user, "role": role}
            await self.by("root", "POST", f"/access_groups/{group_id}/members", body)
        return int(group_id)

    async def workflow_of(self, user: str, **members: Any) -> int:
        """Create a workflow as this user."""
        return int((await self.by(user, "POST", "/workflows", {"name": "w", "user": user, **members}))["id"])

    def content(self) -> bytes:
        """Return the pages of the database, which are equal while nothing was written. Faster than `dump`."""
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.serialize()

    def dump(self) -> list[str]:
        """Return the whole database as text."""
        with closing(sqlite3.connect(self.path)) as connection:
            return list(connection.iterdump())

    async def broken_promises(self) -> list[str]:
        """Return the violated invariants. Runs in a thread, because it blocks."""

        def look() -> list[str]:
            with closing(sqlite3.connect(self.path)) as connection:
                connection.row_factory = sqlite3.Row
                return check(Transaction(connection))

        return await asyncio.to_thread(look)


OFFER = {"num_cpus": 4, "memory_gb": 8.0, "num_gpus": 0, "num_nodes": 1}
NODE = {
    **OFFER,
    "hostname": "host",
    "pid": 1,
    "start_time": "2026-01-01T00:00:00Z",
    "compute_node_type": "local",
    "is_active": True,
}


def result(workflow_id: int, job_id: int, node_id: int, **members: Any) -> dict[str, Any]:
    return {
        "workflow_id": workflow_id,
        "job_id": job_id,
        "run_id": 0,
        "compute_node_id": node_id,
        "return_code": 0,
        "exec_time_minutes": 0.5,
        "completion_time": "2026-01-01T00:01:00Z",
        "status": "completed",
        **members,
    }


@asynccontextmanager
async def _serving(path: Path, *, leases: Leases | None = None, **settings: Any) -> AsyncIterator[Api]:
    migrate(path)
    with guarded_transitions():
        async with _guarded(path, leases=leases, **settings) as api:
            yield api


@asynccontextmanager
async def _guarded(path: Path, *, leases: Leases | None = None, **settings: Any) -> AsyncIterator[Api]:
    leases, tasks = Leases() if leases is None else leases, Tasks()
    app = build_app(path, listeners=(leases.deliver, tasks.deliver), **settings)
    server = TestServer(app, handler_cancellation=True)
    async with (
        TestClient(server, timeout=aiohttp.ClientTimeout(total=60)) as client,
        supervised(
            {
                "leases": partial(leases.work, app[WRITER]),
                "tasks": partial(tasks.work, app[WRITER], app[LONG_OPERATIONS]),
            }
        ),
    ):
        # From here on, a call of the server that blocks the event loop is an error.
        guard = BlockBuster(scanned_modules=["torc_server"])
        guard.activate()
        try:
            yield Api(client, path)
        finally:
            guard.deactivate()


Serve = Callable[..., Any]


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    """Start a server with other settings: ``async with serve(enforce_access=True) as api``."""
    return lambda **settings: _serving(tmp_path / "torc.db", **settings)


@pytest.fixture
async def api(serve: Serve) -> AsyncIterator[Api]:
    async with serve() as started:
        yield started
        assert await started.broken_promises() == []


@pytest.fixture(scope="session")
def hashes() -> dict[str, bytes]:
    """The password file of the tests. The password of each user is the name."""
    users = ("ann", "bob", "cid", "root", "anonymous")
    return {user: bcrypt.hashpw(user.encode(), bcrypt.gensalt(4)) for user in users}


@pytest.fixture
def start(serve: Serve, hashes: dict[str, bytes]) -> Serve:
    """Start a server with users that enforces access. root is its administrator."""

    def start(*, required: bool = False, password_file: Path | None = None, **settings: Any) -> Any:
        checker = CredentialChecker(hashes, cache_ttl_seconds=600)
        authenticator = Authenticator(checker, required=required, password_file=password_file)
        return serve(authenticator=authenticator, **{"enforce_access": True, "admin_users": ["root"], **settings})

    return start


@pytest.fixture
async def guarded(start: Serve) -> AsyncIterator[Api]:
    """A server with users that enforces access."""
    async with start() as api:
        yield api


@pytest.fixture
def make_result() -> Callable[..., dict[str, Any]]:
    return result


Waiter = Callable[[Api, int], Awaitable[None]]


@pytest.fixture
def parked() -> Waiter:
    """Wait until `count` requests are parked, by polling: the server emits no event for it."""

    async def until(api: Api, count: int) -> None:
        from torc_server.web.dispatch import LONG_POLLS  # noqa: PLC0415 - only here

        waits = api.client.server.app[LONG_POLLS]  # type: ignore[attr-defined]
        async with asyncio.timeout(60):
            while waits.parked != count:  # noqa: ASYNC110 - the server has no event for it, and needs none
                await asyncio.sleep(0.001)

    return until
