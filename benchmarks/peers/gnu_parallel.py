"""GNU parallel, from the system's packages: joblog, and a directory of results."""

import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import NotMeasured


@dataclass(frozen=True, slots=True)
class GnuParallel:
    """GNU parallel. It cannot be installed without root, so it must be on the PATH."""

    name: str
    target: float
    is_slow: bool = False

    def seconds(self, cache: Path, directory: Path, jobs: int, at_once: int) -> float:
        """Run it as a program, including its start and end (0.1 s). Raises NotMeasured."""
        del cache
        program = shutil.which("parallel")
        if program is None:
            raise NotMeasured("not installed: apt-get install parallel")
        bash = shutil.which("bash")
        assert bash is not None
        environment = {**os.environ, "PARALLEL_SHELL": bash, "PARALLEL_HOME": str(directory), "HOME": str(directory)}
        words = [program, "--will-cite", "-j", str(at_once), "--results", "results", "--joblog", "log", "true"]
        start = time.perf_counter()
        subprocess.run(
            words,
            cwd=directory,
            env=environment,
            input="\n".join(map(str, range(jobs))),
            text=True,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        seconds = time.perf_counter() - start
        recorded = len((directory / "log").read_text().splitlines()) - 1
        assert recorded == jobs, f"{recorded} of {jobs} jobs in the log"
        return seconds
