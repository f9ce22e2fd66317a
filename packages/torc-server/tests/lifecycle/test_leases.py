"""Leases of a server that is stopped for a while: no node is given up for the time when the server was stopped."""

import json
import signal
import time
from typing import Any

LEASE_SECONDS = 3
NODE = {
    "hostname": "host",
    "pid": 1,
    "start_time": "2026-01-01T00:00:00Z",
    "num_cpus": 1,
    "memory_gb": 1.0,
    "num_gpus": 0,
    "num_nodes": 1,
    "compute_node_type": "local",
    "is_active": True,
}


def test_a_server_that_was_stopped_gives_up_no_node_for_that_time(starter: Any) -> None:
    server = starter.start("--host", "127.0.0.1", "--port", "0", "--database", "t.db")

    def ok(method: str, path: str, body: Any = None) -> Any:
        status, text = server.ask(path, method=method, body=None if body is None else json.dumps(body))
        assert status == 200, (path, text)
        return json.loads(text)

    workflow_id = ok("POST", "/workflows", {"name": "w", "user": "u"})["id"]
    job_id = ok("POST", "/jobs", {"workflow_id": workflow_id, "name": "a", "command": "true"})["id"]
    ok("POST", f"/workflows/{workflow_id}/initialize_jobs")
    node = {**NODE, "workflow_id": workflow_id, "lease_seconds": LEASE_SECONDS}
    node_id = ok("POST", "/compute_nodes", node)["id"]
    claim = f"/workflows/{workflow_id}/claim_next_jobs"
    assert [job["id"] for job in ok("POST", f"{claim}?compute_node_id={node_id}")["jobs"]] == [job_id]
    server.process.send_signal(signal.SIGSTOP)
    time.sleep(LEASE_SECONDS + 2)  # this silence must not count
    server.process.send_signal(signal.SIGCONT)
    assert ok("POST", f"/compute_nodes/{node_id}/heartbeat")["lease_seconds"] == LEASE_SECONDS
    # The server runs now, so that the silence of the node counts: the claim waits until the job is returned.
    (job,) = ok("POST", f"{claim}?wait_seconds=30")["jobs"]
    assert (job["id"], job["attempt_id"]) == (job_id, 2)
    status, text = server.ask(f"/compute_nodes/{node_id}/heartbeat", method="POST")
    assert status == 409, text
    code, _, err = server.end()
    assert code == 0
    assert "the server was paused" in err
    assert "compute node lost" in err
