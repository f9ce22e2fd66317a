"""Request allocations from a batch system, for actions that are due while a runner in an allocation works."""

import asyncio
import random
from contextlib import suppress

from torc_client import config
from torc_client.answers import id_of
from torc_client.api.records import WorkflowActionModel
from torc_client.batch.submission import (
    ActionTakenError,
    NodesConfig,
    Submission,
    UnclearError,
    carry_out,
    nodes_config,
)
from torc_client.batch.submit_options import SubmitOptions
from torc_client.batch.unclear_submissions import settle
from torc_client.client import TorcClient
from torc_client.errors import NotFoundError, ServerUnreachableError, TorcError, UnprocessableError
from torc_runner import log
from torc_runner.run_context import RunContext
from torc_runner.settings import Settings

FIRST_PAUSE_SECONDS = 30.0
LONGEST_PAUSE_SECONDS = 600.0


class BatchRequests:
    """The requests of one runner. Jobs do not wait for them.

    A refused request gives its action back, so that each runner can carry it out; this one tries again after a pause
    that doubles. A request without an answer is looked for before it is repeated.
    """

    def __init__(
        self,
        client: TorcClient,
        context: RunContext,
        options: SubmitOptions,
        first_pause_seconds: float = FIRST_PAUSE_SECONDS,
    ) -> None:
        self._client = client
        self._context = context
        self._options = options
        self._first_pause_seconds = first_pause_seconds
        self._requests: dict[int, asyncio.Task[None]] = {}
        self._leaves = asyncio.Event()

    def begin(self, action: WorkflowActionModel) -> bool:
        """Begin to carry out an action. Returns whether it requests allocations from a batch system."""
        config = nodes_config(action)
        if config is None:
            return False
        action_id = id_of(action)
        under_way = self._requests.get(action_id)
        if under_way is None or under_way.done():
            self._requests[action_id] = asyncio.create_task(self._request(action_id, config))
        return True

    async def ended(self) -> None:
        """Wait for the answers to requests that were sent. The others are left to other runners."""
        self._leaves.set()
        await asyncio.gather(*self._requests.values())

    async def _request(self, action_id: int, config: NodesConfig) -> None:
        pause_seconds = self._first_pause_seconds
        while True:
            try:
                submission = await carry_out(self._client, action_id, config, self._options)
            except ActionTakenError:
                return
            except (NotFoundError, UnprocessableError) as error:
                self._log_failure(action_id, error, None)
                return
            except TorcError as error:
                self._log_failure(action_id, error, pause_seconds)
                is_unclear = isinstance(error, UnclearError | ServerUnreachableError)
            else:
                self._log_submission(submission)
                return
            await self._pause(pause_seconds)
            while is_unclear and not self._leaves.is_set() and await self._is_any_unanswered():
                await self._pause(pause_seconds)
            if self._leaves.is_set():
                return
            pause_seconds = min(2 * pause_seconds, LONGEST_PAUSE_SECONDS)

    async def _is_any_unanswered(self) -> bool:
        """Look for requests without an answer. Returns whether the batch system may still have one."""
        try:
            found = await settle(self._client, self._context.workflow_id)
        except TorcError as error:
            log.logger.warning("Requests without an answer not found %s", log.fields(reason=error))
            return True
        for each in found:
            log.logger.info("Request without an answer %s", log.fields(result=each.sentence))
        return any(each.is_open for each in found)

    async def _pause(self, seconds: float) -> None:
        """Wait, unless the runner leaves. Runners that failed together do not try again together."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._leaves.wait(), seconds * random.uniform(0.75, 1.25))  # noqa: S311

    def _log_submission(self, submission: Submission) -> None:
        for line in submission.lines:
            log.logger.info("%s", line)

    def _log_failure(self, action_id: int, error: TorcError, pause_seconds: float | None) -> None:
        log.logger.warning(
            "Allocations not requested %s",
            log.fields(
                workflow_id=self._context.workflow_id,
                action_id=action_id,
                reason=error,
                next_try_seconds="none" if pause_seconds is None else f"{pause_seconds:g}",
            ),
        )


def batch_requests(client: TorcClient, context: RunContext, settings: Settings) -> BatchRequests:
    """Return the requests of a runner in an allocation. All use its output folder. Raises ConfigError."""
    found = config.load({})
    prologue = found["slurm.prologue"].value
    options = SubmitOptions(
        output_folder=context.output_dir,
        poll_interval_seconds=settings.poll_interval_seconds,
        prologue=str(prologue).splitlines() if prologue else (),
        runner_program=found["slurm.runner_program"].value,
    )
    return BatchRequests(client, context, options)
