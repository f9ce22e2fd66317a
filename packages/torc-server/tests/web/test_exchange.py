"""Reports and a claim in one call: each part is checked by itself, in one transaction."""

from datetime import UTC, datetime
from typing import Any

import pytest

CLAIM = {
    "claim_key": "k1",
    "limit": 10,
    "offer": {"num_cpus": 1, "memory_gb": 8.0, "num_gpus": 0, "num_nodes": 1},
    "whole": {"num_cpus": 4, "memory_gb": 8.0, "num_gpus": 0, "num_nodes": 1},
}


@pytest.fixture
def exchange(api: Any, make_result: Any) -> Any:
    """Report completions with made-up results. `ended` is a job id, or an id with other members of the result."""

    async def tell(workflow_id: int, node_id: int, *, ended: Any = (), **members: Any) -> Any:
        completions = []
        for each in ended:
            job_id, changed = each if isinstance(each, tuple) else (each, {})
            entry = {"job_id": job_id, "run_id": 0}
            own = {"after": "after_job_id", "max_attempts": "max_attempts", "failure_class": "failure_class"}
            entry.update({own[name]: value for name, value in changed.items() if name in own})
            members_of_result = {name: value for name, value in changed.items() if name not in own}
            result = make_result(workflow_id, job_id, node_id, **members_of_result)
            completions.append({**entry, "status": result["status"], "result": result})
        body = {"compute_node_id": node_id, "run_id": 0, "completions": completions, **members}
        answer = await api.ok("POST", f"/workflows/{workflow_id}/report_and_claim", body)
        assert await api.broken_promises() == []
        return answer

    return tell


async def chain(api: Any, length: int = 3, **members: Any) -> tuple[int, list[int], int]:
    """A chain of jobs. The first one is claimed by a node."""
    workflow_id = await api.workflow()
    job_ids: list[int] = []
    for _ in range(length):
        job_ids += await api.jobs(workflow_id, 1, depends_on_job_ids=job_ids[-1:], **members)
    await api.initialize(workflow_id)
    return workflow_id, job_ids, await api.node(workflow_id)


def ids(jobs: list[dict[str, Any]]) -> list[int]:
    return [job["id"] for job in jobs]


async def status_of(api: Any, job_id: int) -> str:
    return str((await api.ok("GET", f"/jobs/{job_id}"))["status"])


async def test_a_completion_releases_jobs_for_the_claim_of_the_same_call(api: Any, exchange: Any) -> None:
    workflow_id, (first, second, third), node_id = await chain(api)
    assert ids((await exchange(workflow_id, node_id, claim=CLAIM))["jobs"]) == [first]
    await exchange(workflow_id, node_id, started=[{"job_id": first, "attempt_id": 1}])
    assert await status_of(api, first) == "running"
    answer = await exchange(workflow_id, node_id, ended=[first], claim={**CLAIM, "claim_key": "k2"})
    assert (ids(answer["jobs"]), answer["errors"], answer["is_complete"]) == ([second], [], False)
    assert await status_of(api, third) == "blocked"
    answer = await exchange(workflow_id, node_id, ended=[second, third])
    assert (answer["jobs"], answer["is_complete"], answer["is_canceled"]) == ([], True, False)


async def test_a_start_of_another_attempt_is_refused(api: Any, exchange: Any) -> None:
    workflow_id, (first, *_), node_id = await chain(api)
    await exchange(workflow_id, node_id, claim=CLAIM)
    stale = {"job_id": first, "attempt_id": 77}
    (error,) = (await exchange(workflow_id, node_id, started=[stale]))["errors"]
    assert (error["job_id"], "is at attempt 1, not 77" in error["message"]) == (first, True)
    assert await status_of(api, first) == "pending"
    assert (await exchange(workflow_id, node_id, started=[{**stale, "attempt_id": 1}]))["errors"] == []
    # Also while the job runs there.
    (error,) = (await exchange(workflow_id, node_id, started=[stale]))["errors"]
    assert "is at attempt 1" in error["message"]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("2026-01-01T10:00:00+02:00", "2026-01-01T08:00:00+00:00"),
        ("2026-01-01T08:00:00.250000Z", "2026-01-01T08:00:00.250000+00:00"),
        ("2999-01-01T00:00:00+00:00", None),
        ("2026-01-01T08:00:00", None),
        ("yesterday", None),
        (None, None),
    ],
)
async def test_the_runners_time_of_a_start_is_stored(api: Any, exchange: Any, sent: str | None, kept: str) -> None:
    workflow_id, (first, *_), node_id = await chain(api)
    await exchange(workflow_id, node_id, claim=CLAIM)
    before = datetime.now(UTC)
    await exchange(workflow_id, node_id, started=[{"job_id": first, "attempt_id": 1, "start_time": sent}])
    stored = (await api.ok("GET", f"/jobs/{first}"))["start_time"]
    if kept is None:
        assert before <= datetime.fromisoformat(stored) <= datetime.now(UTC)
    else:
        assert stored == kept


