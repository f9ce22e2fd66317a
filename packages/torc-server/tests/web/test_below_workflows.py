"""Records with paths below their workflow or with few operations: failure handlers, RO-Crate entities, Slurm stats."""

from typing import Any

HANDLER = {"name": "again", "rules": '[{"exit_codes": [1], "max_retries": 2}]'}
ENTITY = {"entity_id": "#it", "entity_type": "File", "metadata": {"@type": "File", "size": [1, None]}}


async def test_failure_handlers(api: Any) -> None:
    workflow_id, other = await api.workflow(), await api.workflow()
    created = [
        await api.ok("POST", "/failure_handlers", {**HANDLER, "workflow_id": owner})
        for owner in (workflow_id, workflow_id, other)
    ]
    assert created[0] == {"id": created[0]["id"], "workflow_id": workflow_id, **HANDLER}
    path = f"/failure_handlers/{created[0]['id']}"
    assert await api.ok("GET", path) == created[0]
    page = await api.ok("GET", f"/workflows/{workflow_id}/failure_handlers", params={"offset": 1})
    assert page == {
        "items": [created[1]],
        "offset": 1,
        "max_limit": 100_000,
        "count": 1,
        "total_count": 2,
        "has_more": False,
    }
    page = await api.ok("GET", f"/workflows/{workflow_id}/failure_handlers", params={"limit": 1})
    assert (page["items"], page["has_more"]) == (created[:1], True)
    # No operation changes one.
    assert (await api.call("PUT", path, created[0])).status == 405

    (job_id,) = await api.jobs(workflow_id, 1, failure_handler_id=created[0]["id"])
    assert await api.ok("DELETE", path) == created[0]
    assert "failure_handler_id" not in await api.ok("GET", f"/jobs/{job_id}")


async def test_missing_failure_handlers(api: Any) -> None:
    for method in ("GET", "DELETE"):
        reply = await api.call(method, "/failure_handlers/999")
        assert (reply.status, reply.message) == (404, "There is no failure handler 999")
    reply = await api.call("POST", "/failure_handlers", {**HANDLER, "workflow_id": 999})
    assert (reply.status, reply.message) == (404, "There is no workflow 999")
    reply = await api.call("GET", "/workflows/999/failure_handlers")
    assert (reply.status, reply.message) == (404, "There is no workflow 999")


async def test_crate_entities(api: Any) -> None:
    workflow_id, other = await api.workflow(), await api.workflow()
    file_id = (await api.ok("POST", "/files", {"workflow_id": workflow_id, "name": "f", "path": "p"}))["id"]
    body = {**ENTITY, "workflow_id": workflow_id}
    created = await api.ok("POST", "/ro_crate_entities", {**body, "file_id": file_id})
    assert created == {"id": created["id"], **body, "file_id": file_id}
    alone = await api.ok("POST", "/ro_crate_entities", {**body, "entity_id": "#b"})
    await api.ok("POST", "/ro_crate_entities", {**body, "workflow_id": other})

    path = f"/ro_crate_entities/{created['id']}"
    changed = await api.ok("PUT", path, {**created, "metadata": {"a": 1}, "workflow_id": other})
    assert changed == {**created, "metadata": {"a": 1}}
    assert await api.ok("GET", path) == changed

    below = f"/workflows/{workflow_id}/ro_crate_entities"
    for query, found in [
        ({}, [changed, alone]),
        ({"file_id": file_id}, [changed]),
        ({"entity_id": "#b"}, [alone]),
        ({"sort_by": "entity_id"}, [alone, changed]),
        ({"sort_by": "id", "reverse_sort": "true"}, [alone, changed]),
    ]:
        assert (await api.ok("GET", below, params=query))["items"] == found

    # The entity remains when its file is deleted.
    await api.ok("DELETE", f"/files/{file_id}")
    assert "file_id" not in await api.ok("GET", path)

    assert await api.ok("DELETE", path) == {"message": f"Deleted crate entity {created['id']}"}
    answer = await api.ok("DELETE", below)
    assert answer["deleted_count"] == 1
    assert "1" in answer["message"]
    assert (await api.ok("GET", f"/workflows/{other}/ro_crate_entities"))["total_count"] == 1


async def test_invalid_crate_entities_are_refused(api: Any) -> None:
    workflow_id, other = await api.workflow(), await api.workflow()
    file_id = (await api.ok("POST", "/files", {"workflow_id": other, "name": "f", "path": "p"}))["id"]
    body = {**ENTITY, "workflow_id": workflow_id}
    reply = await api.call("POST", "/ro_crate_entities", {**body, "file_id": file_id})
    assert (reply.status, reply.json["error"]["field"]) == (422, "file_id")
    reply = await api.call("POST", "/ro_crate_entities", {**body, "metadata": "text"})
    assert reply.status == 400
    assert "metadata: must be a JSON object" in reply.message
    reply = await api.call("GET", f"/workflows/{workflow_id}/ro_crate_entities", params={"sort_by": "colour"})
    assert (reply.status, reply.json["error"]["field"]) == (422, "sort_by")
    for method in ("GET", "DELETE"):
        reply = await api.call(method, "/ro_crate_entities/999")
        assert (reply.status, reply.message) == (404, "There is no crate entity 999")
        reply = await api.call(method, "/workflows/999/ro_crate_entities")
        assert (reply.status, reply.message) == (404, "There is no workflow 999")


async def test_slurm_stats(api: Any) -> None:
    workflow_id, other = await api.workflow(), await api.workflow()
    one, two = await api.jobs(workflow_id, 2)
    body = {
        "workflow_id": workflow_id,
        "job_id": one,
        "run_id": 1,
        "attempt_id": 1,
        "slurm_job_id": "12_3",
        "max_rss_bytes": 2**40,
        "ave_cpu_seconds": 0.1,
        "node_list": "n[1-4]",
    }
    first = await api.ok("POST", "/slurm_stats", body)
    assert first == {"id": first["id"], **body}
    second = await api.ok("POST", "/slurm_stats", {**body, "job_id": two, "run_id": 2, "attempt_id": 3})
    for query, found in [
        ({}, [first, second]),
        ({"job_id": one}, [first]),
        ({"run_id": 2}, [second]),
        ({"attempt_id": 3}, [second]),
        ({"attempt_id": 2}, []),
    ]:
        page = await api.ok("GET", "/slurm_stats", params={"workflow_id": workflow_id, **query})
        assert (page["items"], page["total_count"]) == (found, len(found))
    reply = await api.call("POST", "/slurm_stats", {**body, "workflow_id": other})
    assert (reply.status, reply.json["error"]["field"]) == (422, "job_id")
    reply = await api.call("POST", "/slurm_stats", {**body, "workflow_id": 999})
    assert (reply.status, reply.message) == (404, "There is no workflow 999")
    # They are deleted with their job.
    await api.ok("DELETE", f"/jobs/{one}")
    assert (await api.ok("GET", "/slurm_stats", params={"workflow_id": workflow_id}))["items"] == [second]
