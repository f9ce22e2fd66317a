"""The program that ends what the jobs of a dead runner left."""

import os
import subprocess
import sys

PROGRAM = [sys.executable, "-m", "torc_runner.launch.end_jobs"]


def test_all_processes_of_the_jobs_of_one_runner_are_killed():
    environment = {**os.environ, "TORC_RUNNER_ID": f"ended-{os.getpid()}"}
    # The second process has left the session of the first.
    script = "setsid sleep 1000 & echo $!; exec sleep 1000"
    words = ["sh", "-c", script]
    other = subprocess.Popen(["sleep", "1000"], env={**os.environ, "TORC_RUNNER_ID": f"other-{os.getpid()}"})
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True) as job, other:
        child = int(job.stdout.readline())
        ended = subprocess.run([*PROGRAM, environment["TORC_RUNNER_ID"]], check=False)
        assert ended.returncode == 0
        assert job.wait() == -9
        assert not is_alive(child)
        assert other.poll() is None
        other.kill()


def is_alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:  # noqa: PTH123 - one read
            return file.read().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except OSError:
        return False
