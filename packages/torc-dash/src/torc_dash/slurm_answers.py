"""What Slurm reports, asked in the background: about the allocations of a workflow, and about the cluster."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

from aiohttp import web

from torc_client.batch.blocking import blocking
from torc_client.batch.profile import Profile
from torc_client.batch.system import BatchError, NotHereError, PartitionNodes, QueuedJob
from torc_client.batch.systems import own_queue, partition_nodes
from torc_client.batch.this_cluster import here
from torc_client.batch.watching import Look, look_once, open_allocations
from torc_client.errors import TorcError
from torc_dash.background_answers import BackgroundAnswers
from torc_dash.upstream import CLIENT

# Slurm's commands wait for about 20 s for a controller that does not answer.
LIMIT_SECONDS = 20.0


@dataclass(frozen=True)
class ClusterReport:
    """The cluster of this machine. `problems` are sentences about what could not be asked."""

    has_slurm: bool
    profile: Profile | None
    queue: Sequence[QueuedJob] = ()
    nodes: Mapping[str, PartitionNodes] = field(default_factory=dict)
    problems: Sequence[str] = ()


ALLOCATIONS: web.AppKey[BackgroundAnswers[int, Look]] = web.AppKey("allocations", BackgroundAnswers)
CLUSTER: web.AppKey[BackgroundAnswers[str, ClusterReport]] = web.AppKey("cluster", BackgroundAnswers)


def set_up(app: web.Application) -> None:
    """Make the answers of the application, and end open questions with it."""

    async def look(workflow_id: int) -> Look:
        client = app[CLIENT]
        return await look_once(client, workflow_id, await open_allocations(client, workflow_id))

    async def ask_cluster(_: str) -> ClusterReport:
        return await _report()

    async def closed(app: web.Application) -> AsyncIterator[None]:
        yield
        await app[ALLOCATIONS].close()
        await app[CLUSTER].close()

    app[ALLOCATIONS] = BackgroundAnswers(look)
    app[CLUSTER] = BackgroundAnswers(ask_cluster)
    app.cleanup_ctx.append(closed)


async def _report() -> ClusterReport:
    problems: list[str] = []

    def failed(error: Exception) -> None:
        sentence = f"{str(error).rstrip('.')}."
        if sentence not in problems:
            problems.append(sentence)

    profile, queue, nodes = await asyncio.gather(
        blocking(2 * LIMIT_SECONDS, here),
        blocking(LIMIT_SECONDS, own_queue, LIMIT_SECONDS),
        blocking(LIMIT_SECONDS, partition_nodes, LIMIT_SECONDS),
        return_exceptions=True,
    )
    has_slurm = not isinstance(queue, NotHereError)
    for answer in (queue, nodes, profile):
        if isinstance(answer, BaseException) and not isinstance(answer, BatchError | TorcError | OSError):
            raise answer
        if isinstance(answer, Exception) and has_slurm:
            failed(answer)
    return ClusterReport(
        has_slurm=has_slurm,
        profile=None if isinstance(profile, BaseException) else profile,
        queue=() if isinstance(queue, BaseException) else queue,
        nodes={} if isinstance(nodes, BaseException) else nodes,
        problems=tuple(problems),
    )
