"""What the overview reads: cheap answers after each change, expensive ones every few seconds, logs last."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any

from torc_client.api.records import ExplainResponse, JobModel, ThroughputResponse
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.overview.job_groups import JobGroups, read_groups
from torc_client.overview.sentences import ENDING_SOON, MOST_CLUSTERS, MOST_NODES, sample_of
from torc_client.tui.asked import Asked
from torc_client.tui.lines.overview import MOST_ENDED, MOST_RUNNING, FailureNote, OverviewNow
from torc_client.tui.lines.running import RunningNow, ids_of, running_now

# The server counts the blocked jobs for the explanation, and reads all results for the throughput.
EXPLAIN_SECONDS, PACE_SECONDS, GROUPS_SECONDS = 10.0, 2.0, 2.0
# Afterwards the job may have another attempt.
NOTE_SECONDS = 60.0
_MOST_NOTES = 100


async def read_overview(client: TorcClient, workflow_id: int, moment: datetime) -> OverviewNow:
    """Read what each change can have changed. Raises TorcError."""
    workflow, status, failures, ending, running, ended = await asyncio.gather(
        client.workflows.get_workflow(workflow_id),
        client.workflows.get_workflow_status(workflow_id),
        client.workflows.list_failures(workflow_id),
        client.compute_nodes.list_compute_nodes(
            workflow_id=workflow_id, filter=ENDING_SOON, sort_by="end_time", limit=MOST_NODES
        ),
        _running(client, workflow_id, moment),
        client.results.list_results(workflow_id=workflow_id, sort_by="id", reverse_sort=True, limit=MOST_ENDED),
    )
    return OverviewNow(workflow, status, failures=failures, ending=ending.items, running=running, ended=ended.items)


async def _running(client: TorcClient, workflow_id: int, moment: datetime) -> list[RunningNow]:
    jobs = await client.jobs.list_jobs(
        workflow_id=workflow_id, filter="status=running,pending", sort_by="start_time", limit=MOST_RUNNING
    )
    return await with_nodes_and_needs(client, workflow_id, jobs.items, moment)


async def with_nodes_and_needs(
    client: TorcClient, workflow_id: int, jobs: Sequence[JobModel], moment: datetime
) -> list[RunningNow]:
    """Return running jobs with their hosts and limits, which are read by id."""
    nodes, needs = await asyncio.gather(
        _by_id(client.compute_nodes.list_compute_nodes, workflow_id, ids_of(jobs, "compute_node_id")),
        _by_id(
            client.resource_requirements.list_resource_requirements,
            workflow_id,
            ids_of(jobs, "resource_requirements_id"),
        ),
    )
    return [running_now(job, nodes, needs, moment) for job in jobs]


async def _by_id(call: Any, workflow_id: int, words: str) -> dict[int | None, Any]:
    if not words:
        return {}
    return {each.id: each for each in (await call(workflow_id=workflow_id, filter=words)).items}


class SlowAnswers:
    """The explanation, the throughput and the groups of a workflow, and what logs say about failures."""

    def __init__(self) -> None:
        self._explained: Asked[ExplainResponse] = Asked(EXPLAIN_SECONDS)
        self._pace: Asked[ThroughputResponse] = Asked(PACE_SECONDS)
        self._groups: Asked[JobGroups] = Asked(GROUPS_SECONDS)
        self._notes: dict[int, Asked[FailureNote]] = {}

    @cached_property
    def _turns(self) -> asyncio.Semaphore:
        """The turns to read logs."""
        from torc_client.log_files.failure_lines import MOST_AT_ONCE

        return asyncio.Semaphore(MOST_AT_ONCE)

    def added_to(self, now: OverviewNow) -> OverviewNow:
        """Return the overview with the last answers."""
        id = now.status.workflow_id  # noqa: A001 - the contract's name
        notes = {job_id: asked.known(job_id) or FailureNote(is_asking=True) for job_id, asked in self._notes.items()}
        return replace(
            now,
            explained=self._explained.known(id),
            pace=self._pace.known(id),
            groups=self._groups.known(id),
            notes=notes,
        )

    async def renew(self, client: TorcClient, now: OverviewNow) -> None:
        """Ask again what is due. Raises TorcError."""
        id = now.status.workflow_id  # noqa: A001 - the contract's name
        workflows = client.workflows
        clusters = now.failures.clusters[:MOST_CLUSTERS] if now.failures is not None else []
        samples = [job_id for each in clusters if (job_id := sample_of(each)) is not None]
        while len(self._notes) > _MOST_NOTES:
            del self._notes[next(iter(self._notes))]
        questions: list[Any] = [self._note(client, job_id) for job_id in samples]
        if now.status.total_jobs:
            questions.append(self._groups.ask(id, lambda: read_groups(client, id)))
            if not now.status.is_complete:
                questions += [
                    self._explained.ask(id, lambda: workflows.explain_workflow(id)),
                    self._pace.ask(id, lambda: workflows.get_throughput(id)),
                ]
        await asyncio.gather(*questions)

    async def _note(self, client: TorcClient, job_id: int) -> None:
        from torc_client.log_files.failure_lines import read_in_time

        asked = self._notes.setdefault(job_id, Asked(NOTE_SECONDS))

        async def read() -> FailureNote:
            try:
                return FailureNote(await read_in_time(client, job_id, self._turns))
            except (TorcError, OSError) as error:
                return FailureNote(problem=str(error))

        await asked.ask(job_id, read)
