"""Environment variables of workflows and jobs.

A job is created with the variables of its workflow, which its own override, and stores all of them. Neither a workflow
nor a job changes them afterwards: so the variables of a job do not depend on when it starts.
"""

from collections.abc import Sequence

import msgspec

from torc_server.engine.errors import RuleBroken
from torc_server.engine.ids import WorkflowId
from torc_server.resources.resource import Body
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

ENV_OF_WORKFLOW = Statement("SELECT env FROM workflow WHERE id = :workflow_id")


def with_env(body: Body) -> Body:
    """Return the body of a new record; without `env` if that has no variable. Raises RuleBroken for a name."""
    for name in body.get("env") or ():
        if not (name.isascii() and name.isidentifier()):
            raise RuleBroken(
                f"{name!r} is not a valid name of an environment variable; use letters, digits and '_', and no digit at"
                " the beginning",
                field="env",
                value=name,
            )
    return body if body.get("env") else {name: value for name, value in body.items() if name != "env"}


def with_env_of_workflow(tx: Transaction, workflow_id: WorkflowId, bodies: Sequence[Body]) -> list[Body]:
    """Return the bodies of new jobs with the variables of their workflow. Raises RuleBroken for a name."""
    inherited = msgspec.json.decode(tx.value(ENV_OF_WORKFLOW, {"workflow_id": workflow_id}) or "{}")
    checked = [with_env(body) for body in bodies]
    return [{**body, "env": inherited | body.get("env", {})} for body in checked] if inherited else checked


def without_same_env(stored: Body, body: Body, noun: str) -> Body:
    """Return the body of a change without `env`. Raises RuleBroken if it would change the variables."""
    sent = body.get("env")
    if sent is not None and sent != (stored.get("env") or {}):
        raise RuleBroken(
            f"env cannot be changed after the creation of a {noun}; leave it out, or create another {noun}",
            field="env",
            value=sent,
        )
    return {name: value for name, value in body.items() if name != "env"}
