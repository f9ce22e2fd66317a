"""Jobs that end while the server is away: their ends are in the journal at once, also with declared output files and
failure handlers, and the runner waits for the server only as long as it may.
"""

import contextlib
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.processes import Output, Place, Reports, Server, ended_after
from torc_client.journal.files import abandoned, journals

# The jobs ignore TERM, so that they end by themselves also when their runner is stopped.
WAIT = "trap '' TERM; echo > reports; until [ -e go ]; do sleep 0.01; done"
SPEC = """
name: ends without server
compute_node_wait_for_healthy_database_minutes: {minutes}
failure_handlers:
  - name: again
    rules: [{{exit_codes: [3], max_retries: 2, recovery_script: "echo recovered > reports"}}]
files:
  - {{name: made, path: made}}
  - {{name: missing, path: missing}}
jobs:
  - name: good
    command: {wait}; touch made; echo good >> ran
    output_files: [made]
  - name: incomplete
    command: {wait}; echo incomplete >> ran
    output_files: [missing]
  - name: failing
    command: {wait}; echo failing >> ran; test -e again || exit 3
    failure_handler: again
"""


def ends_in_journal(folder: Path) -> dict[int, tuple[str, int, int | None]]:
    """Return status, return code and allowed attempts of each job in the only journal of a folder."""
    ((_, path),) = journals(folder, 1)
    with abandoned(path) as contents:
        assert contents is not None
        return {
            each.job_id: (str(each.status.value), each.result.return_code, each.max_attempts)
            for each in contents.completions
        }


@contextlib.contextmanager
def running_without_server(
    place: Place, server: Server, reports: Reports, *, minutes: int
) -> Iterator[tuple[subprocess.Popen[str], Output]]:
    """Run the three jobs, kill the server, and let the jobs end."""
    place.torc("workflows", "create", place.file("spec.yaml", SPEC.format(minutes=minutes, wait=WAIT)))
    process = place.start("torc", "run", "1", "--num-cpus", "4", "-o", "out", stderr=subprocess.STDOUT)
    with ended_after(process):
        assert process.stdout is not None
        output = Output(process.stdout)
        reports.next(3, of=[process])
        server.kill()
        output.wait_for("Server away")
        (place.directory / "go").touch()
        assert reports.next(1, of=[process]) == ["recovered"]
        yield process, output
        output.finish()


@pytest.mark.parametrize("is_stopped", [True, False], ids=["Ctrl-C", "no patience left"])
def test_ends_are_kept_and_no_job_runs_again(place: Place, server: Server, reports: Reports, is_stopped: bool) -> None:
    minutes = 20 if is_stopped else 0
    with running_without_server(place, server, reports, minutes=minutes) as (process, output):
        if is_stopped:
            process.send_signal(signal.SIGINT)
        assert process.wait() == 1
        assert "Results left in the journal" in output.finish()
    assert ends_in_journal(place.directory / "out") == {
        1: ("completed", 0, None),
        2: ("failed", 1, None),
        3: ("failed", 3, 2),
    }
    server.start()
    place.file("again", "")
    place.run("torc", "run", "1", "--num-cpus", "4", "-o", "out", status=3)
    assert sorted((place.directory / "ran").read_text().split()) == ["failing", "failing", "good", "incomplete"]
    jobs = {job["name"]: job["status"] for job in place.torc("jobs", "list", "1")["items"]}
    assert jobs == {"good": "completed", "incomplete": "failed", "failing": "completed"}
    files = {file["name"]: file.get("st_mtime") for file in place.torc("files", "list", "1")["items"]}
    assert files == {"made": (place.directory / "made").stat().st_mtime, "missing": None}
