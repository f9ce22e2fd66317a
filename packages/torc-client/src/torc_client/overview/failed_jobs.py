"""The jobs of a workflow that did not succeed, each with the reason."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from torc_client.answers import id_of
from torc_client.api.enums import JobStatus
from torc_client.api.records import JobModel, JobStatusCounts, NeighbourJob, ResultModel, WorkflowModel
from torc_client.client import TorcClient
from torc_client.edge.terminal_text import inert_line
from torc_client.errors import TorcError
from torc_client.job_statuses import UNSUCCESSFUL, count_in
from torc_client.log_files.failure_lines import read_failure_lines
from torc_client.log_files.unchanged_outputs import BEFORE_RETRY, is_of_unchanged_output
from torc_client.overview.alike import sentences_of
from torc_client.overview.neighbours import Neighbourhood, read_neighbours
from torc_client.overview.result_reasons import is_explained_by_log, reason_of
from torc_client.recovery.diagnosis import codes_of

MOST: Final = 10
"""Jobs that are named."""
_MOST_CAUSES: Final = 3
_ONLY_CODE: Final = re.compile(r"exit code -?[0-9]+")
_OF_RESOURCES: Final = re.compile(r"(?i)memory|bad_alloc|\btime|\bkilled|SIGKILL|SIGTERM|SIGXCPU")


@dataclass(frozen=True)
class UnsuccessfulJob:
    """A job that did not succeed, and why."""

    job_id: int
    name: str
    status: JobStatus
    reason: str
    """As part of a sentence; empty if it is not known."""

    @property
    def may_lack_resources(self) -> bool:
        """Whether more memory or time may help: the reason names them, or is not known."""
        if self.status is JobStatus.CANCELED:
            return False
        return not self.reason or bool(_ONLY_CODE.fullmatch(self.reason) or _OF_RESOURCES.search(self.reason))

    @property
    def sentence(self) -> str:
        """The job, what happened to it, and why. Without control characters."""
        text = f"{inert_line(self.name)} (job {self.job_id}) {_HAPPENED[self.status]}"
        return f"{text}: {inert_line(self.reason)}" if self.reason else text


@dataclass(frozen=True)
class UnsuccessfulJobs:
    """The first jobs that did not succeed, and the numbers of all, and of those that were canceled."""

    workflow_id: int
    jobs: tuple[UnsuccessfulJob, ...] = ()
    total: int = 0
    num_canceled: int = 0

    @property
    def may_lack_resources(self) -> bool:
        """Whether more memory or time may help one of the jobs."""
        are_all_named = len(self.jobs) >= self.total
        return not are_all_named or not self.jobs or any(each.may_lack_resources for each in self.jobs)

    @property
    def sentences(self) -> list[str]:
        """A sentence for each job, and how to list the others."""
        sentences = sentences_of(self.jobs)
        canceled = self.num_canceled - sum(each.status is JobStatus.CANCELED for each in self.jobs)
        failed = self.total - len(self.jobs) - canceled
        if failed:
            sentences.append(f"and {failed:,} more: torc results list {self.workflow_id} --failed")
        if canceled:
            sentences.append(f"and {canceled:,} more canceled: torc jobs list {self.workflow_id} --status canceled")
        return sentences

    @property
    def before_retry(self) -> str:
        """What to do before the jobs are retried, as they would fail again; empty if there is nothing."""
        return BEFORE_RETRY if any(is_of_unchanged_output(each.reason) for each in self.jobs) else ""


_HAPPENED: Final = {
    JobStatus.FAILED: "failed",
    JobStatus.TERMINATED: "was terminated",
    JobStatus.PENDING_FAILED: "failed and waits for a decision",
    JobStatus.CANCELED: "was canceled",
}
_FAILED: Final = tuple(status for status in UNSUCCESSFUL if status is not JobStatus.CANCELED)


async def read_failed_jobs(client: TorcClient, workflow_id: int, counts: JobStatusCounts) -> UnsuccessfulJobs:
    """Read the first jobs that did not succeed, with their reasons. Raises TorcError."""
    total = count_in(counts, UNSUCCESSFUL)
    jobs: list[JobModel] = []
    for status in UNSUCCESSFUL:
        if count_in(counts, (status,)) and len(jobs) < MOST:
            found = await client.jobs.list_jobs(
                workflow_id=workflow_id, status=status, sort_by="id", limit=MOST - len(jobs)
            )
            jobs += found.items
    named = await with_reasons(client, workflow_id, jobs)
    return UnsuccessfulJobs(workflow_id, tuple(named), total, counts.canceled)


async def with_reasons(client: TorcClient, workflow_id: int, jobs: Sequence[JobModel]) -> list[UnsuccessfulJob]:
    """Return jobs that did not succeed with the reasons. Raises TorcError."""
    reasons = await _reasons(client, workflow_id, jobs) if jobs else []
    return [
        UnsuccessfulJob(id_of(job), job.name, job.status or JobStatus.FAILED, reason)
        for job, reason in zip(jobs, reasons, strict=True)
    ]


async def _reasons(client: TorcClient, workflow_id: int, jobs: Sequence[JobModel]) -> list[str]:
    ended = [job for job in jobs if job.status is not JobStatus.CANCELED]
    # One request for each job, because servers of 1.0 cannot filter by several ids.
    found = await asyncio.gather(
        *(client.results.list_results(workflow_id=workflow_id, job_id=job.id, limit=1) for job in ended)
    )
    results = [each for page in found for each in page.items]
    reasons = dict(zip((each.job_id for each in results), await reasons_of(client, workflow_id, results), strict=True))
    canceled = [job for job in jobs if job.status is JobStatus.CANCELED]
    if canceled:
        workflow = await client.workflows.get_workflow(workflow_id)
        causes = await asyncio.gather(*(_cause_of_cancellation(client, id_of(job), workflow) for job in canceled))
        reasons.update(zip(map(id_of, canceled), causes, strict=True))
    return [reasons.get(id_of(job), "") for job in jobs]


async def reasons_of(client: TorcClient, workflow_id: int, results: Sequence[ResultModel]) -> list[str]:
    """Return for each result why its attempt failed, as part of a sentence; empty for a success.

    The logs of the first results without a reason are read, if they are here or with a runner and can be read within
    some seconds.
    """
    failed = [each for each in results if each.return_code != 0]
    if not failed:
        return [""] * len(results)
    codes = codes_of(await client.workflows.get_workflow(workflow_id))
    unclear = [
        each.job_id
        for each in failed
        if not each.reason and (each.return_code == codes.out_of_memory or is_explained_by_log(each, codes))
    ]
    lines = await read_failure_lines(client, list(dict.fromkeys(unclear))[:MOST])
    return [reason_of(each, codes, lines.get(_attempt(each), "")) if each.return_code else "" for each in results]


def _attempt(result: ResultModel) -> tuple[int, int, int]:
    return result.job_id, result.run_id, result.attempt_id or 1


async def _cause_of_cancellation(client: TorcClient, job_id: int, workflow: WorkflowModel) -> str:
    try:
        near = await read_neighbours(client, job_id, steps=2, limit=_MOST_CAUSES)
    except TorcError:
        return ""
    return cause_of_cancellation(near, is_workflow_canceled=bool(workflow.is_canceled))


def cause_of_cancellation(near: Neighbourhood, *, is_workflow_canceled: bool) -> str:
    """Return why a job was canceled, as part of a sentence. `near` has the jobs that it needs."""
    needed = [one for one in near.at(-1) if one.status in UNSUCCESSFUL]
    if not needed:
        return "with its workflow" if is_workflow_canceled else "by a user"
    first = [one for one in near.at(-2) if one.status in _FAILED]
    is_indirect = first and all(one.status is JobStatus.CANCELED for one in needed)
    return f"its dependency {_happened(needed)}" + (f", because {_happened(first)}" if is_indirect else "")


def _happened(jobs: Sequence[NeighbourJob]) -> str:
    return ", ".join(f"{one.job_name} {_HAPPENED[one.status]}" for one in jobs)
