"""Slurm kills a runner: it tracks processes by their groups here, so it does not reach the jobs, as without cgroups."""

import os
import signal
from collections.abc import Iterator

import pytest

from slurm.by_hand import processes_in, workflow_on
from slurm.cluster import Cluster
from slurm.test_end_of_allocation import spec
from slurm.waiting import until
from support.processes import Place, Reports


@pytest.fixture(scope="module")
def grouped(cluster: Cluster) -> Iterator[Cluster]:
    """The cluster, tracking processes by their groups."""
    with cluster.reshaped(tracks_processes_by="pgid"):
        yield cluster


def test_the_runner_reports_before_slurm_kills_it(place: Place, grouped: Cluster, reports: Reports) -> None:
    """The jobs do not get TERM from Slurm. The grace of a job is a third of KillWait, which is 5 seconds."""
    jobs = ["echo gentle > reports; sleep 300", "trap '' TERM; echo rude > reports; while :; do sleep 1; done"]
    with workflow_on(grouped, place, spec(*jobs)) as work:
        job = work.request()
        assert sorted(reports.next(2)) == ["gentle", "rude"]
        grouped.run("scancel", str(job))
        work.await_end(job)
        assert work.results == {"j1": ("terminated", 143), "j2": ("terminated", 137)}, work.log
        assert not work.nodes[0]["is_active"]


def test_ends_that_the_server_did_not_get_are_reported_by_the_next_runner(
    place: Place, grouped: Cluster, reports: Reports
) -> None:
    """The server hangs while Slurm ends the allocation."""
    with workflow_on(grouped, place, spec("echo start > reports; sleep 300")) as work:
        job = work.request(runner="--lease-seconds 3")
        reports.next(1)
        until(lambda: work.jobs == {"j1": "running"})
        os.kill(work.server_pid, signal.SIGSTOP)
        try:
            grouped.run("scancel", str(job))
            work.await_end(job)
        finally:
            os.kill(work.server_pid, signal.SIGCONT)
        until(lambda: not processes_in(place, "echo start > reports"))
        second = work.request()
        work.await_end(second)
        assert work.results == {"j1": ("terminated", 143)}, work.log
        assert len(place.torc("results", "list", work.workflow, "--all-runs")["items"]) == 1
