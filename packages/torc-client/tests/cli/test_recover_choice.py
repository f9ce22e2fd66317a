"""torc recover with chosen classes of jobs and chosen values of requirements."""

import pytest

from torc_client.api.enums import JobStatus
from torc_client.api.records import JobStatusCounts

PAGE = {"offset": 0, "max_limit": 10_000, "has_more": False}
SMALL = {"id": 3, "workflow_id": 7, "name": "small", "memory": "100m", "runtime": "PT10M", "num_cpus": 1}
LARGE = {"id": 4, "workflow_id": 7, "name": "large", "memory": "1g", "runtime": "PT1H", "num_cpus": 1}
# Name, requirements, return code and peak memory of the failed jobs.
FAILED = {
    1: ("simulate_1", 3, 137, 200 * 2**20),
    2: ("simulate_2", 3, 137, 300 * 2**20),
    3: ("simulate_3", 3, 152, None),
    4: ("report", 4, 1, None),
    5: ("report_2", 4, 1, None),
}


def page(*items):
    return {"items": list(items), "count": len(items), "total_count": len(items), **PAGE}


@pytest.fixture
def server(fake_server, make):
    """Five jobs failed and one was canceled: simulate lacked memory or time, report ended with 1."""
    counts = JobStatusCounts(**dict.fromkeys(JobStatusCounts.__struct_fields__, 0) | {"failed": 5, "canceled": 1})
    fake_server.answer("get_workflow", make.workflow(7))
    fake_server.answer("get_workflow_status", make.status(run_id=1, jobs_by_status=counts))
    fake_server.answer("list_resource_requirements", page(SMALL, LARGE))
    for operation in ("scheduled_compute_nodes", "compute_nodes", "files", "slurm_schedulers"):
        fake_server.answer(f"list_{operation}", page())
    fake_server.answer("list_remote_workers", [])
    fake_server.answer("create_event", {"id": 1, "workflow_id": 7, "data": {}, "timestamp": 0})
    fake_server.answer("restart_jobs", {"run_id": 2, "updated_count": 3})
    jobs = [
        make.job(job_id, name=name, status=JobStatus.FAILED, resource_requirements_id=needs)
        for job_id, (name, needs, _, _) in FAILED.items()
    ]
    results = [
        make.result(job_id, return_code=code, status=JobStatus.FAILED, peak_memory_bytes=peak)
        for job_id, (_, _, code, peak) in FAILED.items()
    ]
    stopped = make.job(6, name="clean_1", status=JobStatus.CANCELED, resource_requirements_id=3)
    of_status = {"failed": make.jobs(jobs), "canceled": make.jobs([stopped])}
    fake_server.answer("get_job", lambda call: jobs[call.path["id"] - 1])
    fake_server.answer("list_jobs", lambda call: of_status.get(call.query.get("status"), page()))
    fake_server.answer("list_results", lambda call: page(*results) if call.query.get("status") == "failed" else page())
    return fake_server


def restart(server):
    """Return the jobs and the corrections of the only restart."""
    (call,) = server.calls_of("restart_jobs")
    changes = {
        each["resource_requirements_id"]: (each.get("memory"), each.get("runtime")) for each in call.body["corrections"]
    }
    return call.body["scope"], call.body["job_ids"], changes


async def test_classes_are_listed_with_their_requirements(torc, server):
    found = (await torc("-f", "json", "recover", "7", "--dry-run", "--by-group")).json
    assert [(each["cause"], each["group"], each["job_count"], each["retry"]) for each in found["groups"]] == [
        ("oom", "simulate_#", 2, True),
        ("timeout", "simulate_#", 1, True),
        ("unknown", "report", 1, False),
        ("unknown", "report_#", 1, False),
        ("canceled", "clean_#", 1, True),
    ]
    assert found["groups"][0]["example_job_id"] == 2
    small, large = found["requirements"]
    assert (small["memory"], small["new_memory"], small["runtime"], small["new_runtime"]) == (
        "100m", "450m", "PT10M", "PT15M",
    )  # fmt: skip
    assert (small["job_count"], large["job_count"], large["new_memory"]) == (4, 0, None)
    assert (found["jobs_to_retry"], found["other_failures"]) == (4, 2)
    shown = (await torc("recover", "7", "--dry-run", "--by-group")).out
    assert "simulate_1" not in shown
    assert "simulate_#" in shown
    assert server.calls_of("restart_jobs") == []


async def test_only_chosen_classes_are_retried(torc, server):
    # A job's name stands for its group.
    ended = await torc("recover", "7", "--only", "timeout:simulate_#", "--only", "unknown:report_7")
    assert ended.code == 0
    assert restart(server) == ("listed", [3, 5], {3: (None, "PT15M")})
    assert "4 unsuccessful jobs not retried." not in ended.out
    assert "3 unsuccessful jobs not retried." in ended.out


async def test_a_canceled_job_is_retried_unless_other_classes_are_chosen(torc, server):
    await torc("recover", "7", "--only", "canceled:clean_1")
    assert restart(server) == ("listed", [6], {})


async def test_all_classes_are_everything(torc, server):
    classes = ("oom:simulate_#", "timeout:simulate_#", "unknown:report", "unknown:report_#", "canceled:clean_#")
    await torc("recover", "7", *(word for each in classes for word in ("--only", each)))
    assert restart(server)[0] == "unsuccessful"


async def test_chosen_values_replace_computed_ones(torc, server):
    ended = await torc("recover", "7", "--retry-unknown", "--memory", "3=2g", "--memory", "4=3g", "--runtime=4=PT3H")
    assert ended.code == 0
    assert restart(server)[2] == {3: ("2g", "PT15M"), 4: ("3g", "PT3H")}
    assert "small: memory 100m -> 2g" in ended.out


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--memory", "4=3g"), "no such requirements"),
        (("--memory", "3=much"), "no memory"),
        (("--runtime", "3=1h"), "no duration"),
        (("--runtime", "small=PT1H"), "no ID"),
        (("--only", "hunger:x"), "no such cause"),
        (("--only", "oom"), "no group"),
    ],
)
async def test_a_choice_that_is_not_possible_changes_nothing(torc, server, words, error):
    ended = await torc("recover", "7", *words)
    assert ended.code != 0
    ended.told(error)
    assert server.calls_of("restart_jobs") == []
