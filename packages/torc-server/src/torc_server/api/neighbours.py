"""The jobs near one job: those that it needs, those that need it, and the links between them."""

from typing import Any

from torc_server.api.of_one import of_job
from torc_server.api.operation import Call, Parameter
from torc_server.engine.dependencies.neighbours import MOST_JOBS, MOST_STEPS, neighbours
from torc_server.engine.ids import JobId
from torc_server.resources.fields import Boolean, Integer, JobStatusField, Record, Text
from torc_server.resources.json_fields import Many, Part
from torc_server.store.transaction import Transaction

DEFAULT_JOBS = 20


class NeighbourJob(Record):
    """A job near another one."""

    job_id = Integer("The job.", required=True)
    job_name = Text("Its name.", required=True)
    status = JobStatusField("Its status.", required=True)
    step = Integer(
        "Its distance: -1 for a job that is needed, -2 for one that such a job needs, 1 and 2 for jobs that wait."
        " 0: the job itself.",
        required=True,
    )


class NeighbourEdge(Record):
    """A job of the answer that waits for another one."""

    source_job_id = Integer("The job that is needed.", required=True)
    target_job_id = Integer("The job that waits.", required=True)


class NeighbourStep(Record):
    """The number of jobs at one distance."""

    step = Integer("The distance, as of a job.", required=True)
    num_jobs = Integer(
        "Number of jobs. Those at the second step are counted from the jobs of the answer.", required=True
    )
    is_exact = Boolean("Whether these are all. Otherwise there are more.", required=True)
    left_off = Integer("Number of these jobs that are not in the answer.", required=True)


class NeighboursResponse(Record):
    """The jobs near a job. Distances without jobs are absent from `steps`."""

    workflow_id = Integer("The workflow of the jobs.", required=True)
    jobs = Many(Part(NeighbourJob), "The job itself and the jobs near it.", required=True)
    edges = Many(Part(NeighbourEdge), "The links between these jobs.", required=True)
    steps = Many(Part(NeighbourStep), "The numbers of jobs by distance.", required=True)


@of_job(
    "list_neighbours",
    "GET",
    "neighbours",
    answer=NeighboursResponse,
    query=(
        Parameter("steps", Integer(f"How many steps away, at most {MOST_STEPS}; 1 if absent.", at_least=1)),
        Parameter(
            "limit",
            Integer(f"Jobs of each step and direction, at most {MOST_JOBS}; {DEFAULT_JOBS} if absent.", at_least=1),
        ),
    ),
    errors=(422,),
    extension=True,
)
def list_neighbours(tx: Transaction, call: Call) -> dict[str, Any]:
    """List the jobs near a job: those that it needs and those that need it, one or two steps away.

    Of a job that waits, the needed jobs that keep it waiting are first: those that failed, then those that run.
    """
    found = neighbours(
        tx,
        JobId(call.path["id"]),
        steps=min(call.query.get("steps", 1), MOST_STEPS),
        limit=min(call.query.get("limit", DEFAULT_JOBS), MOST_JOBS),
    )
    return {
        "workflow_id": found.workflow_id,
        "jobs": [
            {"job_id": each.job_id, "job_name": each.name, "status": each.status.word, "step": each.step}
            for each in found.jobs
        ],
        "edges": [{"source_job_id": source, "target_job_id": target} for source, target in found.edges],
        "steps": [
            {
                "step": each.step,
                "num_jobs": each.num_jobs,
                "is_exact": each.is_exact,
                "left_off": each.num_jobs - each.shown,
            }
            for each in found.steps
        ],
    }


NEIGHBOUR_OPERATIONS = (list_neighbours,)
