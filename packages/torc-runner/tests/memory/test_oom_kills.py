"""Detection of kills by the kernel, with fake files of counts."""

from pathlib import Path

import pytest

from torc_runner.memory.oom_kills import OomKills, counting_files

EVENTS = "low 0\nhigh 0\nmax 12\noom 3\noom_kill {}\noom_group_kill 0\n"


class Counts:
    """A file of counts, with an OomKills that reads it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.write(4)
        self.kills = OomKills([path, path.with_name("missing")], recent_seconds=2)

    def write(self, number: int) -> None:
        self._path.write_text(EVENTS.format(number))


@pytest.fixture
def counts(tmp_path: Path) -> Counts:
    return Counts(tmp_path / "memory.events")


@pytest.mark.parametrize(("exit_code", "expected"), [(137, True), (9, False), (1, False), (0, False), (143, False)])
def test_a_job_killed_while_the_count_rose(counts, exit_code, expected):
    counts.write(5)
    assert counts.kills.explain(exit_code, 100) is expected


def test_a_kill_without_a_rise_of_the_count_is_not_for_memory(counts):
    assert not counts.kills.explain(137, 100)


def test_a_recent_rise_explains_several_kills(counts):
    counts.write(6)
    counts.kills.update(100)
    assert counts.kills.explain(137, 101)
    assert counts.kills.explain(137, 102)


def test_an_old_rise_explains_no_kill(counts):
    counts.write(6)
    counts.kills.update(100)
    counts.kills.update(101)
    assert not counts.kills.explain(137, 103)


def test_a_rise_before_the_runner_started_explains_no_kill(counts):
    counts.kills.update(1)
    assert not counts.kills.explain(137, 1)


@pytest.mark.parametrize(
    ("own_groups", "name"),
    [
        ("0::/a/b\n", "a/b/memory.events"),
        ("0::/gone/from/the/mount\n", "memory.events"),
        ("4:memory:/j\n0::/\n", "memory/j/memory.oom_control"),
    ],
)
def test_the_counts_of_our_own_group_and_of_the_machine_are_read(tmp_path, own_groups, name):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("oom_kill 0\n")
    (tmp_path / "own").write_text(own_groups)
    files = counting_files(tmp_path, tmp_path / "own", tmp_path / "proc")
    assert files == [path, tmp_path / "proc/vmstat"]
