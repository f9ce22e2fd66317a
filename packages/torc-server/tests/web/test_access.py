"""Administrators, owners and members, with and without enforcement of access. The matrix tests the rest."""

from typing import Any

import pytest


async def test_the_settings_name_the_system_administrators(start: Any) -> None:
    async with start(admin_users=["root", "bob", "root"]) as api:
        (admin,) = (await api.by("root", "GET", "/access_groups"))["items"]
        assert (admin["name"], admin["description"]) == ("admin", "System administrators")
        assert "is_system" not in admin
        page = await api.by("bob", "GET", f"/access_groups/{admin['id']}/members")
        assert [(each["user_name"], each["role"]) for each in page["items"]] == [("bob", "admin"), ("root", "admin")]
    async with start(admin_users=["cid"]) as api:
        page = await api.by("cid", "GET", f"/access_groups/{admin['id']}/members")
        assert [each["user_name"] for each in page["items"]] == ["cid"]
        assert (await api.refused(403, "bob", "POST", "/access_groups", {"name": "x"}))["error"] == "Forbidden"
        before = api.dump()
    async with start(admin_users=["cid"]) as api:
        assert api.dump() == before


async def test_an_anonymous_caller_is_not_an_administrator(start: Any) -> None:
    async with start(admin_users=["anonymous"]) as api:
        error = await api.refused(403, "anonymous", "POST", "/access_groups", {"name": "x"})
        assert error["message"].startswith("Only system administrators may do this")


async def test_the_systems_own_group_is_changed_by_settings_only(guarded: Any) -> None:
    member = {"group_id": 1, "user_name": "bob", "role": "admin"}
    for method, path, body in [
        ("POST", "/access_groups/1/members", member),
        ("DELETE", "/access_groups/1/members/root", None),
        ("DELETE", "/access_groups/1", None),
    ]:
        error = await guarded.refused(403, "root", method, path, body)
        assert error["message"].startswith("The access group 'admin' is managed by the server")


async def test_without_enforcement_all_calls_are_allowed_except_on_the_systems_own_group(api: Any) -> None:
    await api.ok("POST", "/access_groups/1/members", {"group_id": 1, "user_name": "bob", "role": "admin"})
    await api.ok("DELETE", "/access_groups/1/members/bob")
    assert (await api.refused(403, None, "DELETE", "/access_groups/1"))["error"] == "Forbidden"


async def test_an_authenticated_user_cannot_become_an_administrator(start: Any) -> None:
    async with start(required=True, enforce_access=False) as api:
        body = {"group_id": 1, "user_name": "bob", "role": "admin"}
        assert (await api.refused(403, "bob", "POST", "/access_groups/1/members", body))["error"] == "Forbidden"


async def test_a_group_admin_administers_only_that_group(guarded: Any) -> None:
    ours, other = await guarded.group(bob="admin"), await guarded.group("other", bob="member")
    body = {"group_id": ours, "user_name": "cid"}
    await guarded.by("bob", "POST", f"/access_groups/{ours}/members", body)
    await guarded.by("bob", "DELETE", f"/access_groups/{ours}/members/cid")
    error = await guarded.refused(403, "bob", "POST", f"/access_groups/{other}/members", body)
    assert error["message"] == f"Only admins of access group {other} and system administrators may change its members"
    workflow_id = await guarded.workflow_of("ann", access_groups=["team"])
    await guarded.by("bob", "DELETE", f"/workflows/{workflow_id}/access_groups/{ours}")
    workflow_id = await guarded.workflow_of("ann", access_groups=["team"])
    error = await guarded.refused(403, "bob", "POST", f"/workflows/{workflow_id}/access_groups/{other}")
    assert error["message"] == (
        f"Only the owner of workflow {workflow_id} and those of its users who are admins of access group {other} may"
        " change the access of the group to the workflow"
    )


async def test_a_group_admin_shares_only_what_they_may_use(guarded: Any) -> None:
    ours, second = await guarded.group(bob="admin"), await guarded.group("second", bob="admin")
    workflow_id = await guarded.workflow_of("ann")
    path = f"/workflows/{workflow_id}/access_groups"
    refusal = f"User 'bob' has no access to workflow {workflow_id}"
    for method, way, *body in (
        ("POST", f"{path}/{ours}"),
        ("POST", path, {"workflow_id": workflow_id, "group_id": ours}),
        ("DELETE", f"{path}/{ours}"),
    ):
        assert (await guarded.refused(403, "bob", method, way, *body))["message"].startswith(refusal)
    assert (await guarded.by("bob", "GET", "/workflows"))["items"] == []
    # The owner and a system administrator may share it, and then the group admin may share it with other groups.
    await guarded.by("ann", "POST", f"{path}/{ours}")
    await guarded.by("bob", "POST", f"{path}/{second}")
    await guarded.by("bob", "DELETE", f"{path}/{second}")
    await guarded.by("root", "POST", f"{path}/{second}")


