"""Lists of pairs: their pages and counts are those of all pairs, written one by one and sorted in Python."""

import json
import random
from typing import Any

import pytest

from torc_server.engine.dependencies import graph
from torc_server.engine.ids import JobId
from torc_server.resources import lists
from torc_server.resources.lists import Selection
from torc_server.resources.read_only_list import ReadOnlyList
from torc_server.resources.relationships import (
    JOB_DEPENDENCIES,
    JOB_FILE_RELATIONSHIPS,
    JOB_USER_DATA_RELATIONSHIPS,
)
from torc_server.store.statement import Statement

Rows = list[dict[str, Any]]
INSERTS = {
    "file": "INSERT INTO file (workflow_id, name, path) VALUES (:workflow_id, :name, :path)",
    "user_data": "INSERT INTO user_data (workflow_id, name) VALUES (:workflow_id, :name)",
}
LINK = "INSERT INTO {link} (job_id, {table}_id) VALUES (:job, :record)"
LINKS = {"file": ("job_output_file", "job_input_file"), "user_data": ("job_output_user_data", "job_input_user_data")}


def insert(tx: Any, text: str, **values: Any) -> int:
    statement = str.__new__(Statement, text)
    statement.hot = False
    return int(tx.insert(statement, values))


def names_of_jobs(world: Any, count: int) -> dict[int, str]:
    names = ["same" if number % 3 == 0 else f"job-{99 - number}" for number in range(count)]
    ids = [world.job(name) for name in names]
    return dict(zip(ids, names, strict=True))


def linked(world: Any, table: str, seed: int) -> Rows:
    """Link jobs and records at random, and return the expected rows."""
    choice, tx = random.Random(seed), world.tx  # noqa: S311 - data of a test
    names = names_of_jobs(world, 9)
    rows: Rows = []
    for number in range(8):
        named = {"name": f"n{number % 3}"} | ({"path": f"p{number % 4}"} if table == "file" else {})
        record_id = insert(tx, INSERTS[table], workflow_id=world.workflow_id, **{"path": "", **named})
        sides = [choice.sample(sorted(names), choice.choice([0, 0, 1, 2, 6])) for _ in range(2)]
        for link, jobs in zip(LINKS[table], sides, strict=True):
            for job_id in jobs:
                insert(tx, LINK.format(link=link, table=table), job=job_id, record=record_id)
        writers, readers = sides
        if not writers and not readers:
            continue
        for writer in writers or [None]:
            for reader in readers or [None]:
                rows.append(
                    {f"{table}_id": record_id}
                    | {f"{table}_{name}": value for name, value in named.items()}
                    | ({"producer_job_id": writer, "producer_job_name": names[writer]} if writer else {})
                    | ({"consumer_job_id": reader, "consumer_job_name": names[reader]} if reader else {})
                    | {"workflow_id": world.workflow_id}
                )
    return rows


def dependent(world: Any, seed: int) -> Rows:
    """Make jobs wait for overlapping sets, and return the expected rows."""
    choice, tx = random.Random(seed), world.tx  # noqa: S311 - data of a test
    names = names_of_jobs(world, 12)
    ids = sorted(names)
    sets = [tuple(JobId(each) for each in choice.sample(ids[:6], choice.choice([1, 2, 4]))) for _ in range(4)]
    waiting = {job_id: choice.sample(sets, choice.choice([0, 1, 2, 2, 3])) for job_id in ids[6:]}
    graph.let_wait(
        tx, world.workflow_id, [(JobId(job_id), each) for job_id, awaited in waiting.items() for each in awaited]
    )
    return [
        {
            "job_id": job_id,
            "job_name": names[job_id],
            "depends_on_job_id": other,
            "depends_on_job_name": names[other],
            "workflow_id": world.workflow_id,
        }
        for job_id, awaited in waiting.items()
        for other in sorted({other for each in awaited for other in each})
    ]


def pages(tx: Any, report: ReadOnlyList, workflow_id: int, sort_by: str, *, reverse: bool, limit: int) -> Rows:
    found: Rows = []
    while True:
        selection = Selection(
            (), {"workflow_id": workflow_id}, sort_by=sort_by, reverse=reverse, offset=len(found), limit=limit
        )
        page = lists.report_page(tx, report, selection)
        items = json.loads(bytes(page["items"]))
        found += items
        assert page["has_more"] == (len(found) < page["total_count"])
        if not page["has_more"]:
            return found
        assert len(items) == limit


def as_set(rows: Rows) -> set[str]:
    return {json.dumps(row, sort_keys=True) for row in rows}


@pytest.mark.parametrize("few", [-1, 100_000], ids=["grouped", "one by one"])
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "report", [JOB_FILE_RELATIONSHIPS, JOB_USER_DATA_RELATIONSHIPS, JOB_DEPENDENCIES], ids=lambda each: each.path
)
def test_pages_contain_each_pair_once_and_in_order(
    world: Any, report: ReadOnlyList, seed: int, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "FEW_PAIRS", few)
    monkeypatch.setattr(lists, "PAIRS_OF_A_LINK", 0)
    tables = {JOB_FILE_RELATIONSHIPS: "file", JOB_USER_DATA_RELATIONSHIPS: "user_data"}
    rows = linked(world, tables[report], seed) if report in tables else dependent(world, seed)
    for sort_by in report.members:
        for reverse in (False, True):
            for limit in (1, 4, 1000):
                found = pages(world.tx, report, world.workflow_id, sort_by, reverse=reverse, limit=limit)
                assert len(found) == len(rows)
                assert as_set(found) == as_set(rows)
                keys = [(sort_by in row, row.get(sort_by, 0)) for row in found]
                assert keys == sorted(keys, reverse=reverse)
