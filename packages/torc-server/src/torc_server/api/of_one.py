"""Operations on one workflow or one job: what all of them have in common, once."""

from collections.abc import Callable, Mapping
from typing import Any

from torc_server.api.access import through, workflow_in_path
from torc_server.api.operation import Effect, Operation, Run, operation
from torc_server.resources.fields import Integer, Member
from torc_server.resources.job import JOB

WORKFLOW_ID = Integer("The workflow.", required=True)
JOB_ID = Integer("The job.", required=True)
ANY_MAY_FAIL = (400, 403, 404)
NO_MORE: Mapping[str, Member] = {}


def of_workflow(
    identity: str,
    method: str,
    tail: str,
    *,
    tag: str = "workflows",
    path_fields: Mapping[str, Member] = NO_MORE,
    errors: tuple[int, ...] = (),
    **rest: Any,
) -> Callable[[Run], Operation]:
    """Make an operation at ``/workflows/{id}/<tail>``. A GET reads, everything else writes.

    `path_fields` and `errors` are those besides the workflow's id, and besides what may go wrong with any.
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
    **rest: Any,
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
