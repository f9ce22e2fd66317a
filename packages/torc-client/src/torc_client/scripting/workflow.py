"""A workflow on a server, as an object for asynchronous scripts."""

import os
from collections.abc import AsyncIterator, Iterable, Sequence
from functools import partial

from torc_client.api.enums import JobStatus
from torc_client.api.records import (
    ExplainResponse,
    IsCompleteResponse,
    JobModel,
    ResultModel,
    WorkflowModel,
    WorkflowStatusResponse,
)
from torc_client.bulk_create import create_jobs
from torc_client.client import TorcClient
from torc_client.event_stream import Event, EventsMissed
from torc_client.local_runner import run_local_runner
from torc_client.paging import iterate
from torc_client.scripting.records import Records
from torc_client.workflow_operations.initialize import initialize
from torc_client.workflow_operations.wait import wait_until_over


class AsyncWorkflow:
    """A handle to a workflow on the server. It stores the id and requests everything else on demand.

        async with AsyncTorc() as torc:
            workflow = await torc.create("sweep.yaml")
            await workflow.run()
            print([result.return_code for result in await workflow.results()])

    Methods raise `TorcError` or a subclass.
    """

    def __init__(self, client: TorcClient, id: int) -> None:
        self._client = client
        self.id = id

    def __repr__(self) -> str:
        return f"{type(self).__name__}(id={self.id}, server={self._client.url!r})"

    async def record(self) -> WorkflowModel:
        """Return the record of the workflow: name, owner, settings."""
        return await self._client.workflows.get_workflow(self.id)

    async def status(self) -> WorkflowStatusResponse:
        """Return the summary: the numbers of jobs by status, progress, compute nodes."""
        return await self._client.workflows.get_workflow_status(self.id)

    async def explain(self) -> ExplainResponse:
        """Return the reasons why no job runs, each with a remedy, or that jobs run."""
        return await self._client.workflows.explain_workflow(self.id)

    async def initialize(self, *, force: bool = False) -> None:
        """Begin a new run: reset all jobs, and make those without dependencies ready.

        `force` ignores missing input files and running jobs. Raises InputFilesMissingError,
        UnprocessableError.
        """
        await initialize(self._client, self.id, force=force)

    async def run(
        self,
        *,
        max_parallel_jobs: int | None = None,
        output_dir: str | os.PathLike[str] | None = None,
        options: Sequence[str] = (),
        quiet: bool = True,
    ) -> WorkflowStatusResponse:
        """Run the jobs on this machine until no job is left for it, and return the status after that.

        It does the same as `torc run ID`, in a process that ends with this one. Ctrl-C stops it in order. `options`
        are further options of that command. `quiet` hides the output. Failed jobs raise no error: see `results`.
        Raises RunnerNotInstalledError if torc-runner is not installed, RunnerError if the runner fails.
        """
        arguments = [str(self.id)]
        if max_parallel_jobs is not None:
            arguments += ["--max-parallel-jobs", str(max_parallel_jobs)]
        if output_dir is not None:
            arguments += ["--output-dir", os.fspath(output_dir)]
        await run_local_runner(self._client.url, self._client.credentials, [*arguments, *options], quiet=quiet)
        return await self.status()

    async def wait(self, timeout_seconds: float | None = None) -> IsCompleteResponse:
        """Wait until the workflow is complete or canceled. Raises TimeoutError after `timeout_seconds`."""
        return await wait_until_over(self._client, self.id, timeout_seconds=timeout_seconds)

    async def jobs(self, status: JobStatus | None = None) -> Records[JobModel]:
        """Return the jobs in the order of their ids: all, or those with `status`."""
        jobs = [job async for job in iterate(self._client.jobs.list_jobs, workflow_id=self.id, status=status)]
        return Records(jobs, JobModel)

    async def results(self, status: JobStatus | None = None, *, all_runs: bool = False) -> Records[ResultModel]:
        """Return the results of the jobs: those of the current run, or of all runs with `all_runs`."""
        listing = partial(self._client.results.list_results, status=status, all_runs=all_runs or None)
        return Records([result async for result in iterate(listing, workflow_id=self.id)], ResultModel)

    async def add_jobs(self, jobs: Iterable[str | JobModel]) -> Records[JobModel]:
        """Add jobs, also while the workflow runs. Jobs without dependencies are ready immediately.

        A text is the command of a job. Returns the created jobs. A complete workflow has no runner: run it again
        after adding jobs to it.
        """
        first = (await self.status()).total_jobs + 1
        models = [self._model(job, number) for number, job in enumerate(jobs, start=first)]
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
