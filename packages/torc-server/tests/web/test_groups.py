"""Access groups: creation, members, links, lists, deletion, and refusals."""

from typing import Any

import pytest

NO_MEMBER = "'anonymous' is the name of users who are not authenticated, and cannot be a member; use the name of a user"


async def test_a_group_is_created_read_and_deleted(api: Any) -> None:
    made = await api.ok("POST", "/access_groups", {"name": "team", "description": "ours", "created_at": "1999"})
    known = {"id": 2, "name": "team", "description": "ours", "num_members": 0, "num_workflows": 0}
    assert {**made, "created_at": ""} == {**known, "created_at": ""}
    assert made["created_at"].startswith("2")
    assert await api.ok("GET", "/access_groups/2") == made
    # COMPAT 0.12: its clients send an unused body.
    assert await api.ok("DELETE", "/access_groups/2", b"{not json") == made
    reply = await api.call("GET", "/access_groups/2")
    assert (reply.status, reply.json) == (
        404,
        {"error": {"error": "NotFound", "message": "There is no access group 2"}},
    )


@pytest.mark.parametrize("name", ["", "  "])
async def test_a_group_has_a_name(api: Any, name: str) -> None:
    error = await api.refused(422, None, "POST", "/access_groups", {"name": name})
    assert error == {"message": "name must not be empty", "field": "name", "value": name}


async def test_duplicates_are_conflicts(api: Any) -> None:
    group_id = (await api.ok("POST", "/access_groups", {"name": "team"}))["id"]
    workflow_id = await api.workflow()
    member = {"group_id": group_id, "user_name": "ann", "role": "member"}
    await api.ok("POST", f"/access_groups/{group_id}/members", member)
    await api.ok("POST", f"/workflows/{workflow_id}/access_groups/{group_id}")
    for path, body, message in [
        ("/access_groups", {"name": "team"}, "That access group already exists"),
        (f"/access_groups/{group_id}/members", {**member, "role": "admin"}, "That membership already exists"),
        (
            f"/workflows/{workflow_id}/access_groups/{group_id}",
            None,
            f"Workflow {workflow_id} is already shared with access group {group_id}",
        ),
    ]:
        error = await api.refused(409, None, "POST", path, body)
        assert error == {"error": "Conflict", "message": message}


async def test_a_group_has_the_numbers_of_its_members_and_workflows(api: Any) -> None:
    groups = [(await api.ok("POST", "/access_groups", {"name": name}))["id"] for name in ("team a", "team b")]
    for user in ("ann", "ben"):
        member = {"group_id": groups[0], "user_name": user, "role": "member"}
        await api.ok("POST", f"/access_groups/{groups[0]}/members", member)
    await api.ok("POST", f"/workflows/{await api.workflow()}/access_groups/{groups[0]}")
    one, other = (await api.ok("GET", "/users/ann/groups"))["items"], await api.ok("GET", f"/access_groups/{groups[1]}")
    assert [(each["num_members"], each["num_workflows"]) for each in (*one, other)] == [(2, 1), (0, 0)]


async def test_lists_come_in_their_own_envelope_by_name(api: Any) -> None:
    for name in ("team c", "team a", "team b"):
        await api.ok("POST", "/access_groups", {"name": name})
    page = await api.ok("GET", "/access_groups")
    assert [each["name"] for each in page.pop("items")] == ["admin", "team a", "team b", "team c"]
    assert page == {"offset": 0, "limit": 100_000, "total_count": 4, "has_more": False}
    page = await api.ok("GET", "/access_groups?offset=1&limit=2")
    assert [each["name"] for each in page.pop("items")] == ["team a", "team b"]
    assert page == {"offset": 1, "limit": 2, "total_count": 4, "has_more": True}
    page = await api.ok("GET", "/access_groups?offset=-5&limit=0")
    assert page == {"items": [], "offset": 0, "limit": 0, "total_count": 4, "has_more": True}


async def test_members_are_added_and_removed(api: Any) -> None:
    group_id = (await api.ok("POST", "/access_groups", {"name": "team"}))["id"]
    path = f"/access_groups/{group_id}/members"
    # The group is that of the path. The default role is member. Any word is a role.
    added = await api.ok("POST", path, {"group_id": 99, "user_name": "bob"})
    assert (added["group_id"], added["user_name"], added["role"]) == (group_id, "bob", "member")
    await api.ok("POST", path, {"group_id": group_id, "user_name": "ann", "role": "gardener"})
    await api.ok("POST", path, {"group_id": group_id, "user_name": "a/b c", "role": "admin"})
    page = await api.ok("GET", path)
    assert [(each["user_name"], each["role"]) for each in page.pop("items")] == [
        ("a/b c", "admin"),
        ("ann", "gardener"),
        ("bob", "member"),
    ]
    assert page == {"offset": 0, "limit": 100_000, "total_count": 3, "has_more": False}
    assert [each["name"] for each in (await api.ok("GET", "/users/bob/groups"))["items"]] == ["team"]
    assert await api.ok("DELETE", f"{path}/bob") == added
    assert (await api.ok("DELETE", f"{path}/a%2Fb%20c"))["user_name"] == "a/b c"
    error = await api.refused(404, None, "DELETE", f"{path}/bob")
    assert error == {"error": "NotFound", "message": f"User 'bob' is not a member of access group {group_id}"}
    assert (await api.ok("GET", "/users/bob/groups"))["items"] == []
    assert (await api.ok("GET", "/users/nobody/groups"))["total_count"] == 0


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_missing_group_has_no_members(api: Any, method: str) -> None:
    body = {"group_id": 9, "user_name": "ann"} if method == "POST" else None
    error = await api.refused(404, None, method, "/access_groups/9/members", body)
    assert error == {"error": "NotFound", "message": "There is no access group 9"}


