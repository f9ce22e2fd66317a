"""Groups of jobs: their keys, counts and edges, and the jobs of one."""

import itertools
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from torc_server.engine.job_groups import group_key
from torc_server.engine.status import job_groups
from torc_server.store.migrate import migrate, migrations


async def create(api: Any, workflow_id: int, *names: str, **members: Any) -> list[int]:
    jobs = [{"workflow_id": workflow_id, "name": name, "command": "true", **members} for name in names]
    return [job["id"] for job in (await api.ok("POST", "/bulk_jobs", {"jobs": jobs}))["jobs"]]


async def groups_of(api: Any, workflow_id: int) -> dict[str, Any]:
    return await api.ok("GET", f"/workflows/{workflow_id}/job_groups")


async def change(api: Any, workflow_id: int, job_id: int, name: str, parents: Sequence[int] = ()) -> None:
    body = {"workflow_id": workflow_id, "name": name, "command": "true", "depends_on_job_ids": list(parents)}
    await api.ok("PUT", f"/jobs/{job_id}", body)


async def sizes(api: Any, workflow_id: int) -> dict[str, int]:
    return {each["key"]: each["total_jobs"] for each in (await groups_of(api, workflow_id))["groups"]}


async def test_jobs_whose_names_differ_in_numbers_are_a_group(api: Any) -> None:
    workflow_id = await api.workflow()
    (first,) = await create(api, workflow_id, "prepare")
    many = await create(api, workflow_id, "simulate_1_7", "simulate_2_99", "simulate_10_0", depends_on_job_ids=[first])
    await create(api, workflow_id, "summarise", depends_on_job_ids=many)
    found = await groups_of(api, workflow_id)
    assert [(each["key"], each["total_jobs"], each["first_job_id"]) for each in found["groups"]] == [
        ("prepare", 1, first), ("simulate_#_#", 3, many[0]), ("summarise", 1, many[-1] + 1),
    ]  # fmt: skip
    assert sorted((each["source"], each["target"], each["kind"], each["pairs"]) for each in found["edges"]) == [
        ("prepare", "simulate_#_#", "dependency", 3), ("simulate_#_#", "summarise", "dependency", 3),
    ]  # fmt: skip
    await api.ok("POST", f"/workflows/{workflow_id}/initialize_jobs")
    counts = {each["key"]: each["jobs_by_status"] for each in (await groups_of(api, workflow_id))["groups"]}
    assert (counts["prepare"]["ready"], counts["simulate_#_#"]["blocked"], counts["summarise"]["blocked"]) == (1, 3, 1)


async def test_the_jobs_of_a_group_are_listed_and_counted(api: Any) -> None:
    workflow_id, other = await api.workflow(), await api.workflow()
    await create(api, other, "a1", "a2", "a3", "a4")
    ids = await create(api, workflow_id, "a1", "b", "a20", "a300")
    page = await api.ok("GET", f"/jobs?workflow_id={workflow_id}&group=a%23&limit=2&offset=1")
    assert ([job["id"] for job in page["items"]], page["total_count"]) == ([ids[2], ids[3]], 3)
    assert (await api.ok("GET", f"/jobs?workflow_id={workflow_id}&group=nothing"))["items"] == []


async def test_a_renamed_job_changes_its_group_and_a_deleted_one_leaves_it(api: Any) -> None:
    workflow_id = await api.workflow()
    one, two, three = await create(api, workflow_id, "a1", "a2", "b")
    assert await sizes(api, workflow_id) == {"a#": 2, "b": 1}
    await change(api, workflow_id, one, "b7")
    assert await sizes(api, workflow_id) == {"b#": 1, "a#": 1, "b": 1}
    await api.ok("DELETE", f"/jobs/{three}")
    await change(api, workflow_id, two, "a2", [one])
    found = await groups_of(api, workflow_id)
    assert [each["key"] for each in found["groups"]] == ["b#", "a#"]
    assert [(each["source"], each["target"]) for each in found["edges"]] == [("b#", "a#")]
    await change(api, workflow_id, two, "a2", [])
    assert (await groups_of(api, workflow_id))["edges"] == []


async def test_links_by_files_are_listed_once_before_and_after_initialization(api: Any) -> None:
    workflow_id = await api.workflow()
    file_id = (await api.ok("POST", "/files", {"workflow_id": workflow_id, "name": "f", "path": "f"}))["id"]
    await create(api, workflow_id, "write", output_file_ids=[file_id])
    await create(api, workflow_id, "read1", "read2", input_file_ids=[file_id])
    edge = {"source": "write", "target": "read#", "kind": "file", "pairs": 2}
    assert (await groups_of(api, workflow_id))["edges"] == [edge]
    await api.ok("POST", f"/workflows/{workflow_id}/initialize_jobs")
    assert (await groups_of(api, workflow_id))["edges"] == [edge]


async def test_small_groups_are_merged_beyond_the_limit(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_groups, "MOST_GROUPS", 2)
    workflow_id = await api.workflow()
    await create(api, workflow_id, "x", "big1", "big2", "y", "z", "mid1", "mid2")
    found = (await groups_of(api, workflow_id))["groups"]
    assert [(each["key"], each["label"], each["merged_groups"], each["total_jobs"]) for each in found] == [
        ("0", "3 other groups", 3, 3), ("big#", "big#", 0, 2), ("mid#", "mid#", 0, 2),
    ]  # fmt: skip


async def test_jobs_without_a_name_are_a_group_of_their_own(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_groups, "MOST_GROUPS", 1)
    workflow_id = await api.workflow()
    await create(api, workflow_id, "", "x", "y")
    found = (await groups_of(api, workflow_id))["groups"]
    assert [(each["key"], each["merged_groups"], each["total_jobs"]) for each in found] == [("", 0, 1), ("0", 2, 2)]


NAMES = ("a1", "a22b", "-1.5", "", "#", "a##1", "9" * 300, "é٣3", "x" * 256 + "1", "x" * 255 + "12", "0_0")


def test_old_databases_and_the_server_have_the_same_keys(tmp_path: Path) -> None:
    """The migration and the trigger for rows without a group compute what the server computes."""
    path = tmp_path / "torc.db"
    names = [*NAMES, *("".join(name) for name in itertools.product("01#a", repeat=4))]
    insert = "INSERT INTO job (name, command, resource_requirements_id, workflow_id) VALUES (?, 'c', 1, 1)"
    migrate(path, steps=[each for each in migrations() if each.number < 35])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO workflow (id, name, user, timestamp) VALUES (1, 'w', 'u', 't')")
        connection.execute(
            "INSERT INTO resource_requirements (id, workflow_id, name, num_cpus, num_gpus, num_nodes, memory,"
            " memory_bytes, runtime, runtime_seconds) VALUES (1, 1, 'n', 1, 0, 1, '1k', 1024, 'PT1S', 1)"
        )
        connection.executemany(insert, [(name,) for name in names])
    migrate(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(insert, [(name,) for name in names])
        stored = connection.execute(
            "SELECT job.name, job_group.key FROM job LEFT JOIN job_group ON job_group.id = job.group_id ORDER BY job.id"
        ).fetchall()
        counted = connection.execute("SELECT SUM(uninitialized) FROM job_group").fetchone()[0]
    assert stored == [(name, group_key(name)) for name in (*names, *names)]
    assert counted == len(stored)
