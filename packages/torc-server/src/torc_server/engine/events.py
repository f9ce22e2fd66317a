"""Events, which are stored with the workflow, and announcements, which are sent to its open event streams.

An event is stored in the transaction that it describes. An announcement is emitted as a signal after the commit and
needs no SQL, so that the main path is fast without listeners. Its time is the time of its delivery. Functions named
`..._event` return the data of an event; functions named `announce_...` emit an announcement.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from torc_server.engine.ids import JobId, NodeId, RunId, WorkflowId
from torc_server.engine.signals import Announcement, Severity
from torc_server.engine.states import JobStatus
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

# The user of an event if the caller's name is unknown.
UNKNOWN_USER = "unknown"
# Names in announcements are cut to this length, since announcements wait in memory.
LONGEST_NAME = 1000

ADD_EVENT = Statement("INSERT INTO event (workflow_id, timestamp, data) VALUES (:workflow_id, :timestamp, :data)")


def milliseconds(now: datetime) -> int:
    """Return the milliseconds since the epoch."""
    return int(now.timestamp() * 1000)


def record(tx: Transaction, workflow_id: WorkflowId, data: Mapping[str, Any], *, now: datetime) -> None:
    """Store an event. Lists of events can be filtered by the member `category` of `data`."""
    values = {"workflow_id": workflow_id, "timestamp": milliseconds(now), "data": json.dumps(data, ensure_ascii=False)}
    tx.execute(ADD_EVENT, values)


def user_action_event(action: str, user: str, **values: Any) -> dict[str, Any]:
    """Return the event of an action of a user."""
    return {"category": "user_action", "action": action, "user": user, **values}


def workflow_canceled_event(workflow_id: WorkflowId, run_id: RunId, user: str) -> dict[str, Any]:
    """Return the event of a canceled workflow."""
    return {
        "category": "workflow_canceled",
        "message": f"Workflow {workflow_id} was canceled",
        "workflow_id": workflow_id,
        "run_id": run_id,
        "user": user,
    }


def job_retried_event(job_id: JobId, job_name: str, attempt_id: int, run_id: RunId) -> dict[str, Any]:
    """Return the event of a retry. `attempt_id` is the attempt that ended."""
    return {
        "event_type": "job_retried",
        "job_id": job_id,
        "job_name": job_name,
        "previous_attempt": attempt_id,
        "new_attempt": attempt_id + 1,
        "run_id": run_id,
        "message": f"Job {job_name!r} gets attempt {attempt_id + 1}",
    }


def announce(
    tx: Transaction, workflow_id: WorkflowId, event_type: str, severity: Severity, data: Mapping[str, Any]
) -> None:
    """Emit an announcement."""
    tx.emit(Announcement(workflow_id, event_type, severity, data))


_END_SEVERITIES = {
    JobStatus.COMPLETED: Severity.INFO,
    JobStatus.FAILED: Severity.ERROR,
    JobStatus.CANCELED: Severity.WARNING,
    JobStatus.TERMINATED: Severity.WARNING,
    JobStatus.PENDING_FAILED: Severity.INFO,
}
# Looked up, since `status.word` is computed on each access and this is the main path.
_END_WORDS = {status: status.word for status in _END_SEVERITIES}
_END_TYPES = {status: f"job_{word}" for status, word in _END_WORDS.items()}


def announce_job_ended(
    tx: Transaction,
    workflow_id: WorkflowId,
    job_id: JobId,
    job_name: str,
    status: JobStatus,
    *,
    return_code: int | None = None,
    failure_class: str | None = None,
) -> None:
    """Announce the end of a job. A job that was canceled before it started has no return code."""
    data = {
        "job_id": job_id,
        "job_name": job_name[:LONGEST_NAME],
        "status": _END_WORDS[status],
        "return_code": return_code,
    }
    if failure_class is not None:
        data["failure_class"] = failure_class
    tx.emit(Announcement(workflow_id, _END_TYPES[status], _END_SEVERITIES[status], data))


def announce_job_started(
    tx: Transaction, workflow_id: WorkflowId, job_id: JobId, job_name: str, *, node_id: NodeId, run_id: RunId
) -> None:
    """Announce the start of a job."""
    data = {"job_id": job_id, "job_name": job_name[:LONGEST_NAME], "compute_node_id": node_id, "run_id": run_id}
    tx.emit(Announcement(workflow_id, "job_started", Severity.INFO, data))


def announce_workflow_started(tx: Transaction, workflow_id: WorkflowId, *, user: str, anew: bool) -> None:
    """Announce that jobs were initialized: all of them again (`anew`), or only the uninitialized ones."""
    kind, words = ("workflow_reinitialized", "initialized again") if anew else ("workflow_started", "started")
    data = {"category": "workflow", "type": kind, "user": user, "message": f"Workflow {workflow_id} was {words}"}
    announce(tx, workflow_id, kind, Severity.INFO, data)


_STARTED_NODE = ("hostname", "pid", "num_cpus", "memory_gb", "num_gpus", "compute_node_type")
_STOPPED_NODE = ("hostname", "pid", "duration_seconds", "compute_node_type")


def announce_compute_node_started(tx: Transaction, node_id: int, node: Mapping[str, Any]) -> None:
    """Announce a new compute node. `node` is its record."""
    _of_node(tx, "compute_node_started", node_id, node, _STARTED_NODE)


def announce_compute_node_stopped(tx: Transaction, node_id: int, node: Mapping[str, Any]) -> None:
    """Announce that a compute node has stopped. `node` is its record."""
    _of_node(tx, "compute_node_stopped", node_id, node, _STOPPED_NODE)


def _of_node(tx: Transaction, event_type: str, node_id: int, node: Mapping[str, Any], members: tuple[str, ...]) -> None:
    data = {"compute_node_id": node_id, **{name: _short(node.get(name)) for name in members}}
    announce(tx, node["workflow_id"], event_type, Severity.INFO, data)


_SCHEDULER_NODE = ("scheduler_id", "scheduler_config_id", "scheduler_type", "status")


def announce_scheduler_node_created(tx: Transaction, scheduled_node_id: int, node: Mapping[str, Any]) -> None:
    """Announce a new allocation. `node` is its record."""
    data = {
        "category": "scheduler",
        "scheduled_compute_node_id": scheduled_node_id,
        **{name: _short(node.get(name)) for name in _SCHEDULER_NODE},
    }
    announce(tx, node["workflow_id"], "scheduler_node_created", Severity.INFO, data)


def _short(value: Any) -> Any:
    return value[:LONGEST_NAME] if isinstance(value, str) else value
