"""Submissions: requests for allocations, recorded before a client calls the batch system.

A submission with its allocations begins as `submitting`. The client then calls the batch system, and accepts or rejects
the submission with the answer. A client that gets no answer leaves it as it is, and finds it later by its mark.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from torc_server.engine import actions, events
from torc_server.engine.access import tokens
from torc_server.engine.action_rules import ActionType
from torc_server.engine.errors import Conflict, Forbidden, RuleBroken
from torc_server.engine.ids import ActionId, SubmissionId, WorkflowId
from torc_server.engine.signals import ActionsBecamePending
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

# Job arrays of Slurm have at most 1000 tasks by default.
MOST_ALLOCATIONS = 1000
LARGEST_SCHEDULER_ID = 2**31 - 1
_LONGEST_SHOWN = 64
REJECTED_EVENT = "submission_rejected"


class SubmissionStatus(StrEnum):
    """The status of a submission. The CHECK constraint of the table has the same words."""

    SUBMITTING = "submitting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class AllocationStatus(StrEnum):
    """The statuses of a scheduled compute node that this server knows. Clients can store others."""

    SUBMITTING = "submitting"
    PENDING = "pending"
    ACTIVE = "active"
    COMPLETE = "complete"
    CANCELED = "canceled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RequestedAllocations:
    """The allocations that a client is going to request from a batch system."""

    scheduler_config_id: int
    scheduler_type: str
    num_allocations: int
    folder: str
    cluster: str | None = None


ADD_SUBMISSION = Statement("""
INSERT INTO submission (
    workflow_id, scheduler_config_id, scheduler_type, action_id, num_allocations, folder, cluster, mark, status,
    created_at
)
VALUES (
    :workflow_id, :scheduler_config_id, :scheduler_type, :action_id, :num_allocations, :folder, :cluster, :mark,
    'submitting', :created_at
)
""")
# The id in the batch system is 0 until it is known.
ADD_ALLOCATIONS = Statement("""
INSERT INTO scheduled_compute_node (
    workflow_id, scheduler_id, scheduler_config_id, scheduler_type, status, submission_id, folder
)
WITH RECURSIVE number (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM number WHERE value < :num_allocations)
SELECT :workflow_id, 0, :scheduler_config_id, :scheduler_type, 'submitting', :submission_id, :folder FROM number
RETURNING id
""")


def record_submission(
    tx: Transaction,
    workflow_id: WorkflowId,
    requested: RequestedAllocations,
    *,
    mark: str,
    action_id: ActionId | None,
    now: datetime,
) -> SubmissionId:
    """Record a submission and its allocations, and claim the action that requests them.

    `mark` is a unique text. Raises NotFound for a missing action, Conflict for one that is claimed or not pending, and
    RuleBroken for one that requests no allocations, too many allocations, a folder that is not absolute, and a
    scheduler of another type.
    """
    _require_type(tx, requested)
    if not 1 <= requested.num_allocations <= MOST_ALLOCATIONS:
        raise RuleBroken(
            f"num_allocations is {requested.num_allocations}; use a number from 1 to {MOST_ALLOCATIONS}",
            field="num_allocations",
            value=requested.num_allocations,
        )
    if not requested.folder.startswith("/"):
        raise RuleBroken(
            f"{requested.folder!r} is not an absolute path; send the whole path of the folder",
            field="folder",
            value=requested.folder,
        )
    if action_id is not None:
        _claim_action(tx, workflow_id, action_id, now)
    values = {
        "workflow_id": workflow_id,
        "scheduler_config_id": requested.scheduler_config_id,
        "scheduler_type": requested.scheduler_type,
        "num_allocations": requested.num_allocations,
        "folder": requested.folder,
        "cluster": requested.cluster,
        "created_at": now.isoformat(),
    }
    submission_id = SubmissionId(tx.insert(ADD_SUBMISSION, {**values, "action_id": action_id, "mark": mark}))
    for row in tx.rows(ADD_ALLOCATIONS, {**values, "submission_id": submission_id}):
        allocation = {**values, "scheduler_id": 0, "status": AllocationStatus.SUBMITTING.value}
        events.announce_scheduler_node_created(tx, row["id"], allocation)
    return submission_id


_TYPES = frozenset({"slurm", "local"})
_LONGEST_TYPE = 64
# A Slurm scheduler and a local one can have the same id.
TYPES = Statement("""
SELECT 'slurm' AS type FROM slurm_scheduler WHERE id = :scheduler_config_id
UNION ALL SELECT 'local' FROM local_scheduler WHERE id = :scheduler_config_id
""")


def _require_type(tx: Transaction, requested: RequestedAllocations) -> None:
    types = [row["type"] for row in tx.rows(TYPES, {"scheduler_config_id": requested.scheduler_config_id})]
    sent = requested.scheduler_type
    # Clients may know batch systems for whose schedulers this server has no record type.
    is_other = sent not in _TYPES and 0 < len(sent) <= _LONGEST_TYPE and sent.isprintable()
    if sent not in types and not is_other:
        raise RuleBroken(
            f"Scheduler {requested.scheduler_config_id} is of the type {' or '.join(types)}; send this as"
            " scheduler_type",
            field="scheduler_type",
            value=requested.scheduler_type[:_LONGEST_SHOWN],
        )


def _claim_action(tx: Transaction, workflow_id: WorkflowId, action_id: ActionId, now: datetime) -> None:
    action = actions.require_action(tx, workflow_id, action_id)
    if action["action_type"] != ActionType.SCHEDULE_NODES:
        raise RuleBroken(
            f"Action {action_id} is of the type {action['action_type']}, and only actions of the type"
            f" {ActionType.SCHEDULE_NODES.value} request allocations",
            field="action_id",
            value=action_id,
        )
    if action["trigger_count"] < action["required_triggers"]:
        raise Conflict(
            f"Action {action_id} is not pending: its trigger occurred {action['trigger_count']} times of"
            f" {action['required_triggers']}",
            details={"claimed": False},
        )
    actions.claim_action(tx, workflow_id, action_id, None, now=now)


SUBMISSION = Statement("SELECT * FROM submission WHERE id = :submission_id")
ACCEPT = Statement("""
UPDATE submission SET status = 'accepted', scheduler_id = :scheduler_id, is_array = :is_array WHERE id = :submission_id
""")
# Each task of an array is numbered, beginning with 1.
ACCEPT_ALLOCATIONS = Statement("""
UPDATE scheduled_compute_node
SET scheduler_id = :scheduler_id, status = CASE status WHEN 'submitting' THEN 'pending' ELSE status END,
    task = CASE WHEN :is_array THEN numbered.task END
