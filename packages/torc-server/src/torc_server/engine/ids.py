"""Identifiers as types, so that a job's id is not taken for a node's."""

from typing import NewType

WorkflowId = NewType("WorkflowId", int)
JobId = NewType("JobId", int)
NodeId = NewType("NodeId", int)
RunId = NewType("RunId", int)
AttemptId = NewType("AttemptId", int)
TaskId = NewType("TaskId", int)
ActionId = NewType("ActionId", int)
GroupId = NewType("GroupId", int)
