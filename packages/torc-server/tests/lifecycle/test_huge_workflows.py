"""A server that is killed during an operation on a huge workflow: the next server finishes or discards it."""

import http.client
import json
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from torc_server.engine.invariants import check_any
from torc_server.store.transaction import Transaction

JOBS = 5_400  # more than one transaction changes while another workflow is active
NODE_ELSEWHERE = {
    "hostname": "n",
    "pid": 1,
    "start_time": "2026-01-01T00:00:00Z",
    "is_active": True,
    "num_cpus": 1,
    "memory_gb": 1.0,
    "num_gpus": 0,
    "num_nodes": 1,
    "compute_node_type": "local",
}


def asked(server: Any, method: str, path: str, body: Any = None) -> Any:
    status, text = server.ask(path, method=method, body=None if body is None else json.dumps(body))
    assert status == 200, text
    return json.loads(text)


@pytest.mark.parametrize("commits", [1, 2, 3, 5, 9])
@pytest.mark.parametrize("operation", ["initialize_jobs", "reset_job_status", "delete"])
def test_an_interrupted_operation_is_finished_or_discarded(starter: Any, operation: str, commits: int) -> None:
    armed = starter.folder / "armed"
    arguments = ("--host", "127.0.0.1", "--port", "0", "--database", "t.db")
    server = starter.start(*arguments, env=starter.environment(TORC_FAILPOINT=f"before_commit:{armed}"))
    workflow_id = asked(server, "POST", "/workflows", {"name": "w", "user": "u"})["id"]
    elsewhere = asked(server, "POST", "/workflows", {"name": "other", "user": "u"})["id"]
    asked(server, "POST", "/compute_nodes", {**NODE_ELSEWHERE, "workflow_id": elsewhere})
    jobs = [{"workflow_id": workflow_id, "name": f"j{number}", "command": "true"} for number in range(JOBS)]
    asked(server, "POST", "/bulk_jobs", {"jobs": jobs})
    if operation == "reset_job_status":
        asked(server, "POST", f"/workflows/{workflow_id}/initialize_jobs")
    armed.write_text(str(commits))
    is_done = False
    try:
        if operation == "delete":
            asked(server, "DELETE", f"/workflows/{workflow_id}")
        else:
            asked(server, "POST", f"/workflows/{workflow_id}/{operation}")
        is_done = True
    except (http.client.HTTPException, OSError):
        pass
    server.end(None if not is_done else 9)
    armed.unlink(missing_ok=True)

    server = starter.start(*arguments)
    status, _ = server.ask(f"/workflows/{workflow_id}")
    if operation == "delete":
        # The first commit marked it deleted, so the next server finishes the deletion.
        assert status == 404
        assert server.ask(f"/jobs?workflow_id={workflow_id}")[0] == 404
    else:
        counts = asked(server, "GET", f"/workflows/{workflow_id}/status")["jobs_by_status"]
        before, after = ("uninitialized", "ready") if operation == "initialize_jobs" else ("ready", "uninitialized")
        assert counts[after] == JOBS or (counts[before] == JOBS and not is_done)
        asked(server, "POST", f"/workflows/{workflow_id}/initialize_jobs")
        claimed = asked(server, "POST", f"/workflows/{workflow_id}/claim_next_jobs?limit=10000")["jobs"]
        assert len({job["id"] for job in claimed}) == JOBS
    assert server.end()[0] == 0
    with closing(sqlite3.connect(starter.folder / "t.db")) as connection:
        connection.row_factory = sqlite3.Row
        assert check_any(Transaction(connection)) == []
        assert operation != "delete" or connection.execute("SELECT COUNT(*) FROM job").fetchone()[0] == 0
        assert connection.execute("SELECT COUNT(*) FROM long_operation").fetchone()[0] == 0
        assert connection.execute("SELECT COUNT(*) FROM long_operation_change").fetchone()[0] == 0