async def test_a_repeated_call_changes_nothing_and_gets_the_same_jobs(api: Any, exchange: Any) -> None:
    workflow_id, (first, second, _), node_id = await chain(api)
    await exchange(workflow_id, node_id, claim=CLAIM)
    again = {"ended": [first], "claim": {**CLAIM, "claim_key": "k2"}}
    answer = await exchange(workflow_id, node_id, **again)
    before = api.dump()
    assert await exchange(workflow_id, node_id, **again) == answer
    assert ids(answer["jobs"]) == [second]
    assert api.dump() == before


async def test_a_refused_report_does_not_affect_others(api: Any, exchange: Any) -> None:
    workflow_id, (first, second, _), node_id = await chain(api)
    await exchange(workflow_id, node_id, claim=CLAIM)
    answer = await exchange(
        workflow_id,
        node_id,
        started=[{"job_id": second, "attempt_id": 1}],
        ended=[first, 999],
        claim={**CLAIM, "claim_key": "k2"},
    )
    assert {error["job_id"]: error["message"] for error in answer["errors"]} == {
        999: "Workflow 1 has no job 999",
        second: "Job 'job0' is ready; start needs a job that is pending",
    }
    assert ids(answer["jobs"]) == [second]


async def test_each_prefetched_job_fits_the_whole_node(api: Any, exchange: Any) -> None:
    workflow_id = await api.workflow()
    needs = {"workflow_id": workflow_id, "memory": "1m", "runtime": "PT1M", "num_gpus": 0, "num_nodes": 1}
    large = await api.ok("POST", "/resource_requirements", {**needs, "name": "large", "num_cpus": 4})
    huge = await api.ok("POST", "/resource_requirements", {**needs, "name": "huge", "num_cpus": 5})
    small = await api.jobs(workflow_id, 3)
    larges = await api.jobs(workflow_id, 2, resource_requirements_id=large["id"])
    await api.jobs(workflow_id, 1, resource_requirements_id=huge["id"])
    await api.initialize(workflow_id)
    node_id = await api.node(workflow_id)
    answer = await exchange(workflow_id, node_id, claim={**CLAIM, "ahead": 10})
    assert ids(answer["jobs"])[0] == small[0], "what runs now comes first"
    assert sorted(ids(answer["jobs"])) == [*small, *larges]


async def test_without_an_offer_jobs_of_any_size_are_claimed(api: Any, exchange: Any) -> None:
    workflow_id = await api.workflow()
    job_ids = await api.jobs(workflow_id, 5)
    await api.initialize(workflow_id)
    node_id = await api.node(workflow_id)
    answer = await exchange(workflow_id, node_id, claim={"limit": 2, "ahead": 1})
    assert ids(answer["jobs"]) == job_ids[:3]


async def test_a_returned_job_is_ready_with_the_same_attempt(api: Any, exchange: Any) -> None:
    workflow_id, (first, _, _), node_id = await chain(api)
    await exchange(workflow_id, node_id, claim=CLAIM)
    await exchange(workflow_id, node_id, returned=[{"job_id": first, "attempt_id": 2}])
    assert await status_of(api, first) == "pending", "another attempt is not this runner's to return"
    await exchange(workflow_id, node_id, returned=[{"job_id": first, "attempt_id": 1}])
    job = await api.ok("GET", f"/jobs/{first}")
    assert (job["status"], job["attempt_id"]) == ("ready", 1)


