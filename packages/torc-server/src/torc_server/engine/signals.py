"""Signals: notices that a transaction emits and that are delivered in the server after its commit."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from torc_server.engine.ids import NodeId, WorkflowId


@dataclass(frozen=True, slots=True)
class JobsBecameReady:
    """Jobs of the workflow became claimable."""

    workflow_id: WorkflowId


@dataclass(frozen=True, slots=True)
class WorkflowCompleted:
    """Every job of the workflow is complete or disabled."""

    workflow_id: WorkflowId


@dataclass(frozen=True, slots=True)
class WorkflowCanceled:
    """The workflow was canceled or deleted. Requests that wait for its jobs are answered."""

    workflow_id: WorkflowId


@dataclass(frozen=True, slots=True)
class RunBegan:
    """The workflow entered another run. Requests of nodes of the run before are answered."""

    workflow_id: WorkflowId


@dataclass(frozen=True, slots=True)
class WorkflowDeleted:
    """The workflow was deleted. Its event streams end."""

    workflow_id: WorkflowId


@dataclass(frozen=True, slots=True)
class WorkflowChanged:
    """The workflow was created or archived, or another member that lists show was changed."""

    workflow_id: WorkflowId


@dataclass(frozen=True, slots=True)
class TaskQueued:
    """A task was queued."""

    workflow_id: WorkflowId


@dataclass(frozen=True, slots=True)
class TaskFinished:
    """The task of the workflow succeeded or failed."""

    workflow_id: WorkflowId


@dataclass(frozen=True, slots=True)
class AttemptsFenced:
    """Attempts of the workflow that may still run are out of date. Their runners end them."""

    workflow_id: WorkflowId


@dataclass(frozen=True, slots=True)
class NodeHeard:
    """A compute node made a call, which renews its lease."""

    node_id: NodeId


@dataclass(frozen=True, slots=True)
class LeaseChanged:
    """The length of a node's lease changed. None if the node has no lease now."""

    node_id: NodeId
    lease_seconds: float | None


@dataclass(frozen=True, slots=True)
class ActionsBecamePending:
    """Actions of the workflow became claimable."""

    workflow_id: WorkflowId


@dataclass(frozen=True, slots=True)
class AccessChanged:
    """Users may have lost access to workflows. Requests that wait are checked again."""


@dataclass(frozen=True, slots=True)
class TokensChanged:
    """Tokens of the workflow were revoked, or end at another time. They are read from the database again."""

    workflow_id: WorkflowId


class Severity(IntEnum):
    """The severity of an announcement."""

    DEBUG = 10
    INFO = 20
    WARNING = 30
    ERROR = 40

    @property
    def word(self) -> str:
        """The severity as clients spell it."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Announcement:
    """A notification for the event streams of the workflow. It is not stored."""

    workflow_id: WorkflowId
    event_type: str
    severity: Severity
    data: Mapping[str, Any]


# Signals about one workflow, which they name in `workflow_id`.
WorkflowSignal = (
    JobsBecameReady
    | WorkflowCompleted
    | WorkflowCanceled
    | WorkflowChanged
    | WorkflowDeleted
    | RunBegan
    | TaskQueued
    | TaskFinished
    | ActionsBecamePending
    | AttemptsFenced
    | Announcement
)
Signal = WorkflowSignal | NodeHeard | LeaseChanged
