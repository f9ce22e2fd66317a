"""Exit codes, and the sentences after a workflow run."""

import io

import pytest
from msgspec.structs import replace
from rich.console import Console

from torc_client.api.enums import JobStatus
from torc_client.overview.failed_jobs import UnsuccessfulJob, UnsuccessfulJobs
from torc_runner.console.results import next_steps, sentence
from torc_runner.console.results_table import as_table
from torc_runner.console.summary import Line, Summary
from torc_runner.machine.instructions import ExitReason


def summary(exit_reason, counts, *, is_complete=True):
    return Summary(
        workflow_id=4,
        workflow_name="wf",
        run_id=1,
        exit_reason=exit_reason,
        is_complete=is_complete,
        total_jobs=sum(counts.values()),
        counts=counts,
        jobs=[],
        is_partial=False,
    )


@pytest.mark.parametrize(
    ("exit_reason", "counts", "is_complete", "code"),
    [
        (ExitReason.COMPLETE, {"completed": 3}, True, 0),
        (ExitReason.COMPLETE, {"completed": 3, "disabled": 1}, True, 0),
        (ExitReason.COMPLETE, {}, True, 0),
        (ExitReason.COMPLETE, {"completed": 3, "failed": 1}, True, 3),
        (ExitReason.COMPLETE, {"completed": 3, "canceled": 1}, True, 3),
        (ExitReason.CANCELED, {"completed": 3, "ready": 1}, True, 3),
        (ExitReason.IDLE, {"completed": 3}, True, 0),
        (ExitReason.IDLE, {"completed": 3, "ready": 1}, False, 4),
        (ExitReason.IDLE, {"completed": 3, "pending_failed": 1}, False, 4),
        (ExitReason.STOPPED, {"completed": 3, "ready": 1}, False, 4),
        (ExitReason.STOPPED, {"completed": 3, "terminated": 1}, True, 4),
    ],
)
def test_exit_codes(exit_reason, counts, is_complete, code):
    assert summary(exit_reason, counts, is_complete=is_complete).exit_code == code


def test_after_a_stop_the_sentence_has_the_command_that_continues(told):
    text = sentence(summary(ExitReason.STOPPED, {"completed": 1, "ready": 2}, is_complete=False))
    told(text)


def test_after_jobs_that_wait_for_a_decision_the_sentence_has_the_commands_that_decide(told):
    text = sentence(summary(ExitReason.IDLE, {"completed": 1, "pending_failed": 1, "blocked": 2}, is_complete=False))
    told(text)
    ready = sentence(summary(ExitReason.IDLE, {"pending_failed": 1, "ready": 1}, is_complete=False))
    assert "jobs fail" not in ready


def test_a_run_without_work_says_why_the_ready_jobs_cannot_run_here(told):
    idle = summary(ExitReason.IDLE, {"ready": 1}, is_complete=False)
    text = sentence(replace(idle, why_not_here=("huge (1 job): needs 9 CPUs, this node has 2",)))
    told(text)


def test_after_a_stop_the_sentence_says_why_the_ready_jobs_cannot_run_here(told):
    stopped = summary(ExitReason.STOPPED, {"ready": 1}, is_complete=False)
    told(sentence(replace(stopped, why_not_here=("huge (1 job): needs 9 CPUs, this node has 2",))))


def test_after_a_cancellation_the_sentence_has_the_command_that_withdraws_it():
    assert "`torc recover 4` withdraws the cancellation" in sentence(summary(ExitReason.CANCELED, {"canceled": 1}))


@pytest.mark.parametrize(
    ("exit_reason", "counts", "commands"),
    [
        (ExitReason.STOPPED, {"ready": 1}, ["run 4"]),
        (ExitReason.STOPPED, {"terminated": 1}, ["run 4 --retry-failed"]),
        (ExitReason.IDLE, {"ready": 1}, ["workflows diagnose 4", "run 4"]),
        (ExitReason.TIME_OVER, {"ready": 1}, ["run 4"]),
        (ExitReason.NO_TIME, {"ready": 1}, ["run 4"]),
        (ExitReason.CANCELED, {"canceled": 1}, ["recover 4", "run 4"]),
    ],
)
def test_the_sentence_has_the_commands_to_continue(exit_reason, counts, commands):
    text = sentence(summary(exit_reason, counts, is_complete=False))
    assert text.split("`")[1::2] == [f"torc {command}" for command in commands]


def line(job_id, status, name="fit"):
    return Line(job_id, name, status, 1, 0.1)


