"""Jobs that make jobs."""

from typing import Annotated, Any

from torc_server.api.of_one import of_job
from torc_server.api.operation import Call
from torc_server.engine.ids import JobId
from torc_server.resources.fields import Integer, Record, Text
from torc_server.resources.json_fields import AnyJson, Many, Part
from torc_server.resources.spawn import SpawnJobModel
from torc_server.resources.spawn import spawn_jobs as spawn
from torc_server.resources.typed_bodies import TypedBody, record_of
from torc_server.store.transaction import Transaction


class SpawnJobsRequest(TypedBody, kw_only=True, frozen=True):
    """Jobs that a job makes while it runs."""

    jobs: Annotated[
        list[SpawnJobModel],
        Many(Part(record_of(SpawnJobModel)), "The jobs; none where the lineage is at its end.", required=True),
    ]
    lineage: Annotated[
        str | None, Text("What iterations are counted by; the caller's name where absent.", nullable=False)
    ] = None
    state: Annotated[Any, AnyJson("What the next iteration is to know; kept as user data.")] = None


class SpawnJobsResponse(Record):
    """What was made."""

    iteration = Integer("How many times jobs were spawned in the lineage by now.", required=True)
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
    """Make jobs that wait for the calling one.

    They are blocked until it and what else they depend on is complete. Each call counts one up in its lineage and
    keeps its state as user data; the same call again makes nothing and is answered as before. Without jobs the state
    is kept as the lineage's last.
    """
    body: SpawnJobsRequest = call.body
    spawned = spawn(tx, JobId(call.path["id"]), body.jobs, body.lineage, body.state, now=call.now)
    return {"iteration": spawned.iteration, "spawned_job_ids": spawned.job_ids}
