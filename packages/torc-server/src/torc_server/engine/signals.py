"""What can be told after a commit. Each is a fact about the database as it now stands."""

from dataclasses import dataclass

from torc_server.engine.ids import WorkflowId


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


Signal = JobsBecameReady | WorkflowCompleted | WorkflowCanceled
