"""Request allocations from a batch system: record the submission on the server, submit it, store the answer.

A request without an answer stays recorded as `submitting`. `unclear_submissions.settle` finds out later whether the
batch system has it.
"""

import asyncio
import os
import shlex
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from torc_client.action_triggers import WORKFLOW_TRIGGERS
from torc_client.answers import id_of
from torc_client.api.enums import ExecutionMode
from torc_client.api.records import (
    AcceptSubmissionRequest,
    ClaimActionRequest,
    CreatedSubmissionModel,
    ExecutionConfig,
    RejectSubmissionRequest,
    SubmissionRequest,
    WorkflowActionModel,
)
from torc_client.batch import submission_files
from torc_client.batch.allocation_output import output_name
from torc_client.batch.late_cancel import LateCancel
from torc_client.batch.margins import margins_of, warning_seconds
from torc_client.batch.node_url import url_for_nodes
from torc_client.batch.runner_command import runner_command, runner_program, startup_delay_seconds
from torc_client.batch.schedulers import BatchScheduler
from torc_client.batch.submission_checks import require_no_conflicts, require_ready
from torc_client.batch.submit_options import SubmitOptions
from torc_client.batch.system import AllocationId, AllocationRequest, BatchError, BatchSystem, NoAnswerError
from torc_client.batch.systems import scheduler_types, support_for, system_named
from torc_client.client import TorcClient
from torc_client.errors import ConflictError, NotFoundError, TorcError, UnprocessableError

DUE_TRIGGERS = tuple(each for each in WORKFLOW_TRIGGERS if each != "on_workflow_complete")
"""The triggers of actions that request allocations when a workflow is submitted."""
_LONGEST_REASON = 10_000


@dataclass(frozen=True, slots=True)
class Submission:
    """A request that the batch system accepted: its id there, and its allocations on the server and there."""

    id: int
    workflow_id: int
    name: str
    system: str
    request_id: str
    allocations: Mapping[int, AllocationId]
    """The id in the batch system of each scheduled compute node."""
    script: Path
    action_id: int | None = None

    @property
    def lines(self) -> list[str]:
        """A line for each allocation, in the form of Torc 1.0, which scripts search for."""
        return [
            f"Submitted {self.system} job name={self.name} with ID={allocation} (scheduled_compute_node_id={node_id})"
            for node_id, allocation in self.allocations.items()
        ]


class NodesConfig(msgspec.Struct, frozen=True):
    """The configuration of an action that requests allocations."""

    scheduler_type: str = ""
    scheduler_id: int | None = None
    num_allocations: int | None = None
    start_one_worker_per_node: bool | None = None
    max_parallel_jobs: int | None = None

    @property
    def count(self) -> int:
        """The number of allocations."""
        return max(1, self.num_allocations or 1)


class RequestRefusedError(TorcError):
    """The batch system refused the request. Nothing is left of it, and its action can be carried out again."""


class UnclearError(TorcError):
    """It is not known whether the batch system has the request, so it stays recorded."""


class ActionTakenError(TorcError):
    """Another client has claimed the action, or it is no longer due."""


class DueActionsError(TorcError):
    """Actions that request allocations failed. `submissions` are the requests that were accepted nevertheless."""

    def __init__(self, failures: Mapping[int, TorcError], submissions: Sequence[Submission]) -> None:
        accepted = sum(len(each.allocations) for each in submissions)
        reasons = [f"Action {action_id}: {error.message}" for action_id, error in failures.items()]
        also = f" {accepted} other allocations were submitted." if accepted else ""
        hints = dict.fromkeys(error.hint for error in failures.values() if error.hint)
        super().__init__(" ".join(reasons) + also, " ".join(hints) or None)
        self.failures = failures
        self.submissions = submissions