async def test_a_repeated_return_leaves_the_job_to_the_node_that_claimed_it_since(api: Any, exchange: Any) -> None:
    workflow_id, (first, _, _), node_id = await chain(api)
    other_id = await api.node(workflow_id)
    back = {"returned": [{"job_id": first, "attempt_id": 1}]}
    await exchange(workflow_id, node_id, claim=CLAIM)
    await exchange(workflow_id, node_id, **back)  # the answer is lost
    assert ids((await exchange(workflow_id, other_id, claim={**CLAIM, "claim_key": "k2"}))["jobs"]) == [first]
    await exchange(workflow_id, node_id, **back)
    assert await status_of(api, first) == "pending"
    answer = await exchange(workflow_id, other_id, started=[{"job_id": first, "attempt_id": 1}])
    assert answer["errors"] == []
    assert await status_of(api, first) == "running"


async def test_chained_jobs_depend_on_one_job_only(api: Any, exchange: Any) -> None:
    workflow_id, (first, second, third), node_id = await chain(api)
    (alone,) = await api.jobs(workflow_id, 1)
    (join,) = await api.jobs(workflow_id, 1, depends_on_job_ids=[first, alone])
    await api.initialize(workflow_id)
    answer = await exchange(workflow_id, node_id, claim={**CLAIM, "most_following": 10})
    following = {each["job"]["id"]: each["after_job_id"] for each in answer["following"]}
    assert following == {second: first, third: second}
    assert join not in following
    assert {await status_of(api, job_id) for job_id in (second, third)} == {"blocked"}


async def test_a_chained_job_starts_when_its_predecessor_succeeded(api: Any, exchange: Any) -> None:
    workflow_id, (first, second, third), node_id = await chain(api)
    await exchange(workflow_id, node_id, claim=CLAIM)
    follows = {"job_id": second, "attempt_id": 1, "after_job_id": first}
    answer = await exchange(workflow_id, node_id, ended=[first], started=[follows])
    assert answer["errors"] == []
    job = await api.ok("GET", f"/jobs/{second}")
    assert (job["status"], job["compute_node_id"]) == ("running", node_id)
    answer = await exchange(workflow_id, node_id, ended=[second, third])
    assert (answer["errors"], answer["is_complete"]) == ([], True)


async def test_completions_of_a_chain_can_be_reported_in_any_order(api: Any, exchange: Any) -> None:
    workflow_id, (first, second, third), node_id = await chain(api)
    await exchange(workflow_id, node_id, claim=CLAIM)
    ended = [(third, {"after": second}), first, (second, {"after": first})]
    answer = await exchange(workflow_id, node_id, ended=ended)
    assert (answer["errors"], answer["is_complete"]) == ([], True)
    before = api.dump()
    assert await exchange(workflow_id, node_id, ended=ended) == answer
    assert api.dump() == before


@pytest.mark.parametrize("why", ["failed", "stale", "canceled"])
async def test_a_job_chained_to_a_refused_completion_is_refused(api: Any, exchange: Any, why: str) -> None:
    workflow_id, (first, second, third), node_id = await chain(api, cancel_on_blocking_job_failure=False)
    await exchange(workflow_id, node_id, claim=CLAIM)
    changed: dict[str, Any] = {}
    if why == "failed":
        changed = {"status": "failed", "return_code": 1}
    elif why == "stale":
        await exchange(workflow_id, node_id, started=[{"job_id": first, "attempt_id": 1}])
        await api.ok("POST", f"/jobs/{first}/retry/0", params={"max_retries": 5})
    else:
        changed = {"status": "terminated", "return_code": -15}
        await api.ok("PUT", f"/workflows/{workflow_id}/cancel")
    ended = [(first, changed), (second, {"after": first}), (third, {"after": second})]
    answer = await exchange(workflow_id, node_id, ended=ended)
    refused = {error["job_id"]: error["message"] for error in answer["errors"]}
    assert set(refused) == ({second, third} if why == "failed" else {first, second, third})
    assert refused[second] == (
        f"Job {first} has not succeeded on compute node {node_id}, so no chained job can run after it there"
    )
    assert await status_of(api, second) == ("ready" if why == "failed" else "blocked")
    results = await api.ok("GET", "/results", params={"workflow_id": workflow_id, "all_runs": "true"})
    assert results["total_count"] == (1 if why == "failed" else 0)


async def test_jobs_cannot_be_chained_to_each_other(api: Any, exchange: Any) -> None:
    workflow_id, (first, second, _), node_id = await chain(api)
    ended = [(first, {"after": second}), (second, {"after": first})]
    assert len((await exchange(workflow_id, node_id, ended=ended))["errors"]) == 2


