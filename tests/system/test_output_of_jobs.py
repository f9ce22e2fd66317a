"""The output of jobs, read from any directory."""

import json
import os
import subprocess
from pathlib import Path

from support.processes import Output, Place, Reports, Server, ended_after

TALKING = """
name: talking
jobs:
  - {name: talks, command: "seq 30; echo grumbling >&2; echo begun > ../work/reports; cat goon; echo farewell"}
"""


def elsewhere(place: Place, server: Server, tmp_path: Path) -> Place:
    """Another directory of the same machine, without output files."""
    other = Place(tmp_path / "elsewhere")
    other.environment["TORC_API_URL"] = server.url
    return other


def test_output_is_found_from_another_directory(place: Place, server: Server, tmp_path: Path):
    place.run("torc", "exec", "-o", "kept here", "-c", "echo out; echo err >&2; exit 3", status=1)
    other = elsewhere(place, server, tmp_path)
    shown = other.run("torc", "logs", "show", "1")
    assert shown.stdout == "out\nerr\n"
    assert str(place.directory / "kept here" / "job_stdio" / "job_wf1_j1_r1_a1.o") in shown.stderr
    assert other.run("torc", "logs", "show", "1", "--stream", "stderr").stdout == "err\n"
    (only,) = other.torc("logs", "show", "1", "--stream", "stdout")["output"]
    assert (only["text"], Path(only["path"]).is_absolute()) == ("out\n", True)


def test_follow_prints_the_output_from_start_to_end(place: Place, server: Server, tmp_path: Path, reports: Reports):
    os.mkfifo(place.directory / "goon")
    created = place.torc("workflows", "create", place.file("talking.yaml", TALKING))
    workflow_id = str(created["workflow_id"])
    other = elsewhere(place, server, tmp_path)
    with ended_after(other.start("torc", "logs", "tail", "1", "-n", "2", stderr=subprocess.STDOUT)) as following:
        assert following.stdout is not None
        seen = Output(following.stdout)
        seen.wait_for("Waiting for job 1 to start")
        with ended_after(place.start("torc", "run", workflow_id)) as runner:
            reports.next(of=[runner])
            seen.wait_for("grumbling")
            assert following.poll() is None, "it follows until the job ends"
            (place.directory / "goon").write_text("went on\n")
            runner.communicate()
            assert runner.returncode == 0
        assert following.wait() == 0
        lines = seen.finish().splitlines()
    printed = [line for line in lines if not line.startswith(("==>", "Waiting"))]
    assert sorted(printed) == sorted(["29", "30", "grumbling", "went on", "farewell"])
    late = other.run("torc", "-f", "json", "logs", "tail", "1", "-n", "1", "--stream", "stdout")
    assert json.loads(late.stdout)["text"] == "farewell\n"


def test_missing_files_are_reported_with_their_folder(place: Place, server: Server):
    place.run("torc", "exec", "-c", "echo gone")
    (place.directory / "torc_output").rename(place.directory / "moved")
    missing = place.run("torc", "logs", "show", "1", status=1)
    assert missing.stdout == ""
    assert f"No output of job 1 is in {place.directory}/torc_output: its files were moved" in missing.stderr
    assert place.run("torc", "logs", "show", "1", "-o", "moved").stdout == "gone\n"
    kept_nothing = place.run("torc", "exec", "--stdio", "none", "-c", "echo nothing")
    assert kept_nothing.returncode == 0
    tail = place.run("torc", "logs", "tail", "2", status=1)
    assert "A spec can also disable output files (stdio)." in tail.stderr


def test_output_of_another_database_in_the_same_folder_is_not_shown_as_that_of_a_job(place: Place):
    place.environment.pop("TORC_API_URL", None)
    place.run("torc", "-s", "exec", "-c", "echo first; exit 3", status=1)
    once = place.run("torc", "-s", "run", "1", "--retry-failed", status=3)
    assert "another database" not in once.stderr
    assert (place.directory / "torc_output/job_stdio/job_wf1_j1_r2_a1.o").exists()
    other = place.run("torc", "-s", "--db", "other.db", "exec", "-c", "echo second")
    assert "The output folder also has output of another database." in other.stderr
    shown = place.run("torc", "-s", "--db", "other.db", "logs", "show", "1")
    assert shown.stdout == "second\n"
    assert "torc_output has output of several databases" in shown.stderr
