"""A workflow on a server, as an object for asynchronous scripts."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import nullcontext
from datetime import timedelta
from functools import partial

from torc_client.api.enums import JobStatus
from torc_client.api.records import (
    ExplainResponse,
    JobModel,
    ResultModel,
    WorkflowModel,
    WorkflowStatusResponse,
)
from torc_client.bulk_create import create_jobs
from torc_client.client import TorcClient
from torc_client.errors import ServerUnreachableError
from torc_client.event_stream import Event, EventsMissed
from torc_client.job_statuses import UNSUCCESSFUL, WorkflowState, workflow_state
from torc_client.local_runner import RunnerError, run_local_runner
from torc_client.old_names import old_method
from torc_client.paging import iterate
from torc_client.scripting.given import as_list
from torc_client.scripting.records import Records
from torc_client.scripting.run_progress import progress_shown
from torc_client.scripting.runner_arguments import in_keywords, runner_arguments
from torc_client.scripting.why_idle import why_idle
from torc_client.scripting.workflow_errors import jobs_failed, wait_timeout
from torc_client.workflow_operations.initialize import initialize
from torc_client.workflow_operations.retry_failed import plan_retry, retry_request
from torc_client.workflow_operations.wait import wait_until_over

# After the time of a wait, for its last look at the workflow.
_LAST_LOOK_SECONDS = 2.0
_log = logging.getLogger(__name__)


class AsyncWorkflow:
    """A handle to a workflow on the server. It stores the id and requests everything else on demand.

        async with AsyncTorc() as torc:
            workflow = await torc.create_workflow("sweep.yaml")
            await workflow.run()
            print([result.return_code for result in await workflow.job_results()])

    Methods raise `TorcError` or a subclass.
    """

    def __init__(self, client: TorcClient, id: int, *, name: str | None = None) -> None:
        self._client = client
        self._name = name
        self.id = id

    def __repr__(self) -> str:
        name = f", name={self._name!r}" if self._name else ""
        return f"{type(self).__name__}(id={self.id}{name}, server={self._client.url!r})"

    async def record(self) -> WorkflowModel:
        """Return the record of the workflow: name, owner, settings."""
        return await self._client.workflows.get_workflow(self.id)

    async def status(self) -> WorkflowStatusResponse:
        """Return the summary: the numbers of jobs by status, progress, compute nodes."""
        return await self._client.workflows.get_workflow_status(self.id)

    async def diagnose(self) -> ExplainResponse:
        """Return the reasons why no job runs, each with a remedy, or that jobs run."""
        return await self._client.workflows.explain_workflow(self.id)

    async def initialize(self, *, force: bool = False) -> None:
        """Begin a new run: reset all jobs, and make those without dependencies ready.

        `force` ignores missing input files and running jobs. Raises InputFilesMissingError,
        UnprocessableError.
        """
        await initialize(self._client, self.id, force=force)

    async def retry_failed(self) -> int:
        """Make the failed, terminated and canceled jobs ready to run again, and return their number.

        Jobs that depend on them run again too, and jobs that write temporary files which these need and which were
        deleted; all others keep their results. Call `run` after this. Raises UnprocessableError while jobs run.
        """
        request = retry_request(await plan_retry(self._client, self.id))
        return (await self._client.workflows.restart_jobs(self.id, request)).updated_count

    async def run(
        self,
        *,
        num_cpus: int | None = None,
        memory_gb: float | None = None,
        num_gpus: int | None = None,
        time_limit: timedelta | str | None = None,
        labels: str | Iterable[str] = (),
        max_parallel_jobs: int | None = None,
        output_dir: str | os.PathLike[str] | None = None,
        check: bool = False,
        quiet: bool | None = None,
        options: Sequence[str] = (),
    ) -> WorkflowStatusResponse:
        """Run the jobs on this machine until no job is left for it, and return the status after that.

        It does the same as `torc run ID`, in a process that ends with this one. Ctrl-C stops it in order. `num_cpus`,
        `memory_gb` (GiB) and `num_gpus` are what jobs may use together; by default all that this process may use. At
        most `max_parallel_jobs` run at once. After `time_limit`, a timedelta or a text such as "PT2H30M", jobs are
        stopped. With `labels`, only jobs run whose labels are among them. In a terminal and in a notebook, a line on
        stderr shows the progress if the run takes longer than two seconds; `quiet=True` hides it, `quiet=False` shows
        the output of `torc run` instead, also elsewhere. `options` are further options of `torc run`, as texts. Jobs
        that do not fit this machine stay ready, and a warning in the log says what they need.

        Failed jobs raise no error, unless `check` is true. Raises JobsFailedError, with the failed results, if `check`
        is true and not all jobs completed. Raises NotFoundError for an unknown id, RunnerNotInstalledError if
        torc-runner is not installed, RunnerError if the runner fails.
        """
        arguments = runner_arguments(
            num_cpus=num_cpus,
            memory_gb=memory_gb,
            num_gpus=num_gpus,
            time_limit=time_limit,
            labels=labels,
            max_parallel_jobs=max_parallel_jobs,
            output_dir=output_dir,
        )
        alone = ["--exit-when-idle"] if getattr(self._client, "is_standalone", False) else []
        words = [str(self.id), *arguments, *alone, *options]
        try:
            async with nullcontext() if quiet is not None else progress_shown(self._client, self.id):
                await run_local_runner(self._client.url, self._client.credentials, words, quiet=quiet is not False)
        except RunnerError as error:
            await self.status()  # raises the error of an unknown id, or of the server
            raise RunnerError(in_keywords(error.message), error.hint) from None
        status = await self._end(check=check)
        if workflow_state(status) is WorkflowState.READY and (why := await why_idle(self._client, self.id)):
            _log.warning("Workflow %d is not complete. %s", self.id, why)
        return status

    async def wait(self, timeout_seconds: float | None = None, *, check: bool = False) -> WorkflowStatusResponse:
        """Wait until the workflow is complete or canceled, and return its status, as `run` does.

        Jobs run where runners are: `wait` starts none. Raises WaitTimeoutError, a TimeoutError, after
        `timeout_seconds`. Raises JobsFailedError if `check` is true and not all jobs completed.
        """
        try:
            await wait_until_over(self._client, self.id, timeout_seconds=timeout_seconds)
        except TimeoutError as error:
            raise wait_timeout(self.id, timeout_seconds or 0.0, await self._last_look()) from error
        return await self._end(check=check)

    async def _end(self, *, check: bool) -> WorkflowStatusResponse:
        status = await self.status()
        if check and workflow_state(status) not in {WorkflowState.COMPLETED, WorkflowState.EMPTY}:
            failed = [each for each in await self.job_results() if each.status in UNSUCCESSFUL]
            why = "" if failed or status.is_canceled else await why_idle(self._client, self.id)
            raise jobs_failed(status, Records(failed, ResultModel), why)
        return status

    async def _last_look(self) -> WorkflowStatusResponse | None:
        try:
            async with asyncio.timeout(_LAST_LOOK_SECONDS):
                return await self.status()
        except (TimeoutError, ServerUnreachableError):
            return None

    async def jobs(self, status: JobStatus | None = None) -> Records[JobModel]:
        """Return the jobs in the order of their ids: all, or those with `status`."""
        jobs = [job async for job in iterate(self._client.jobs.list_jobs, workflow_id=self.id, status=status)]
        return Records(jobs, JobModel)

    async def job_results(self, status: JobStatus | None = None, *, all_runs: bool = False) -> Records[ResultModel]:
        """Return the results of the jobs, in the order of the jobs.

        These are the results of the current run, or of all runs with `all_runs`. A result has the return code, the run
        time and the memory of an attempt of a job.
        """
        listing = partial(self._client.results.list_results, status=status, all_runs=all_runs or None)
        results = [result async for result in iterate(listing, workflow_id=self.id)]
        return Records(sorted(results, key=lambda result: result.job_id), ResultModel)

    async def add_jobs(self, jobs: Iterable[str | JobModel]) -> Records[JobModel]:
        """Add jobs, also while the workflow runs. Jobs without dependencies are ready immediately.

        A text is the command of a job. Returns the created jobs. A complete workflow has no runner: run it again
        after adding jobs to it.
        """
        given = as_list(jobs, accepts_jobs=True)
        first = (await self.status()).total_jobs + 1
        models = [self._model(job, number) for number, job in enumerate(given, start=first)]
        created = Records(await create_jobs(self._client, models, at_once=True), JobModel)
        await self._client.workflows.initialize_jobs(self.id, only_uninitialized=True)
        return created

    def _model(self, job: str | JobModel, number: int) -> JobModel:
        if isinstance(job, str):
            return JobModel(workflow_id=self.id, name=f"job{number}", command=job)
        job.workflow_id = self.id
        return job

    def follow_events(self, level: str = "info") -> AsyncIterator[Event | EventsMissed]:
        """Yield the events of the workflow as they happen, without end. See `TorcClient.follow_events`."""
        return self._client.follow_events(self.id, level)

    async def cancel(self) -> None:
        """Cancel the workflow: no more jobs start, and runners stop running jobs."""
        await self._client.workflows.cancel_workflow(self.id)

    async def delete(self) -> None:
        """Delete the workflow and everything in it. Raises UnprocessableError while jobs run."""
        await self._client.workflows.delete_workflow(self.id)

    explain = old_method("explain", diagnose)
    results = old_method("results", job_results)
