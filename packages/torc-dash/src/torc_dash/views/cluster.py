"""The cluster of this machine: its partitions, and the queue of this user."""

from dataclasses import dataclass

from aiohttp import web

from torc_client.text import count, duration
from torc_dash import addresses, cluster_tables
from torc_dash.background_answers import Answered
from torc_dash.node_tables import Rows
from torc_dash.rendering import respond
from torc_dash.slurm_answers import CLUSTER, ClusterReport

_HERE = "here"
# A page shows no more jobs of the queue.
MOST_JOBS = 500


@dataclass(frozen=True)
class ClusterPage:
    """The values of the template. A table without rows is None."""

    title: str
    description: str
    account: str | None
    partitions: Rows | None
    queue: Rows | None
    problems: tuple[str, ...]
    has_slurm: bool
    is_known: bool
    is_asking: bool
    age: str
    here: str
    live: bool = False


async def page(request: web.Request) -> web.Response:
    """Show what Slurm and the profile of the cluster say. The answer is at most some seconds old."""
    return respond(request, "pages/cluster.html", _shaped(request.app[CLUSTER].latest(_HERE)))


def _shaped(answered: Answered[ClusterReport]) -> ClusterPage:
    report = answered.value or ClusterReport(has_slurm=True, profile=None)
    profile, cluster = report.profile, None if report.profile is None else report.profile.cluster
    partitions = () if cluster is None else tuple(cluster.partitions)
    queue = report.queue[:MOST_JOBS]
    more = len(report.queue) - len(queue)
    return ClusterPage(
        title="Cluster" if profile is None or cluster is None else cluster.display_name or profile.name,
        description="" if cluster is None else cluster.description,
        account=None if profile is None else profile.default_account,
        partitions=Rows(
            "Partitions",
            cluster_tables.PARTITIONS,
            tuple(cluster_tables.partition_row(each, report.nodes) for each in partitions),
        )
        if partitions
        else None,
        queue=Rows(
            "Your jobs in the queue",
            cluster_tables.QUEUE,
            tuple(map(cluster_tables.queue_row, queue)),
            f"{count('more job', more)} not shown." if more > 0 else "",
        )
        if queue
        else None,
        problems=(*report.problems, *(() if answered.problem is None else (answered.problem,))),
        has_slurm=report.has_slurm,
        is_known=answered.value is not None or answered.problem is not None,
        is_asking=answered.is_asking,
        age="" if answered.value is None else f"As of {duration(answered.age_seconds)} ago.",
        here=addresses.cluster(),
    )


ROUTES = (web.get("/cluster", page, name="cluster"),)
