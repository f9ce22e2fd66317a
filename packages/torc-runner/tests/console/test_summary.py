"""Exit codes and the closing sentence."""

from pathlib import Path

import pytest

from torc_client.api.enums import JobStatus
from torc_runner.console.display import words
from torc_runner.console.next_steps import next_steps
from torc_runner.console.results import sentence
from torc_runner.console.summary import Line, Summary
from torc_runner.console.tally import Tally
from torc_runner.console.terminal_text import printable
from torc_runner.machine.instructions import Ending


def summary(ending, counts, *, is_complete=True):
    return Summary(
        workflow_id=4,
        workflow_name="wf",
        run_id=1,
        ending=ending,
        is_complete=is_complete,
        total_jobs=sum(counts.values()),
        counts=counts,
        jobs=[],
        is_partial=False,
    )


@pytest.mark.parametrize(
    ("ending", "counts", "is_complete", "code"),
    [
        (Ending.COMPLETE, {"completed": 3}, True, 0),
        (Ending.COMPLETE, {"completed": 3, "disabled": 1}, True, 0),
        (Ending.COMPLETE, {}, True, 0),
        (Ending.COMPLETE, {"completed": 3, "failed": 1}, True, 3),
        (Ending.COMPLETE, {"completed": 3, "canceled": 1}, True, 3),
        (Ending.CANCELED, {"completed": 3, "ready": 1}, True, 3),
        (Ending.IDLE, {"completed": 3}, True, 0),
        (Ending.IDLE, {"completed": 3, "ready": 1}, False, 4),
        (Ending.IDLE, {"completed": 3, "pending_failed": 1}, False, 4),
        (Ending.STOPPED, {"completed": 3, "ready": 1}, False, 4),
        (Ending.STOPPED, {"completed": 3, "terminated": 1}, True, 4),
    ],
)
def test_exit_codes(ending, counts, is_complete, code):
    assert summary(ending, counts, is_complete=is_complete).exit_code == code


def test_a_runner_that_stopped_says_how_to_go_on():
    text = sentence(summary(Ending.STOPPED, {"completed": 1, "ready": 2}, is_complete=False))
    assert text == (
        "Workflow 4 (wf), run 1: 1 completed, 2 ready. Stopped before the end; `torc run 4` goes on with it."
    )


def test_a_runner_that_stopped_jobs_says_how_they_run_again():
    text = sentence(summary(Ending.STOPPED, {"terminated": 1, "ready": 2}, is_complete=False))
    assert "`torc workflows reset-status 4 --failed-only --reinitialize` makes ready what was terminated" in text
    assert text.endswith("then `torc run 4` goes on with it.")


def test_a_canceled_workflow_can_go_on():
    assert "`torc recover 4` lets it go on" in sentence(summary(Ending.CANCELED, {"canceled": 1}))


def test_names_cannot_steer_a_terminal():
    assert printable("a\x1b[2Jb\nc\x9bd é") == "a\ufffd[2Jb\ufffdc\ufffdd é"


def test_progress_in_words():
    tally = Tally()
    tally.running = 1
    tally.add("completed")
    tally.add("completed")
    tally.add("failed")
    assert words(tally) == "1 running · 2 completed · 1 failed"


def line(job_id, status, name="fit"):
    return Line(job_id, name, status, 1, 0.1)


def test_failures_come_with_the_commands_that_go_on_from_them():
    failed = summary(Ending.COMPLETE, {"completed": 1, "failed": 1, "canceled": 1})
    failed.jobs.extend([line(8, JobStatus.COMPLETED), line(9, JobStatus.CANCELED), line(10, JobStatus.FAILED, "a\x1b")])
    steps = list(next_steps(failed))
    assert steps[0] == "What a\ufffd printed: torc logs show 10"
    assert steps[1].endswith("torc workflows reset-status 4 --failed-only --reinitialize")
    of_own_server = "\n".join(next_steps(failed, database=Path("my runs/torc.db")))
    assert "torc -s --db 'my runs/torc.db' run 4" in of_own_server


@pytest.mark.parametrize(
    ("ending", "counts"),
    [(Ending.COMPLETE, {"completed": 3}), (Ending.CANCELED, {"canceled": 3}), (Ending.STOPPED, {})],
)
def test_nothing_is_advised_where_nothing_failed_or_someone_stopped_it(ending, counts):
    assert list(next_steps(summary(ending, counts))) == []
