"""Each example is run as its page describes, and its results are checked."""

import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from support.processes import EXAMPLES, Place, Server, ended_after


@pytest.fixture
def example(place: Place, server: Server, request: pytest.FixtureRequest) -> Path:
    """A copy of the example that the test is marked with, as the working directory."""
    folder = place.directory / "example"
    shutil.copytree(EXAMPLES / request.param, folder)
    place.directory = folder
    return folder


def of(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("example", [name], indirect=True)


def statuses(place: Place) -> dict[str, str]:
    return {job["name"]: job["status"] for job in place.torc("jobs", "list", "1")["items"]}


@of("word_count")
def test_word_count(place: Place, example: Path):
    place.run("torc", "run", "word_count.yaml")
    shown = [line.split() for line in (example / "work/top_ten.txt").read_text().splitlines()]
    # Count again with other commands.
    words = Counter(re.findall(r"[a-z]+", (example / "text.txt").read_text().lower()))
    assert len(shown) == 10
    assert [int(count) for count, _ in shown] == sorted((int(count) for count, _ in shown), reverse=True)
    assert {word: int(count) for count, word in shown} == {word: words[word] for _, word in shown}
    assert int(shown[0][0]) == max(words.values())
    assert len(list((example / "work").glob("part_*.txt"))) == 8
    assert Counter(statuses(place).values()) == {"completed": 11}


@of("hello_world")
def test_hello_world(place: Place, example: Path):
    place.run("torc", "run", "hello_world.yaml")
    assert (example / "hello.txt").read_text() == "Hello from job hello of workflow 1\n"
    assert (example / "goodbye.txt").read_text().splitlines()[-2:] == ["The world says hello", "Goodbye"]
    printed = (example / "torc_output/job_stdio/job_wf1_j1_r1_a1.o").read_text()
    assert printed == "Hello from job hello of workflow 1\n"


@of("failing_job")
def test_dependents_of_a_failed_job_are_canceled(place: Place, example: Path):
    place.run("torc", "run", "dependents_canceled.yaml", status=3)
    assert {path.name for path in example.glob("*.txt")} == {"canceled.prepared.txt", "canceled.independent.txt"}
    assert statuses(place) == {
        "prepare": "completed", "fail": "failed", "after_failure": "canceled", "independent": "completed",
    }  # fmt: skip
    results = place.torc("results", "list", "1")["items"]
    assert sorted(result["return_code"] for result in results) == [0, 0, 7]
    (failed,) = (result["job_id"] for result in results if result["return_code"] == 7)
    assert (example / f"torc_output/job_stdio/job_wf1_j{failed}_r1_a1.e").read_text() == "this goes wrong\n"


@of("failing_job")
def test_a_dependent_that_is_not_canceled_runs_after_a_failure(place: Place, example: Path):
    place.run("torc", "run", "dependents_carried_on.yaml", status=3)
    made = {path.name for path in example.glob("*.txt")}
    assert made == {"carried_on.prepared.txt", "carried_on.independent.txt", "carried_on.after.txt"}
    assert statuses(place)["after_failure"] == "completed"


@of("sweep")
def test_a_sweep_of_a_thousand_jobs(place: Place, example: Path):
    place.run("torc", "run", "sweep.yaml", "--num-cpus", "8")
    energies = [path.read_text().split() for path in (example / "energies").iterdir()]
    assert len(energies) == 1000
    assert all(float(energy) == pytest.approx(float(m) * float(v) ** 2 / 2, rel=1e-4) for m, v, energy in energies)
    assert [float(word) for word in (example / "largest.txt").read_text().split()] == [50, 10, 2500]
    assert Counter(statuses(place).values()) == {"completed": 1001}


@of("scripting")
def test_five_lines_create_a_thousand_jobs_and_wait(place: Place, example: Path):
    words = ["python3", "-u", "five_lines.py"]
    with ended_after(place.start(*words, stderr=subprocess.STDOUT)) as script:
        assert script.stdout is not None
        announced = script.stdout.readline()
        found = re.search(r"torc run (\d+)", announced)
        assert found, announced
        place.run("torc", "run", found[1], "--max-parallel-jobs", "8")
        assert script.stdout.read() == "complete\n"
        assert script.wait() == 0
    assert len(place.torc("results", "list", found[1])["items"]) == 1000


@of("retries")
def test_a_job_is_retried_after_the_script(place: Place, example: Path):
    place.run("torc", "run", "retries.yaml")
    results = [
        each for each in place.torc("results", "list", "1", "--all-runs")["items"] if each["job_name"] == "solve"
    ]
    assert sorted((each["attempt_id"], each["return_code"]) for each in results) == [(1, 75), (2, 0)]
    assert (example / "report.txt").read_text() == "solved\n"


@of("diamond")
def test_files_order_the_jobs(place: Place, example: Path):
    place.run("torc", "run", "diamond.yaml")
    assert (example / "sums.txt").read_text().split() == ["30", "25"]
    (example / "odd.txt").write_text("100\n")
    place.run("torc", "reinit", "1")
    assert [name for name, status in statuses(place).items() if status == "ready"] == ["add"]


@of("slurm")
def test_a_workflow_for_slurm_has_schedulers_and_requests_their_nodes(place: Place, example: Path):
    checked = place.run("torc", "spec", "check", "slurm.yaml")
    assert "warning" not in checked.stderr.lower()
    summary = place.torc("create", "slurm.yaml", "--dry-run")["summary"]
    assert (summary["job_count"], summary["scheduler_names"]) == (101, ["many", "last"])
    assert summary["has_schedule_nodes_action"]
