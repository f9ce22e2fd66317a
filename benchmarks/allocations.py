"""A Slurm cluster on this machine, with a server that its nodes reach."""

import importlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.measure import NotMeasured
from benchmarks.service import Service

PATIENCE_SECONDS = 1800.0
_SECONDS_BETWEEN_LOOKS = 0.5
_TESTS = Path(__file__).parents[1] / "tests"


@dataclass(frozen=True, slots=True)
class Allocation:
    """An allocation that has ended, by the accounting of Slurm, in whole seconds."""

    began: datetime
    ended: datetime

    @property
    def seconds(self) -> float:
        """How long it was held."""
        return (self.ended - self.began).total_seconds()


class ClusterService(Service):
    """A server on the head of a cluster. Its nodes are in networks of their own."""

    def __init__(self, directory: Path, cluster: Any, head: str) -> None:
        super().__init__(directory)
        self._cluster = cluster
        self._host = head

    @property
    def environment(self) -> dict[str, str]:
        """The environment of the cluster, in which `torc` uses this server."""
        return {**super().environment, "SLURM_CONF": self._cluster.environment["SLURM_CONF"]}

    def slurm(self, *words: str) -> str:
        """Run a command of Slurm and return its output."""
        return subprocess.run(words, env=self.environment, check=True, capture_output=True, text=True).stdout

    def await_allocations(self) -> list[Allocation]:
        """Wait until all allocations have ended, and return them."""
        until = time.monotonic() + PATIENCE_SECONDS
        while self.slurm("squeue", "--noheader") or "Unknown" in self._accounting():
            if time.monotonic() > until:
                raise NotMeasured("the allocations have not ended in time")
            time.sleep(_SECONDS_BETWEEN_LOOKS)
        return [Allocation(*map(datetime.fromisoformat, line.split("|"))) for line in self._accounting().split()]

    def _accounting(self) -> str:
        return self.slurm("sacct", "--allocations", "--noheader", "--parsable2", "--format=Start,End")


@contextmanager
def cluster_service(directory: Path) -> Iterator[ClusterService]:
    """Start a cluster of three nodes of 4 CPUs, and a server. Raises NotMeasured where there can be no cluster."""
    if str(_TESTS) not in sys.path:
        sys.path.append(str(_TESTS))
    slurm, configuration = importlib.import_module("slurm.cluster"), importlib.import_module("slurm.configuration")
    # munged refuses a directory that others can write.
    for each in (directory, *directory.parents):
        if os.access(each, os.W_OK) and each.stat().st_mode & 0o022 and not each.stat().st_mode & 0o1000:
            raise NotMeasured(f"others can write to {each}, so munged does not start there")
    try:
        with (
            slurm.running_cluster(directory / "cluster") as cluster,
            ClusterService(directory, cluster, configuration.HEAD) as service,
        ):
            yield service
    except slurm.CannotStartError as error:
        raise NotMeasured(str(error)) from error
