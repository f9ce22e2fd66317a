"""Requests that wait or stream end with the rights of their user."""

import asyncio
import contextlib
from base64 import b64encode
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import bcrypt
import pytest

from torc_server.api.document import API_ROOT
from torc_server.web.waiting import WAITS

# The same password has the same hash each time.
SALT = b"$2b$04$" + 22 * b"u"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "htpasswd"
    write(path, ann="ann", bob="bob", root="root")
    return path


def write(path: Path, **passwords: str) -> None:
    hashed = {user: bcrypt.hashpw(password.encode(), SALT).decode() for user, password in passwords.items()}
    path.write_text("".join(f"{user}:{text}\n" for user, text in hashed.items()))


def login(user: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{user}:{user}".encode()).decode()}


async def until_waiting(api: Any, count: int) -> None:
    """Wait until `count` requests wait, by polling: the server emits no event for it."""
    async with asyncio.timeout(60):
        while len(api.client.server.app[WAITS]) != count:  # noqa: ASYNC110 - see above
            await asyncio.sleep(0.001)


async def rest_of_stream(api: Any, workflow_id: int, user: str) -> str:
    """Follow a workflow until the server ends the stream, and return what was sent."""
    path = f"{API_ROOT}/workflows/{workflow_id}/events/stream"
    async with api.client.get(path, headers=login(user)) as response:
        assert response.status == 200
        async with asyncio.timeout(60):
            return (await response.read()).decode()


async def workflow_of(api: Any, user: str, **members: Any) -> int:
    """Create a workflow with a job that is never ready."""
    workflow_id = int(await api.workflow_of(user, **members))
    await api.by(user, "POST", "/jobs", {"workflow_id": workflow_id, "name": "job", "command": "true"})
    return workflow_id


def waiting_calls(api: Any, workflow_id: int, user: str) -> list[Awaitable[Any]]:
    return [
        api.call_by(user, "GET", f"/workflows/{workflow_id}/is_complete?wait_seconds=60"),
        api.call_by(user, "POST", f"/workflows/{workflow_id}/claim_next_jobs?limit=1&wait_seconds=60"),
    ]


Change = Callable[[Any, Path, int, int], Awaitable[Any]]


async def remove(api: Any, file: Path, group_id: int, workflow_id: int) -> None:
    write(file, ann="ann", root="root")
    await api.by("root", "POST", "/admin/reload-auth")


async def set_password(api: Any, file: Path, group_id: int, workflow_id: int) -> None:
    write(file, ann="ann", root="root", bob="another")
    await api.by("root", "POST", "/admin/reload-auth")


async def leave_group(api: Any, file: Path, group_id: int, workflow_id: int) -> None:
    await api.by("root", "DELETE", f"/access_groups/{group_id}/members/bob")


async def delete_group(api: Any, file: Path, group_id: int, workflow_id: int) -> None:
    await api.by("root", "DELETE", f"/access_groups/{group_id}")


async def stop_sharing(api: Any, file: Path, group_id: int, workflow_id: int) -> None:
    await api.by("ann", "DELETE", f"/workflows/{workflow_id}/access_groups/{group_id}")


@pytest.mark.parametrize(
    ("change", "status"),
    [(remove, 401), (set_password, 401), (leave_group, 403), (delete_group, 403), (stop_sharing, 403)],
)
async def test_waiting_requests_end_with_the_rights_of_their_user(
    start: Any, file: Path, change: Change, status: int
) -> None:
    async with start(required=True, password_file=file) as api:
        await api.by("root", "POST", "/admin/reload-auth")  # from here on, the hashes are those of the file
        group_id = await api.group(bob="member")
        workflow_id = await workflow_of(api, "ann", access_groups=["team"])
        stream = asyncio.create_task(rest_of_stream(api, workflow_id, "bob"))
        calls = [asyncio.create_task(each) for each in waiting_calls(api, workflow_id, "bob")]  # type: ignore[arg-type]
        stays = asyncio.create_task(rest_of_stream(api, workflow_id, "ann"))
        await until_waiting(api, 4)
        await change(api, file, group_id, workflow_id)
        async with asyncio.timeout(60):
            assert [(await each).status for each in calls] == [status] * 2
            assert "event:" not in await stream
        await until_waiting(api, 1)
        assert not stays.done()
        stays.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await stays


async def test_the_former_owner_stops_waiting(start: Any) -> None:
    async with start() as api:
        workflow_id = await workflow_of(api, "bob")
        calls = [asyncio.create_task(each) for each in waiting_calls(api, workflow_id, "bob")]  # type: ignore[arg-type]
        await until_waiting(api, 2)
        await api.by("root", "PUT", f"/workflows/{workflow_id}", {"name": "w", "user": "ann"})
        async with asyncio.timeout(60):
            assert [(await each).status for each in calls] == [403] * 2