async def request_allocations(
    client: TorcClient,
    scheduler: BatchScheduler,
    count: int,
    options: SubmitOptions,
    *,
    action_id: int | None = None,
) -> Submission:
    """Request allocations, all in one request, and record them. With `action_id`, that action is carried out by it.

    Raises RequestRefusedError, UnclearError, ActionTakenError, and TorcError before anything is recorded. If the caller
    is canceled, the answer of the batch system is stored first.
    """
    submitter = await _submitter(client, scheduler, options)
    work = asyncio.create_task(submitter.submit(count, action_id))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        with suppress(TorcError):
            await work
        raise


async def submit_due_actions(
    client: TorcClient,
    workflow_id: int,
    options: SubmitOptions,
    *,
    counts: Mapping[int, int] | None = None,
    on_submission: Callable[[Submission], None] | None = None,
) -> list[Submission]:
    """Carry out the due actions of a workflow that request allocations from batch systems.

    `counts` overrides the number of allocations of actions by their ids; 0 only claims the action. `on_submission` is
    called after each request. An action that another client has claimed is left out. One whose request is refused is
    due again, and the others are carried out all the same. Raises DueActionsError, and TorcError if the server refuses
    or is away.
    """
    made: list[Submission] = []
    failures: dict[int, TorcError] = {}
    for action in await due_actions(client, workflow_id):
        action_id = id_of(action)
        config = nodes_config(action)
        if config is None:
            continue
        count = (counts or {}).get(action_id, config.count)
        if count == 0:
            with suppress(ConflictError):
                await client.workflow_actions.claim_action(workflow_id, action_id, ClaimActionRequest())
            continue
        try:
            submission = await carry_out(client, action_id, config, options, count=count)
        except ActionTakenError:
            continue
        except (RequestRefusedError, UnclearError, NotFoundError, UnprocessableError) as error:
            failures[action_id] = error
            continue
        made.append(submission)
        if on_submission is not None:
            on_submission(submission)
    if failures:
        raise DueActionsError(failures, made)
    return made


async def due_actions(client: TorcClient, workflow_id: int) -> list[WorkflowActionModel]:
    """Return the due actions that request allocations from batch systems. Raises TorcError."""
    pending = await client.workflow_actions.get_pending_actions(workflow_id, trigger_type=list(DUE_TRIGGERS))
    return [action for action in pending if nodes_config(action) is not None]


def nodes_config(action: WorkflowActionModel) -> NodesConfig | None:
    """Return the configuration of an action that requests allocations from a batch system; None for other actions."""
    if action.action_type != "schedule_nodes":
        return None
    try:
        config = msgspec.convert(action.action_config, NodesConfig)
    except msgspec.ValidationError:
        return None
    return config if config.scheduler_type in scheduler_types() else None


async def carry_out(
    client: TorcClient, action_id: int, config: NodesConfig, options: SubmitOptions, *, count: int | None = None
) -> Submission:
    """Carry out one action that requests allocations. Raises the errors of `request_allocations`."""
    if config.scheduler_id is None:
        raise RequestRefusedError(
            f"Action {action_id} has no scheduler.", "Set its scheduler_id with `torc workflows update-action`."
        )
    scheduler = await support_for(config.scheduler_type).schedulers.one(client, config.scheduler_id)
    chosen = replace(
        options,
        max_parallel_jobs=options.max_parallel_jobs or config.max_parallel_jobs,
        start_one_worker_per_node=bool(config.start_one_worker_per_node),
    )
    return await request_allocations(client, scheduler, count or config.count, chosen, action_id=action_id)


async def _submitter(client: TorcClient, scheduler: BatchScheduler, options: SubmitOptions) -> "_Submitter":
    """Check everything that can be checked before a submission is recorded. Raises TorcError."""
    system = system_named(scheduler.scheduler_type)
    workflow = await client.workflows.get_workflow(scheduler.workflow_id)
    execution = workflow.execution_config or ExecutionConfig()
    mode = execution.mode or ExecutionMode.DIRECT
    if options.start_one_worker_per_node and mode is not ExecutionMode.DIRECT:
        raise TorcError(
            f"start_one_worker_per_node needs the execution mode direct, and workflow {workflow.id} has {mode.value}.",
            "Remove start_one_worker_per_node: in the other modes, one runner uses all nodes.",
        )
    require_no_conflicts([scheduler])
    if scheduler.one_at_a_time and options.name_prefix:
        raise TorcError(
            f"Allocations of {scheduler.name} run one at a time, which they do by a common name.",
            "Leave out --job-prefix.",
        )
    submission_files.require_prefix(options.name_prefix)
    await require_ready(client, options, [scheduler.scheduler_type])
    options = replace(
        options,
        output_folder=submission_files.output_folder(options.output_folder),
        runner_program=runner_program(options.runner_program),
    )
    server_url = await url_for_nodes(client, system)
    return _Submitter(client, server_url, system, scheduler, options, execution)


