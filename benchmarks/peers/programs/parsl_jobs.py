"""Parsl: bash apps on a running high-throughput executor."""

import logging
import sys
import time
from pathlib import Path

import parsl  # type: ignore[import-not-found]
from parsl.config import Config  # type: ignore[import-not-found]
from parsl.executors import HighThroughputExecutor  # type: ignore[import-not-found]
from parsl.providers import LocalProvider  # type: ignore[import-not-found]


@parsl.bash_app  # type: ignore[untyped-decorator]
def true_job(stdout: str, stderr: str) -> str:
    """Return the command line, which Parsl runs with bash."""
    del stdout, stderr
    return "true"


def main(jobs: int, at_once: int) -> None:
    """Run the apps and print the seconds from submission to the last result."""
    here = Path.cwd()
    logging.disable(logging.INFO)
    provider = LocalProvider(init_blocks=1, max_blocks=1)
    executor = HighThroughputExecutor(
        label="htex", max_workers_per_node=at_once, provider=provider, address="127.0.0.1", encrypted=False
    )
    with parsl.load(Config(executors=[executor], run_dir=str(here / "runinfo"), strategy="none")):
        warm = [true_job(stdout=str(here / f"w{n}.o"), stderr=str(here / f"w{n}.e")) for n in range(at_once)]
        for future in warm:
            future.result()
        start = time.perf_counter()
        futures = [true_job(stdout=str(here / f"{n}.o"), stderr=str(here / f"{n}.e")) for n in range(jobs)]
        for future in futures:
            assert future.result() == 0
        print(time.perf_counter() - start, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