async def test_members_cannot_share_workflows_of_others(guarded: Any) -> None:
    ours = await guarded.group(bob="member")
    other = await guarded.group("other", cid="member")
    workflow_id = await guarded.workflow_of("ann", access_groups=["team"])
    await guarded.refused(403, "bob", "POST", f"/workflows/{workflow_id}/access_groups/{other}")
    await guarded.refused(403, "bob", "DELETE", f"/workflows/{workflow_id}/access_groups/{ours}")


async def test_system_administrators_see_and_use_all_workflows(guarded: Any) -> None:
    workflow_id = await guarded.workflow_of("ann")
    assert [each["user"] for each in (await guarded.by("root", "GET", "/workflows"))["items"]] == ["ann"]
    assert (await guarded.by("root", "GET", f"/workflows/{workflow_id}"))["user"] == "ann"
    job = {"workflow_id": workflow_id, "name": "j", "command": "true"}
    assert (await guarded.by("root", "POST", "/jobs", job))["name"] == "j"
    assert (await guarded.by("root", "GET", f"/jobs?workflow_id={workflow_id}"))["total_count"] == 1
    await guarded.by("root", "DELETE", f"/workflows/{workflow_id}")


async def test_a_setting_restricts_system_administrators_to_their_own_workflows(start: Any) -> None:
    async with start(admins_see_own_only=True) as api:
        workflow_id = await api.workflow_of("ann")
        assert (await api.by("root", "GET", "/workflows"))["total_count"] == 0
        assert (await api.refused(403, "root", "GET", f"/workflows/{workflow_id}"))["error"] == "Forbidden"
        await api.refused(403, "root", "PUT", f"/workflows/{workflow_id}", {"name": "w", "user": "root"})
        assert not (await api.by("root", "GET", f"/access_check/{workflow_id}/root"))["has_access"]
        group_id = await api.group(ann="member")
        await api.by("root", "POST", f"/workflows/{workflow_id}/access_groups/{group_id}")


@pytest.mark.parametrize("named", ["ann", "bob", "anonymous", ""])
async def test_a_new_workflow_belongs_to_its_creator(guarded: Any, named: str) -> None:
    made = await guarded.by("ann", "POST", "/workflows", {"name": "w", "user": named})
    assert made["user"] == "ann"


@pytest.mark.parametrize("user", [None, "anonymous"])
async def test_an_anonymous_caller_cannot_create_a_workflow(guarded: Any, user: str | None) -> None:
    error = await guarded.refused(403, user, "POST", "/workflows", {"name": "w", "user": "ann"})
    assert error == {
        "error": "Forbidden",
        "message": "This needs an authenticated user; send your user name and password",
    }


async def test_without_enforcement_users_give_workflows_away(start: Any) -> None:
    async with start(enforce_access=False) as api:
        assert (await api.by(None, "POST", "/workflows", {"name": "w", "user": "bob"}))["user"] == "bob"
        assert (await api.by("ann", "POST", "/workflows", {"name": "w", "user": "bob"}))["user"] == "ann"
        assert (await api.by("cid", "PUT", "/workflows/1", {"name": "w", "user": "cid"}))["user"] == "cid"


async def test_no_user_is_given_a_workflow_by_another_user(guarded: Any) -> None:
    await guarded.group(bob="admin")
    workflow_id = await guarded.workflow_of("ann", access_groups=["team"])
    path = f"/workflows/{workflow_id}"
    assert (await guarded.by("bob", "PUT", path, {"name": "new", "user": "ann"}))["name"] == "new"
    for user, to in (("ann", "bob"), ("ann", "nobody"), ("bob", "bob"), ("bob", "cid")):
        error = await guarded.refused(403, user, "PUT", path, {"name": "w", "user": to})
        assert error["message"] == (
            f"Only system administrators can change the owner of workflow {workflow_id}; leave user unchanged, and"
            " share the workflow with an access group"
        )
    for nobody in ("", "anonymous"):
        error = await guarded.refused(422, "root", "PUT", path, {"name": "w", "user": nobody})
        assert (error["field"], error["value"]) == ("user", nobody)
    assert (await guarded.by("root", "PUT", path, {"name": "w", "user": "cid"}))["user"] == "cid"
    assert (await guarded.refused(403, "ann", "GET", path))["error"] == "Forbidden"
    assert (await guarded.by("cid", "GET", path))["user"] == "cid"


async def test_no_caller_owns_a_workflow_of_anonymous(start: Any) -> None:
    async with start(enforce_access=False) as api:
        workflow_id = await api.workflow_of("anonymous")
    async with start() as api:
        for user in (None, "anonymous"):
            error = await api.refused(403, user, "GET", f"/workflows/{workflow_id}")
            assert error["message"].startswith("An unauthenticated user has no access")


async def test_lists_of_workflows_show_what_is_accessible(guarded: Any) -> None:
    await guarded.group(bob="member")
    await guarded.workflow_of("ann")
    await guarded.workflow_of("ann", access_groups=["team"])
    await guarded.workflow_of("bob")
    for user, query, count in [
        ("ann", {}, 2),
        ("bob", {}, 2),
        ("bob", {"user": "ann"}, 1),
        ("bob", {"user": "bob"}, 1),
        ("cid", {}, 0),
        ("cid", {"user": "ann"}, 0),
        ("anonymous", {}, 0),
        (None, {}, 0),
    ]:
        page = await guarded.by(user, "GET", "/workflows", params=query)
        assert (page["count"], page["total_count"]) == (count, count), (user, query)


