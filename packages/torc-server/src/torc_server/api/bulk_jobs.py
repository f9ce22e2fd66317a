"""Create many jobs, which may depend on each other."""

from dataclasses import replace
from typing import Any

from torc_server.api.generic import operations_of, require_valid_batch, view_for
from torc_server.api.operation import Call
from torc_server.engine.ids import WorkflowId
from torc_server.resources import records
from torc_server.resources.dependency_sets import DependencySet, wait_for_sets
from torc_server.resources.fields import Record
from torc_server.resources.job import JOB, JobModel
from torc_server.resources.job_links import LINKS
from torc_server.resources.json_fields import MOST_RECORDS, Many, Part
from torc_server.store.transaction import Transaction

# With sets, the answer does not list the dependencies of new jobs: that can be a million ids.
WITHOUT_DEPENDENCIES = frozenset(LINKS)


class JobsModel(Record):
    """Many new records."""

    jobs = Many(Part(JobModel), "The records, all of one workflow.", required=True, most=MOST_RECORDS)
    dependency_sets = Many(
        Part(DependencySet),
        "Sets of jobs that new jobs depend on, see waits_for_sets. With sets, jobs of one call can depend on each"
        " other, but not in a cycle. A set that thousands of jobs depend on is sent and stored once.",
        extension=True,
        most=MOST_RECORDS,
    )


def _create_jobs(tx: Transaction, call: Call) -> dict[str, Any]:
    bodies, sets = call.body["jobs"], call.body.get("dependency_sets") or []
    require_valid_batch(call, "jobs", bodies)
    # Jobs are linked to sets when all jobs of the call have their ids.
    plain = [{name: value for name, value in body.items() if name != "waits_for_sets"} for body in bodies]
    ids = records.create(tx, JOB, plain, call.now)
    view = view_for(call, relations=True)
    if bodies and (sets or any("waits_for_sets" in body for body in bodies)):
        wait_for_sets(tx, WorkflowId(bodies[0]["workflow_id"]), ids, bodies, sets)
        view = view._replace(only=WITHOUT_DEPENDENCIES)
    return {"jobs": records.many(tx, JOB, ids, view)}


create_jobs = replace(
    next(each for each in operations_of(JOB) if each.id == JOB.names.create_many),
    body=JobsModel,
    run=_create_jobs,
    description=(
        "With dependency_sets the answer has no depends_on_job_ids: a few sets can represent a million of them."
    ),
)
