"""`make bench`: every workload, Torc and its peer in turn, medians and their ratio."""

import statistics
import tempfile
from pathlib import Path

from benchmarks.machine import describe
from benchmarks.workloads import WORKLOADS, Workload

ROUNDS = 5


def measure(workload: Workload) -> tuple[list[float], list[float]]:
    """Run both ways in turn, so that a slow minute of the machine hits both."""
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(ROUNDS):
        for way, seconds in ((workload.through_torc, ours), (workload.through_peer, theirs)):
            with tempfile.TemporaryDirectory(prefix="torc-bench-") as directory:
                seconds.append(way(Path(directory), workload.jobs))
    return ours, theirs


def main() -> None:
    """Measure and print."""
    print(describe())
    for workload in WORKLOADS:
        ours, theirs = measure(workload)
        ratio = statistics.median(ours) / statistics.median(theirs)
        print(f"{workload.name}: {workload.jobs} jobs, median (least, most) of {ROUNDS} rounds")
        for name, seconds in (("torc", ours), (workload.peer_name, theirs)):
            median = statistics.median(seconds)
            rate = workload.jobs / median
            print(f"  {name:10} {median:8.2f} s ({min(seconds):.2f}, {max(seconds):.2f})  {rate:8.0f} jobs/s")
        print(f"  ratio      {ratio:8.2f}")


if __name__ == "__main__":
    main()
