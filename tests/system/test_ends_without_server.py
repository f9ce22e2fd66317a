"""Jobs that end while the server is away: their ends are in the journal at once, also with declared output files and
failure handlers, and the runner waits for the server only as long as it may.
"""

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.golden import Told
from support.processes import Output, Place, Reports, Server, ended_after
from torc_client.journal.records import decode

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


ENDS = {1: ("completed", 0, None), 2: ("failed", 1, None), 3: ("failed", 3, 2)}


def ends_in_journal(folder: Path) -> dict[int, tuple[str, int, int | None]]:
    """Return status, return code and allowed attempts of each job in the only journal of a folder, if there is one."""
    return {
        each.job_id: (str(each.status.value), each.result.return_code, each.max_attempts)
        for path in folder.glob("offline_journal/*.journal")
        for each in decode(path.read_bytes()).completions
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


def end_by_request(process: subprocess.Popen[str], output: Output, folder: Path) -> None:
    # A job that ends with 0 after the TERM of its runner is terminated, so the others have to be over.
    while not {1, 2} <= ends_in_journal(folder).keys():
        os.sched_yield()
    process.send_signal(signal.SIGINT)
    assert process.wait() == 4
    text = output.finish()
    assert "Results left in the journal" in text
    assert "Stopped before the end; the state of workflow 1 is not known. No Torc server answers" in text
    assert "`torc run 1` with the same output folder sends the results" in text


def end_without_patience(process: subprocess.Popen[str], output: Output, folder: Path) -> None:
    assert process.wait() == 1
    assert "Results left in the journal" in output.finish()


def end_by_a_kill(process: subprocess.Popen[str], output: Output, folder: Path) -> None:
    while ends_in_journal(folder) != ENDS:
        os.sched_yield()
    process.kill()
    process.wait()


@pytest.mark.parametrize(
    ("minutes", "end"),
    [(20, end_by_request), (0, end_without_patience), (20, end_by_a_kill)],
    ids=["Ctrl-C", "no patience left", "kill -9"],
)
def test_ends_are_kept_and_no_job_runs_again(
    place: Place, server: Server, reports: Reports, minutes: int, end: Callable[..., None]
) -> None:
    folder = place.directory / "out"
    with running_without_server(place, server, reports, minutes=minutes) as (process, output):
        end(process, output, folder)
    assert ends_in_journal(folder) == ENDS
    server.start()
    place.file("again", "")
    place.run("torc", "run", "1", "--num-cpus", "4", "-o", "out", status=3)
    assert sorted((place.directory / "ran").read_text().split()) == ["failing", "failing", "good", "incomplete"]
    jobs = {job["name"]: job["status"] for job in place.torc("jobs", "list", "1")["items"]}
    assert jobs == {"good": "completed", "incomplete": "failed", "failing": "completed"}
    files = {file["name"]: file.get("st_mtime") for file in place.torc("files", "list", "1")["items"]}
    assert files == {"made": (place.directory / "made").stat().st_mtime, "missing": None}


def test_a_retry_includes_failures_that_only_the_journal_of_a_dead_runner_has(
    place: Place, server: Server, reports: Reports, told: Told
) -> None:
    with running_without_server(place, server, reports, minutes=5) as (process, output):
        end_by_a_kill(process, output, place.directory / "out")
    server.start()
    looked = place.run("torc", "recover", "1", "--dry-run")
    told(looked.stderr + looked.stdout, "a dry run of a recovery")
    (place.directory / "again").touch()
    place.run("torc", "run", "1", "--retry-failed", "-o", "out", status=3)
    assert sorted((place.directory / "ran").read_text().split()) == sorted(("good", *("failing", "incomplete") * 2))


def test_a_target_does_not_wait_for_a_dead_runner(place: Place, server: Server, reports: Reports) -> None:
    spec = """
    name: dead runner
    files: [{name: made, path: made.txt, temp: true}]
    jobs:
      - {name: writer, command: "echo > made.txt", output_files: [made]}
      - {name: reader, command: "test -e again || { echo > reports; sleep 600; }", input_files: [made]}
      - {name: other, command: "true", depends_on: [reader]}
    """
    place.torc("workflows", "create", place.file("spec.yaml", spec))
    with ended_after(place.start("torc", "run", "1")) as process:
        reports.next(1, of=[process])
        process.kill()
        process.wait()
    place.file("again", "")
    (place.directory / "made.txt").unlink()
    place.run("torc", "run", "1", "--target", "reader")
    assert (place.directory / "made.txt").exists()
