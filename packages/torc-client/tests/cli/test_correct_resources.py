"""torc workflows correct-resources."""

import pytest

from torc_client.api.enums import JobStatus

PAGE = {"offset": 0, "max_limit": 10_000, "has_more": False}
SMALL = {"id": 3, "workflow_id": 7, "name": "small", "memory": "100m", "runtime": "PT10M", "num_cpus": 1}


def page(*items):
    return {"items": list(items), "count": len(items), "total_count": len(items), **PAGE}


@pytest.fixture
def server(fake_server, make):
    fake_server.answer("get_workflow", make.workflow(7))
    fake_server.answer("list_resource_requirements", page(SMALL))
    fake_server.answer("correct_resource_requirements", {"message": "done"})
    jobs = [
        make.job(1, resource_requirements_id=3, status=JobStatus.COMPLETED),
        make.job(2, resource_requirements_id=3, status=JobStatus.FAILED),
    ]
    fake_server.answer("list_jobs", make.jobs(jobs))
    mib = 2**20
    results = [
        make.result(1, peak_memory_bytes=90 * mib, exec_time_minutes=1.0),
        make.result(2, peak_memory_bytes=200 * mib, status=JobStatus.FAILED, return_code=137),
    ]
    fake_server.answer("list_results", page(*results))
    return fake_server


async def test_a_dry_run_prints_what_would_change(torc, server):
    ended = await torc("-f", "json", "workflows", "correct-resources", "7", "--dry-run")
    assert ended.code == 0
    said = ended.json
    assert (said["jobs_analyzed"], said["memory_corrections"], said["runtime_corrections"]) == (2, 1, 0)
    assert said["resource_requirements_updated"] == 0
    (change,) = said["adjustments"]
    assert (change["direction"], change["original_memory"], change["new_memory"]) == ("upscale", "100m", "240m")
    assert server.calls_of("correct_resource_requirements") == []


async def test_all_changes_are_one_request(torc, server):
    ended = await torc("workflows", "correct-resources", "7", "--memory-multiplier", "2")
    assert "Results analyzed: 2. Requirements changed: 1." in ended.out
    (call,) = server.calls_of("correct_resource_requirements")
    (change,) = call.body["corrections"]
    assert change == {"resource_requirements_id": 3, "memory": "400m", "job_ids": []}


async def test_jobs_can_be_named(torc, server):
    ended = await torc("-f", "json", "workflows", "correct-resources", "7", "--job-ids", "1", "--dry-run")
    (change,) = ended.json["adjustments"]
    assert (change["direction"], change["new_runtime"]) == ("downscale", "PT2M")
    assert (ended.json["downsize_runtime_corrections"], ended.json["downsize_memory_corrections"]) == (1, 0)
    ended = await torc("workflows", "correct-resources", "7", "--job-ids", "1,9")
    assert ended.code == 1
    ended.told()


async def test_a_multiplier_is_more_than_nothing(torc, server):
    ended = await torc("workflows", "correct-resources", "7", "--memory-multiplier", "0")
    assert ended.code == 2


USED = {
    "num_results": 2, "num_measured": 2, "num_unsuccessful": 1, "num_out_of_memory": 1, "num_out_of_time": 0,
    "memory_bytes": {"least": 1, "p25": 1, "p50": 50 * 2**20, "p75": 1, "p90": 1, "p99": 2**26, "most": 2**27},
}  # fmt: skip
USE = {
    "requirements": [{
        "requirements": {**SMALL, "num_gpus": 0, "num_nodes": 1}, "num_jobs": 2, "used": USED, "groups_left_off": 1,
        "groups": [{"group": "sim_#", "num_jobs": 1, "used": USED}],
        "most_memory": [], "longest": [], "sample": [],
    }],
    "requirements_left_off": 3,
}  # fmt: skip


@pytest.fixture
def counted(server):
    server.answer("get_resource_use", USE)
    server.answer("get_resource_requirements", lambda call: SMALL | {"id": call.path["id"]})
    return server


CHOSEN = ("workflows", "correct-resources", "7", "--requirements-id", "3")


async def test_one_record_gets_chosen_amounts(torc, counted):
    ended = await torc(*CHOSEN, "--memory", "4g", "--runtime", "PT10M", "--num-cpus", "2", "--dry-run")
    assert "Jobs with small: 2, of sim_# (1), 1 further group." in ended.out
    assert "100m" in ended.out
    assert counted.calls_of("correct_resource_requirements") == []
    ended = await torc("-f", "json", *CHOSEN, "--memory", "4g", "--runtime", "PT10M", "--num-cpus", "2")
    assert (ended.json["resource_requirements_updated"], ended.json["num_jobs"]) == (1, 2)
    (call,) = counted.calls_of("correct_resource_requirements")
    (change,) = call.body["corrections"]
    assert change == {"resource_requirements_id": 3, "memory": "4g", "num_cpus": 2, "job_ids": []}


async def test_chosen_amounts_that_cannot_be_set_are_refused(torc, counted):
    said = {
        ("workflows", "correct-resources", "7", "--memory", "4g"): "no requirements",
        CHOSEN: "no amount",
        (*CHOSEN, "--memory", "much"): "no memory",
    }
    for words, error in said.items():
        ended = await torc(*words)
        assert ended.code == 1
        ended.told(error)
    counted.answer("get_resource_requirements", SMALL | {"workflow_id": 8})
    (await torc(*CHOSEN, "--memory", "4g")).told("of another workflow")
    counted.answer("get_resource_requirements", SMALL | {"name": "default"})
    (await torc(*CHOSEN, "--memory", "4g")).told("default requirements")
    assert counted.calls_of("correct_resource_requirements") == []


async def test_use_is_listed_by_record_and_group(torc, counted):
    ended = await torc("workflows", "resource-use", "7")
    assert "36 % unused" in ended.out
    assert "sim_#" in ended.out
    assert "small: 1 job lacked memory." in ended.out
    assert "3 further records left out." in ended.out
    (each,) = (await torc("-f", "json", "workflows", "resource-use", "7")).json["requirements"]
    assert each["used"]["memory_bytes"]["p99"] == 2**26
