"""What squeue and sacct report about allocations, in the form of Slurm 22.05."""

import os

import pytest

from torc_client.batch.slurm import queue
from torc_client.batch.system import AllocationId, AllocationState, Outcome


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """Put programs into PATH that print a text; each call is noted."""
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    def make(name, text, code=0, error=""):
        (tmp_path / f"{name}.out").write_text(text)
        (tmp_path / name).write_text(
            f"#!/bin/sh\necho {name} >> {tmp_path}/calls\ncat {tmp_path}/{name}.out\necho '{error}' >&2\nexit {code}\n"
        )
        (tmp_path / name).chmod(0o755)

    make("squeue", "")
    make("sacct", "")
    make.calls = lambda: (tmp_path / "calls").read_text().split()
    return make


@pytest.mark.parametrize(
    ("line", "seen_as", "is_held"),
    [
        ("66|N/A|PENDING|Priority|2026-01-01T14:20:00|m", ("queued", "Priority", "complete"), False),
        ("66|N/A|PENDING|JobHeldUser|N/A|m", ("queued", "JobHeldUser", "complete"), True),
        ("66|N/A|PENDING|job requeued in held state|N/A|m", ("queued", "job requeued in held state", "complete"), True),
        ("66|N/A|PENDING|PartitionTimeLimit|N/A|m", ("queued", "PartitionTimeLimit", "complete"), True),
        ("66|N/A|REQUEUE_HOLD|JobHeldUser|N/A|m", ("queued", "REQUEUE_HOLD, JobHeldUser", "complete"), True),
        ("66|N/A|RUNNING|None|2026-01-01T14:20:00|m", ("running", "", "complete"), False),
        ("66|N/A|SUSPENDED|None|2026-01-01T14:20:00|m", ("running", "SUSPENDED", "complete"), False),
        ("66|N/A|RESIZING|None|N/A|m", ("running", "RESIZING", "complete"), False),
        ("66|N/A|A_STATE_OF_TOMORROW|None|N/A|m", ("running", "A_STATE_OF_TOMORROW", "complete"), False),
        ("66|N/A|COMPLETING|None|N/A|m", ("ending", "COMPLETING", "complete"), False),
        ("66|N/A|COMPLETED|None|N/A|m", ("ended", "", "complete"), False),
        ("66|N/A|CANCELLED|None|N/A|m", ("ended", "CANCELLED", "canceled"), False),
        ("66|N/A|FAILED|NonZeroExitCode|N/A|m", ("ended", "FAILED, NonZeroExitCode", "failed"), False),
        ("66|N/A|NODE_FAIL|NodeDown|N/A|m", ("ended", "NODE_FAIL, NodeDown", "failed"), False),
        ("66|N/A|TIMEOUT|TimeLimit|N/A|m", ("ended", "TIMEOUT, TimeLimit", "failed"), False),
    ],
)
def test_a_line_of_squeue(programs, line, seen_as, is_held):
    programs("squeue", f"{line}\n")
    (seen,) = queue.seen(["66"]).values()
    assert (seen.state, seen.reason, seen.outcome) == seen_as
    assert seen.mark == "m"
    assert bool(seen.remedy) == is_held
    assert seen.remedy == "" or "66" in seen.remedy or "ask" in seen.remedy
    assert bool(seen.starts_at) == (seen.state is AllocationState.QUEUED and "2026" in line)


def test_an_estimate_has_an_offset(programs):
    programs("squeue", "66|N/A|PENDING|Priority|2026-01-01T14:20:00|(null)\n")
    (seen,) = queue.seen(["66"]).values()
    assert seen.starts_at.startswith("2026-01-01T14:20:00")
    assert seen.starts_at[-6] in "+-"
    assert not seen.mark


def test_what_left_the_queue_is_looked_up_in_the_accounting(programs):
    programs("squeue", "7|2|RUNNING|None|N/A|m\n")
    programs("sacct", "7_1|CANCELLED by 0|0:0|m\n7_2|PENDING|0:0|m\n7_[3-4]|PENDING|0:0|m\n8|FAILED|1:0|n\n")
    found = queue.seen(["7", "8"])
    assert found[AllocationId("7", 1)].outcome is Outcome.CANCELED
    assert found[AllocationId("7", 2)].state is AllocationState.RUNNING
    assert (found[AllocationId("8")].reason, found[AllocationId("8")].mark) == ("FAILED, exit code 1", "n")
    assert set(found) == {AllocationId("7", 1), AllocationId("7", 2), AllocationId("8")}


def test_the_accounting_is_not_asked_without_need(programs):
    programs("squeue", "7|1|RUNNING|None|N/A|m\n7|2|PENDING|Resources|N/A|m\n8|N/A|COMPLETED|None|N/A|m\n")
    assert len(queue.seen(["7", "8"])) == 3
    assert programs.calls() == ["squeue"]


def test_without_accounting_the_queue_is_all(programs):
    programs("sacct", "", 1, "Slurm accounting storage is disabled")
    programs("squeue", "", 1, "slurm_load_jobs error: Invalid job id specified")
    assert queue.seen(["66"]) == {}


def test_what_cannot_be_a_job_id_is_not_asked_for(programs):
    programs("squeue", "66|N/A|RUNNING|None|N/A|m\n")
    assert list(queue.seen(["-5", "0", "66"])) == [AllocationId("66")]
    assert queue.seen(["-5"]) == {}
    assert programs.calls() == ["squeue"]


def test_a_mark_is_the_first_word_of_a_comment(programs):
    programs("squeue", "66|N/A|RUNNING|None|N/A|torc-1 project x|y\n67|N/A|RUNNING|None|N/A|(null)\n")
    assert [each.mark for each in queue.seen(["66", "67"]).values()] == ["torc-1", ""]
    assert queue.marked("torc-1") == "66"
    assert queue.marked("torc-1 project") is None


def test_an_accounting_without_comments_does_not_know_the_mark(programs):
    programs("sacct", "66|COMPLETED|0:0|\n67|COMPLETED|0:0|torc-1 project\n")
    assert [each.mark for each in queue.seen(["66", "67"]).values()] == [None, "torc-1"]