FROM (
    SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS task FROM scheduled_compute_node WHERE submission_id = :submission_id
) AS numbered
WHERE scheduled_compute_node.id = numbered.id
""")


# A batch system that was reinstalled begins again with its first id, so submissions that have ended do not count.
SAME_ID = Statement("""
SELECT 1 FROM submission AS other JOIN submission ON submission.id = :submission_id
WHERE other.scheduler_id = :scheduler_id AND other.cluster = submission.cluster AND other.id != submission.id
AND other.ended_at IS NULL
LIMIT 1
""")


def accept(tx: Transaction, submission_id: SubmissionId, scheduler_id: int, *, is_array: bool) -> None:
    """Store the id that the batch system gave to a submission. Its allocations become pending, as tasks of an array.

    A repeated call changes nothing. Raises Conflict for a rejected submission, for one with another id, and for an id
    that another submission of the same cluster has, and RuleBroken for several allocations that are not an array, and
    for an id that no batch system gives.
    """
    if not 1 <= scheduler_id <= LARGEST_SCHEDULER_ID:
        raise RuleBroken(
            f"{scheduler_id} is not an id of a batch system; these are from 1 to {LARGEST_SCHEDULER_ID}",
            field="scheduler_id",
            value=scheduler_id,
        )
    submission = _submission(tx, submission_id)
    if submission["status"] == SubmissionStatus.REJECTED:
        raise Conflict(f"Submission {submission_id} was rejected; cancel allocation {scheduler_id} and submit again")
    if submission["status"] == SubmissionStatus.ACCEPTED:
        if submission["scheduler_id"] != scheduler_id:
            raise Conflict(
                f"Submission {submission_id} already has the allocation {submission['scheduler_id']} in the batch"
                f" system, not {scheduler_id}"
            )
        return
    if not is_array and submission["num_allocations"] > 1:
        raise RuleBroken(
            f"Submission {submission_id} has {submission['num_allocations']} allocations; they are tasks of an array",
            field="is_array",
            value=is_array,
        )
    values = {"submission_id": submission_id, "scheduler_id": scheduler_id, "is_array": is_array}
    if tx.value(SAME_ID, values) is not None:
        raise Conflict(f"Another submission of the cluster {submission['cluster']} has the allocation {scheduler_id}")
    tx.execute(ACCEPT, values)
    tx.execute(ACCEPT_ALLOCATIONS, values)


ALLOCATION = Statement("SELECT * FROM scheduled_compute_node WHERE id = :scheduled_node_id")
_STATE = frozenset({"status", "reason", "starts_at"})


def require_same_allocation(tx: Transaction, scheduled_node_id: int, new: Mapping[str, Any]) -> None:
    """Check a change of an allocation by a token. Raises Forbidden unless only its state changes.

    An id in the batch system is what its owner cancels. Raises RuleBroken for a status that this server does not know.
    """
    stored = tx.row(ALLOCATION, {"scheduled_node_id": scheduled_node_id})
    assert stored is not None  # noqa: S101 - the guard found it in the same transaction
    columns = set(stored.keys()) - _STATE
    for member, value in new.items():
        if member in columns and value is not None and value != stored[member]:
            raise Forbidden(
                f"A token may change status, reason and starts_at of an allocation, not {member}; use your user name"
                " and password"
            )
    status = new.get("status")
    if status not in set(AllocationStatus):
        words = ", ".join(each.value for each in AllocationStatus)
        raise RuleBroken(
            f"{status!r} is not a status of an allocation; use one of {words}", field="status", value=status
        )


REJECT = Statement("UPDATE submission SET status = 'rejected', reason = :reason WHERE id = :submission_id")
DELETE_ALLOCATIONS = Statement("DELETE FROM scheduled_compute_node WHERE submission_id = :submission_id")
# Only the claim of this submission: after another initialization, another submission can have claimed the action.
GIVE_ACTION_BACK = Statement("""
UPDATE workflow_action SET executed = 0, executed_at = NULL, executed_by = NULL
WHERE id = :action_id AND executed = 1 AND executed_at = :claimed_at
RETURNING trigger_count >= required_triggers AS is_pending
""")


def reject(tx: Transaction, submission_id: SubmissionId, reason: str, *, user: str, now: datetime) -> None:
    """Delete allocations and token of a submission that the batch system refused; its action can be claimed again.

    Stores an event with the reason. A repeated call changes nothing. Raises Conflict for an accepted submission. Emits
    ActionsBecamePending and TokensChanged.
    """
    submission = _submission(tx, submission_id)
    if submission["status"] == SubmissionStatus.REJECTED:
        return
    if submission["status"] == SubmissionStatus.ACCEPTED:
        raise Conflict(
            f"Submission {submission_id} was accepted as allocation {submission['scheduler_id']}; cancel the allocation"
        )
    workflow_id = WorkflowId(submission["workflow_id"])
    which = {"submission_id": submission_id}
    tx.execute(REJECT, {**which, "reason": reason})
    tx.execute(DELETE_ALLOCATIONS, which)
    tokens.revoke_of_submission(tx, submission_id)
    claim = {"action_id": submission["action_id"], "claimed_at": submission["created_at"]}
    if any(row["is_pending"] for row in tx.rows(GIVE_ACTION_BACK, claim)):
        tx.emit(ActionsBecamePending(workflow_id))
    event = {
        "category": "scheduler",
        "event_type": REJECTED_EVENT,
        "submission_id": submission_id,
        "scheduler_config_id": submission["scheduler_config_id"],
        "action_id": submission["action_id"],
        "user": user,
        "reason": reason,
        "message": f"The batch system refused submission {submission_id}: {reason}",
    }
    events.record(tx, workflow_id, event, now=now)


def _submission(tx: Transaction, submission_id: SubmissionId) -> sqlite3.Row:
    row = tx.row(SUBMISSION, {"submission_id": submission_id})
    assert row is not None  # noqa: S101 - the guard found it in the same transaction
    return row
