"""The common part of operations on one workflow or one job."""

from collections.abc import Callable, Mapping
from typing import Required, TypedDict, Unpack

import marshmallow

from torc_server.api.access import through, workflow_in_path
from torc_server.api.operation import (
    Effect,
    Operation,
    Parameter,
    Run,
    Shape,
    Waiting,
    WorkflowWide,
    operation,
)
from torc_server.resources.fields import Integer, Member
from torc_server.resources.job import JOB

WORKFLOW_ID = Integer("The workflow.", required=True)
JOB_ID = Integer("The job.", required=True)
ANY_MAY_FAIL = (400, 403, 404)
NO_MORE: Mapping[str, Member] = {}


class OwnOptions(TypedDict, total=False):
    """Keywords that `of_workflow` and `of_job` pass on."""

    answer: Required[Shape]
    query: tuple[Parameter, ...]
    body: Shape | None
    body_required: bool
    accepted: type[marshmallow.Schema] | None
    waiting: Waiting | None
    workflow_wide: WorkflowWide | None
    routine: bool
    extension: bool


def of_workflow(
    identity: str,
    method: str,
    tail: str,
    *,
    tag: str = "workflows",
    path_fields: Mapping[str, Member] = NO_MORE,
    errors: tuple[int, ...] = (),
    **rest: Unpack[OwnOptions],
) -> Callable[[Run], Operation]:
    """Make an operation at ``/workflows/{id}/<tail>``. A GET reads, all other methods write.

    `path_fields` and `errors` are added to the workflow's id and to the errors of every operation.
    """
    return operation(
        identity,
        method,
        f"/workflows/{{id}}/{tail}",
        tag=tag,
        effect=_effect_of(method),
        guard=workflow_in_path,
        path_fields={"id": WORKFLOW_ID, **path_fields},
        errors=(*ANY_MAY_FAIL, *errors),
        **rest,
    )


def of_job(
    identity: str,
    method: str,
    tail: str,
    *,
    path_fields: Mapping[str, Member] = NO_MORE,
    errors: tuple[int, ...] = (),
    **rest: Unpack[OwnOptions],
) -> Callable[[Run], Operation]:
    """Make an operation at ``/jobs/{id}/<tail>``, otherwise as `of_workflow`."""
    return operation(
        identity,
        method,
        f"/jobs/{{id}}/{tail}",
        tag="jobs",
        effect=_effect_of(method),
        guard=through(JOB),
        path_fields={"id": JOB_ID, **path_fields},
        errors=(*ANY_MAY_FAIL, *errors),
        **rest,
    )


def _effect_of(method: str) -> Effect:
    return Effect.READ if method == "GET" else Effect.WRITE
