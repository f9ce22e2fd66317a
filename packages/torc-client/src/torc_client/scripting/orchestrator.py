"""A job that decides, while its workflow runs, which jobs come next: round after round, until it has seen enough."""

import os
import re
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from torc_client import job_variables
from torc_client.api.records import (
    ResultModel,
    SpawnJobModel,
    SpawnJobsRequest,
    SpawnJobsResponse,
    UserDataModel,
)
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.paging import iterate
from torc_client.scripting.records import Records
from torc_client.scripting.torc import AsyncTorc
from torc_client.scripting.workflow import AsyncWorkflow

LINEAGE_VARIABLE = "TORC_ORCHESTRATOR_LINEAGE_ID"
# A round of an orchestrator is worth waiting for a server that is started again.
PATIENCE_SECONDS = 600.0


class NotInJobError(TorcError):
    """The process was not started by a runner as a job."""


class AsyncOrchestrator:
    """The job that this process is, as one that makes jobs.

        async with AsyncOrchestrator.from_env() as orchestrator:
            if await orchestrator.generation() < 10:
                await orchestrator.spawn(["./simulate 1", "./simulate 2"], again=True)

    Its rounds are counted by lineage: a name that spawned jobs inherit, so that those that orchestrate go on counting.
    All methods raise TorcError and its kind.
    """

    def __init__(self, client: TorcClient, workflow_id: int, job_id: int, lineage: str) -> None:
        self._client = client
        self.workflow = AsyncWorkflow(client, workflow_id)
        self.workflow_id = workflow_id
        self.job_id = job_id
        self.lineage = lineage
        self._first_generation: int | None = None
        self._spawned = 0

    def __repr__(self) -> str:
        return f"{type(self).__name__}(workflow_id={self.workflow_id}, job_id={self.job_id}, lineage={self.lineage!r})"

    @classmethod
    def from_env(cls, *, lineage_fallback: str | None = None) -> Self:
        """Find out from the environment which job this process is. Raises NotInJobError.

        The lineage is that of the job that spawned this one; the first has `lineage_fallback`, else the job's name.
        """
        workflow_id, job_id = _required(job_variables.WORKFLOW_ID), _required(job_variables.JOB_ID)
        lineage = os.environ.get(LINEAGE_VARIABLE) or lineage_fallback or _required(job_variables.JOB_NAME)
        client = AsyncTorc(_required("TORC_API_URL"), retry_timeout_seconds=PATIENCE_SECONDS)
        return cls(client, int(workflow_id), int(job_id), lineage)

    async def generation(self) -> int:
        """Return how many rounds were spawned in the lineage up to this job, those that it spawned itself included.

        It is 0 in the first job. A job that is tried again counts as it did the first time, and what it spawned then
        is there already: it is not spawned twice.
        """
        return await self._generation_at_first() + self._spawned

    async def state(self) -> Any:
        """Return what this job was spawned with as state; None in the first job."""
        record = (await self._states()).get(await self._generation_at_first())
        return None if record is None else record.data

    async def results(self) -> Records[ResultModel]:
        """Return how the jobs ended that this one waited for, in the order of their ids; earlier rounds of it are none.

        A job that was canceled, since what it waited for failed, has no result.
        """
        own = await self._client.jobs.get_job(self.job_id)
        jobs = iterate(self._client.jobs.list_jobs, workflow_id=self.workflow_id, command=own.command)
        rounds = {job.id async for job in jobs if job.command == own.command}
        awaited = set(own.depends_on_job_ids or ()) - rounds
        results = [result for result in await self.workflow.results() if result.job_id in awaited]
        return Records(sorted(results, key=lambda result: result.job_id), ResultModel)

    async def spawn(
        self, jobs: Sequence[str | SpawnJobModel], *, state: Any = None, again: bool = False
    ) -> SpawnJobsResponse:
        """Add jobs that wait until this one is complete, and what they depend on besides.

        A text is the command of a job. With `again` this job's command is run once more when all of them are over,
        however they ended; `state`, any JSON, is what it then finds. Names are new in the workflow: the very same call
        again adds nothing. Raises UnprocessableError where there are too many rounds
        (`dynamic_jobs.max_iterations` of the workflow), for names that are taken, and once this job is complete.
        """
        number = await self.generation() + 1
        models = [self._model(job, f"{self.lineage}_{number}_{each}") for each, job in enumerate(jobs, start=1)]
        if again:
            models.append(await self._next_round(f"{self.lineage}_{number}", [job.name for job in models]))
        answer = await self._send(models, state)
        self._spawned += 1 if models else 0
        return answer

    async def converge(self, *, state: Any = None) -> SpawnJobsResponse:
        """Say that the lineage is at its end, and keep its final state as user data; adds no jobs."""
        return await self._send([], state)

    async def _send(self, jobs: list[SpawnJobModel], state: Any) -> SpawnJobsResponse:
        request = SpawnJobsRequest(jobs=jobs, lineage=self.lineage, state=state)
        return await self._client.jobs.spawn_jobs(self.job_id, request)

    def _model(self, job: str | SpawnJobModel, name: str) -> SpawnJobModel:
        return SpawnJobModel(name=name, command=job) if isinstance(job, str) else job

    async def _next_round(self, name: str, awaited: list[str]) -> SpawnJobModel:
        own = await self._client.jobs.get_job(self.job_id)
        requirements = None
        if own.resource_requirements_id is not None:
            operation = self._client.resource_requirements.get_resource_requirements
            requirements = (await operation(own.resource_requirements_id)).name
        return SpawnJobModel(
            name=name,
            command=own.command,
            depends_on=awaited,
            resource_requirements=requirements,
            priority=own.priority,
            cancel_on_blocking_job_failure=False,
        )

    async def _generation_at_first(self) -> int:
        if self._first_generation is None:
            named = re.fullmatch(re.escape(self.lineage) + r"_(\d+)", os.environ.get(job_variables.JOB_NAME, ""))
            if named:  # one that `again` made
                self._first_generation = int(named[1])
            elif LINEAGE_VARIABLE not in os.environ:
                self._first_generation = 0
            else:
                self._first_generation = max(await self._states(), default=0)
        return self._first_generation

    async def _states(self) -> dict[int, UserDataModel]:
        """Return the records of the rounds, by their numbers."""
        prefix = f"__torc_lineage__{self.lineage}__g"
        pattern = re.compile(re.escape(prefix) + r"(\d{6,12})")
        operation = self._client.user_data.list_user_data
        records = iterate(operation, workflow_id=self.workflow_id, name=prefix)
        return {int(found[1]): record async for record in records if (found := pattern.fullmatch(record.name))}

    async def close(self) -> None:
        """Give back the sockets."""
        await self._client.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def _required(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise NotInJobError(
            f"{name} is not set: an orchestrator is a job of a workflow, and this process is none.",
            "Let the script be the command of a job and run the workflow.",
        )
    return value
