"""Jobs that make jobs."""

from typing import Any

from torc_server.api.of_one import of_job
from torc_server.api.operation import Call
from torc_server.engine.ids import JobId
from torc_server.resources.fields import Boolean, Integer, Record, Text
from torc_server.resources.json_fields import AnyJson, Many, Part
from torc_server.resources.spawn import spawn_jobs as spawn
from torc_server.store.transaction import Transaction


class SpawnJobModel(Record):
    """A job that is to be made."""

    name = Text("Its name, which no other job of the workflow has.", required=True)
    command = Text("What is run, by bash -c.", required=True)
    depends_on = Many(
        Text(), "Names of jobs that it waits for, besides the caller: of this call or of the workflow.", nullable=False
    )
    resource_requirements = Text("The name of what it needs; the workflow's default where absent.", nullable=False)
    priority = Integer("Jobs of higher priority are claimed first.", nullable=False)
    cancel_on_blocking_job_failure = Boolean(
        "Whether it is canceled when a job it waits for fails; true where absent.", nullable=False
    )


class SpawnJobsRequest(Record):
    """Jobs that a job makes while it runs."""

    jobs = Many(Part(SpawnJobModel), "The jobs; none where the lineage is at its end.", required=True)
    lineage = Text("What iterations are counted by; the caller's name where absent.", nullable=False)
    state = AnyJson("What the next iteration is to know; kept as user data.")


class SpawnJobsResponse(Record):
    """What was made."""

    iteration = Integer("How many times jobs were spawned in the lineage by now.", required=True)
    spawned_job_ids = Many(Integer(), "The jobs, in the order of the request.", required=True)


@of_job(
    "spawn_jobs",
    "POST",
    "spawn_jobs",
    answer=SpawnJobsResponse,
    body=SpawnJobsRequest,
    errors=(422,),
)
def spawn_jobs(tx: Transaction, call: Call) -> dict[str, Any]:
    """Make jobs that wait for the calling one.

    They are blocked until it and what else they depend on is complete. Each call counts one up in its lineage and
    keeps its state as user data; the same call again makes nothing and is answered as before. Without jobs the state
    is kept as the lineage's last.
    """
    body = call.body
    spawned = spawn(tx, JobId(call.path["id"]), body["jobs"], body.get("lineage"), body.get("state"), now=call.now)
    return {"iteration": spawned.iteration, "spawned_job_ids": spawned.job_ids}
