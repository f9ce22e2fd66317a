"""Execute the due actions of a workflow: run commands, start runners."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Protocol, TypeVar

import msgspec

from torc_client.action_triggers import WORKER_COMPLETE, WORKER_START, WORKFLOW_TRIGGERS
from torc_client.api.records import ClaimActionRequest, CompleteActionRequest, WorkflowActionModel
from torc_client.client import TorcClient
from torc_client.errors import ConflictError, NotFoundError
from torc_runner import log
from torc_runner.connection.outage import Outages
from torc_runner.handlers.batch_requests import BatchRequests
from torc_runner.launch.environment import workflow_environment
from torc_runner.launch.spawn import LaunchError
from torc_runner.launch.waiting import run_to_end
from torc_runner.machine.instructions import Occasion
from torc_runner.run_context import RunContext
from torc_runner.stdio_files import action_files

TRIGGERS: Mapping[Occasion, tuple[str, ...]] = MappingProxyType(
    {
        Occasion.START: (*WORKFLOW_TRIGGERS, WORKER_START),
        Occasion.MEANWHILE: WORKFLOW_TRIGGERS,
        Occasion.END: (*WORKFLOW_TRIGGERS, WORKER_COMPLETE),
    }
)
"""The triggers that are queried at each occasion. The server decides which actions are due."""


class Commands(msgspec.Struct, frozen=True):
    """Configuration of `run_commands`."""

    commands: list[str]


class Nodes(msgspec.Struct, frozen=True):
    """Configuration of `schedule_nodes`."""

    scheduler_type: str | None = None
    scheduler_id: int | None = None
    num_allocations: int | None = None
    start_one_worker_per_node: bool | None = None
    max_parallel_jobs: int | None = None


class Allocations(Protocol):
    """Starts more runners for the workflow."""

    async def start(self, nodes: Nodes) -> None:
        """Request runners. Raises TorcError."""

    async def ended(self) -> None:
        """Wait for the ends of the runners that cannot outlive this one."""


Config = TypeVar("Config", Commands, Nodes)


class WorkflowActions:
    """Executes actions for one runner. `allocations` are by scheduler type, without those of batch systems.

    `has_lost_lease` returns whether other nodes may have claimed the actions of this one. A runner in an allocation has
    `batch_requests`.
    """

    def __init__(
        self,
        client: TorcClient,
        context: RunContext,
        outages: Outages,
        allocations: Mapping[str, Allocations],
        has_lost_lease: Callable[[], bool],
        *,
        batch_requests: BatchRequests | None = None,
    ) -> None:
        self._client = client
        self._context = context
        self._outages = outages
        self._allocations = allocations
        self._has_lost_lease = has_lost_lease
        self._batch_requests = batch_requests
        self._done: set[int] = set()
        self._declined: set[int] = set()

    async def carry_out(self, occasion: Occasion) -> None:
        """Claim and execute the due actions, one after the other.

        A failing action is logged, and the workflow continues. Raises TorcError if the server refuses or is away.
        """
        pending = await self._outages.outlast(
            lambda: self._client.workflow_actions.get_pending_actions(
                self._context.workflow_id, trigger_type=list(TRIGGERS[occasion])
            )
        )
        for action in pending:
            if self._batch_requests is not None and self._batch_requests.begin(action):
                continue
            if action.id is not None and action.id not in self._done and self._can(action, action.id):
                await self._carry_out(action, action.id)
        if occasion is Occasion.END:
            if self._batch_requests is not None:
                await self._batch_requests.ended()
            await asyncio.gather(*(each.ended() for each in self._allocations.values()))

    def _can(self, action: WorkflowActionModel, action_id: int) -> bool:
        """Whether this runner can execute the action. Others are left to other runners."""
        try:
            nodes = _read(action, Nodes) if action.action_type == "schedule_nodes" else None
            is_able = action.action_type == "run_commands" or (nodes is not None and self._of(nodes) is not None)
        except msgspec.ValidationError as error:
            self._log("Action not understood", action, reason=error)
            return False
        if not is_able and action_id not in self._declined:
            self._declined.add(action_id)
            self._log("Action left to others", action, reason="this runner cannot execute it")
        return is_able

    def _of(self, nodes: Nodes) -> Allocations | None:
        return self._allocations.get(nodes.scheduler_type or "")

    async def _carry_out(self, action: WorkflowActionModel, action_id: int) -> None:
        context = self._context
        claim = ClaimActionRequest(compute_node_id=context.compute_node_id, reports_end=True)
        self._done.add(action_id)
        try:
            await self._outages.outlast(
                lambda: self._client.workflow_actions.claim_action(context.workflow_id, action_id, claim)
            )
        except (ConflictError, NotFoundError):
            return  # another runner has claimed it, or it is no longer due
        self._log("Action started", action)
        if action.action_type == "schedule_nodes":
            nodes = _read(action, Nodes)
            allocations = self._of(nodes)
            if allocations is not None:
                await allocations.start(nodes)
        else:
            await self._run(action, action_id, _read(action, Commands).commands)
        await self._report_end(action_id)

    async def _report_end(self, action_id: int) -> None:
        """Report the end, unless the lease is lost: the commands may have been killed, so another node repeats them."""
        if self._has_lost_lease():
            return
        context = self._context
        request = CompleteActionRequest(compute_node_id=context.compute_node_id)
        # A server that does not know the operation counts the claim as the end.
        with suppress(ConflictError, NotFoundError):
            await self._outages.outlast(
                lambda: self._client.workflow_actions.complete_action(context.workflow_id, action_id, request)
            )

    async def _run(self, action: WorkflowActionModel, action_id: int, commands: list[str]) -> None:
        context = self._context
        for number, command in enumerate(commands, start=1):
            files = action_files(
                context.output_dir,
                context.workflow_id,
                action_id,
                run_id=context.run_id,
                node_id=context.compute_node_id,
                number=number,
            )
            # The working directory of an action is the output folder.
            here = ["bash", "-c", 'cd -- "$1" && exec bash -c -- "$2"', "bash", str(context.output_dir), command]
            try:
                code = await run_to_end(
                    here, workflow_environment(context), files, max_bytes=context.stdio.general.max_bytes
                )
            except LaunchError as error:
                self._log("Action failed", action, reason=error)
                return
            if code != 0:
                self._log("Action failed", action, command=command, return_code=code, stderr=files.stderr)
                return
        self._log("Action completed", action)

    def _log(self, phrase: str, action: WorkflowActionModel, **more: object) -> None:
        context = self._context
        identity = log.fields(
            workflow_id=context.workflow_id,
            action_id=action.id,
            run_id=context.run_id,
            compute_node_id=context.compute_node_id,
            trigger_type=action.trigger_type,
            action_type=action.action_type,
            **more,
        )
        log.logger.info("%s %s", phrase, identity)


def _read(action: WorkflowActionModel, kind: type[Config]) -> Config:
    return msgspec.convert(action.action_config, kind)