def test_the_failed_jobs_come_with_their_reasons_before_the_next_steps():
    found = UnsuccessfulJob(10, "a\x1b", JobStatus.FAILED, "exit code 3")
    failed = replace(
        summary(ExitReason.COMPLETE, {"completed": 1, "failed": 13}), failed=UnsuccessfulJobs(4, (found,), 13)
    )
    assert list(next_steps(failed))[:2] == [
        r"a\u001b (job 10) failed: exit code 3",
        "and 12 more: torc results list 4 --failed",
    ]


def test_after_failures_the_next_steps_are_printed():
    failed = summary(ExitReason.COMPLETE, {"completed": 1, "failed": 1, "canceled": 1})
    failed.jobs.extend([line(8, JobStatus.COMPLETED), line(9, JobStatus.CANCELED), line(10, JobStatus.FAILED, "a\x1b")])
    steps = list(next_steps(failed))
    assert steps[0] == r"Output of a\u001b: torc logs show 10"
    assert [step.partition(": ")[2] for step in steps[1:]] == ["torc run 4 --retry-failed", "torc recover 4 --dry-run"]


@pytest.mark.parametrize(
    ("exit_reason", "counts"),
    [(ExitReason.COMPLETE, {"completed": 3}), (ExitReason.CANCELED, {"canceled": 3}), (ExitReason.STOPPED, {})],
)
def test_without_failures_or_after_a_stop_there_are_no_next_steps(exit_reason, counts):
    assert list(next_steps(summary(exit_reason, counts))) == []


@pytest.mark.parametrize(
    ("reason", "may_help"),
    [
        ("exit code 1", True),
        ("", True),
        ("exit code 1: MemoryError", True),
        ("ended by SIGKILL: often because memory ran out (exit code 137)", True),
        ("it was stopped at its time limit (exit code 152)", True),
        ("exit code 2: ls: cannot access 'a': No such file or directory", False),
        ("the job ended with 0, but its output files are missing: model.bin", False),
        ("the command was not found (exit code 127): fit: command not found", False),
    ],
)
def test_more_memory_or_time_is_proposed_only_where_it_may_help(reason, may_help):
    found = UnsuccessfulJobs(4, (UnsuccessfulJob(10, "a", JobStatus.FAILED, reason),), 1)
    steps = list(next_steps(replace(summary(ExitReason.COMPLETE, {"failed": 1}), failed=found)))
    assert any("recover 4 --dry-run" in step for step in steps) is may_help
    assert any("--retry-failed" in step for step in steps)


def test_more_memory_or_time_is_proposed_if_not_all_reasons_are_read():
    found = UnsuccessfulJobs(4, (UnsuccessfulJob(10, "a", JobStatus.FAILED, "exit code 2: no such file"),), 13)
    steps = list(next_steps(replace(summary(ExitReason.COMPLETE, {"failed": 13}), failed=found)))
    assert any("recover 4 --dry-run" in step for step in steps)


@pytest.mark.parametrize(
    ("total", "here", "end"),
    [
        (11, 7, "11 completed. 7 of 11 jobs ran here."),
        (11, 0, "11 completed. No job ran here."),
        (11, 11, "11 completed."),
        (None, 7, "11 completed."),
    ],
)
def test_the_sentence_says_how_many_jobs_ran_here_if_others_ran_elsewhere(total, here, end):
    ended = summary(ExitReason.COMPLETE, {"completed": 11})
    assert sentence(replace(ended, num_ran=total, num_ran_here=here)).endswith(end)


def drawn(jobs, columns):
    console = Console(file=io.StringIO(), width=columns)
    table = as_table(replace(summary(ExitReason.COMPLETE, {"failed": len(jobs)}), jobs=jobs), columns)
    console.print(table)
    return console.file.getvalue().splitlines()


def test_a_job_takes_one_line_of_the_table_and_long_names_stay_different():
    names = [f"simulate_a_rather_long_name_of_a_job_for_the_table_{number}" for number in (257, 258)]
    lines = drawn([line(at, JobStatus.FAILED, name) for at, name in enumerate(names)], 80)
    rows = lines[3:-1]
    assert len(rows) == 2
    assert max(map(len, lines)) <= 80
    assert rows[0].split("│")[2] != rows[1].split("│")[2]


def test_the_table_has_durations_with_units():
    lines = drawn([Line(1, "a", JobStatus.COMPLETED, 0, 0.25), Line(2, "b", JobStatus.COMPLETED, 0, 200.0)], 80)
    assert "Duration" in lines[1]
    assert "250 ms" in lines[3]
    assert "3 min 20 s" in lines[4]