async def test_no_job_is_chained_to_a_failed_job(api: Any, exchange: Any) -> None:
    workflow_id, (first, second, _), node_id = await chain(api, cancel_on_blocking_job_failure=False)
    await exchange(workflow_id, node_id, claim=CLAIM)
    follows = {"job_id": second, "attempt_id": 1, "after_job_id": first}
    failed = (first, {"status": "failed", "return_code": 1})
    answer = await exchange(workflow_id, node_id, ended=[failed], started=[follows])
    (error,) = answer["errors"]
    assert error["message"].startswith(f"Job {first} has not succeeded on compute node {node_id}")
    assert await status_of(api, second) == "ready"


async def test_no_job_is_chained_to_a_job_on_another_node(api: Any, exchange: Any) -> None:
    workflow_id, (first, second, _), node_id = await chain(api)
    other_id = await api.node(workflow_id)
    await exchange(workflow_id, node_id, claim=CLAIM)
    await exchange(workflow_id, node_id, ended=[first])
    follows = {"job_id": second, "attempt_id": 1, "after_job_id": first}
    (error,) = (await exchange(workflow_id, other_id, started=[follows]))["errors"]
    assert "no chained job can run after it" in error["message"]


async def test_a_canceled_workflow_returns_no_jobs_and_is_reported(api: Any, exchange: Any) -> None:
    workflow_id, (first, _, _), node_id = await chain(api)
    await exchange(workflow_id, node_id, claim=CLAIM)
    await api.ok("PUT", f"/workflows/{workflow_id}/cancel")
    ended = [(first, {"status": "terminated", "return_code": -15})]
    answer = await exchange(workflow_id, node_id, ended=ended, claim={**CLAIM, "claim_key": "k2"})
    assert (answer["jobs"], answer["is_canceled"], answer["is_complete"]) == ([], True, True)
    (error,) = answer["errors"]
    assert "already complete: it is canceled" in error["message"]


async def test_a_claim_key_of_another_workflow_is_refused_and_nothing_is_stored(api: Any, exchange: Any) -> None:
    workflow_id, (first, _, _), node_id = await chain(api)
    await exchange(workflow_id, node_id, claim=CLAIM)
    other_workflow, _, other_node = await chain(api)
    body = {"compute_node_id": other_node, "run_id": 0, "claim": CLAIM}
    reply = await api.call("POST", f"/workflows/{other_workflow}/report_and_claim", body)
    assert (reply.status, "use a new key" in reply.message) == (409, True)
    assert await status_of(api, first) == "pending"


@pytest.mark.parametrize(
    ("members", "status", "words"),
    [
        ({"claim": {"limit": 1, "offer": {**CLAIM["offer"], "memory_gb": -1.0}}}, 422, "memory_gb must be a size"),
        ({"completions": [{"job_id": 1}]}, 400, "is missing"),
        ({"claim": {"limit": 1}, "compute_node_id": 999}, 422, "has no compute node 999"),
    ],
)
async def test_an_invalid_exchange_is_refused_as_a_whole(
    api: Any, members: dict[str, Any], status: int, words: str
) -> None:
    workflow_id, _, node_id = await chain(api)
    before = api.dump()
    body = {"compute_node_id": node_id, "run_id": 0, **members}
    reply = await api.call("POST", f"/workflows/{workflow_id}/report_and_claim", body)
    assert (reply.status, words in reply.message) == (status, True), reply.text
    assert api.dump() == before


async def test_a_missing_workflow_is_404(api: Any) -> None:
    reply = await api.call("POST", "/workflows/999/report_and_claim", {"compute_node_id": 1, "run_id": 0})
    assert (reply.status, reply.message) == (404, "There is no workflow 999")


async def test_the_stream_reports_every_start(api: Any, exchange: Any) -> None:
    workflow_id, (first, second, third), node_id = await chain(api)
    stream = await api.client.get(f"/torc-service/v1/workflows/{workflow_id}/events/stream")
    await exchange(workflow_id, node_id, claim=CLAIM)
    await exchange(workflow_id, node_id, ended=[first, (second, {"after": first}), (third, {"after": second})])
    told: list[str] = []
    async for line in stream.content:
        told += [line.decode().split()[1]] if line.startswith(b"event: job_") else []
        if len(told) == 6:
            break
    stream.close()
    assert told == ["job_started", "job_completed"] * 3


FAILED = {"status": "failed", "return_code": 3, "max_attempts": 2, "failure_class": "app"}


