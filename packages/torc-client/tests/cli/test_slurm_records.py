"""torc slurm create, update, list and stats."""

import pytest

from client_builders import result, workflow
from torc_client.api.records import (
    ListResultsResponse,
    ListSlurmSchedulersResponse,
    ListSlurmStatsResponse,
    SlurmSchedulerModel,
    SlurmStatsModel,
)

PAGE = {"offset": 0, "max_limit": 10_000, "has_more": False}
SCHEDULER = {"id": 5, "workflow_id": 7, "name": "many", "account": "wind", "nodes": 2, "walltime": "04:00:00"}


def page(kind, *items):
    return kind(items=list(items), count=len(items), total_count=len(items), **PAGE)


@pytest.fixture
def server(fake_server):
    fake_server.answer("get_workflow", workflow(7))
    fake_server.answer("get_slurm_scheduler", SCHEDULER)
    fake_server.answer("create_slurm_scheduler", lambda call: call.body | {"id": 5})
    fake_server.answer("update_slurm_scheduler", lambda call: SCHEDULER | call.body)
    scheduler = SlurmSchedulerModel(**SCHEDULER, partition="short", qos="high", serialize_allocations=True)
    fake_server.answer("list_slurm_schedulers", page(ListSlurmSchedulersResponse, scheduler))
    return fake_server


def headings(table: str) -> list[str]:
    (line,) = [line for line in table.splitlines() if "ID" in line]
    return [cell.strip() for cell in line.strip("│").split("│")]


async def test_the_columns_of_schedulers_are_those_of_torc_1_0(torc, server):
    ended = await torc("slurm", "list", "7")
    assert headings(ended.out) == [
        "ID", "Name", "Account", "Nodes", "Walltime", "Partition", "QOS", "Serialized",
    ]  # fmt: skip
    assert "yes" in ended.out
    (item,) = (await torc("-f", "json", "slurm", "list", "7", "--limit", "1", "--offset", "0")).json["items"]
    assert (item["id"], item["serialize_allocations"]) == (5, True)


async def test_create_has_the_options_and_defaults_of_torc_1_0(torc, server):
    await torc("slurm", "create", "7", "-n", "s", "-a", "wind")
    await torc(
        "slurm", "create", "7", "-n", "s", "-a", "wind", "-g", "gpu:1", "-m", "8g", "-N", "2", "-p", "short",
        "-q", "high", "-t", "1g", "-W", "01:00:00", "-e", "--exclusive", "--serialize-allocations",
    )  # fmt: skip
    plain, full = (call.body for call in server.calls_of("create_slurm_scheduler"))
    named = {"workflow_id": 7, "name": "s", "account": "wind"}
    assert plain == named | {"nodes": 1, "walltime": "04:00:00", "qos": "normal"}
    assert full == named | {
        "gres": "gpu:1", "mem": "8g", "nodes": 2, "partition": "short", "qos": "high", "tmp": "1g",
        "walltime": "01:00:00", "extra": "--exclusive", "serialize_allocations": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("options", "changes"),
    [
        (["-N", "other", "-n", "3"], {"name": "other", "nodes": 3}),
        (["-a", "sun", "--walltime", "1-00:00:00"], {"account": "sun", "walltime": "1-00:00:00"}),
        (["--serialize-allocations", "true"], {"serialize_allocations": True}),
        (["--serialize-allocations", "false"], {"serialize_allocations": False}),
        (["-g", "gpu:2", "-m", "1g", "-p", "p", "-q", "q", "-t", "t", "-e", "x"],
         {"gres": "gpu:2", "mem": "1g", "partition": "p", "qos": "q", "tmp": "t", "extra": "x"}),
    ],
)  # fmt: skip
async def test_update_has_the_options_of_torc_1_0(torc, server, options, changes):
    ended = await torc("slurm", "update", "5", *options)
    assert ended.code == 0, ended.err
    (call,) = server.calls_of("update_slurm_scheduler")
    assert {name: call.body.get(name) for name in changes} == changes


async def test_an_update_of_nothing_names_the_options(torc, server):
    ended = await torc("slurm", "update", "5")
    assert (ended.code, ended.out) == (2, "")
    ended.told()
    assert not server.calls_of("update_slurm_scheduler")


@pytest.mark.parametrize("words", [["create", "7", "-n", "s", "-a", "wind", "-W"], ["update", "5", "--walltime"]])
async def test_a_walltime_that_slurm_cannot_read_is_refused(torc, server, words):
    ended = await torc("slurm", *words, "4h")
    assert (ended.code, ended.out) == (2, "")
    ended.told(words[0])
    assert not [call for call in server.calls if "slurm" in call.operation]


async def test_statistics_have_the_cpus_in_relation_to_the_run_time(torc, server):
    known = SlurmStatsModel(
        id=1, workflow_id=7, job_id=3, run_id=1, attempt_id=1, ave_cpu_seconds=45.0, slurm_job_id="54", node_list="n1"
    )
    unknown = SlurmStatsModel(id=2, workflow_id=7, job_id=4, run_id=1, attempt_id=1, ave_cpu_seconds=45.0)
    server.answer("list_slurm_stats", page(ListSlurmStatsResponse, known, unknown))
    server.answer("list_results", page(ListResultsResponse, result(3, job_id=3, exec_time_minutes=0.5)))
    ended = await torc("slurm", "stats", "7", "--job-id", "3", "--run-id", "1", "--attempt-id", "1")
    assert "CPU use" in ended.out
    assert "150 %" in ended.out
    (call,) = server.calls_of("list_slurm_stats")
    assert {name: call.query[name] for name in ("job_id", "run_id", "attempt_id")} == {
        "job_id": 3, "run_id": 1, "attempt_id": 1,
    }  # fmt: skip
    first, second = (await torc("-f", "json", "slurm", "stats", "7")).json["items"]
    assert (first["cpu_percent"], first["slurm_job_id"]) == (150.0, "54")
    assert second.get("cpu_percent") is None
