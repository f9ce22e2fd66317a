"""Tokens: what they open, and their end."""

import asyncio
import sqlite3
from base64 import b64encode
from contextlib import closing
from pathlib import Path
from typing import Any

import bcrypt
import pytest

from torc_server.engine.access.tokens import DEFAULT_LIFETIME_SECONDS, LONGEST_LIFETIME_SECONDS
from torc_server.web.waiting import WAITS

SLURM = {"account": "a", "nodes": 1, "walltime": "01:00:00"}


async def token_of(api: Any, user: str, workflow_id: int, **members: Any) -> Any:
    return await api.by(user, "POST", f"/workflows/{workflow_id}/tokens", members)


async def with_token(api: Any, token: str, method: str, path: str, body: Any = None) -> Any:
    return await api.call(method, path, body, headers={"Authorization": f"Bearer {token}"})


async def submit(api: Any, workflow_id: int, headers: dict[str, str], **members: Any) -> Any:
    scheduler = await api.ok(
        "POST", "/slurm_schedulers", {**SLURM, "workflow_id": workflow_id}, headers=api.headers_of("ann")
    )
    body = {"scheduler_config_id": scheduler["id"], "num_allocations": 1, "folder": "/srv/o", **members}
    return await api.ok("POST", f"/workflows/{workflow_id}/submissions", body, headers=headers)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def change(path: Path, statement: str) -> None:
    """Change the database as time would."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


@pytest.mark.parametrize("enforced", [True, False])
async def test_a_token_acts_as_its_user_for_its_workflow_only(start: Any, enforced: bool) -> None:
    async with start(required=True, enforce_access=enforced) as api:
        own, other = await api.workflow_of("ann"), await api.workflow_of("ann")
        token = (await token_of(api, "ann", own, note="by hand"))["token"]
        assert (await with_token(api, token, "GET", f"/workflows/{own}")).status == 200
        for method, path in (
            ("GET", f"/workflows/{other}"),
            ("GET", "/workflows"),
            ("DELETE", f"/workflows/{own}"),
            ("POST", f"/workflows/{own}/tokens"),
            ("GET", f"/workflows/{own}/events/stream"),
        ):
            reply = await with_token(api, token, method, path)
            assert (reply.status, "use your user name and password" in reply.message) == (403, True), path
        reply = await with_token(api, token, "POST", "/workflows", {"name": "w", "user": "ann"})
        assert reply.status == 403
        node = {"hostname": "h", "pid": 1, "start_time": "t", "num_cpus": 1, "memory_gb": 1.0, "num_gpus": 0}
        node |= {"num_nodes": 1, "compute_node_type": "slurm"}
        for workflow_id, status in ((own, 200), (other, 403)):
            reply = await with_token(api, token, "POST", "/compute_nodes", {**node, "workflow_id": workflow_id})
            assert reply.status == status
        async with api.client.get("/metrics", headers=bearer(token)) as response:
            assert response.status == 403


async def test_a_token_has_no_more_rights_than_its_user(guarded: Any) -> None:
    workflow_id = await guarded.workflow_of("ann", access_groups=[])
    group_id = await guarded.group(bob="member", ann="admin")
    await guarded.by("ann", "POST", f"/workflows/{workflow_id}/access_groups/{group_id}")
    token = (await token_of(guarded, "bob", workflow_id))["token"]
    assert (await with_token(guarded, token, "GET", f"/workflows/{workflow_id}")).status == 200
    await guarded.by("root", "DELETE", f"/access_groups/{group_id}/members/bob")
    assert (await with_token(guarded, token, "GET", f"/workflows/{workflow_id}")).status == 403


async def test_only_the_first_answer_has_the_text(guarded: Any) -> None:
    workflow_id = await guarded.workflow_of("ann")
    made = await token_of(guarded, "ann", workflow_id, note="by hand")
    assert made["token"].startswith(f"torc_{made['id']}_")
    secret = made.pop("token").rpartition("_")[2]
    for query in ({}, {"workflow_id": workflow_id}):
        page = await guarded.by("ann", "GET", "/tokens", params=query)
        assert page["items"] == [made]
    assert made["user"] == "ann"
    assert made["note"] == "by hand"
    assert not any(secret in line for line in await asyncio.to_thread(guarded.dump))


async def test_users_list_and_revoke_tokens_of_their_workflows(guarded: Any) -> None:
    of_ann, of_bob = await guarded.workflow_of("ann"), await guarded.workflow_of("bob")
    token, foreign = await token_of(guarded, "ann", of_ann), await token_of(guarded, "bob", of_bob)

    async def listed(user: str | None) -> list[int]:
        return [each["id"] for each in (await guarded.by(user, "GET", "/tokens"))["items"]]

    assert [await listed("ann"), await listed("bob"), await listed("root"), await listed(None)] == [
        [token["id"]],
        [foreign["id"]],
        [token["id"], foreign["id"]],
        [],
    ]
    await guarded.refused(404, "ann", "GET", f"/tokens?workflow_id={of_bob}")
    await guarded.refused(403, "ann", "DELETE", f"/tokens/{foreign['id']}")
    await guarded.by("root", "DELETE", f"/tokens/{token['id']}")
    assert await listed("ann") == []


async def test_a_revoked_token_is_refused_at_once(guarded: Any) -> None:
    workflow_id = await guarded.workflow_of("ann")
    made = await token_of(guarded, "ann", workflow_id)
    path = f"/workflows/{workflow_id}"
    assert (await with_token(guarded, made["token"], "GET", path)).status == 200
    await guarded.by("ann", "DELETE", f"/tokens/{made['id']}")
    reply = await with_token(guarded, made["token"], "GET", path)
    assert reply.status == 401
    assert reply.headers["WWW-Authenticate"] == 'Bearer realm="Torc", error="invalid_token"'
    assert reply.message == (
        f"Token {made['id']} is not valid: it was revoked, or its workflow was deleted, or this server did not issue"
        " it; submit again, or use a user name and a password"
    )


async def test_a_request_that_waits_ends_when_its_token_is_revoked(guarded: Any) -> None:
    workflow_id = await guarded.workflow_of("ann")
    await guarded.by("ann", "POST", "/jobs", {"workflow_id": workflow_id, "name": "job", "command": "true"})
    made, kept = await token_of(guarded, "ann", workflow_id), await token_of(guarded, "ann", workflow_id)
    path = f"/workflows/{workflow_id}/is_complete?wait_seconds=60"
    waiting, staying = (asyncio.create_task(with_token(guarded, each["token"], "GET", path)) for each in (made, kept))
    async with asyncio.timeout(60):
        while len(guarded.client.server.app[WAITS]) != 2:  # noqa: ASYNC110 - the server has no event for it
            await asyncio.sleep(0.001)
    await guarded.by("ann", "DELETE", f"/tokens/{made['id']}")
    assert (await waiting).status == 401
    assert not staying.done()
    await guarded.by("ann", "DELETE", f"/tokens/{kept['id']}")
    assert (await staying).status == 401


async def test_a_token_ends_with_its_workflow(guarded: Any) -> None:
    workflow_id = await guarded.workflow_of("ann")
    made = await token_of(guarded, "ann", workflow_id)
    assert (await with_token(guarded, made["token"], "GET", "/ping")).status == 200
    await guarded.by("ann", "DELETE", f"/workflows/{workflow_id}")
    assert (await with_token(guarded, made["token"], "GET", "/ping")).status == 401


async def test_an_expired_token_is_refused_with_its_time(guarded: Any) -> None:
    workflow_id = await guarded.workflow_of("ann")
    made = await token_of(guarded, "ann", workflow_id)
    statement = "UPDATE token SET expires_at = '2026-01-02T03:04:05+00:00'"
    await asyncio.to_thread(change, guarded.path, statement)
    reply = await with_token(guarded, made["token"], "GET", "/ping")
    assert (reply.status, reply.message) == (
        401,
        f"Token {made['id']} expired at 2026-01-02 03:04:05 UTC; submit again, or use a user name and a password",
    )


@pytest.mark.parametrize("seconds", [0, -1, LONGEST_LIFETIME_SECONDS + 1])
async def test_a_lifetime_has_bounds(guarded: Any, seconds: int) -> None:
    workflow_id = await guarded.workflow_of("ann")
    path = f"/workflows/{workflow_id}/tokens"
    error = await guarded.refused(422, "ann", "POST", path, {"lifetime_seconds": seconds})
    assert error["field"] == "lifetime_seconds"


async def test_a_submission_has_a_token_for_its_runners(guarded: Any) -> None:
    workflow_id = await guarded.workflow_of("ann")
    made = await submit(guarded, workflow_id, guarded.headers_of("ann"))
    (listed,) = (await guarded.by("ann", "GET", "/tokens"))["items"]
    assert (listed["submission_id"], listed["user"]) == (made["id"], "ann")
    assert listed["expires_at"] == made["token_expires_at"]
    accepted = {"scheduler_id": 5, "is_array": False}
    reply = await with_token(guarded, made["token"], "POST", f"/submissions/{made['id']}/accept", accepted)
    assert reply.status == 200
    stored = await guarded.by("ann", "GET", f"/submissions/{made['id']}")
    assert not {"token", "token_expires_at"} & set(stored)


async def test_the_token_of_a_rejected_submission_is_deleted(guarded: Any) -> None:
    workflow_id = await guarded.workflow_of("ann")
    made = await submit(guarded, workflow_id, guarded.headers_of("ann"))
    assert (await with_token(guarded, made["token"], "GET", "/ping")).status == 200
    await guarded.by("ann", "POST", f"/submissions/{made['id']}/reject", {"reason": "no"})
    assert (await with_token(guarded, made["token"], "GET", "/ping")).status == 401


async def test_a_token_ends_after_the_last_allocation(guarded: Any) -> None:
    workflow_id = await guarded.workflow_of("ann")
    made = await submit(guarded, workflow_id, guarded.headers_of("ann"), num_allocations=2)
    await guarded.by("ann", "POST", f"/submissions/{made['id']}/accept", {"scheduler_id": 5, "is_array": True})

    async def report(number: int, status: str) -> None:
        path = f"/scheduled_compute_nodes/{made['scheduled_compute_node_ids'][number]}"
        node = await guarded.by("ann", "GET", path)
        reply = await with_token(guarded, made["token"], "PUT", path, {**node, "status": status})
        assert reply.status == 200

    async def ended_at() -> Any:
        return (await guarded.by("ann", "GET", f"/submissions/{made['id']}")).get("ended_at")

    await report(0, "complete")
    assert await ended_at() is None
    await report(1, "failed")
    assert (await ended_at()) is not None
    # A second look can find that an allocation lives.
    await report(1, "active")
    assert await ended_at() is None
    await report(1, "complete")
    statement = "UPDATE submission SET ended_at = datetime(ended_at, '-14 minutes') || '+00:00'"
    await asyncio.to_thread(change, guarded.path, statement)
    # The last runner still signs off. Another status reads the token again.
    await report(1, "canceled")
    await asyncio.to_thread(change, guarded.path, statement)
    token = (await token_of(guarded, "ann", workflow_id))["id"]
    await guarded.by("ann", "DELETE", f"/tokens/{token}")
    reply = await with_token(guarded, made["token"], "GET", "/ping")
    assert (reply.status, "expired" in reply.message) == (401, True)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"scheduler_id": 6}, 403),
        ({"scheduler_type": "zzz"}, 403),
        ({"scheduler_config_id": 1000}, 403),
        ({"folder": "/home/ann"}, 403),
        ({"task": 3}, 403),
        ({"status": "weird"}, 422),
        ({"status": "active", "reason": "Priority"}, 200),
    ],
)
async def test_a_token_changes_only_the_state_of_an_allocation(guarded: Any, change: Any, status: int) -> None:
    workflow_id = await guarded.workflow_of("ann")
    made = await submit(guarded, workflow_id, guarded.headers_of("ann"))
    await guarded.by("ann", "POST", f"/submissions/{made['id']}/accept", {"scheduler_id": 5, "is_array": False})
    path = f"/scheduled_compute_nodes/{made['scheduled_compute_node_ids'][0]}"
    node = await guarded.by("ann", "GET", path)
    reply = await with_token(guarded, made["token"], "PUT", path, {**node, **change})
    assert reply.status == status, reply.message
    assert await guarded.by("ann", "GET", path) == (node | change if status == 200 else node)


async def test_a_token_of_a_token_ends_no_later_and_is_revoked_with_it(guarded: Any) -> None:
    workflow_id = await guarded.workflow_of("ann")
    first = await submit(guarded, workflow_id, guarded.headers_of("ann"), token_lifetime_seconds=3600)
    second = await submit(guarded, workflow_id, bearer(first["token"]), token_lifetime_seconds=DEFAULT_LIFETIME_SECONDS)
    assert second["token_expires_at"] == first["token_expires_at"]
    third = await submit(guarded, workflow_id, bearer(second["token"]), token_lifetime_seconds=60)
    assert third["token_expires_at"] < first["token_expires_at"]
    for each in (first, second, third):
        assert (await with_token(guarded, each["token"], "GET", "/ping")).status == 200
    tokens = (await guarded.by("ann", "GET", "/tokens"))["items"]
    assert [each.get("requested_with") for each in tokens] == [None, tokens[0]["id"], tokens[1]["id"]]
    await guarded.by("ann", "DELETE", f"/tokens/{tokens[1]['id']}")
    statuses = [(await with_token(guarded, each["token"], "GET", "/ping")).status for each in (first, second, third)]
    assert statuses == [200, 401, 401]


async def test_a_server_without_users_issues_no_tokens(api: Any) -> None:
    workflow_id = await api.workflow()
    made = await submit(api, workflow_id, {})
    assert (made["token"], made["token_expires_at"]) == (None, None)
    error = await api.refused(422, None, "POST", f"/workflows/{workflow_id}/tokens")
    assert "this request has none" in error["message"]
    # What a client sends anyway is not looked at.
    assert (await with_token(api, "torc_1_" + 43 * "x", "GET", "/workflows")).status == 200


async def test_a_token_outlives_the_password_of_its_user_and_ends_with_the_user(start: Any, tmp_path: Path) -> None:
    file = tmp_path / "htpasswd"

    def write(**passwords: str) -> None:
        hashed = {user: bcrypt.hashpw(text.encode(), bcrypt.gensalt(4)).decode() for user, text in passwords.items()}
        file.write_text("".join(f"{user}:{text}\n" for user, text in hashed.items()))

    async with start(required=True, password_file=file) as api:
        workflow_id = await api.workflow_of("ann")
        await api.by("ann", "POST", "/jobs", {"workflow_id": workflow_id, "name": "job", "command": "true"})
        token = (await token_of(api, "ann", workflow_id))["token"]
        path = f"/workflows/{workflow_id}/is_complete?wait_seconds=60"
        waiting = asyncio.create_task(with_token(api, token, "GET", path))
        async with asyncio.timeout(60):
            while len(api.client.server.app[WAITS]) != 1:  # noqa: ASYNC110 - the server has no event for it
                await asyncio.sleep(0.001)
        await asyncio.to_thread(write, ann="another", root="root")
        await api.by("root", "POST", "/admin/reload-auth")
        assert (await with_token(api, token, "GET", f"/workflows/{workflow_id}")).status == 200
        assert not waiting.done()
        await asyncio.to_thread(write, root="root")
        await api.by("root", "POST", "/admin/reload-auth")
        assert (await waiting).status == 401
        reply = await with_token(api, token, "GET", f"/workflows/{workflow_id}")
        assert (reply.status, "'ann'" in reply.message) == (401, True)


async def test_passwords_work_as_before(start: Any) -> None:
    async with start(required=True) as api:
        wrong = {"Authorization": "Basic " + b64encode(b"ann:wrong").decode()}
        reply = await api.call("GET", "/ping", headers=wrong)
        assert (reply.status, reply.text) == (401, "Unauthorized")
        assert reply.headers["WWW-Authenticate"] == 'Basic realm="Torc"'
        other = await api.call("GET", "/ping", headers={"Authorization": "Bearer eyJhbGciOi.eyJzdWIi.c2ln"})
        assert (other.status, other.text) == (401, "Unauthorized")
