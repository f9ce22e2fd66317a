"""What is known about the memory of an ended job, with fake control groups and fake counts of the kernel."""

import pytest

import runner_builders as build
from torc_runner.machine.usage import UsageSummary
from torc_runner.memory.job_groups import GroupEnd
from torc_runner.memory.limits import MemoryEnd, MemoryLimits, explanation
from torc_runner.memory.oom_kills import OomKills


class FakeGroups:
    """Control groups in which the test decides what the kernel recorded."""

    def __init__(self, end, *, can_make=True):
        self.end_of_all = end
        self.can_make = can_make
        self.made = []
        self.discarded = 0

    def make(self, job_id, attempt_id, limit_bytes):
        self.made.append((job_id, attempt_id, limit_bytes))
        return self if self.can_make else None

    def entered_by(self, arguments):
        return ["enter", *arguments]

    def end(self):
        return self.end_of_all

    def discard(self, _):
        self.discarded += 1


def limits(groups=None, *, is_on=True, files=()):
    return MemoryLimits(groups, is_on=is_on, oom_kills=OomKills(files, 2.0))


@pytest.mark.parametrize(("exit_code", "is_killed"), [(-9, True), (0, False)])
def test_a_control_group_shows_a_kill_and_the_peak(exit_code, is_killed):
    groups = FakeGroups(GroupEnd(is_oom_killed=True, peak_memory_bytes=5000))
    memory, job = limits(groups), build.job(7, memory_limit_bytes=4096)
    assert memory.starting(job, ["true"]) == ["enter", "true"]
    assert groups.made == [(7, 1, 4096)]
    assert memory.ended(job, exit_code, 0.0) == MemoryEnd(is_oom_killed=is_killed, peak_memory_bytes=5000)
    assert groups.discarded == 1


def test_a_job_runs_without_a_group_that_cannot_be_created():
    groups = FakeGroups(None, can_make=False)
    memory, job = limits(groups), build.job(7, memory_limit_bytes=4096)
    assert memory.starting(job, ["true"]) == ["true"]
    assert memory.ended(job, -9, 0.0) == MemoryEnd()
    assert groups.discarded == 0


@pytest.mark.parametrize(
    ("is_on", "limit_bytes"), [(False, 4096), (True, None)], ids=["workflow without limits", "job without a limit"]
)
def test_a_job_without_a_limit_gets_no_group(is_on, limit_bytes):
    groups = FakeGroups(None)
    memory, job = limits(groups, is_on=is_on), build.job(7, memory_limit_bytes=limit_bytes)
    assert memory.starting(job, ["true"]) == ["true"]
    assert memory.ended(job, -9, 0.0) == MemoryEnd()
    assert groups.made == []


def test_without_groups_the_count_of_the_kernel_shows_a_kill(tmp_path):
    path = tmp_path / "vmstat"
    path.write_text("oom_kill 1\n")
    memory, job = limits(files=[path]), build.job(7, memory_limit_bytes=4096)
    assert memory.starting(job, ["true"]) == ["true"]
    path.write_text("oom_kill 2\n")
    assert memory.ended(job, 137, 0.0).is_oom_killed


@pytest.mark.parametrize(
    ("peak_bytes", "used", "expected"),
    [
        (None, None, None),
        (None, UsageSummary(3), UsageSummary(3)),
        (5, None, UsageSummary(5)),
        (5, UsageSummary(3, 2), UsageSummary(5, 2)),
        (5, UsageSummary(9), UsageSummary(9)),
    ],
)
def test_the_peak_is_the_highest_measured_value(peak_bytes, used, expected):
    assert MemoryEnd(peak_memory_bytes=peak_bytes).added_to(used) == expected


def test_the_explanation_has_the_required_memory_if_the_limit_is_higher():
    job = build.job(7, memory_gb=0.0625, memory_limit_bytes=100 * 1024**2)
    assert explanation(job, 3 * 1024**3) == (
        "it took 3.0 GiB of memory; it requires 64.0 MiB, and no job below 100.0 MiB is killed:"
        " raise the memory of its resource requirements"
    )


def test_the_explanation_has_the_limit_and_the_remedy():
    job = build.job(7, memory_limit_bytes=100 * 1024**2)
    assert explanation(job, 3 * 1024**3) == (
        "it took 3.0 GiB of memory; its limit is 100.0 MiB: raise the memory of its resource requirements"
    )
    assert explanation(build.job(7), None) == "memory ran out: raise the memory of its resource requirements"
