"""Tasks as rows: queued, begun, succeeded or failed, each step in a transaction of its own."""

import pytest

from server_builders import World
from torc_server.engine.errors import Conflict
from torc_server.engine.lifecycle import tasks
from torc_server.engine.lifecycle.tasks import TaskStatus
from torc_server.engine.signals import Announcement, JobsBecameReady, TaskFinished, TaskQueued

ARGUMENTS = {"only_uninitialized": False, "clear_ephemeral_user_data": False, "user": "ada"}


def queue(world, **others):
    arguments = ARGUMENTS | others
    task_id = tasks.queue(world.tx, world.workflow_id, "initialize_jobs", arguments, now=world.clock.now)
    world.check()
    return task_id


def row(world, task_id):
    return dict(world.connection.execute("SELECT * FROM task WHERE id = ?", (task_id,)).fetchone())


def milliseconds(world):
    return int(world.clock.now.timestamp() * 1000)


def test_a_task_from_queue_to_success(world):
    world.job("a")
    world.told()
    asked_ms = milliseconds(world)
    task_id = queue(world)
    assert world.told() == [TaskQueued(world.workflow_id)]
    assert tasks.active_task(world.tx, world.workflow_id) == task_id
    assert world.statuses() == {"a": "uninitialized"}
    world.clock.advance(seconds=1)
    begun_ms = milliseconds(world)
    task = tasks.begin_next(world.tx, now=world.clock.now)
    assert (task.id, task.workflow_id, task.operation, task.arguments) == (
        task_id,
        world.workflow_id,
        "initialize_jobs",
        ARGUMENTS,
    )
    assert row(world, task_id)["status"] == "running"
    assert tasks.active_task(world.tx, world.workflow_id) == task_id
    world.clock.advance(seconds=1)
    tasks.perform(world.tx, task, now=world.clock.now)
    world.check()
    assert world.statuses() == {"a": "ready"}
    done = row(world, task_id)
    assert (done["status"], done["error"]) == ("succeeded", None)
    assert (done["created_at_ms"], done["started_at_ms"], done["finished_at_ms"]) == (
        asked_ms,
        begun_ms,
        milliseconds(world),
    )
    signals = list(world.tx.signals)
    assert {TaskFinished(world.workflow_id), JobsBecameReady(world.workflow_id)} == set(world.told())
    (news,) = [each for each in signals if isinstance(each, Announcement) and each.event_type == "task_completed"]
    assert news.data == {
        "category": "tasks",
        "type": "task_completed",
        "task_id": task_id,
        "operation": "initialize_jobs",
        "status": "succeeded",
        "user": "ada",
        "message": f"Task {task_id} (initialize_jobs) succeeded",
        "error": None,
    }
    assert tasks.active_task(world.tx, world.workflow_id) is None
    assert tasks.begin_next(world.tx, now=world.clock.now) is None


def test_a_workflow_has_at_most_one_unfinished_task(world):
    task_id = queue(world)
    for _ in range(2):
        assert queue(world, user="bob") == task_id
        with pytest.raises(Conflict, match=f"different parameters: initialize_jobs, task {task_id}, is queued"):
            queue(world, only_uninitialized=True)
        with pytest.raises(Conflict, match="GET /tasks/"):
            tasks.require_no_task(world.tx, world.workflow_id)
    other = World(world.connection, world.clock)
    later = queue(other)
    first = tasks.begin_next(world.tx, now=world.clock.now)
    assert queue(world) == task_id
    with pytest.raises(Conflict, match="is running") as refused:
        queue(world, clear_ephemeral_user_data=True)
    assert refused.value.details == {"existing_task_id": task_id, "existing_operation": "initialize_jobs"}
    second = tasks.begin_next(world.tx, now=world.clock.now)
    assert (first.id, second.id) == (task_id, later)
    tasks.perform(world.tx, first, now=world.clock.now)
    tasks.require_no_task(world.tx, world.workflow_id)
    assert queue(world) > later


def test_a_failed_task_has_its_error(world):
    task_id = queue(world)
    task = tasks.begin_next(world.tx, now=world.clock.now)
    world.told()
    tasks.fail(world.tx, task, "The disk is full", now=world.clock.now)
    done = row(world, task_id)
    assert (done["status"], done["error"], done["finished_at_ms"]) == (
        "failed",
        "The disk is full",
        milliseconds(world),
    )
    assert world.told()[0] == TaskFinished(world.workflow_id)
    tasks.fail(world.tx, task, "again", now=world.clock.now)
    tasks.perform(world.tx, task, now=world.clock.now)
    assert row(world, task_id)["error"] == "The disk is full"
    assert world.told() == []


def test_a_task_deleted_with_its_workflow_does_nothing(world):
    queue(world)
    task = tasks.begin_next(world.tx, now=world.clock.now)
    world.connection.execute("DELETE FROM workflow WHERE id = ?", (world.workflow_id,))
    world.told()
    tasks.perform(world.tx, task, now=world.clock.now)
    tasks.fail(world.tx, task, "nothing to do", now=world.clock.now)
    assert world.told() == []


def test_after_a_restart_running_tasks_have_failed_and_queued_tasks_are_queued(world):
    ran = queue(world)
    other = World(world.connection, world.clock)
    waits = queue(other)
    tasks.begin_next(world.tx, now=world.clock.now)
    assert tasks.fail_interrupted(world.tx, now=world.clock.now) == 1
    assert tasks.fail_interrupted(world.tx, now=world.clock.now) == 0
    assert (row(world, ran)["status"], row(world, ran)["error"]) == ("failed", tasks.INTERRUPTED)
    assert row(world, waits)["status"] == "queued"
    assert tasks.begin_next(world.tx, now=world.clock.now).id == waits


def test_the_table_allows_the_same_statuses(database):
    (text,) = database.execute("SELECT sql FROM sqlite_schema WHERE name = 'task'").fetchone()
    words = text.partition("status IN (")[2].partition(")")[0].replace("'", "").split(", ")
    assert words == [status.value for status in TaskStatus]
