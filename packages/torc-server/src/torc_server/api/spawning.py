"""Jobs that create jobs."""

from typing import Annotated, Any

from torc_server.api.of_one import of_job
from torc_server.api.operation import Call
from torc_server.engine.ids import JobId
from torc_server.resources.fields import Integer, Record, Text
from torc_server.resources.json_fields import MOST_RECORDS, AnyJson, Many, Part
from torc_server.resources.spawn import SpawnJobModel
from torc_server.resources.spawn import spawn_jobs as spawn
from torc_server.resources.typed_bodies import TypedBody, record_of
from torc_server.store.transaction import Transaction


class SpawnJobsRequest(TypedBody, kw_only=True, frozen=True):
    """Jobs that a running job creates."""

    jobs: Annotated[
        list[SpawnJobModel],
        Many(
            Part(record_of(SpawnJobModel)),
            "The new jobs. None at the end of a lineage.",
            required=True,
            most=MOST_RECORDS,
        ),
    ]
    lineage: Annotated[
        str | None,
        Text("The lineage whose iterations are counted. The name of the calling job if absent."),
    ] = None
    state: Annotated[Any, AnyJson("The state for the next iteration. It is stored as user data.")] = None


class SpawnJobsResponse(Record):
    """The created jobs."""

    iteration = Integer("Number of iterations of the lineage.", required=True)
    spawned_job_ids = Many(Integer(), "The jobs, in the order of the request.", required=True)


@of_job(
    "spawn_jobs",
    "POST",
    "spawn_jobs",
    answer=SpawnJobsResponse,
    body=record_of(SpawnJobsRequest),
    errors=(422,),
)
def spawn_jobs(tx: Transaction, call: Call) -> dict[str, Any]:
    """Create jobs that depend on the calling job.

    They are blocked until it and their other dependencies are complete. Each call is one iteration of its lineage and
    stores its state as user data. A repeated call creates nothing and gets the same answer. A call without jobs stores
    the final state of the lineage.
    """
    body: SpawnJobsRequest = call.body
    spawned = spawn(tx, JobId(call.path["id"]), body.jobs, body.lineage, body.state, now=call.now)
    return {"iteration": spawned.iteration, "spawned_job_ids": spawned.job_ids}
