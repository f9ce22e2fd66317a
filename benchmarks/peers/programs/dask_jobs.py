"""Dask distributed: one function for each job, on a running scheduler and worker; the client gets the results."""

import subprocess
import sys
import time
from pathlib import Path

from distributed import Client, LocalCluster  # type: ignore[import-not-found]


def true_job(directory: str, number: int) -> int:
    """Run the command with both outputs kept."""
    here = Path(directory)
    with (here / f"{number}.o").open("w") as out, (here / f"{number}.e").open("w") as err:
        return subprocess.run(["bash", "-c", "true"], stdout=out, stderr=err, check=False).returncode


def main(jobs: int, at_once: int) -> None:
    """Run the functions and print the seconds from submission to the last result."""
    here = str(Path.cwd())
    with (
        LocalCluster(n_workers=at_once, threads_per_worker=1, dashboard_address=None, local_directory=here) as cluster,
        Client(cluster) as client,
    ):
        start = time.perf_counter()
        futures = client.map(true_job, [here] * jobs, range(jobs), pure=False)
        assert not any(client.gather(futures))
        print(time.perf_counter() - start, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
