"""Tasks survive a stopped server: the next server runs queued tasks, and interrupted ones have failed."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from torc_server.engine.lifecycle.tasks import INTERRUPTED
from torc_server.store.migrate import migrate


def workflow_with_task(database: Path, *statuses: str) -> list[tuple[int, int]]:
    """Create a workflow with a job and a task of this status for each status. Returns both ids."""
    migrate(database)
    arguments = json.dumps({"only_uninitialized": False, "clear_ephemeral_user_data": False, "user": "ada"})
    made = []
    with closing(sqlite3.connect(database)) as connection, connection:

        def insert(sql: str, *values: Any) -> int:
            row_id = connection.execute(sql, values).lastrowid
            assert row_id is not None
            return row_id

        for status in statuses:
            workflow_id = insert("INSERT INTO workflow (name, user, timestamp) VALUES ('w', 'ada', 't')")
            requirements_id = insert(
                "INSERT INTO resource_requirements (workflow_id, name, memory_bytes, runtime_seconds)"
                " VALUES (?, 'default', 1, 1)",
                workflow_id,
            )
            insert(
                "INSERT INTO job (workflow_id, name, command, resource_requirements_id) VALUES (?, 'a', 'true', ?)",
                *(workflow_id, requirements_id),
            )
            task_id = insert(
                "INSERT INTO task (workflow_id, operation, arguments, status, created_at_ms)"
                " VALUES (?, 'initialize_jobs', ?, ?, 1)",
                *(workflow_id, arguments, status),
            )
            made.append((workflow_id, task_id))
    return made


def test_queued_tasks_run_and_interrupted_ones_have_failed(starter):
    (queued, running) = workflow_with_task(starter.folder / "t.db", "queued", "running")
    server = starter.start("--host", "127.0.0.1", "--port", "0", "--database", "t.db")

    def get(path: str) -> Any:
        status, text = server.ask(path)
        assert status == 200, text
        return json.loads(text)

    # Answered when no task is unfinished.
    assert get(f"/workflows/{queued[0]}/active_task?wait_seconds=30") == {"task": None}
    assert get(f"/workflows/{running[0]}/active_task?wait_seconds=30") == {"task": None}
    done, failed = get(f"/tasks/{queued[1]}"), get(f"/tasks/{running[1]}")
    assert (done["status"], done.get("error")) == ("succeeded", None)
    assert (failed["status"], failed["error"]) == ("failed", INTERRUPTED)
    assert get(f"/jobs?workflow_id={queued[0]}")["items"][0]["status"] == "ready"
    assert get(f"/jobs?workflow_id={running[0]}")["items"][0]["status"] == "uninitialized"
    status, text = server.ask(f"/workflows/{running[0]}/initialize_jobs?async=true", method="POST")
    assert status == 202, text
    assert get(f"/workflows/{running[0]}/active_task?wait_seconds=30") == {"task": None}
    assert get(f"/jobs?workflow_id={running[0]}")["items"][0]["status"] == "ready"
    assert server.end()[0] == 0
