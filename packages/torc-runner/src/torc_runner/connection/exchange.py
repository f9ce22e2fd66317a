"""Report starts and ends of jobs to the server and claim more, in one call. It is safe to repeat."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from torc_client.api.records import (
    ExchangedCompletion,
    JobAttempt,
    OutputFileTime,
    ReportAndClaimRequest,
    ReportAndClaimResponse,
    ResultModel,
    StartedJob,
)
from torc_client.client import TorcClient
from torc_client.errors import ConflictError, NotFoundError, OtherDatabaseError, UnprocessableError
from torc_client.failure_reasons import stored_reason
from torc_runner import log
from torc_runner.connection.claim import Claims
from torc_runner.connection.journal import Journal
from torc_runner.connection.lease_keeper import LeaseKeeper
from torc_runner.connection.outage import Outages
from torc_runner.connection.step_statistics import StepStatistics
from torc_runner.machine.events import Exchanged
from torc_runner.machine.instructions import ClaimRequest
from torc_runner.machine.job import ClaimedJob, JobId
from torc_runner.machine.outbox import Ended, Reports
from torc_runner.machine.outcome import FailureClass
from torc_runner.machine.usage import UsageSummary
from torc_runner.run_context import RunContext

_UNKNOWN = UsageSummary()


class Exchanges:
    """The exchanges of one runner with the server."""

    def __init__(
        self,
        client: TorcClient,
        context: RunContext,
        claims: Claims,
        outages: Outages,
        *,
        lease_keeper: LeaseKeeper,
        journal: Journal,
        statistics: StepStatistics | None = None,
    ) -> None:
        self._client = client
        self._lease_keeper = lease_keeper
        self._journal = journal
        self._statistics = statistics
        self._context = context
        self._claims = claims
        self._outages = outages
        self._started_at: dict[JobId, datetime] = {}
        self._not_launched: set[JobId] = set()
        """Jobs whose start is in an exchange that has not begun, although their command was not started."""

    def launched(self, job_id: JobId, at: datetime) -> None:
        """Note when a command was started. The next exchange reports it."""
        self._started_at[job_id] = at
        self._not_launched.discard(job_id)

    def not_launched(self, job_id: JobId) -> None:
        """Note that a command was not started. Its start is not reported."""
        self._started_at.pop(job_id, None)
        self._not_launched.add(job_id)

    async def exchange(self, reports: Reports, wanted: ClaimRequest | None) -> Exchanged:
        """Send `reports` and the claim, and return the answer. Refused reports are logged. Raises TorcError."""
        completions = [self._completion(ended) for ended in reports.ended]
        await self._journal.keep(completions)
        request = ReportAndClaimRequest(
            compute_node_id=self._context.compute_node_id,
            run_id=self._context.run_id,
            started=[self._started(job) for job in reports.started if job.job_id not in self._not_launched],
            completions=completions,
            returned=[JobAttempt(job_id=job.job_id, attempt_id=job.attempt_id) for job in reports.returned],
            claim=None if wanted is None else self._claims.wish(wanted),
        )
        try:
            answer = await self._outages.outlast(lambda: self._call(request))
        except OtherDatabaseError as refusal:
            self._lease_keeper.database_replaced(refusal)
            # The ends stay in the journal.
            return Exchanged(number=None, refused_starts=frozenset(job.job_id for job in reports.started))
        self._journal.reported(completions)
        self._forget_times(reports)
        self._log_returned(reports, answer)
        refused = {refused.job_id: refused.message for refused in answer.errors}
        if self._statistics is not None:
            # A job whose command could not be started has no step.
            self._statistics.reported(
                each.job
                for each in reports.ended
                if each.job.job_id not in refused and each.outcome.failure_class is not FailureClass.SETUP
            )
        if not answer.is_canceled:
            # A canceled workflow refuses the ends of all jobs that were stopped for it, which is expected.
            self._log_refused(reports, refused)
        return Exchanged(
            number=None if wanted is None else wanted.number,
            jobs=await self._outages.outlast(lambda: self._claims.claimed(answer.jobs)),
            chained=await self._outages.outlast(lambda: self._claims.chained(answer.following or [])),
            refused_starts=frozenset(job.job_id for job in reports.started if job.job_id in refused),
            refused_ends=tuple(ended.job for ended in reports.ended if ended.job.job_id in refused),
            is_complete=bool(answer.is_complete),
            is_canceled=bool(answer.is_canceled),
            has_pending_actions=bool(answer.has_pending_actions),
            is_run_over=answer.run_id not in {None, self._context.run_id},
        )

    async def write_journal(self, ended: Sequence[Ended]) -> None:
        """Write to disk how these attempts ended, before the server knows."""
        await self._journal.keep([self._completion(each) for each in ended])

    async def _call(self, request: ReportAndClaimRequest) -> ReportAndClaimResponse:
        """Make the call. After a lost lease only starts and ends are sent, without a claim or returned jobs."""
        workflow_id, workflows = self._context.workflow_id, self._client.workflows
        with self._lease_keeper.contact():
            try:
                return await workflows.report_and_claim(workflow_id, request)
            except OtherDatabaseError:
                raise
            except (ConflictError, NotFoundError, UnprocessableError):
                if not await self._lease_keeper.has_lost():
                    raise
                return await workflows.report_and_claim(workflow_id, replace(request, claim=None, returned=[]))

    def _started(self, job: ClaimedJob) -> StartedJob:
        at = self._started_at.get(job.job_id)
        return StartedJob(
            job_id=job.job_id,
            attempt_id=job.attempt_id,
            start_time=at.isoformat() if at else None,
            after_job_id=job.predecessor,
        )

    def _completion(self, ended: Ended) -> ExchangedCompletion:
        outcome, job, used = ended.outcome, ended.job, ended.used or _UNKNOWN
        return ExchangedCompletion(
            job_id=job.job_id,
            run_id=self._context.run_id,
            status=outcome.status,
            after_job_id=ended.predecessor,
            max_attempts=ended.max_attempts,
            failure_class=outcome.failure_class.value if outcome.failure_class else None,
            return_if_others=True if outcome.failure_class is FailureClass.NODE else None,
            output_files=[OutputFileTime(id=each.file_id, st_mtime=each.changed_at) for each in ended.output_files]
            or None,
            result=ResultModel(
                workflow_id=self._context.workflow_id,
                job_id=job.job_id,
                run_id=self._context.run_id,
                attempt_id=job.attempt_id,
                compute_node_id=self._context.compute_node_id,
                return_code=outcome.return_code,
                exec_time_minutes=ended.exec_seconds / 60,
                completion_time=ended.at.isoformat(),
                status=outcome.status,
                peak_memory_bytes=used.peak_memory_bytes,
                avg_memory_bytes=used.avg_memory_bytes,
                peak_cpu_percent=used.peak_cpu_percent,
                avg_cpu_percent=used.avg_cpu_percent,
                reason=stored_reason(outcome.reason),
            ),
        )

    def _forget_times(self, reports: Reports) -> None:
        for job in (*reports.started, *(ended.job for ended in reports.ended)):
            self._started_at.pop(job.job_id, None)

    def _log_returned(self, reports: Reports, answer: ReportAndClaimResponse) -> None:
        """Log the jobs that were stopped with this runner and that other runners can run again."""
        returned = {*(answer.returned or [])}
        for ended in reports.ended:
            if ended.job.job_id in returned:
                log.job_trouble(self._context, ended.job, "Job returned: other runners can run it again")

    def _log_refused(self, reports: Reports, refused: Mapping[int, str]) -> None:
        """Log the refused reports, each with what the runner does about it.

        The job was canceled, begun again, given to another runner, or completed by another client.
        """
        for job in reports.started:
            if job.job_id in refused:
                self._log(job, refused, "the job is killed here")
        for ended in reports.ended:
            if ended.job.job_id in refused:
                self._log(ended.job, refused, "its result is dropped")

    def _log(self, job: ClaimedJob, refused: Mapping[int, str], consequence: str) -> None:
        log.job_trouble(self._context, job, "Job report refused", reason=refused[job.job_id], consequence=consequence)
