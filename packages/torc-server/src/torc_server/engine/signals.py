"""What can be told after a commit. Each is a fact about the database as it now stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from torc_server.engine.ids import NodeId, WorkflowId


@dataclass(frozen=True, slots=True)
class JobsBecameReady:
    """Jobs of the workflow can be claimed that could not before."""

    workflow_id: WorkflowId


@dataclass(frozen=True, slots=True)
class WorkflowCompleted:
    """No job of the workflow is left to be done."""

    workflow_id: WorkflowId


@dataclass(frozen=True, slots=True)
class WorkflowCanceled:
    """The workflow was canceled, or deleted: nobody should wait for its jobs."""

    workflow_id: WorkflowId


@dataclass(frozen=True, slots=True)
class WorkflowDeleted:
    """The workflow is gone: nobody should follow it."""

    workflow_id: WorkflowId


@dataclass(frozen=True, slots=True)
class TaskQueued:
    """There is a task to be done."""

    workflow_id: WorkflowId


@dataclass(frozen=True, slots=True)
class TaskFinished:
    """The workflow's task has ended, well or not."""

    workflow_id: WorkflowId


@dataclass(frozen=True, slots=True)
class NodeHeard:
    """A compute node did something: it is there."""

    node_id: NodeId


@dataclass(frozen=True, slots=True)
class LeaseChanged:
    """From now on the node may be silent for so long before it is given up; None: as long as it likes."""

    node_id: NodeId
    lease_seconds: float | None


@dataclass(frozen=True, slots=True)
class ActionsBecamePending:
    """Actions of the workflow can be claimed that could not before."""

    workflow_id: WorkflowId


class Severity(IntEnum):
    """How much an announcement matters."""

    DEBUG = 10
    INFO = 20
    WARNING = 30
    ERROR = 40

    @property
    def word(self) -> str:
        """The severity as clients write it."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Announcement:
    """News of the workflow for people and programs that follow it. Nothing is kept of it in the database."""

    workflow_id: WorkflowId
    event_type: str
    severity: Severity
    data: Mapping[str, Any]


Signal = (
    JobsBecameReady
    | WorkflowCompleted
    | WorkflowCanceled
    | WorkflowDeleted
    | TaskQueued
    | TaskFinished
    | NodeHeard
    | LeaseChanged
    | ActionsBecamePending
    | Announcement
)
