"""Control groups for jobs, in a folder that looks like that of the kernel."""

import os
import subprocess
from pathlib import Path

import pytest

from torc_runner.memory.job_groups import JobGroups, job_groups


class Tree:
    """A fake group of this process, with the folder of groups and a fake /proc around it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.folder = root / "cgroup/user/run.scope"
        self.folder.mkdir(parents=True)

    def write(self, **texts: str) -> None:
        """Write files of the group. The first underscore of a name stands for a dot."""
        for name, text in texts.items():
            (self.folder / name.replace("_", ".", 1)).write_text(text)

    def find(self) -> JobGroups | None:
        return job_groups(self._root / "cgroup", self._root / "own", self._root / "proc")

    def read(self, name: str) -> str:
        return (self.folder / name).read_text()


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """A group that was delegated to this process, which is alone in it with a child."""
    for pid, parent in ((os.getpid(), 1), (77, os.getpid()), (88, 1)):
        (tmp_path / f"proc/{pid}").mkdir(parents=True)
        (tmp_path / f"proc/{pid}/stat").write_text(f"{pid} (x) S {parent} 1 1 0")
    (tmp_path / "own").write_text("0::/user/run.scope\n")
    tree = Tree(tmp_path)
    tree.write(
        cgroup_controllers="cpu memory pids\n", cgroup_type="domain\n", cgroup_procs=f"{os.getpid()}\n77\n",
        cgroup_subtree_control="",
    )  # fmt: skip
    return tree


def test_the_runner_moves_itself_and_limits_the_memory_of_a_job(tree):
    groups = tree.find()
    assert tree.read("torc-runner/cgroup.procs") == "77", "the last that was moved"
    assert tree.read("cgroup.subtree_control") == "+memory"
    group = groups.make(7, 2, 1000)
    folder = "torc-job-7-2"
    printed = subprocess.check_output(group.entered_by(["bash", "-c", 'echo "$0 $1" with spaces', "a b", "c"]))
    assert printed == b"a b c with spaces\n"
    written = {name: tree.read(f"{folder}/{name}") for name in ("memory.max", "memory.oom.group", "cgroup.procs")}
    assert written == {"memory.max": "1000", "memory.oom.group": "1", "cgroup.procs": "0\n"}


def test_a_job_runs_outside_a_group_that_it_cannot_enter(tree):
    group = tree.find().make(7, 2, 1000)
    (tree.folder / "torc-job-7-2/cgroup.procs").mkdir()
    ended = subprocess.run(group.entered_by(["bash", "-c", "exit 3"]), capture_output=True, check=False)
    assert (ended.returncode, ended.stderr) == (3, b"")


@pytest.mark.parametrize(("kills", "expected"), [(0, False), (2, True)])
def test_the_end_of_a_group_shows_kills_and_the_peak(tree, kills, expected):
    group = tree.find().make(7, 1, 1000)
    (tree.folder / "torc-job-7-1/memory.events").write_text(f"oom 1\noom_kill {kills}\noom_group_kill 1\n")
    (tree.folder / "torc-job-7-1/memory.peak").write_text("4096\n")
    end = group.end()
    assert (end.is_oom_killed, end.peak_memory_bytes) == (expected, 4096)
    assert tree.read("torc-job-7-1/cgroup.kill") == "1"


@pytest.mark.parametrize(("kills", "expected_bytes"), [(0, 4096 - 2500 + 4), (1, 4096)])
def test_cached_files_are_taken_off_the_peak_of_a_group(tree, kills, expected_bytes):
    group = tree.find().make(7, 1, 1000)
    (tree.folder / "torc-job-7-1/memory.events").write_text(f"oom_kill {kills}\n")
    (tree.folder / "torc-job-7-1/memory.peak").write_text("4096\n")
    (tree.folder / "torc-job-7-1/memory.stat").write_text("anon 7\nfile 2500\nshmem 4\nfile_mapped 9\n")
    assert group.end().peak_memory_bytes == expected_bytes


def test_an_older_kernel_shows_no_peak(tree):
    assert tree.find().make(7, 1, 1000).end().peak_memory_bytes is None


@pytest.mark.parametrize(
    "texts",
    [
        {"cgroup_controllers": "cpu pids\n"},
        {"cgroup_procs": f"{os.getpid()}\n88\n"},
        {"cgroup_procs": f"{os.getpid()}\n99\n"},
    ],
    ids=["no memory controller", "process of another parent", "unknown process"],
)
def test_a_group_that_cannot_be_used_is_not_changed(tree, texts):
    tree.write(**texts)
    assert tree.find() is None
    assert not (tree.folder / "torc-runner").exists()


def test_the_root_group_is_not_used(tree):
    (tree.folder / "cgroup.type").unlink()
    assert tree.find() is None


def test_close_restores_the_group(tree):
    groups = tree.find()
    groups.close()
    assert tree.read("cgroup.subtree_control") == "-memory"
    assert tree.read("cgroup.procs") == "77"


def test_an_existing_group_is_not_used_again(tree):
    groups = tree.find()
    groups.make(7, 1, 1000)
    assert groups.make(7, 1, 1000) is None
