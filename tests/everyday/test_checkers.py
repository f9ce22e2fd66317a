"""The checkers find what is broken in invented evidence, and the shrinking keeps the steps that matter."""

from collections.abc import Iterable
from typing import Any

import pytest

from everyday import checkers
from everyday.evidence import Evidence, Happening, Line, RunnerLife, Snapshot
from everyday.generating import plan_of
from everyday.sequence import SETTLED
from everyday.shrinking import shrunk
from everyday.steps import Do, JobShape, Plan, Step

PLAN = Plan(1, (JobShape("a"), JobShape("b", ("a",))), (Step(Do.CREATE), Step(Do.RUN)))


def line(
    kind: str, job: str = "a", *, attempt: int = 1, time: float = 1.0, value: float = 0.0, runner: int = 0
) -> Line:
    return Line(kind, 1, job, 1, attempt, time, value, runner)


def ran(job: str = "a", *, attempt: int = 1, time: float = 1.0, code: int = 0) -> list[Line]:
    return [
        line("begin", job, attempt=attempt, time=time),
        line("end", job, attempt=attempt, time=time + 1, value=code),
    ]


def snapshot(statuses: dict[str, str], results: Iterable[tuple[str, int, int]] = ()) -> Snapshot:
    jobs = {
        name: {"id": number, "status": status, "attempt_id": 1}
        for number, (name, status) in enumerate(statuses.items(), 1)
    }
    numbers = {name: job["id"] for name, job in jobs.items()}
    records: list[dict[str, Any]] = [
        {"job_id": numbers[name], "run_id": 1, "attempt_id": attempt, "return_code": code,
         "status": "failed" if code else "completed"}
        for name, attempt, code in results
    ]  # fmt: skip
    return Snapshot(1, is_canceled=False, jobs=jobs, results=records)


def evidence(
    lines: Iterable[Line] = (),
    *,
    final: Snapshot | None = None,
    happenings: Iterable[Happening] = (),
    runners: Iterable[RunnerLife] = (),
    **members: Any,
) -> Evidence:
    empty: dict[str, Any] = {
        "parents": {(1, "b"): frozenset("a")}, "events": [], "outages": [], "database_check": "", "server_log": "",
        "left": [], "troubles": [],
    }  # fmt: skip
    return Evidence(
        PLAN, list(lines), list(happenings), list(runners), {} if final is None else {1: final}, **(empty | members)
    )


GOOD = snapshot({"a": "completed", "b": "completed"}, [("a", 1, 0), ("b", 1, 0)])
BOTH = [*ran(), *ran("b", time=3)]


def settled(code: int, after: Snapshot) -> Happening:
    return Happening(2, SETTLED, 9.0, 9.5, ("torc", "run", "1"), code, workflow=1, before=after, after=after)


def command(
    *words: str, code: int = 0, before: Snapshot = GOOD, after: Snapshot = GOOD, is_alone: bool = True
) -> Happening:
    return Happening(2, " ".join(words), 5, 6, ("torc", *words), code, "", 1, before, after, is_alone)


def test_nothing_is_found_in_an_ordinary_run():
    assert checkers.findings(evidence(BOTH, final=GOOD, happenings=[settled(0, GOOD)])) == {}


