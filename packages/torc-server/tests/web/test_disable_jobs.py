"""Disabling many jobs in one call."""

from typing import Any


async def test_jobs_that_have_not_begun_are_disabled(api: Any) -> None:
    workflow_id = await api.workflow()
    jobs = await api.jobs(workflow_id, 3)
    await api.initialize(workflow_id)
    path = f"/workflows/{workflow_id}/disable_jobs"
    assert await api.ok("POST", path, {"job_ids": jobs[:2], "known_run_id": 0}) == {"updated_count": 2}
    assert [(await api.ok("GET", f"/jobs/{job_id}"))["status"] for job_id in jobs] == ["disabled", "disabled", "ready"]
    (event,) = (await api.ok("GET", "/events", params={"workflow_id": str(workflow_id), "filter": "disable_jobs"}))[
        "items"
    ]
    assert event["data"]["updated_count"] == 2


async def test_a_refusal_changes_nothing(api: Any) -> None:
    workflow_id = await api.workflow()
    jobs = await api.jobs(workflow_id, 2)
    await api.initialize(workflow_id)
    await api.claim(workflow_id, 1)
    before = api.dump()
    path = f"/workflows/{workflow_id}/disable_jobs"
    reply = await api.call("POST", path, {"job_ids": jobs})
    assert reply.status == 422
    reply = await api.call("POST", path, {"job_ids": jobs[1:], "known_run_id": 5})
    assert reply.status == 409
    assert api.dump() == before
