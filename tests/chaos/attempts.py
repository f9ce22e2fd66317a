"""Jobs that detect a second attempt: each attempt holds a lock while it runs, and reports a lock that is taken."""

import contextlib
import os
import select
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

from support.processes import Place, Server, is_alive

# The kernel releases the lock at the end of the last process that has it.
ALONE = 'exec 9>>"locks/$TORC_JOB_ID"; flock -n 9 || echo "$TORC_JOB_ID $TORC_ATTEMPT_ID" >> doubles'


def prepare(place: Place) -> None:
    """Create the files that the jobs write."""
    (place.directory / "locks").mkdir()


def spec(jobs: int, command: str, *, name: str = "chaos", settings: str = "") -> str:
    """Return a spec of independent jobs that hold their lock and run a command."""
    return f"""
name: {name}
{settings}
jobs:
  - name: job_{{i:04d}}
    command: |
      {ALONE}
      {command}
    parameters: {{i: "1:{jobs}"}}
"""


def create(place: Place, text: str) -> str:
    """Create and initialize a workflow."""
    created = place.torc("workflows", "create", place.file("spec.yaml", text))
    place.run("torc", "workflows", "initialize", str(created["workflow_id"]))
    return str(created["workflow_id"])


def assert_never_two_at_once(place: Place) -> None:
    """Whether an attempt found its lock taken."""
    doubles = place.directory / "doubles"
    assert not doubles.exists(), f"ran twice at once: {doubles.read_text().split()}"


def results(server: Server) -> list[sqlite3.Row]:
    """Return each job with its current result, the number of its results, and the number of attempts with results."""
    with closing(sqlite3.connect(f"file:{server.database}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        return connection.execute("""
            SELECT job.id, job.name, job.status, job.attempt_id, result.return_code, result.status AS result_status,
                (SELECT count(*) FROM result AS each WHERE each.job_id = job.id) AS results,
                (SELECT count(DISTINCT attempt_id) FROM result AS each WHERE each.job_id = job.id) AS attempts
            FROM job LEFT JOIN result ON result.id = job.current_result_id AND result.job_id = job.id
                AND result.attempt_id = job.attempt_id
            ORDER BY job.id
        """).fetchall()


READY, FAILED, TERMINATED = 2, 6, 8


def assert_one_current_result_each(server: Server, jobs: int) -> list[sqlite3.Row]:
    """Check that each job has one current result, of its last attempt and with its status. Returns the results."""
    found = results(server)
    assert len(found) == jobs
    without = [row["name"] for row in found if row["return_code"] is None]
    assert not without, f"without a result: {without}"
    assert all(row["status"] == row["result_status"] for row in found), [tuple(row) for row in found]
    assert all(row["results"] == row["attempts"] for row in found), "an attempt has two results"
    return found


def assert_all_completed(server: Server, jobs: int) -> list[sqlite3.Row]:
    """Check the same, and that each job succeeded."""
    found = assert_one_current_result_each(server, jobs)
    assert Counter(row["return_code"] for row in found) == {0: jobs}
    return found


def of_place(place: Place) -> dict[int, list[bytes]]:
    """Return running processes that were started in this directory, found by their inherited environment."""
    found = {}
    home = f"HOME={place.home}".encode()
    for directory in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            environment = (directory / "environ").read_bytes().split(b"\0")
            if home in environment and is_alive(int(directory.name)):
                found[int(directory.name)] = environment
    return found


def jobs_of(place: Place) -> list[int]:
    """Return the ones that belong to jobs."""
    return [pid for pid, env in of_place(place).items() if any(entry.startswith(b"TORC_JOB_ID=") for entry in env)]


class Gate:
    """A named pipe at which jobs wait: `read -r _ < go`."""

    def __init__(self, place: Place) -> None:
        path = place.directory / "go"
        os.mkfifo(path)
        self._descriptor = os.open(path, os.O_RDWR)

    def let_pass(self, count: int) -> None:
        """Let this number of jobs continue, also jobs that have not reached the gate."""
        os.write(self._descriptor, b"\n" * count)

    def close(self) -> None:
        """Close the pipe."""
        os.close(self._descriptor)


def wait_until_gone(pids: list[int]) -> None:
    """Wait for the ends of processes that are not children of the test, until its time limit."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            descriptor = os.pidfd_open(pid)
            try:
                select.select([descriptor], [], [])
            finally:
                os.close(descriptor)


def assert_nothing_left(place: Place, server: Server) -> None:
    """Check that no process of this directory runs but the server."""
    own = server.process.pid if server.process else 0
    left = {
        pid: Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
        for pid in of_place(place)
        if pid != own and is_alive(pid)
    }
    assert not left, left
