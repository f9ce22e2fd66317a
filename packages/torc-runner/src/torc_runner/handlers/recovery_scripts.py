"""Runs the recovery scripts of failure handlers, each before a further attempt of a failed job."""

from torc_runner import log
from torc_runner.launch.environment import job_environment
from torc_runner.launch.launches import Launches
from torc_runner.launch.spawn import LaunchError
from torc_runner.launch.waiting import run_to_end
from torc_runner.machine.events import RecoveryScriptEnded
from torc_runner.machine.job import ClaimedJob, JobId
from torc_runner.run_context import RunContext
from torc_runner.stdio_files import recovery_files


class RecoveryScripts:
    """The recovery scripts of one runner."""

    def __init__(self, context: RunContext, launches: Launches) -> None:
        self._context = context
        self._launches = launches
        self._running: set[JobId] = set()

    def is_running(self, job_id: JobId) -> bool:
        """Whether the recovery script of this job runs."""
        return job_id in self._running

    async def run(self, job: ClaimedJob, return_code: int, script: str) -> RecoveryScriptEnded:
        """Run a recovery script after the failure of a job. A script that fails is logged."""
        self._running.add(job.job_id)
        try:
            return RecoveryScriptEnded(job.job_id, has_succeeded=await self._succeeds(job, return_code, script))
        finally:
            self._running.discard(job.job_id)

    async def _succeeds(self, job: ClaimedJob, return_code: int, script: str) -> bool:
        context = self._context
        files = recovery_files(
            context.output_dir, context.workflow_id, job.job_id, run_id=context.run_id, attempt_id=job.attempt_id
        )
        environment = {**job_environment(job, context), "TORC_RETURN_CODE": str(return_code)}
        try:
            code = await run_to_end(
                ["bash", "-c", "--", script],
                environment,
                files,
                max_bytes=context.stdio.of(job.name).max_bytes,
                launches=self._launches,
            )
        except LaunchError as error:
            log.job_trouble(context, job, "Job recovery script failed", reason=f"there is no further attempt: {error}")
            return False
        if code != 0:
            reason = f"there is no further attempt: it ended with {code}; see {files.stderr}"
            log.job_trouble(context, job, "Job recovery script failed", reason=reason)
        return code == 0