async def test_an_anonymous_user_belongs_to_no_group(api: Any) -> None:
    group_id = (await api.ok("POST", "/access_groups", {"name": "team"}))["id"]
    for name, message in [
        ("anonymous", NO_MEMBER),
        ("", "user_name must not be empty"),
    ]:
        body = {"group_id": group_id, "user_name": name}
        error = await api.refused(422, None, "POST", f"/access_groups/{group_id}/members", body)
        assert error == {"message": message, "field": "user_name", "value": name}


@pytest.mark.parametrize("in_body", [False, True])
async def test_workflows_are_linked_and_unlinked(api: Any, in_body: bool) -> None:
    group_id = (await api.ok("POST", "/access_groups", {"name": "team"}))["id"]
    workflow_id = await api.workflow()
    path = f"/workflows/{workflow_id}/access_groups"
    if in_body:
        # COMPAT 0.12: the form of its document. The workflow is that of the path.
        linked = await api.ok("POST", path, {"workflow_id": 99, "group_id": group_id})
    else:
        linked = await api.ok("POST", f"{path}/{group_id}")
    assert (linked["workflow_id"], linked["group_id"]) == (workflow_id, group_id)
    assert linked["created_at"].endswith("Z")
    assert [each["name"] for each in (await api.ok("GET", path))["items"]] == ["team"]
    assert (await api.ok("GET", f"/workflows/{workflow_id}"))["access_groups"] == ["team"]
    assert await api.ok("DELETE", f"{path}/{group_id}") == linked
    error = await api.refused(404, None, "DELETE", f"{path}/{group_id}")
    assert error["message"] == f"Workflow {workflow_id} is not shared with access group {group_id}"
    assert "access_groups" not in await api.ok("GET", f"/workflows/{workflow_id}")


async def test_links_need_a_workflow_and_a_group(api: Any) -> None:
    workflow_id = await api.workflow()
    for method in ("POST", "DELETE"):
        error = await api.refused(404, None, method, f"/workflows/99/access_groups/{workflow_id}")
        assert error == {"error": "NotFound", "message": "There is no workflow 99"}
        error = await api.refused(404, None, method, f"/workflows/{workflow_id}/access_groups/99")
        assert error == {"error": "NotFound", "message": "There is no access group 99"}
    assert (await api.refused(404, None, "GET", "/workflows/99/access_groups"))["error"] == "NotFound"


async def test_a_deleted_group_gives_no_access(guarded: Any) -> None:
    group_id = await guarded.group(bob="member")
    workflow_id = await guarded.workflow_of("ann", access_groups=["team"])
    assert (await guarded.by("bob", "GET", "/workflows"))["total_count"] == 1
    await guarded.by("root", "DELETE", f"/access_groups/{group_id}")
    assert (await guarded.by("bob", "GET", "/workflows"))["total_count"] == 0
    error = await guarded.refused(403, "bob", "GET", f"/workflows/{workflow_id}")
    assert error == {
        "error": "Forbidden",
        "message": "User 'bob' has no access to workflow 1; ask its owner to share it with one of your access groups",
    }


async def test_a_workflow_is_created_with_its_groups(guarded: Any) -> None:
    for name in ("team b", "team a"):
        await guarded.group(name, bob="member")
    body = {"name": "w", "user": "ann", "access_groups": ["team b", "team a"]}
    made = await guarded.by("ann", "POST", "/workflows", body)
    assert made["access_groups"] == ["team a", "team b"]
    assert await guarded.by("bob", "GET", f"/workflows/{made['id']}") == made
    (listed,) = (await guarded.by("bob", "GET", "/workflows"))["items"]
    assert listed["access_groups"] == ["team a", "team b"]


async def test_a_missing_group_fails_the_whole_creation(guarded: Any) -> None:
    await guarded.group()
    body = {"name": "w", "user": "ann", "access_groups": ["team", "no such"]}
    error = await guarded.refused(422, "ann", "POST", "/workflows", body)
    message = "Unknown access group 'no such'; correct the name, or create the group first"
    assert error == {"message": message, "field": "access_groups", "value": "no such"}


async def test_an_update_leaves_the_groups_alone(guarded: Any) -> None:
    await guarded.group()
    workflow_id = await guarded.workflow_of("ann", access_groups=["team"])
    path, body = f"/workflows/{workflow_id}", {"name": "new", "user": "ann"}
    for groups in ([], ["no such"]):
        error = await guarded.refused(422, "ann", "PUT", path, {**body, "access_groups": groups})
        assert error["field"] == "access_groups"
    for same in (["team"], None):
        answer = await guarded.by("ann", "PUT", path, {**body, "access_groups": same})
        assert answer["access_groups"] == ["team"]


async def test_workflows_of_a_group(api: Any) -> None:
    """Seen with 1.0: the name must be the whole name, and an unknown one has no workflows."""
    group = await api.ok("POST", "/access_groups", {"name": "team"})
    shared_id, _ = await api.workflow(), await api.workflow()
    await api.ok("POST", f"/workflows/{shared_id}/access_groups/{group['id']}")
    for name, expected in (("team", [shared_id]), ("tea", []), ("", None)):
        page = await api.ok("GET", f"/workflows?access_group={name}")
        if expected is not None:
            assert [item["id"] for item in page["items"]] == expected
        else:
            assert page["total_count"] == 2
