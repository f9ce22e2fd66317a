"""HyperQueue: one job of many tasks, on a running server and worker."""

import sys
import time
from pathlib import Path

from hyperqueue import Job, LocalCluster  # type: ignore[import-not-found]
from hyperqueue.cluster import WorkerConfig  # type: ignore[import-not-found]


def main(jobs: int, at_once: int) -> None:
    """Run the tasks and print the seconds from submission until all are finished."""
    here = Path.cwd()
    with LocalCluster() as cluster:
        cluster.start_worker(WorkerConfig(cores=at_once))
        client = cluster.client()
        start = time.perf_counter()
        job = Job()
        for number in range(jobs):
            job.program(["bash", "-c", "true"], stdout=str(here / f"{number}.o"), stderr=str(here / f"{number}.e"))
        client.wait_for_jobs([client.submit(job)])
        print(time.perf_counter() - start, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
