"""The attempts of jobs on a server that does not check the attempt of a report: this client checks it."""

from typing import NamedTuple, Protocol

from torc_client.answers import id_of
from torc_client.api import Subjects
from torc_client.api.enums import JobStatus
from torc_client.api.records import JobModel
from torc_client.errors import ServerError, UnprocessableError
from torc_client.paging import iterate


class Attempt(NamedTuple):
    """An attempt of a job."""

    job_id: int
    attempt_id: int


class OfNode(Protocol):
    """A request of a compute node in a run."""

    @property
    def run_id(self) -> int:
        """The run of the workflow."""
        ...

    @property
    def compute_node_id(self) -> int:
        """The compute node."""
        ...


def attempt_of(job: JobModel) -> Attempt:
    """Return the current attempt of a job."""
    return Attempt(id_of(job), job.attempt_id or 1)


async def running_on(contract: Subjects, workflow_id: int, compute_node_id: int) -> list[JobModel]:
    """Return the jobs that run on a compute node. Raises TorcError."""
    jobs = iterate(
        contract.jobs.list_jobs,
        workflow_id=workflow_id,
        active_compute_node_id=compute_node_id,
        status=JobStatus.RUNNING,
    )
    return [job async for job in jobs]


async def start(contract: Subjects, job: JobModel, of_node: OfNode) -> bool:
    """Start a pending job for a compute node. Return whether the job runs there now. Raises TorcError.

    The server answers an internal error if the job is not pending, also if this call has started it before.
    """
    try:
        await contract.jobs.start_job(id_of(job), of_node.run_id, of_node.compute_node_id)
    except (ServerError, UnprocessableError):
        found = await contract.jobs.get_job(id_of(job))
        if found.status is JobStatus.PENDING:
            raise
        is_same = attempt_of(found) == attempt_of(job)
        return is_same and found.status is JobStatus.RUNNING and found.compute_node_id == of_node.compute_node_id
    return True