CASES = [
    ("ran_twice_at_once", evidence([*BOTH, line("double", attempt=2)], final=GOOD)),
    ("attempt_began_twice", evidence([*BOTH, line("begin", time=6)], final=GOOD)),
    ("began_before_its_parents", evidence([line("begin", "b")], final=snapshot({"a": "ready", "b": "canceled"}))),
    ("began_before_its_parents", evidence([*ran(code=3), line("begin", "b", time=4)], final=GOOD)),
    ("began_before_its_parents", evidence([line("begin"), line("begin", "b", time=4)], final=GOOD)),
    ("completed_after_a_parent_that_is_not",
     evidence(happenings=[settled(3, snapshot({"a": "failed", "b": "completed"}))])),
    ("untrue_result", evidence([*ran(code=3), *ran("b", time=3)], final=GOOD)),
    ("untrue_result", evidence(ran(), final=GOOD)),
    ("lost_result", evidence(BOTH, final=snapshot({"a": "completed", "b": "completed"}, [("a", 1, 0)]))),
    ("went_on_after_its_end", evidence([line("begin", value=2.0), line("end", time=2)], final=GOOD)),
    ("ran_again_without_a_reason", evidence([*BOTH, *ran(attempt=2, time=7)], final=GOOD)),
    ("held_without_a_runner", evidence(BOTH, final=snapshot({"a": "running"}))),
    ("untrue_exit_code_of_the_last_run", evidence(happenings=[settled(4, snapshot({"a": "blocked"}))])),
    ("untrue_exit_code_of_the_last_run", evidence(happenings=[settled(0, snapshot({"a": "failed"}))])),
    ("error_that_changed_something",
     evidence(happenings=[command("reinit", "1", code=1, after=snapshot({"a": "ready", "b": "blocked"}))])),
    ("error_that_changed_something",
     evidence(happenings=[
         command("reinit", "1", code=1, after=snapshot({"a": "ready", "b": "blocked"}), is_alone=False)])),
    ("success_that_changed_nothing", evidence(happenings=[command("jobs", "delete", "1")])),
    ("traceback", evidence(server_log="Traceback (most recent call last):")),
    ("database_is_not_whole", evidence(database_check="1: broken invariant")),
    ("left_running", evidence(left=["7 sleep 100"])),
    ("did_not_end", evidence(troubles=["runner 1"])),
]  # fmt: skip


@pytest.mark.parametrize(("name", "broken"), CASES, ids=[name for name, _ in CASES])
def test_what_is_broken_is_found(name, broken):
    assert name in checkers.findings(broken)


def test_every_checker_has_a_case():
    assert {name for name, _ in CASES} == {checker.__name__ for checker in checkers.CHECKERS}


def test_the_result_of_an_attempt_whose_runner_was_killed_in_the_same_moment_may_be_lost():
    lines = [line("begin", runner=1), line("end", time=2, runner=1)]
    lost = snapshot({"a": "ready"})
    assert "lost_result" in checkers.findings(evidence(lines, final=lost))
    killed = RunnerLife(1, 0.5, 1, killed=2.2)
    assert "lost_result" not in checkers.findings(evidence(lines, final=lost, runners=[killed]))
    much_later = RunnerLife(1, 0.5, 1, killed=9.0)
    assert "lost_result" in checkers.findings(evidence(lines, final=lost, runners=[much_later]))


def test_a_job_may_begin_after_an_end_of_its_only_parent_that_was_lost_as_their_runner_was_killed_in_this_moment():
    first = [
        line("begin", runner=1),
        line("end", time=2, runner=1),
        line("begin", "b", time=2.1, runner=1),
    ]
    second = [*ran(attempt=2, time=5), *ran("b", attempt=2, time=7)]
    after = snapshot({"a": "completed", "b": "completed"}, [("a", 2, 0), ("b", 2, 0)])
    killed = RunnerLife(1, 0.5, 1, killed=2.3)
    assert checkers.findings(evidence([*first, *second], final=after, runners=[killed])) == {}
    much_later = RunnerLife(1, 0.5, 1, killed=4.5)
    found = checkers.findings(evidence([*first, *second], final=after, runners=[much_later]))
    assert "began_before_its_parents" in found
    same_attempt = [*ran(attempt=2, time=5), *ran("b", time=7)]
    after = snapshot({"a": "completed", "b": "completed"}, [("a", 2, 0), ("b", 1, 0)])
    found = checkers.findings(evidence([*first, *same_attempt], final=after, runners=[killed]))
    assert "attempt_began_twice" in found


def test_a_seed_has_one_plan():
    assert plan_of(7) == plan_of(7)
    assert plan_of(7) != plan_of(8)


def test_shrinking_keeps_the_steps_that_matter():
    plan = PLAN.with_steps((Step(Do.CREATE), *[Step(Do.RUN)] * 5, Step(Do.CANCEL), Step(Do.RUN), Step(Do.REINIT)))

    def fails(smaller):
        kinds = [step.do for step in smaller.steps]
        return Do.CANCEL in kinds and Do.REINIT in kinds[kinds.index(Do.CANCEL) :]

    assert [step.do for step in shrunk(plan, fails).steps] == [Do.CREATE, Do.CANCEL, Do.REINIT]
