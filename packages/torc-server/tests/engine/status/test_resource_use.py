"""What jobs used, read by blocks and remembered, against the same computed naively from all rows."""

import math
import sqlite3
from contextlib import closing
from itertools import groupby
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server_builders import Clock, World, database_in_memory
from torc_server.edge.lacked_resources import KillCodes, Limits
from torc_server.engine.errors import NotFound
from torc_server.engine.ids import WorkflowId
from torc_server.engine.status import resource_use as module
from torc_server.engine.status.resource_use import RequirementsUse, resource_use
from torc_server.engine.status.use_figures import UseRow, combined, quantiles, shares, use_of

GIB = 2**30
CURRENT = """
SELECT job.resource_requirements_id AS record, job_group.key AS key, result.* FROM job
JOIN result ON result.id = job.current_result_id JOIN job_group ON job_group.id = job.group_id
"""
NAMES = ("prepare", "sim_1", "sim_2", "sim_3", "sim_4_1", "sim_4_2")
# Blocks have 8192 ids: results of some steps share a block, and others are in blocks of their own.
STEP_OF_IDS = 3_000

VALUES = st.fixed_dictionaries(
    {
        "peak_memory_bytes": st.none() | st.integers(0, 20 * GIB),
        "peak_cpu_percent": st.none() | st.floats(0, 800),
        "exec_time_minutes": st.floats(0, 130),
        "outcome": st.sampled_from([(5, 0), (5, 0), (6, 1), (6, 137), (6, -9), (8, 152), (8, 137), (6, -128)]),
    }
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("result"), st.sampled_from(NAMES), VALUES),
        st.tuples(st.just("change"), st.sampled_from(NAMES), VALUES),
        st.tuples(st.just("delete"), st.sampled_from(NAMES), st.none()),
        st.tuples(st.just("other"), st.sampled_from(NAMES), st.integers(0, 2)),
        st.tuples(st.just("limit"), st.integers(0, 2), st.integers(1, 20)),
    ),
    max_size=14,
)


