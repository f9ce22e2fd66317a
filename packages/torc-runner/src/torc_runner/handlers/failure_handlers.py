"""Applies failure handlers: whether a failed job is retried, and the recovery script before that."""

from torc_client.client import TorcClient
from torc_client.errors import NotFoundError
from torc_runner import log
from torc_runner.connection.outage import Outages
from torc_runner.handlers.failure_rules import Rule, parse_rules, rule_for
from torc_runner.launch.environment import job_environment
from torc_runner.launch.spawn import LaunchError
from torc_runner.launch.waiting import run_to_end
from torc_runner.machine.events import FailureHandled
from torc_runner.machine.job import ClaimedJob, JobId
from torc_runner.run_context import RunContext
from torc_runner.stdio_files import recovery_files


class FailureHandlers:
    """The failure handlers of one workflow. Each is read once."""

    def __init__(self, client: TorcClient, context: RunContext, outages: Outages) -> None:
        self._client = client
        self._context = context
        self._outages = outages
        self._rules: dict[int, tuple[Rule, ...]] = {}
        self._recovering: set[JobId] = set()

    def is_recovering(self, job_id: JobId) -> bool:
        """Whether a failure of this job is being handled, so that its recovery script may run."""
        return job_id in self._recovering

    async def handle(self, job: ClaimedJob, return_code: int) -> FailureHandled:
        """Find the rule for a failure and run its recovery script. Raises TorcError.

        The answer has no `max_attempts` if no further attempt is allowed.
        """
        self._recovering.add(job.job_id)
        try:
            return await self._handle(job, return_code)
        finally:
            self._recovering.discard(job.job_id)

    async def _handle(self, job: ClaimedJob, return_code: int) -> FailureHandled:
        rules = () if job.failure_handler_id is None else await self._rules_of(job.failure_handler_id)
        rule = rule_for(rules, return_code)
        if rule is None:
            return FailureHandled(job.job_id, had_rule=False)
        if job.attempt_id >= rule.max_retries or not await self._recovers(job, return_code, rule):
            return FailureHandled(job.job_id, had_rule=True)
        return FailureHandled(job.job_id, had_rule=True, max_attempts=rule.max_retries)

    async def _rules_of(self, handler_id: int) -> tuple[Rule, ...]:
        if handler_id not in self._rules:
            self._rules[handler_id] = await self._read(handler_id)
        return self._rules[handler_id]

    async def _read(self, handler_id: int) -> tuple[Rule, ...]:
        try:
            handler = await self._outages.outlast(lambda: self._client.failure_handlers.get_failure_handler(handler_id))
            return parse_rules(handler.rules)
        except NotFoundError:
            return ()  # deleted since the claim: as if the job had none
        except ValueError as error:
            reason = log.fields(failure_handler_id=handler_id, reason=error)
            log.logger.warning("Failure handler not understood %s", reason)
            return ()

    async def _recovers(self, job: ClaimedJob, return_code: int, rule: Rule) -> bool:
        if rule.recovery_script is None:
            return True
        context = self._context
        files = recovery_files(
            context.output_dir, context.workflow_id, job.job_id, run_id=context.run_id, attempt_id=job.attempt_id
        )
        environment = {**job_environment(job, context), "TORC_RETURN_CODE": str(return_code)}
        try:
            code = await run_to_end(
                ["bash", "-c", rule.recovery_script],
                environment,
                files,
                max_bytes=context.stdio.of(job.name).max_bytes,
            )
        except LaunchError as error:
            log.job_trouble(context, job, "Job recovery script failed", reason=f"there is no further attempt: {error}")
            return False
        if code != 0:
            reason = f"there is no further attempt: it ended with {code}; see {files.stderr}"
            log.job_trouble(context, job, "Job recovery script failed", reason=reason)
        return code == 0
