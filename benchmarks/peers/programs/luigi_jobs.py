"""Luigi: one task for each job, with its local scheduler; a file marks each finished task."""

import subprocess
import sys
import time
from pathlib import Path

import luigi  # type: ignore[import-not-found]

HERE = Path.cwd()


class TrueJob(luigi.Task):  # type: ignore[misc]
    """Run bash once."""

    number = luigi.IntParameter()

    def output(self) -> luigi.LocalTarget:
        """Return the file that marks the task as finished."""
        return luigi.LocalTarget(str(HERE / f"{self.number}.done"))

    def run(self) -> None:
        """Run the command with both outputs kept."""
        with (HERE / f"{self.number}.o").open("w") as out, (HERE / f"{self.number}.e").open("w") as err:
            subprocess.run(["bash", "-c", "true"], stdout=out, stderr=err, check=True)
        (HERE / f"{self.number}.done").touch()


def main(jobs: int, at_once: int) -> None:
    """Run the tasks and print the seconds from submission to the end of the last one."""
    start = time.perf_counter()
    tasks = [TrueJob(number=number) for number in range(jobs)]
    assert luigi.build(tasks, workers=at_once, local_scheduler=True, log_level="ERROR")
    print(time.perf_counter() - start, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
