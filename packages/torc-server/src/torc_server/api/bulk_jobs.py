"""Many new jobs in one call, with what they wait for: also for each other."""

from typing import Any

from torc_server.api.access import workflows_in_bodies
from torc_server.api.answers import bulk_answer
from torc_server.api.generic import view_for
from torc_server.api.operation import Call, Effect, operation
from torc_server.engine.errors import RuleBroken
from torc_server.engine.ids import JobId, WorkflowId
from torc_server.engine.new_sets import NewSet, require_sound, wait_for_new_sets
from torc_server.resources import records
from torc_server.resources.fields import Integer, Record
from torc_server.resources.job import JOB, JobModel
from torc_server.resources.json_fields import Many, Part
from torc_server.resources.records import Encoded
from torc_server.store.transaction import Transaction


class DependencySetModel(Record):
    """Jobs that others wait for."""

    job_ids = Many(Integer(), "Jobs that are there already.", nullable=False)
    positions = Many(Integer(), "Jobs of the same call, by their positions in it, from 0.", nullable=False)


class JobsModel(Record):
    """Many new jobs."""

    jobs = Many(Part(JobModel), "The jobs, all of one workflow.", required=True)
    dependency_sets = Many(
        Part(DependencySetModel),
        "Sets that the jobs wait for, which name them by position in `waits_for_sets`.",
        nullable=False,
        extension=True,
    )


@operation(
    "create_jobs",
    "POST",
    "/bulk_jobs",
    tag="jobs",
    effect=Effect.WRITE,
    guard=workflows_in_bodies("jobs"),
    answer=bulk_answer("CreateJobsResponse", "jobs", JobModel),
    body=JobsModel,
    errors=(400, 403, 404, 409, 413, 422),
)
def create_jobs(tx: Transaction, call: Call) -> Encoded:
    """Create many jobs of one workflow, all or none.

    With `dependency_sets` the answer leaves out what the jobs wait for, which may be a million pairs.
    """
    bodies, sets = call.body["jobs"], _sets(call.body)
    if len({each["workflow_id"] for each in bodies}) > 1:
        raise RuleBroken("All jobs of one call must have the same workflow_id", field="workflow_id")
    # Taken out here: where there are no sets, a job that names some is refused.
    named = [body.pop("waits_for_sets", ()) for body in bodies]
    waiting = {number: sets_of_job for number, sets_of_job in enumerate(named) if sets_of_job}
    require_sound([body["name"] for body in bodies], sets, waiting)
    ids = [JobId(job_id) for job_id in records.create(tx, JOB, bodies, call.now)]
    if waiting:
        wait_for_new_sets(tx, WorkflowId(bodies[0]["workflow_id"]), ids, sets, waiting)
    view = view_for(call, relations=not sets)
    return Encoded(f'{{"jobs":{records.many(tx, JOB, ids, view)}}}')


def _sets(body: dict[str, Any]) -> list[NewSet]:
    return [
        NewSet([JobId(job_id) for job_id in each.get("job_ids") or ()], each.get("positions") or ())
        for each in body.get("dependency_sets") or ()
    ]


BULK_JOBS = (create_jobs,)