async def test_a_failed_attempt_is_retried_immediately(api: Any, exchange: Any) -> None:
    workflow_id, (first, second, _), node_id = await chain(api)
    await exchange(workflow_id, node_id, claim=CLAIM)
    answer = await exchange(workflow_id, node_id, ended=[(first, FAILED)], claim={**CLAIM, "claim_key": "k2"})
    assert ids(answer["jobs"]) == [first]
    assert (answer["jobs"][0]["attempt_id"], answer["errors"], answer["is_complete"]) == (2, [], False)
    assert await status_of(api, second) == "blocked", "what waits for it goes on waiting"
    results = (await api.ok("GET", f"/results?workflow_id={workflow_id}&all_runs=true"))["items"]
    assert [(each["attempt_id"], each["return_code"], each["status"]) for each in results] == [(1, 3, "failed")]
    retried = [each["data"] for each in (await api.ok("GET", f"/events?workflow_id={workflow_id}"))["items"]]
    assert [(each["previous_attempt"], each["new_attempt"]) for each in retried if "new_attempt" in each] == [(1, 2)]


async def test_a_repeated_report_of_a_failed_attempt_starts_no_third_attempt(api: Any, exchange: Any) -> None:
    workflow_id, (first, *_), node_id = await chain(api)
    await exchange(workflow_id, node_id, claim=CLAIM)
    for _ in range(3):
        assert (await exchange(workflow_id, node_id, ended=[(first, FAILED)]))["errors"] == []
    assert (await api.ok("GET", f"/jobs/{first}"))["attempt_id"] == 2
    other = {**FAILED, "return_code": 4}
    (error,) = (await exchange(workflow_id, node_id, ended=[(first, other)]))["errors"]
    assert "the current one is 2" in error["message"]


async def test_the_last_attempt_fails_the_job(api: Any, exchange: Any) -> None:
    workflow_id, (first, second, _), node_id = await chain(api)
    await exchange(workflow_id, node_id, claim=CLAIM)
    await exchange(workflow_id, node_id, ended=[(first, FAILED)], claim={**CLAIM, "claim_key": "k2"})
    answer = await exchange(workflow_id, node_id, ended=[(first, {**FAILED, "attempt_id": 2})])
    assert (answer["errors"], answer["is_complete"]) == ([], True)
    assert [await status_of(api, each) for each in (first, second)] == ["failed", "canceled"]


async def test_a_successful_attempt_is_not_retried(api: Any, exchange: Any) -> None:
    workflow_id, (first, second, _), node_id = await chain(api)
    await exchange(workflow_id, node_id, claim=CLAIM)
    await exchange(workflow_id, node_id, ended=[(first, {"max_attempts": 5})])
    assert [await status_of(api, each) for each in (first, second)] == ["completed", "ready"]


async def test_the_stream_reports_the_failure_class(api: Any, exchange: Any) -> None:
    workflow_id, (first, *_), node_id = await chain(api)
    stream = await api.client.get(f"/torc-service/v1/workflows/{workflow_id}/events/stream?level=error")
    await exchange(workflow_id, node_id, claim=CLAIM)
    await exchange(workflow_id, node_id, ended=[(first, FAILED)])
    async for line in stream.content:
        if line.startswith(b"data: ") and b"job_failed" in line:
            assert b'"failure_class":"app"' in line.replace(b": ", b":")
            break
    stream.close()


async def test_a_runner_gets_notice_of_a_pending_action(api: Any, exchange: Any) -> None:
    workflow_id, (first, *_), node_id = await chain(api)
    assert (await exchange(workflow_id, node_id, claim=CLAIM))["has_pending_actions"] is False
    action = {"workflow_id": workflow_id, "action_type": "run_commands", "action_config": {"commands": ["true"]}}
    await api.ok("POST", f"/workflows/{workflow_id}/actions", {**action, "trigger_type": "on_worker_start"})
    waits = {**action, "trigger_type": "on_jobs_complete", "job_ids": [first]}
    action_id = (await api.ok("POST", f"/workflows/{workflow_id}/actions", waits))["id"]
    assert (await exchange(workflow_id, node_id))["has_pending_actions"] is False
    assert (await exchange(workflow_id, node_id, ended=[first]))["has_pending_actions"] is True
    await api.ok("POST", f"/workflows/{workflow_id}/actions/{action_id}/claim", {"compute_node_id": node_id})
    assert (await exchange(workflow_id, node_id))["has_pending_actions"] is False
