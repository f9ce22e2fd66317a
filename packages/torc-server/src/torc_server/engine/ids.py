"""Identifiers as types, so that the type checker distinguishes the id of a job from the id of a node."""

from typing import NewType

WorkflowId = NewType("WorkflowId", int)
JobId = NewType("JobId", int)
NodeId = NewType("NodeId", int)
RunId = NewType("RunId", int)
AttemptId = NewType("AttemptId", int)
TaskId = NewType("TaskId", int)
ActionId = NewType("ActionId", int)
GroupId = NewType("GroupId", int)
SubmissionId = NewType("SubmissionId", int)
TokenId = NewType("TokenId", int)
