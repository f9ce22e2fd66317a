"""The runner and the commands on a server of Torc 1.0, which has no extensions of this project."""

import json
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from support.processes import Output, Place, Reports, ended_after
from support.server_as_1_0 import server_as_1_0

SHAPES = """
name: shapes
files: [{name: made, path: made.txt}]
user_data: [{name: data, data: {"n": 1}}]
resource_requirements: [{name: small, num_cpus: 1, memory: 100m, runtime: PT1M}]
failure_handlers: [{name: again, rules: [{exit_codes: [7], max_retries: 3}]}]
actions: [{trigger_type: on_workflow_complete, action_type: run_commands, commands: ["echo done > action.txt"]}]
jobs:
  - {name: writer, command: "echo x > made.txt", output_files: [made], resource_requirements: small}
  - {name: reader, command: "grep x made.txt", input_files: [made], resource_requirements: small}
  - {name: retried, command: 'test $TORC_ATTEMPT_ID -ge 3 || exit 7', failure_handler: again}
  - {name: failing, command: "exit 3"}
  - {name: canceled, command: "true", depends_on: [failing]}
  - {name: tolerant, command: "true", depends_on: [failing], cancel_on_blocking_job_failure: false}
  - {name: last, command: "true", depends_on: [reader, retried], input_user_data: [data], env: {A: b}}
"""
RESULTS = {
    ("writer", 1, 0): 1,
    ("reader", 1, 0): 1,
    ("retried", 1, 7): 1,
    ("retried", 2, 7): 1,
    ("retried", 3, 0): 1,
    ("failing", 1, 3): 1,
    ("tolerant", 1, 0): 1,
    ("last", 1, 0): 1,
}
LOST = [
    "create_compute_node", "claim_jobs_based_on_resources", "start_job", "create_result", "retry_job",
    "batch_complete_jobs", "batch_complete_jobs", "is_workflow_complete",
]  # fmt: skip

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def server(place: Place) -> Iterator[str]:
    with server_as_1_0(place) as url:
        yield url


def names(place: Place, workflow_id: Any = 1) -> dict[int, str]:
    return {job["id"]: job["name"] for job in place.torc("jobs", "list", workflow_id)["items"]}


def results(place: Place, workflow_id: Any = 1) -> Counter[tuple[str, int, int]]:
    of_job = names(place, workflow_id)
    found = place.torc("results", "list", workflow_id, "--all-runs")["items"]
    return Counter((of_job[each["job_id"]], each["attempt_id"], each["return_code"]) for each in found)


def statuses(place: Place, workflow_id: Any = 1) -> dict[str, str]:
    return {job["name"]: job["status"] for job in place.torc("jobs", "list", workflow_id)["items"]}


@pytest.mark.parametrize("lost", [[], LOST], ids=["all answers arrive", "answers are lost"])
def test_a_workflow_of_each_shape_runs(place: Place, lost: list[str]) -> None:
    with server_as_1_0(place, lost=lost):
        finished = place.run("torc", "run", place.file("spec.yaml", SHAPES), status=3)
        found = results(place)
        if lost:  # the attempts of jobs whose claim was lost begin again
            assert set(found.values()) == {1}
            assert Counter(name for name, *_ in found) >= Counter({name: 1 for name, *_ in RESULTS})
        else:
            assert found == RESULTS
        assert {name: status for name, status in statuses(place).items() if status != "completed"} == {
            "failing": "failed",
            "canceled": "canceled",
        }
        assert "Lease lost" not in finished.stderr
        assert (place.directory / "torc_output" / "action.txt").read_text() == "done\n"
        (file,) = place.torc("files", "list", "1")["items"]
        assert file["st_mtime"] == pytest.approx((place.directory / "made.txt").stat().st_mtime)
        status = place.torc("status", "1")
        assert (status["is_complete"], status["run_id"]) == (True, 1)
        assert [each["name"] for each in place.torc("workflows", "list")["items"]] == ["shapes"]
        assert [each["is_active"] for each in place.torc("compute-nodes", "list", "1")["items"]] == [False] * (
            2 if lost else 1
        )


def test_several_runners_run_each_job_once(place: Place, server: str, reports: Reports) -> None:
    spec = """
name: many
jobs:
  - {name: "a{i}", command: "echo a{i} > reports", parameters: {i: "1:30"}}
  - {name: "b{i}", command: "echo b{i} > reports", depends_on: ["a{i}"], parameters: {i: "1:30"}}
"""
    place.run("torc", "create", place.file("spec.yaml", spec))
    words = ("torc", "run", "1", "--max-parallel-jobs", "4", "--poll-interval", "1")
    with (
        ended_after(place.start(*words, "-o", "one", stderr=subprocess.STDOUT)) as one,
        ended_after(place.start(*words, "-o", "two", stderr=subprocess.STDOUT)) as two,
    ):
        outputs = [Output(each.stdout) for each in (one, two)]
        assert max(Counter(reports.next(60)).values()) == 1
        texts = [each.finish() for each in outputs]
        assert [one.wait(), two.wait()] == [0, 0], texts
    assert set(results(place).values()) == {1}
    assert len(results(place)) == 60


