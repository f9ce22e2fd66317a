"""A call of each operation that must succeed, and what must be done before it."""

from collections.abc import Callable, Mapping
from typing import Any

import documented_calls as documented
from fuzz.people import People

Body = Callable[[Mapping[str, int]], Any] | list[str] | dict[str, Any] | None

CLAIM = ("POST", "/workflows/{workflows}/claim_next_jobs", None)
START = ("PUT", "/jobs/{jobs}/start_job/0/{compute_nodes}", None)
NO_RESULTS = ("DELETE", "/results?workflow_id={workflows}", None)
CLAIM_ACTION = (
    "POST",
    "/workflows/{workflows}/actions/{workflow_actions}/claim",
    lambda have: {"compute_node_id": have["compute_nodes"]},
)
# The workflow of the records has one that is being submitted.
NO_SUBMISSION = ("POST", "/submissions/{submissions}/reject", {"reason": "refused"})
NOT_SHARED = ("DELETE", "/workflows/{workflows}/access_groups/{access_groups}", None)
# Calls that come first: method, path, and the body or a function that makes it.
BEFORE: Mapping[str, tuple[tuple[str, str, Body], ...]] = {
    "remove_user_from_group": (
        ("POST", "/access_groups/{access_groups}/members", {"group_id": 0, "user_name": "member"}),
    ),
    "update_job": (("POST", "/workflows/{workflows}/reset_job_status", None),),
    "reset_workflow_status": (NO_SUBMISSION,),
    "restart_jobs": (NO_SUBMISSION,),
    "start_run": (NO_SUBMISSION,),
    "complete_job": (NO_RESULTS, CLAIM),
    "complete_action": (CLAIM_ACTION,),
    "retry_job": (CLAIM, START),
    "spawn_jobs": (CLAIM, START),
    "start_job": (CLAIM,),
    "create_result": (NO_RESULTS,),
    "add_workflow_to_group": (NOT_SHARED,),
    "add_workflow_to_group_by_body": (NOT_SHARED,),
    "delete_remote_worker": (("POST", "/workflows/{workflows}/remote_workers", ["fine-worker"]),),
}
# Values that replace those of `documented_calls`.
OTHERWISE = {"manage_status_change": ("completed", "disabled"), "retry_job": ("max_retries", 3)}

# Bodies whose form does not follow from the document.
BODIES: Mapping[str, Body] = {"update_workflow_action": {"commands": ["true"]}, "admin_sql": {"sql": "SELECT 1"}}
# Members that no other record of the workflow may have: the first call made one with the ordinary values.
UNIQUE: Mapping[str, Mapping[str, Any]] = {
    "complete_job": {"attempt_id": 2},  # the first one has a result
    "create_slurm_stats": {"attempt_id": 77},
    "create_ro_crate_entity": {"entity_id": "#fine", "file_id": None},
}
# Parameters of the query. The result that was created is of the first attempt; the next one has not begun.
QUERIES: Mapping[str, Mapping[str, Any]] = {"get_job_output": {"attempt_id": 1}}


def prepared(
    people: People, operation: documented.Documented, have: Mapping[str, int], label: str = "fine"
) -> tuple[str, documented.Request]:
    """Do what comes before the call of an operation, and return the caller and the call."""
    for method, path, body in BEFORE.get(operation.id, ()):
        who = people.admin if path.startswith("/access_groups") else people.owner
        people.ok(who, method, path.format(**have), body(have) if callable(body) else body)
    request = people.document.request(operation, dict(have), label)
    old, new = OTHERWISE.get(operation.id, ("", ""))
    if old in request.query:
        request.query[old] = new
    elif old:
        request.path = request.path.replace(str(old), str(new))
    if operation.id in BODIES:
        request.body = BODIES[operation.id]
    request.query |= QUERIES.get(operation.id, {})
    if operation.id in UNIQUE:
        request.body |= UNIQUE[operation.id]
    is_for_admins = "administrators" in operation.access and "/workflows" not in request.path
    return (people.admin if is_for_admins else people.owner), request