async def test_missing_workflows_are_404_for_every_caller(guarded: Any) -> None:
    for path in ("/workflows/99", "/jobs/99", "/jobs?workflow_id=99"):
        error = await guarded.refused(404, "bob", "GET", path)
        assert (error["error"], " 99" in error["message"]) == ("NotFound", True)


async def test_lists_do_not_reveal_workflows_of_others(guarded: Any) -> None:
    workflow_id = await guarded.workflow_of("ann")
    for user in ("bob", None):
        theirs = await guarded.refused(404, user, "GET", f"/jobs?workflow_id={workflow_id}")
        missing = await guarded.refused(404, user, "GET", "/jobs?workflow_id=99")
        assert theirs == {"error": "NotFound", "message": f"There is no workflow {workflow_id} that you may use"}
        assert missing == {"error": "NotFound", "message": "There is no workflow 99 that you may use"}


async def test_access_can_be_checked_by_the_user_and_by_administrators(guarded: Any) -> None:
    await guarded.group(bob="member")
    workflow_id = await guarded.workflow_of("ann", access_groups=["team"])
    for user, has_access in [("ann", True), ("bob", True), ("cid", False), ("root", True), ("anonymous", False)]:
        answer = await guarded.by("root", "GET", f"/access_check/{workflow_id}/{user}")
        assert answer.pop("reason").startswith(f"{user} ")
        assert answer == {"has_access": has_access, "user_name": user, "workflow_id": workflow_id}
        if user != "anonymous":
            answer = await guarded.by(user, "GET", f"/access_check/{workflow_id}/{user}")
            assert answer["has_access"] is has_access
    answer = await guarded.by("ann", "GET", "/access_check/99/ann")
    assert (answer["has_access"], answer["workflow_id"]) == (False, 99)
    for caller, user in (
        ("bob", "ann"),
        ("ann", "bob"),
        (None, "ann"),
        (None, "anonymous"),
        ("anonymous", "anonymous"),
    ):
        for path in (f"/access_check/{workflow_id}/{user}", f"/users/{user}/groups"):
            error = await guarded.refused(403, caller, "GET", path)
            assert (
                error["message"] == f"Only {user!r} and system administrators may see this; ask for your own user name"
            )


async def test_groups_are_shown_to_their_members_and_to_administrators_alone(guarded: Any) -> None:
    ours, other = await guarded.group(bob="member"), await guarded.group("hidden", cid="admin")
    workflow_id = await guarded.workflow_of("cid", access_groups=["hidden"])
    assert (await guarded.by("bob", "GET", f"/access_groups/{ours}"))["name"] == "team"
    assert (await guarded.by("bob", "GET", f"/access_groups/{ours}/members"))["total_count"] == 1
    assert [each["name"] for each in (await guarded.by("bob", "GET", "/users/bob/groups"))["items"]] == ["team"]
    assert (await guarded.by("cid", "GET", f"/workflows/{workflow_id}/access_groups"))["total_count"] == 1
    assert (await guarded.by("root", "GET", "/access_groups"))["total_count"] == 3
    for user in ("bob", None, "anonymous"):
        named = "bob" if user == "bob" else "NAME"
        refusal = await guarded.refused(403, user, "GET", "/access_groups")
        assert refusal["message"].endswith(f". For your own groups, run: torc access-groups list-user-groups {named}")
        await guarded.refused(403, user, "GET", f"/workflows/{workflow_id}/access_groups")
        # A group that does not exist gets the same refusals, so no caller learns which groups exist.
        for group_id in (other, 99):
            for path in (f"/access_groups/{group_id}", f"/access_groups/{group_id}/members"):
                error = await guarded.refused(403, user, "GET", path)
                assert (
                    error["message"] == f"Only members of access group {group_id} and system administrators may see it"
                )
            body = {"group_id": group_id, "user_name": "bob"}
            await guarded.refused(403, user, "POST", f"/access_groups/{group_id}/members", body)
            await guarded.refused(403, user, "DELETE", f"/access_groups/{group_id}/members/cid")
            await guarded.refused(403, user, "DELETE", f"/access_groups/{group_id}")
    for path in ("/access_groups/99", "/access_groups/99/members"):
        assert (await guarded.refused(404, "root", "GET", path))["error"] == "NotFound"


async def test_members_of_a_workflow_learn_nothing_about_other_groups(guarded: Any) -> None:
    await guarded.group(bob="admin")
    other = await guarded.group("hidden", cid="admin")
    workflow_id = await guarded.workflow_of("ann", access_groups=["team"])
    refusals = [
        (await guarded.refused(403, "bob", method, f"/workflows/{workflow_id}/access_groups/{group_id}"))["message"]
        for method in ("POST", "DELETE")
        for group_id in (other, 99)
    ]
    assert {each.replace("99", str(other)) for each in refusals} == {refusals[0]}