class Recorded:
    """A workflow of a few jobs whose results are written as the server stores them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.world = World(connection, Clock())
        self.connection = connection
        sizes = {"r0": 4, "r1": 4, "r2": 1}
        self.records = [
            self.world.requirements(name, memory_bytes=size * GIB, seconds=900 * size) for name, size in sizes.items()
        ]
        for number, name in enumerate(NAMES):
            self.world.job(name, requirements_id=self.records[number % 2])
        self.next_id = 1

    def step(self, kind: str, which: Any, value: Any) -> None:
        if kind == "limit":
            self._run(
                "UPDATE resource_requirements SET memory = ?, memory_bytes = ? WHERE id = ?",
                f"{value}g", value * GIB, self.records[which],
            )  # fmt: skip
            return
        job_id = self.world.ids[which]
        if kind == "result":
            self._add(job_id, value)
        elif kind == "delete":
            self._run("DELETE FROM result WHERE id = (SELECT current_result_id FROM job WHERE id = ?)", job_id)
        elif kind == "other":
            self._run("UPDATE job SET resource_requirements_id = ? WHERE id = ?", self.records[value], job_id)
        else:
            self._run(
                "UPDATE result SET peak_memory_bytes = ?, peak_cpu_percent = ?, exec_time_minutes = ? WHERE job_id = ?",
                value["peak_memory_bytes"], value["peak_cpu_percent"], value["exec_time_minutes"], job_id,
            )  # fmt: skip

    def _add(self, job_id: int, value: dict[str, Any]) -> None:
        self._run(
            "INSERT INTO result (id, workflow_id, job_id, run_id, attempt_id, compute_node_id, return_code,"
            " exec_time_minutes, completion_time, status, peak_memory_bytes, peak_cpu_percent)"
            " VALUES (?, ?, ?, 0, ?, ?, ?, ?, '2026-01-01T00:00:00Z', ?, ?, ?)",
            self.next_id, self.world.workflow_id, job_id, self.next_id, self.world.node_id, value["outcome"][1],
            value["exec_time_minutes"], value["outcome"][0], value["peak_memory_bytes"], value["peak_cpu_percent"],
        )  # fmt: skip
        self._run("UPDATE job SET current_result_id = ? WHERE id = ?", self.next_id, job_id)
        self.next_id += STEP_OF_IDS

    def _run(self, sql: str, *values: object) -> None:
        self.connection.execute(sql, values)

    def naive(self) -> dict[int, dict[str, list[sqlite3.Row]]]:
        rows = sorted(self.connection.execute(CURRENT), key=lambda row: (row["record"], row["key"]))
        return {
            record: {key: list(found) for key, found in groupby(of_record, key=lambda row: row["key"])}
            for record, of_record in groupby(rows, key=lambda row: row["record"])
        }

    def use(self) -> dict[int, RequirementsUse]:
        found = resource_use(self.world.tx, self.world.workflow_id)
        return {each.asked.id: each for each in found.requirements}


def naive_quantile(values: list[float], share: float) -> float:
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def lacks(row: sqlite3.Row, limit: int, runtime: int) -> tuple[bool, bool]:
    """Return whether a job lacked memory, and whether it lacked time."""
    peak, code, seconds = row["peak_memory_bytes"] or None, row["return_code"], row["exec_time_minutes"] * 60
    if row["status"] == 5 or code == -128:
        return False, False
    is_early = seconds < 0.8 * runtime
    if (peak is not None and peak > limit) or (code in {137, -9} and row["status"] != 8 and is_early):
        return True, False
    return False, code == 152 or seconds > 0.9 * runtime


@pytest.fixture
def recorded(database: sqlite3.Connection) -> Recorded:
    return Recorded(database)


@given(STEPS)
@settings(max_examples=60, deadline=None)
def test_the_figures_are_those_of_all_current_results(steps: list[tuple[str, Any, Any]]) -> None:
    with closing(database_in_memory()) as connection:
        recorded = Recorded(connection)
        for step in steps:
            recorded.step(*step)
            check(recorded)


def check(recorded: Recorded) -> None:
    found, expected = recorded.use(), recorded.naive()
    for record, each in found.items():
        by_group = expected.get(record, {})
        rows = [row for group in by_group.values() for row in group]
        limits = each.asked.limits
        assert limits.memory_bytes is not None
        assert limits.runtime_seconds is not None
        causes = [lacks(row, limits.memory_bytes, limits.runtime_seconds) for row in rows]
        use = each.use
        assert (use.results, use.unsuccessful) == (len(rows), sum(row["status"] != 5 for row in rows))
        assert (use.out_of_memory, use.out_of_time) == (sum(one for one, _ in causes), sum(two for _, two in causes))
        memory = [row["peak_memory_bytes"] for row in rows if row["peak_memory_bytes"]]
        got = quantiles(use.memory_bytes)
        assert (got is None) == (not memory)
        if got is not None:
            assert [got.least, got.p50, got.p90, got.p99, got.most] == [
                min(memory), *(naive_quantile(memory, share) for share in (0.5, 0.9, 0.99)), max(memory),
            ]  # fmt: skip
        assert list(use.seconds) == sorted(row["exec_time_minutes"] * 60 for row in rows)
        assert list(use.cpu_percent) == sorted(row["peak_cpu_percent"] for row in rows if row["peak_cpu_percent"])
        assert [row.memory_bytes for row in use.most_memory] == sorted(memory, reverse=True)[:5]
        assert {row.job_id for row in each.points} == {row["job_id"] for row in rows}
        assert {group.key: group.use.results for group in each.groups if group.use.results} == {
            key: len(group) for key, group in by_group.items()
        }


def test_a_repeated_question_reads_only_what_changed(recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    value = {"peak_memory_bytes": GIB, "peak_cpu_percent": 90.0, "exec_time_minutes": 1.0, "outcome": (5, 0)}
    for name in NAMES:
        recorded.step("result", name, value)
    recorded.use()
    read: list[int] = []
    whole = module._block

    def counted(tx: Any, which: dict[str, int], basis: Any) -> Any:
        read.append(which["first"])
        return whole(tx, which, basis)

    monkeypatch.setattr(module, "_block", counted)
    recorded.use()
    assert read == []
    recorded.step("change", "prepare", {**value, "peak_memory_bytes": 2 * GIB})
    assert max(recorded.use()[recorded.records[0]].use.memory_bytes) == 2 * GIB
    assert read == [0]


def test_groups_beyond_the_bounds_count_only_in_all(recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_PAIRS", 1)
    monkeypatch.setattr(module, "MOST_REQUIREMENTS", 1)
    value = {"peak_memory_bytes": GIB, "peak_cpu_percent": 90.0, "exec_time_minutes": 1.0, "outcome": (5, 0)}
    for name in NAMES:
        recorded.step("result", name, value)
    found = resource_use(recorded.world.tx, recorded.world.workflow_id)
    (each,) = found.requirements
    assert (each.use.results, found.left_off) == (3, 1)
    assert (len(each.groups), each.groups_left_off) == (1, 2)


def test_an_unknown_workflow_is_not_found(recorded: Recorded) -> None:
    with pytest.raises(NotFound):
        resource_use(recorded.world.tx, WorkflowId(77))


ROWS = st.lists(
    st.builds(
        UseRow, st.integers(1, 50), st.just(0), st.just(5), st.none() | st.integers(1, 99), st.none(), st.floats(0, 9)
    )
)


@given(st.lists(ROWS, min_size=1, max_size=5))
def test_figures_of_parts_combine_to_those_of_all(parts: list[list[UseRow]]) -> None:
    limits, codes = Limits(None, None), KillCodes(137, 152)
    whole = use_of([row for part in parts for row in part], limits, codes)
    together = combined([use_of(part, limits, codes) for part in parts])
    assert (together.results, together.memory_bytes, together.seconds) == (
        whole.results, whole.memory_bytes, whole.seconds,
    )  # fmt: skip
    assert [row.memory_bytes for row in together.most_memory] == [row.memory_bytes for row in whole.most_memory]


@given(st.lists(st.integers(0, 600), max_size=8), st.integers(0, 500))
def test_a_total_is_shared_as_evenly_as_possible(sizes: list[int], total: int) -> None:
    given_out = shares(sizes, total)
    assert all(0 <= each <= size for each, size in zip(given_out, sizes, strict=True))
    assert sum(given_out) == min(total, sum(sizes))