def killed_runner(place: Place, reports: Reports) -> None:
    spec = """
name: killed
jobs:
  - {name: first, command: "echo $TORC_ATTEMPT_ID > reports; [ -e gate ] || sleep 600"}
  - {name: second, command: "echo second > reports", depends_on: [first]}
"""
    place.run("torc", "create", place.file("spec.yaml", spec))
    with ended_after(place.start("torc", "run", "1", stderr=subprocess.DEVNULL)) as runner:
        assert reports.next(of=[runner]) == ["1"]
        assert statuses(place)["first"] == "running"
        runner.kill()
    place.file("gate", "")


def test_the_jobs_of_a_killed_runner_run_again_in_the_next_run(place: Place, server: str, reports: Reports) -> None:
    killed_runner(place, reports)
    place.run("torc", "run", "1", "--poll-interval", "1")
    assert reports.next(2) == ["2", "second"]
    assert results(place) == {("first", 2, 0): 1, ("second", 1, 0): 1}


def test_sync_status_returns_the_jobs_of_a_killed_runner(place: Place, server: str, reports: Reports) -> None:
    killed_runner(place, reports)
    finished = place.run("torc", "workflows", "sync-status", "1")
    assert "Found 1 dead runner; its jobs were returned to the queue." in finished.stdout + finished.stderr
    assert statuses(place) == {"first": "ready", "second": "blocked"}
    assert [each["is_active"] for each in place.torc("compute-nodes", "list", "1")["items"]] == [False]


def test_a_job_that_nobody_has_started_is_claimed_again(place: Place, server: str) -> None:
    """A runner was killed between its claim and the start."""
    spec = 'name: lost\njobs: [{name: a, command: "true"}]\n'
    place.run("torc", "create", place.file("spec.yaml", spec))
    place.run("torc", "init", "1")
    claim = f"curl -fsS -X POST {server}/workflows/1/claim_next_jobs?limit=1"
    place.run("bash", "-c", claim)
    assert statuses(place) == {"a": "pending"}
    place.run("torc", "run", "1")
    assert results(place) == {("a", 1, 0): 1} or results(place) == {("a", 2, 0): 1}


def test_a_canceled_workflow_ends_its_runner(place: Place, server: str, reports: Reports) -> None:
    spec = 'name: c\njobs: [{name: a, command: "echo a > reports; sleep 600"}, {name: b, command: "true"}]\n'
    words = ("torc", "run", place.file("spec.yaml", spec), "--max-parallel-jobs", "1")
    with ended_after(place.start(*words, stderr=subprocess.STDOUT)) as runner:
        output = Output(runner.stdout)
        reports.next(of=[runner])
        place.run("torc", "cancel", "1")
        text = output.finish()
        assert runner.wait() == 3, text
    assert statuses(place)["a"] == "canceled"
    assert place.torc("status", "1")["is_canceled"] is True


def test_a_stopped_runner_reports_and_the_rest_runs_later(place: Place, server: str, reports: Reports) -> None:
    spec = """
name: s
jobs:
  - {name: a, command: "echo a > reports; [ -e gate ] || sleep 600"}
  - {name: b, command: "true", depends_on: [a]}
"""
    with ended_after(place.start("torc", "run", place.file("spec.yaml", spec), stderr=subprocess.STDOUT)) as runner:
        output = Output(runner.stdout)
        reports.next(of=[runner])
        runner.send_signal(signal.SIGTERM)
        text = output.finish()
        assert runner.wait() == 4, text
    assert results(place) == {("a", 1, 143): 1}
    place.file("gate", "")
    place.run("torc", "workflows", "reset-status", "1", "--failed-only", "--reinitialize", "--no-prompts")
    place.run("torc", "run", "1", "--poll-interval", "1")
    assert statuses(place) == {"a": "completed", "b": "completed"}


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["run", "spec.yaml", "--strict-lease"], "end the lease of a runner, as --strict-lease requires"),
        (["run", "spec.yaml", "--lease-seconds", "60"], "keep leases, as --lease-seconds requires"),
        (["run", "spec.yaml", "--label", "x", "--also-unlabeled"], "give jobs without labels to a runner with labels"),
        (["run", "limited.yaml"], "store execution_config.limit_runtime"),
        (["create", "sorted.yaml"], "order jobs by jobs_sort_method"),
        (["workflows", "explain", "1"], "explain why jobs do not run"),
        (["admin", "tokens", "list"], "make tokens"),
    ],
)
def test_what_the_server_cannot_do_is_refused_in_one_sentence(
    place: Place, server: str, words: list[str], what: str
) -> None:
    jobs = {"name": "w", "jobs": [{"name": "a", "command": "true"}]}
    place.file("spec.yaml", json.dumps(jobs))
    place.file("limited.yaml", json.dumps({**jobs, "execution_config": {"limit_runtime": True}}))
    place.file("sorted.yaml", json.dumps({**jobs, "jobs_sort_method": "gpus_memory_runtime"}))
    place.run("torc", "create", "spec.yaml")
    refused = place.run("torc", *words, status=1)
    sentence = f"Error: The server {server} is a torc-server 1.0.0 of the original Torc, which cannot {what}"
    assert refused.stderr.startswith(sentence), refused.stderr
    assert len(place.torc("workflows", "list")["items"]) == 1
