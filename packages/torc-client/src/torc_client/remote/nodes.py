"""What the server has about remote workers: their compute nodes, and the jobs of these."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct

from torc_client.answers import id_of
from torc_client.api.enums import JobStatus
from torc_client.api.records import ComputeNodeModel
from torc_client.client import TorcClient
from torc_client.errors import ConflictError, NotFoundError
from torc_client.job_statuses import COMPLETE
from torc_client.paging import iterate
from torc_client.text import count

_PAGE = 10_000


class ServerView(Struct, frozen=True):
    """The active compute nodes of a workflow, and the number of running jobs of each."""

    nodes: Mapping[int, ComputeNodeModel]
    jobs: Mapping[int, int]

    def nodes_of(self, worker: str, known_id: int | None = None) -> list[int]:
        """Return the ids of the active nodes of a worker. Its host may know one that names no worker at all."""
        # Not one that names another worker: hosts can be wrong, or lie.
        return [
            node_id
            for node_id, node in self.nodes.items()
            if worker_of(node) == worker or (node_id == known_id and worker_of(node) is None)
        ]

    def jobs_of(self, node_ids: Iterable[int]) -> int:
        """Return the number of jobs that run on these nodes."""
        return sum(self.jobs.get(node_id, 0) for node_id in node_ids)

    def describe(self, node_ids: Sequence[int]) -> str:
        """Return what the server has of a worker with these active nodes, as a part of a sentence."""
        if not node_ids:
            return "the server has no active compute node of it"
        jobs = count("running job", self.jobs_of(node_ids))
        return f"the server has its compute node {', '.join(map(str, node_ids))} with {jobs}"


class JobsAfterStop(Struct, frozen=True):
    """The state of the jobs that ran on a worker when it was stopped."""

    ended: int = 0
    returned: int = 0
    terminated: int = 0
    """The part of `ended` that was stopped with the worker while no other one was left to run it again."""


def worker_of(node: ComputeNodeModel) -> str | None:
    """Return the address of the remote worker that a compute node is, if it is one."""
    data = node.scheduler
    found = data.get("remote_worker") if isinstance(data, dict) else None
    return found if isinstance(found, str) else None


async def server_view(client: TorcClient, workflow_id: int) -> ServerView:
    """Return the active nodes of a workflow and their jobs. Raises the errors of calls."""
    nodes = iterate(client.compute_nodes.list_compute_nodes, workflow_id=workflow_id, is_active=True, limit=_PAGE)
    found = {id_of(node): node async for node in nodes}
    running = iterate(client.jobs.list_jobs, workflow_id=workflow_id, status=JobStatus.RUNNING)
    return ServerView(found, Counter([job.compute_node_id async for job in running if job.compute_node_id is not None]))


async def nodes_of_worker(client: TorcClient, workflow_id: int, worker: str) -> list[int]:
    """Return the ids of the active nodes of a worker. Raises the errors of calls."""
    nodes = iterate(client.compute_nodes.list_compute_nodes, workflow_id=workflow_id, is_active=True, limit=_PAGE)
    return [id_of(node) async for node in nodes if worker_of(node) == worker]


async def running_jobs(client: TorcClient, workflow_id: int, node_ids: Collection[int]) -> dict[int, int]:
    """Return the ids of the jobs that run on these nodes, each with its attempt. Raises the errors of calls."""
    found: dict[int, int] = {}
    for node_id in node_ids:
        jobs = iterate(client.jobs.list_jobs, workflow_id=workflow_id, active_compute_node_id=node_id)
        found |= {id_of(job): job.attempt_id or 1 async for job in jobs if job.status is JobStatus.RUNNING}
    return found


async def give_up_nodes(client: TorcClient, node_ids: Iterable[int]) -> None:
    """Close the nodes of a worker that is gone, so that their jobs are ready at once. Raises the errors of calls."""
    for node_id in node_ids:
        try:
            await client.compute_nodes.give_up_compute_node(node_id)
        except (ConflictError, NotFoundError):  # its runner signed off
            continue


async def jobs_after_stop(client: TorcClient, jobs: Mapping[int, int]) -> JobsAfterStop:
    """Return the state of jobs that ran with these attempts. Raises the errors of calls."""
    ended = returned = terminated = 0
    for job_id, attempt_id in jobs.items():
        try:
            job = await client.jobs.get_job(job_id)
        except NotFoundError:
            continue
        is_same = (job.attempt_id or 1) == attempt_id
        if is_same and (job.status in COMPLETE or job.status is JobStatus.PENDING_FAILED):
            ended += 1
            terminated += job.status is JobStatus.TERMINATED
        elif not is_same or job.status is not JobStatus.RUNNING:
            returned += 1
    return JobsAfterStop(ended, returned, terminated)
