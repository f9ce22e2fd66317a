"""Distinguish the clusters of one server: each can give the same id to another allocation."""

from collections.abc import Collection, Mapping, Sequence

from torc_client.api.records import ScheduledComputeNodesModel, SubmissionModel
from torc_client.batch.blocking import blocking
from torc_client.batch.system import BatchSystem
from torc_client.client import TorcClient
from torc_client.paging import iterate


async def submissions_of(
    client: TorcClient, workflow_id: int, records: Collection[ScheduledComputeNodesModel]
) -> dict[int, SubmissionModel]:
    """Return the submissions of a workflow by their ids; nothing if no record names one. Raises TorcError."""
    if all(record.submission_id is None for record in records):
        return {}
    return {each.id: each async for each in iterate(client.submissions.list_submissions, id=workflow_id)}


async def elsewhere(
    system: BatchSystem,
    records: Sequence[ScheduledComputeNodesModel],
    submissions: Mapping[int, SubmissionModel],
    patience_seconds: float | None = None,
) -> dict[str, list[ScheduledComputeNodesModel]]:
    """Return the allocations that are in another cluster than the one of this machine, by the name of their cluster.

    Those of which the cluster is not recorded are not among them. Raises BatchError.
    """
    clusters: dict[str, list[ScheduledComputeNodesModel]] = {}
    for record in records:
        submission = submissions.get(record.submission_id or 0)
        if submission is not None and submission.cluster:
            clusters.setdefault(submission.cluster, []).append(record)
    if clusters:
        clusters.pop(await blocking(patience_seconds, system.cluster), None)
    return clusters
