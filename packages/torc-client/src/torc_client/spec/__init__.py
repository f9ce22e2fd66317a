"""The spec language: from text to a checked plan, and from a plan to a workflow on the server.

plan = load("workflow.yaml")                 # raises SpecError with all that is wrong
workflow_id = await create(client, plan)     # all or nothing
"""

from torc_client.spec.create import create
from torc_client.spec.load import read_document
from torc_client.spec.plan import Plan, make_plan
from torc_client.spec.problems import Problem, SpecError

__all__ = ["Plan", "Problem", "SpecError", "create", "load"]


def load(path: str) -> Plan:
    """Read and check a spec file, or standard input for `-`. Raises SpecError with every problem found."""
    return make_plan(path, read_document(path))