@dataclass(frozen=True, slots=True)
class _Submitter:
    """What a submission needs. The output folder is an absolute path, and exists. Nodes reach the server by its URL."""

    client: TorcClient
    server_url: str
    system: BatchSystem
    scheduler: BatchScheduler
    options: SubmitOptions
    execution: ExecutionConfig

    async def submit(self, count: int, action_id: int | None) -> Submission:
        """Record, submit and accept. Raises RequestRefusedError, UnclearError, ActionTakenError and TorcError."""
        output = self.options.output_folder
        record = await self._record(count, action_id)
        script = submission_files.script_path(output, self.options.name_prefix, self.scheduler.workflow_id)
        try:
            request = self._request(record, script.stem, count)
            submission_files.write_script(script, self.system.script(request))
        except OSError as error:
            reason = f"the script and its secrets cannot be written to {output}: {error.strerror or error}"
            await self._undo(record, script, reason)
            raise RequestRefusedError(
                f"{self.system.title} was not asked for {self._what(count)}: {reason}.",
                "Free space or correct the permissions there, or choose another folder with --output-dir."
                f" Then: {self._again(action_id)}",
            ) from error
        except (BatchError, ValueError) as error:
            raise await self._refused(record, script, error) from error
        try:
            request_id = await asyncio.to_thread(self.system.submit, script, record.mark)
        except NoAnswerError as error:
            with suppress(OSError):
                submission_files.note_unanswered(output, record.id)
            raise UnclearError(
                f"{self.system.title} did not answer, so it is not known whether it has the request: {error}.",
                f"Later: {self._again(action_id)}. It looks for the request before anything else.",
            ) from error
        except BatchError as error:
            raise await self._refused(record, script, error) from error
        await self._accept(record, request_id, is_array=count > 1)
        return Submission(
            record.id, record.workflow_id, request.name, self.system.title, request_id,
            allocation_ids(record.scheduled_compute_node_ids, request_id), script, action_id,
        )  # fmt: skip

    async def _refused(self, record: CreatedSubmissionModel, script: Path, error: Exception) -> RequestRefusedError:
        """Undo a request that the batch system refused, and return its error. Raises TorcError."""
        await self._undo(record, script, str(error))
        return RequestRefusedError(
            f"{self.system.title} did not accept {self._what(record.num_allocations)}: {error}.",
            f"Correct {self.scheduler.name} with `torc slurm update {self.scheduler.id}`, then:"
            f" {self._again(record.action_id)}",
        )

    async def _record(self, count: int, action_id: int | None) -> CreatedSubmissionModel:
        request = SubmissionRequest(
            scheduler_config_id=self.scheduler.id,
            scheduler_type=self.scheduler.scheduler_type,
            num_allocations=count,
            folder=str(self.options.output_folder),
            cluster=await self._cluster(),
            action_id=action_id,
        )
        try:
            return await self.client.submissions.create_submission(self.scheduler.workflow_id, request)
        except ConflictError as error:
            if action_id is None:
                raise
            raise ActionTakenError(error.message) from error

    async def _cluster(self) -> str | None:
        try:
            return await asyncio.to_thread(self.system.cluster) or None
        except BatchError:
            return None

    def _request(self, record: CreatedSubmissionModel, name: str, count: int) -> AllocationRequest:
        """Write the secrets of a submission and return its request. Raises OSError."""
        output, scheduler, workflow_id = self.options.output_folder, self.scheduler, record.workflow_id
        token_file = None
        if record.token is not None:
            token_file = submission_files.write_secret(output, record.id, "token", record.token)
        prologue = list(self.options.prologue)
        if cookie := os.environ.get("TORC_COOKIE_HEADER"):
            path = submission_files.write_secret(output, record.id, "cookie", cookie)
            prologue.append(f'export TORC_COOKIE_HEADER="$(cat -- {shlex.quote(str(path))})"')
        per_node = self.options.start_one_worker_per_node
        delay = startup_delay_seconds(scheduler, count, one_worker_per_node=per_node)
        return AllocationRequest(
            name=f"torc-wf{workflow_id}-sched{scheduler.id}" if scheduler.one_at_a_time else name,
            mark=record.mark,
            options=scheduler.options,
            folder=self.options.working_folder or Path.cwd(),
            output=output_name(self.system.name, workflow_id, "%j", "o"),
            error=output_name(self.system.name, workflow_id, "%j", "e"),
            command=runner_command(
                self.server_url,
                workflow_id,
                self.options,
                submission_id=record.id,
                token_file=token_file,
                startup_delay_seconds=0 if self.execution.staggered_start is False else delay,
            ),
            count=count,
            extra=scheduler.extra,
            prologue=prologue,
            one_command_per_node=per_node,
            mpi=self.execution.srun_mpi if per_node else None,
            one_at_a_time=scheduler.one_at_a_time,
            warning_seconds=self._warning_seconds(),
        )

    def _warning_seconds(self) -> int | None:
        """Return the time before the end at which the runner ends its jobs; None if allocations are not that long."""
        walltime, execution = self.scheduler.walltime_seconds, self.execution
        margins = margins_of(walltime, execution.sigterm_lead_seconds, execution.sigkill_headroom_seconds)
        seconds = warning_seconds(margins)
        return None if walltime is None or seconds >= walltime else seconds

    async def _undo(self, record: CreatedSubmissionModel, script: Path, reason: str) -> None:
        """Remove what is left of a refused request, here and on the server. Raises TorcError."""
        submission_files.remove_secrets(self.options.output_folder, record.id)
        submission_files.remove_script(script)
        await self.client.submissions.reject_submission(
            record.id, RejectSubmissionRequest(reason=reason[:_LONGEST_REASON])
        )

    async def _accept(self, record: CreatedSubmissionModel, request_id: str, *, is_array: bool) -> None:
        """Store the id of an accepted request. Raises TorcError if it is not needed any more, or cannot be stored."""
        answer = AcceptSubmissionRequest(scheduler_id=int(request_id), is_array=is_array)
        try:
            await self.client.submissions.accept_submission(record.id, answer)
        except (ConflictError, NotFoundError) as error:
            late = LateCancel(self.client, self.system, record.workflow_id, request_id)
            raise await late.cancel(f"the server no longer has it: {error.message}") from error
        except TorcError as error:
            raise UnclearError(
                f"{self.system.title} accepted the request as {request_id}, but the server did not store this:"
                f" {error.message}",
                "The runners store it when they start. To store it now, run"
                f" `torc workflows sync-status {record.workflow_id}`.",
            ) from error
        await LateCancel(self.client, self.system, record.workflow_id, request_id).cancel_with_workflow(record)

    def _again(self, action_id: int | None) -> str:
        """Return the command that submits again."""
        command = "submit" if action_id is not None else "slurm schedule-nodes"
        return f"torc {command} {self.scheduler.workflow_id}"

    def _what(self, count: int) -> str:
        return f"the request of {self.scheduler.name} for {count} allocation{'' if count == 1 else 's'}"


def allocation_ids(node_ids: Sequence[int], request_id: str) -> dict[int, AllocationId]:
    """Return the id in the batch system of each scheduled compute node of a request."""
    if len(node_ids) == 1:
        return {node_ids[0]: AllocationId(request_id)}
    return {node_id: AllocationId(request_id, number) for number, node_id in enumerate(node_ids, start=1)}
