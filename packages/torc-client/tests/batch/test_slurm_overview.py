"""The queue of a user and the nodes of partitions, as Slurm 22.05 prints them."""

import os

import pytest

from torc_client.batch.slurm import overview
from torc_client.batch.slurm.programs import NoSlurmError
from torc_client.batch.system import PartitionNodes, QueuedJob


@pytest.fixture
def slurm(tmp_path, monkeypatch):
    """Put commands of Slurm into PATH that print a text."""
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    def make(name, text):
        (tmp_path / f"{name}.out").write_text(text)
        (tmp_path / name).write_text(f"#!/bin/sh\ncat {tmp_path}/{name}.out\n")
        (tmp_path / name).chmod(0o755)

    return make


def test_the_queue_has_names_with_separators_and_no_unknown_values(slurm):
    slurm(
        "squeue",
        "4512_3|short|PENDING|(Priority)|2026-11-30T14:20:00|2:00:00|2|my|name\n"
        "4513|debug|RUNNING|n1|2026-11-30T13:00:00|59:10|1|torc-wf3\n"
        "4514|debug|PENDING|(None)|N/A|1:00|1|\n"
        "a line that is cut\n",
    )
    assert overview.own_queue(5.0) == [
        QueuedJob("4512_3", "my|name", "short", "PENDING", "(Priority)", "2026-11-30T14:20:00", "2:00:00", "2"),
        QueuedJob("4513", "torc-wf3", "debug", "RUNNING", "n1", "2026-11-30T13:00:00", "59:10", "1"),
        QueuedJob("4514", "", "debug", "PENDING", "", "", "1:00", "1"),
    ]


def test_partitions_have_numbers_of_nodes(slurm):
    slurm("sinfo", "short|up|2/5/1/8\ndebug|down|0/0/4/4\nstrange|up|n/a\n")
    assert overview.partition_nodes(5.0) == {
        "short": PartitionNodes("short", is_up=True, allocated=2, idle=5, other=1, total=8),
        "debug": PartitionNodes("debug", is_up=False, allocated=0, idle=0, other=4, total=4),
    }


def test_without_slurm_nothing_is_known(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoSlurmError):
        overview.own_queue(5.0)
