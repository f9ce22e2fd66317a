"""A crash before or after the commit: the repeated request gets the answer of a server without a crash."""

import http.client
import json
import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from torc_server.engine.invariants import check
from torc_server.store.inspection import inspect

OFFER = {"num_cpus": 4, "memory_gb": 8.0, "num_gpus": 0, "num_nodes": 1}
NODE = {**OFFER, "hostname": "h", "pid": 1, "start_time": "2026-01-01T00:00:00Z", "compute_node_type": "local",
        "is_active": True}  # fmt: skip
RESULT = {
    "return_code": 0,
    "exec_time_minutes": 0.5,
    "completion_time": "2026-01-01T00:01:00Z",
    "status": "completed",
    "compute_node_id": 1,
    "workflow_id": 1,
    "job_id": 1,
    "run_id": 0,
}

# The requests of a runner in their order, by name.
CLAIM = ("POST", "/workflows/1/claim_jobs_based_on_resources/1?claim_key=k", OFFER)
START = ("PUT", "/jobs/1/start_job/0/1", None)
COMPLETE = ("POST", "/jobs/1/complete_job/completed/0", RESULT)
STEPS = {"claim": CLAIM, "start": START, "complete": COMPLETE}


class Runner:
    """Sends requests to the current server."""

    def __init__(self, starter: Any, failpoint: str, armed: Path) -> None:
        self.starter = starter
        self.failpoint = f"{failpoint}:{armed}"
        self.server: Any = None
        self.restart()

    def restart(self) -> None:
        environment = self.starter.environment(TORC_FAILPOINT=self.failpoint)
        self.server = self.starter.start("run", "--host", "127.0.0.1", "--port", 0, env=environment)

    def ask(self, method: str, path: str, body: Any) -> Any:
        status, text = self.server.ask(path, method=method, body=None if body is None else json.dumps(body))
        assert status == 200, text
        return json.loads(text)

    def prepare(self) -> None:
        self.ask("POST", "/workflows", {"name": "w", "user": "u"})
        for name in ("one", "two"):
            self.ask("POST", "/jobs", {"workflow_id": 1, "name": name, "command": "true"})
        self.ask("POST", "/workflows/1/initialize_jobs", None)
        self.ask("POST", "/compute_nodes", {**NODE, "workflow_id": 1})


def undisturbed(runner: Runner, last: str) -> tuple[Any, dict[str, int]]:
    answer = None
    for name, step in STEPS.items():
        answer = runner.ask(*step)
        if name == last:
            break
    return answer, counts(runner.starter.folder / "torc.db")


def counts(database: Path) -> dict[str, int]:
    with closing(sqlite3.connect(database)) as connection:
        return {
            name: connection.execute(f"SELECT COUNT(*) FROM {name}").fetchone()[0]  # noqa: S608 - names of this list
            for name in ("result", "event", "claim_reply", "compute_node")
        } | {"claimed": connection.execute("SELECT COUNT(*) FROM job WHERE status = 3").fetchone()[0]}


def without_times(answer: Any) -> Any:
    if isinstance(answer, dict):
        return {name: without_times(value) for name, value in answer.items() if "time" not in name}
    return [without_times(each) for each in answer] if isinstance(answer, list) else answer


@pytest.mark.parametrize("failpoint", ["before_commit", "before_reply"])
@pytest.mark.parametrize("name", STEPS)
def test_the_repeated_request_gets_the_answer_of_a_server_without_a_crash(
    starter: Any, tmp_path_factory: pytest.TempPathFactory, name: str, failpoint: str
):
    armed = tmp_path_factory.mktemp("armed") / "now"
    runner = Runner(starter, failpoint, armed)
    runner.prepare()
    for before, step in STEPS.items():
        if before == name:
            break
        runner.ask(*step)
    armed.touch()
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        runner.ask(*STEPS[name])
    assert runner.server.process.wait() == -signal.SIGKILL
    assert not armed.exists()
    runner.restart()
    answer = runner.ask(*STEPS[name])
    assert without_times(runner.ask(*STEPS[name])) == without_times(answer)
    found = counts(starter.folder / "torc.db")
    assert runner.server.end()[0] == 0
    assert inspect(starter.folder / "torc.db", check).problems == ()

    (starter.folder / "torc.db").unlink()
    other = Runner(starter, failpoint, armed)
    other.prepare()
    expected, expected_counts = undisturbed(other, name)
    assert without_times(answer) == without_times(expected)
    assert found == expected_counts
