"""GET /workflows/{id}/explain: the same as numbers for programs and as sentences for users."""

from typing import Any

import pytest


async def explain(api: Any, workflow_id: int, **offer: Any) -> Any:
    return await api.ok("GET", f"/workflows/{workflow_id}/explain", params=offer)


async def large_job(api: Any, workflow_id: int, **needs: Any) -> int:
    members = {"workflow_id": workflow_id, "name": "large", **needs}
    requirements = await api.ok("POST", "/resource_requirements", members)
    (job_id,) = await api.jobs(workflow_id, 1, resource_requirements_id=requirements["id"])
    await api.initialize(workflow_id)
    return int(job_id)


async def test_shortfalls_name_the_resource_and_the_node(api: Any) -> None:
    workflow_id = await api.workflow()
    job_id = await large_job(api, workflow_id, num_cpus=64, memory="32g", runtime="PT2H")
    node_id = await api.node(workflow_id, time_limit="PT1H")
    await api.node(workflow_id, num_cpus=2, is_active=False)
    answer = await explain(api, workflow_id)
    assert (answer["workflow_id"], answer["is_claimable"], answer["active_compute_nodes"]) == (workflow_id, False, 1)
    assert answer["jobs_by_status"]["ready"] == 1
    assert answer["reasons"] == [
        {
            "code": "too_large",
            "message": (
                "1 ready job (large) needs 64 CPUs, 32 GiB of memory and 2 h of time, but no node offers more than"
                " 4 CPUs, 8 GiB of memory and 1 h of time"
            ),
            "count": 1,
            "jobs": [{"job_id": job_id, "job_name": "job0"}],
        }
    ]
    (kind,) = answer["ready"]
    requirements_id = kind.pop("resource_requirements_id")
    place = {"compute_node_id": node_id, "hostname": "host", "nodes_alike": 1}
    assert isinstance(requirements_id, int)
    assert kind == {
        "resource_requirements_name": "large",
        "num_jobs": 1,
        "num_cpus": 64,
        "memory_gb": 32.0,
        "num_gpus": 0,
        "num_nodes": 1,
        "runtime": "PT2H",
        "fits": False,
        "is_bound_elsewhere": False,
        "lacks_label": False,
        "shortfalls": [
            {"quantity": "num_cpus", "needed": 64, "offered": 4, **place},
            {"quantity": "memory_gb", "needed": 32.0, "offered": 8.0, **place},
            {"quantity": "time_limit_seconds", "needed": 7200, "offered": 3600, **place},
        ],
    }


@pytest.mark.parametrize(
    ("offer", "is_claimable"),
    [
        ({"num_cpus": 64}, True),
        ({"num_cpus": 63}, False),
        ({"memory_gb": 31.9}, False),
        ({"memory_gb": 32}, True),
        ({"time_limit": "PT1H59M59S"}, False),
        ({"time_limit": "PT2H"}, True),
        ({"num_nodes": 0}, False),
        ({"num_gpus": 8}, True),
        ({"scheduler_config_id": 1}, True),
        ({"num_cpus": 64, "memory_gb": 1}, False),
    ],
)
async def test_a_node_described_in_the_request(api: Any, offer: Any, is_claimable: bool) -> None:
    workflow_id = await api.workflow()
    await large_job(api, workflow_id, num_cpus=64, memory="32g", runtime="PT2H")
    answer = await explain(api, workflow_id, **offer)
    assert answer["is_claimable"] is is_claimable
    for kind in answer["ready"]:
        for shortfall in kind["shortfalls"]:
            assert "compute_node_id" not in shortfall
            assert shortfall["quantity"].removesuffix("_seconds") in offer


async def test_a_request_without_a_node_changes_nothing(api: Any) -> None:
    workflow_id = await api.workflow()
    await api.jobs(workflow_id, 3)
    await api.initialize(workflow_id)
    answer = await explain(api, workflow_id)
    assert [reason["code"] for reason in answer["reasons"]] == ["no_active_nodes"]
    assert answer["ready"][0]["fits"] is False
    await explain(api, workflow_id, num_cpus=1)
    assert len((await api.claim(workflow_id))["jobs"]) == 3
    assert [reason["code"] for reason in (await explain(api, workflow_id))["reasons"]] == ["pending_or_running"]


async def test_jobs_bound_to_a_scheduler_are_listed_by_it(api: Any) -> None:
    workflow_id = await api.workflow()
    await api.jobs(workflow_id, 2, scheduler_id=7)
    await api.initialize(workflow_id)
    (kind,) = (await explain(api, workflow_id, num_cpus=4))["ready"]
    assert (kind["scheduler_id"], kind["fits"], kind["is_bound_elsewhere"]) == (7, True, True)
    (kind,) = (await explain(api, workflow_id, num_cpus=4, scheduler_config_id=7))["ready"]
    assert kind["is_bound_elsewhere"] is False


@pytest.mark.parametrize(
    ("query", "status", "says"),
    [
        ("num_cpus=x", 400, "The query parameter num_cpus is invalid"),
        ("num_cpus=-1", 400, "The query parameter num_cpus is invalid"),
        ("memory_gb=nan", 400, "The query parameter memory_gb is invalid"),
        ("memory_gb=-1", 400, "The query parameter memory_gb is invalid"),
        ("time_limit=soon", 422, "'soon' is not a valid duration; use ISO 8601"),
    ],
)
async def test_invalid_offers_are_refused(api: Any, query: str, status: int, says: str) -> None:
    workflow_id = await api.workflow()
    reply = await api.call("GET", f"/workflows/{workflow_id}/explain?{query}")
    assert reply.status == status
    assert says in reply.message


async def test_offers_beyond_all_limits(api: Any) -> None:
    workflow_id = await api.workflow()
    await api.jobs(workflow_id, 1)
    await api.initialize(workflow_id)
    answer = await explain(api, workflow_id, num_cpus=2**63 - 1, memory_gb=1e308)
    assert answer["is_claimable"] is True
    await api.node(workflow_id, memory_gb=1e308, time_limit=None, num_cpus=2**63 - 1)
    assert (await explain(api, workflow_id))["is_claimable"] is True


async def test_missing_records(api: Any) -> None:
    reply = await api.call("GET", "/workflows/77/explain")
    assert (reply.status, reply.message) == (404, "There is no workflow 77")


async def test_what_no_earlier_node_had_is_a_member_of_its_own(api: Any) -> None:
    workflow_id = await api.workflow()
    await large_job(api, workflow_id, num_cpus=64)
    await api.node(workflow_id, num_cpus=2, is_active=False)
    (reason,) = (await explain(api, workflow_id))["reasons"]
    assert reason["code"] == "no_active_nodes"
    assert reason["message"].endswith(f". {reason['shortfalls']}")
    assert "64" in reason["shortfalls"]
    await api.node(workflow_id, num_cpus=128, is_active=False)
    (reason,) = (await explain(api, workflow_id))["reasons"]
    assert "shortfalls" not in reason
