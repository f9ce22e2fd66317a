"""Reading the password file again while the server runs."""

import asyncio
from pathlib import Path
from typing import Any

import bcrypt
import pytest


def write_users(path: Path, *users: str) -> None:
    lines = [f"{user}:{bcrypt.hashpw(user.encode(), bcrypt.gensalt(4)).decode()}\n" for user in users]
    path.write_text("".join(lines))


async def test_reloading_replaces_the_users_immediately(start: Any, tmp_path: Path) -> None:
    file = tmp_path / "htpasswd"
    await asyncio.to_thread(write_users, file, "root", "dan")
    async with start(required=True, password_file=file) as api:
        assert (await api.call_by("ann", "GET", "/ping")).status == 200
        assert (await api.call_by("dan", "GET", "/ping")).status == 401
        answer = await api.by("root", "POST", "/admin/reload-auth")
        assert answer == {"message": "Read the password file again", "user_count": 2}
        assert (await api.call_by("ann", "GET", "/ping")).status == 401
        assert (await api.call_by("dan", "GET", "/ping")).status == 200


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("ann:plain\n", "has no valid bcrypt hash"),
        ("no colon\n", "has no colon"),
        ("# no users\n", "has no users"),
        (None, "there is no password file"),
    ],
)
async def test_a_file_that_cannot_be_used_changes_nothing(
    start: Any, tmp_path: Path, text: str | None, reason: str
) -> None:
    file = tmp_path / "htpasswd"
    if text is not None:
        await asyncio.to_thread(file.write_text, text)
    async with start(required=True, password_file=file) as api:
        error = await api.refused(422, "root", "POST", "/admin/reload-auth")
        assert error["message"].startswith("The users stay as they were: ")
        assert reason in error["message"]
        assert (await api.call_by("ann", "GET", "/ping")).status == 200


@pytest.mark.parametrize(
    ("required", "enforced", "status"), [(True, False, 403), (False, True, 403), (False, False, 200)]
)
async def test_permitted_callers_of_reload(
    start: Any, tmp_path: Path, required: bool, enforced: bool, status: int
) -> None:
    file = tmp_path / "htpasswd"
    await asyncio.to_thread(write_users, file, "ann", "root")
    async with start(required=required, enforce_access=enforced, password_file=file) as api:
        reply = await api.call_by("ann", "POST", "/admin/reload-auth")
        assert reply.status == status
        if status == 403:
            assert reply.json["error"] == {
                "error": "Forbidden",
                "message": "Only system administrators may do this; the server's setting admin_users lists them",
            }
        assert (await api.by("root", "POST", "/admin/reload-auth"))["user_count"] == 2


async def test_without_a_password_file_there_is_nothing_to_reload(api: Any) -> None:
    error = await api.refused(422, None, "POST", "/admin/reload-auth")
    assert error == {
        "message": "The users stay as they were: this server has no password file; start it with --auth-file FILE"
    }
