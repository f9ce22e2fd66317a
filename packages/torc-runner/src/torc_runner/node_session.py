"""One session of a runner as a node of a workflow: register, run, settle, sign off."""

import math
import secrets
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from msgspec.structs import replace

from torc_client.api.records import ComputeNodeModel
from torc_client.batch.margins import Margins
from torc_client.client import TorcClient
from torc_client.errors import OtherDatabaseError, ServerUnreachableError, TorcError
from torc_client.origin import NodeOrigin
from torc_client.text import size
from torc_runner.allocation_session import report_queued_again
from torc_runner.connection.dead_runners import release_dead_runners, send_unsent_results
from torc_runner.connection.exchange import Exchanges
from torc_runner.connection.journal import Journal
from torc_runner.connection.lease import Lease
from torc_runner.connection.lease_keeper import LeaseKeeper, lease_clock
from torc_runner.connection.outage import HASTY_SECONDS, Outages, answered_within
from torc_runner.connection.output_relay import OutputRelay
from torc_runner.connection.registration import Registration
from torc_runner.connection.step_statistics import StepStatistics
from torc_runner.connection.unfinished import UnfinishedJobs
from torc_runner.connection.unschedulable import UnschedulableJobs
from torc_runner.detect.allocation import AllocationWatch
from torc_runner.folder_database import warn_of_other_database
from torc_runner.handlers.batch_requests import batch_requests
from torc_runner.handlers.declared_files import DeclaredFiles
from torc_runner.handlers.local_allocations import LocalAllocations
from torc_runner.handlers.recovery_scripts import RecoveryScripts
from torc_runner.handlers.workflow_actions import WorkflowActions
from torc_runner.inbox import Inbox
from torc_runner.launch.children import Children
from torc_runner.launch.launches import Launches
from torc_runner.launch.steps import END_PATIENCE_SECONDS, JobSteps
from torc_runner.launch.watchdog import Watchdog
from torc_runner.log import JobLines, fields, logger
from torc_runner.machine import RunnerState
from torc_runner.machine.farewell import Farewell, farewell
from torc_runner.machine.instructions import ExitReason
from torc_runner.memory.job_groups import JobGroups, job_groups
from torc_runner.memory.limits import MemoryLimits
from torc_runner.monitoring.drawing import draw
from torc_runner.monitoring.monitor import Monitor
from torc_runner.monitoring.plan import plan_of
from torc_runner.node_setup import NodeSetup, claims_of, context_of, journal_of, record_of
from torc_runner.run_context import RUNNER_ID, RunContext
from torc_runner.runner import Parts, Runner
from torc_runner.sampling.sampler import Sampler
from torc_runner.stop_requests import StopRequests
from torc_runner.version import __version__


@dataclass(slots=True)
class _Node:
    """A registered node, and how its session ended."""

    origin: NodeOrigin
    client: TorcClient
    """Its requests state the node."""
    runner_id: str
    registered_at: float
    """By the clock of the lease."""
    record: ComputeNodeModel
    exit_reason: ExitReason = ExitReason.FATAL
    failure: TorcError | None = None
    outage: TorcError | None = None
    """The error of the last call, if the server did not answer it."""
    refusal: OtherDatabaseError | None = None
    """The refusal of a server that has another database than before."""
    is_deleted: bool = False
    """Whether the server has deleted the node, alone or with its workflow."""
    has_unsent_results: bool = False
    has_unfinished_jobs: bool = False

    @property
    def node_id(self) -> int:
        """The id of the node."""
        return self.origin.node_id

    @property
    def farewell(self) -> Farewell:
        """The steps at the end of the session."""
        return farewell(
            self.exit_reason,
            is_server_away=self.outage is not None,
            has_unsent_results=self.has_unsent_results,
            has_unfinished_jobs=self.has_unfinished_jobs,
        )


@dataclass(frozen=True, slots=True)
class _Equipment:
    """The parts that a session must close at its end."""

    journal: Journal
    monitor: Monitor
    watchdog: Watchdog
    launches: Launches
    groups: JobGroups | None


async def run_session(client: TorcClient, setup: NodeSetup, stops: StopRequests) -> ExitReason:
    """Run jobs as a new node until there is a reason to leave. Raises TorcError.

    Results that other runners left in the output folder are sent first, and jobs of dead runners on this host are
    released. A request to stop that comes before the node works ends the session. Raises OtherDatabaseError if the
    server has another database than the one that the client is pinned to.
    """
    outages = Outages(setup.patience_seconds, stops=stops)
    await outages.outlast(lambda: send_unsent_results(client, setup.output_dir, setup.workflow_id, setup.run_id))
    await outages.outlast(
        lambda: release_dead_runners(client, setup.workflow_id, setup.host, ended=setup.ended_runners)
    )
    async with registered_node(client, setup, outages, stops) as node:
        if stops.ends_run:
            node.exit_reason = stops.exit_reason
        else:
            await _run(node.client, setup, node, stops)
    if node.farewell.draws_plots:
        await draw(plan_of(setup.workflow.resource_monitor_config), setup.samples_path)
    reason = node.exit_reason.value
    logger.info("Runner left %s", fields(workflow_id=setup.workflow_id, compute_node_id=node.node_id, reason=reason))
    if node.refusal is not None and node.exit_reason is ExitReason.LEASE_LOST:
        raise node.refusal
    if node.failure is not None:
        raise node.failure
    return node.exit_reason


@asynccontextmanager
async def registered_node(
    client: TorcClient, setup: NodeSetup, outages: Outages, stops: StopRequests
) -> AsyncIterator[_Node]:
    """Register a node and sign it off at the end, also if the body fails. Raises TorcError if it cannot register."""
    runner_id = uuid.uuid4().hex
    secret = secrets.token_hex(16)
    record = record_of(setup, runner_id, secret)
    registered_at = lease_clock()
    node_id = await outages.outlast(Registration(client, record).register)
    setup.ready_file.write(node_id, runner_id)
    _log_start(client, setup, node_id)
    warn_of_other_database(setup.output_dir, client.database_id)
    origin = NodeOrigin(client.database_id, node_id, secret)
    node, began = _Node(origin, client.as_node(origin), runner_id, registered_at, record), time.monotonic()
    try:
        yield node
    finally:
        record.is_active, record.duration_seconds = False, time.monotonic() - began
        await _sign_off(setup, node, stops)
        setup.ended_runners.add(runner_id)


async def _run(client: TorcClient, setup: NodeSetup, node: _Node, stops: StopRequests) -> None:
    """Run jobs and close what the runner needed. `node` then shows how the session ended."""
    context = context_of(client, setup, node.node_id, node.runner_id)
    limits_memory = setup.rules.limit_resources and setup.steps is None  # the batch system limits its steps itself
    marker, groups = f"{RUNNER_ID}={node.runner_id}", job_groups() if limits_memory else None
    plan = plan_of(setup.workflow.resource_monitor_config)
    equipment = _Equipment(
        journal=journal_of(client, setup, context, node.origin),
        # The processes of steps may be on other nodes; the batch system measures them.
        monitor=Monitor(plan if setup.steps is None else replace(plan, jobs=None), setup.samples_path),
        watchdog=Watchdog(
            marker,
            "" if groups is None else groups.prefix,
            term_seconds=0.0 if setup.steps is None else END_PATIENCE_SECONDS,
        ),
        launches=Launches(marker),
        groups=groups,
    )
    try:
        runner = assemble(client, setup, context, equipment, stops, registered_at=node.registered_at)
        try:
            node.exit_reason = await runner.run()
        finally:
            node.outage, node.has_unfinished_jobs = runner.outage, runner.has_unfinished_jobs
            node.failure = _failure(node, runner)
            node.refusal, node.is_deleted = runner.refusal, runner.is_node_deleted
    finally:
        equipment.watchdog.close()
        if equipment.groups is not None:
            equipment.groups.close()
        node.has_unsent_results = equipment.journal.unreported > 0
        equipment.journal.close(is_node_deleted=node.is_deleted)
        await _note_usage(node.record, equipment.monitor)


def _failure(node: _Node, runner: Runner) -> TorcError | None:
    """Return the error with which the session ends. After a request to stop, a server that is away is not awaited."""
    match node.exit_reason:
        case ExitReason.FATAL:
            return runner.failure
        case ExitReason.NO_LAUNCHES:
            return runner.shortage
        case ExitReason.STOPPED:
            return node.outage
        case _:
            return None


def assemble(
    client: TorcClient,
    setup: NodeSetup,
    context: RunContext,
    equipment: _Equipment,
    stops: StopRequests,
    *,
    registered_at: float,
) -> Runner:
    """Make a runner and all that it calls, in the running event loop."""
    inbox, journal, capacity = Inbox(), equipment.journal, setup.capacity()
    machine = RunnerState(capacity, setup.rules)
    outages = Outages(
        setup.patience_seconds,
        inbox,
        is_needed=lambda: not machine.attempts.are_none_left or journal.is_lossy,
        had_access=True,
    )
    lease = Lease(setup.settings.lease_seconds, registered_at, is_strict=setup.settings.strict_lease)
    lease_keeper = LeaseKeeper(
        client, context.compute_node_id, lease, equipment.watchdog, inbox, on_contact=setup.ready_file.touch
    )
    claims = claims_of(client, setup, context, capacity)
    lines = JobLines(context)
    memory = MemoryLimits(equipment.groups, is_on=setup.rules.limit_resources and setup.steps is None)
    recovery_scripts = RecoveryScripts(context, equipment.launches)
    children = Children(
        context,
        inbox,
        lines=lines,
        memory=memory,
        monitor=equipment.monitor,
        watchdog=equipment.watchdog,
        launches=equipment.launches,
        is_recovering=recovery_scripts.is_running,
        steps=None if setup.steps is None else JobSteps(setup.steps, context, lambda: machine.rules.kill_at),
    )
    allocations = LocalAllocations(client, context, outages)
    statistics = None if setup.steps is None else StepStatistics(client, context, setup.steps.steps)
    return Runner(
        Parts(
            client=client,
            context=context,
            stops=stops,
            inbox=inbox,
            machine=machine,
            outages=outages,
            lease_keeper=lease_keeper,
            claims=claims,
            exchanges=Exchanges(
                client,
                context,
                claims,
                outages,
                lease_keeper=lease_keeper,
                journal=journal,
                statistics=statistics,
            ),
            unschedulable=UnschedulableJobs(
                client,
                context.workflow_id,
                capacity.total,
                setup.settings.labels,
                also_unlabeled=setup.settings.also_unlabeled,
                by_resources=capacity.by_resources,
                found=setup.unfit_jobs,
            ),
            unfinished=UnfinishedJobs(
                client, context.workflow_id, setup.settings.labels, also_unlabeled=setup.settings.also_unlabeled
            ),
            lines=lines,
            children=children,
            memory=memory,
            monitor=equipment.monitor,
            sampler=Sampler(children.leaders, equipment.watchdog.marker),
            statistics=statistics,
            output_relay=OutputRelay(client, context, children.attempt_files),
            declared_files=DeclaredFiles(client, context, children.outputs_before),
            recovery_scripts=recovery_scripts,
            allocations=allocations,
            actions=WorkflowActions(
                client,
                context,
                outages,
                {"local": allocations},
                lease_keeper.is_over,
                batch_requests=batch_requests(client, context, setup.settings) if setup.session else None,
            ),
            show=setup.show,
            allocation_watch=_watch_of(setup, inbox, stops),
            before_stop=None if setup.session is None else partial(report_queued_again, setup.session),
        )
    )


def _watch_of(setup: NodeSetup, inbox: Inbox, stops: StopRequests) -> AllocationWatch | None:
    """Return the questions to the batch system of a node in an allocation."""
    session = setup.session
    if session is None:
        return None

    def margins_before(end: datetime) -> Margins:
        known = session.ending(end)
        stops.warned_from = known.warned_from(setup.workflow)
        return known.margins(setup.workflow)

    return AllocationWatch(session.allocation, limit=session.chosen_end, margins_before=margins_before, post=inbox.post)


async def _note_usage(record: ComputeNodeModel, monitor: Monitor) -> None:
    """Add what the node used to its record, if it was measured."""
    count, used = await monitor.close()
    if count:
        record.sample_count = count
        record.peak_cpu_percent, record.avg_cpu_percent = used.peak_cpu_percent, used.avg_cpu_percent
        record.peak_memory_bytes, record.avg_memory_bytes = used.peak_memory_bytes, used.avg_memory_bytes


async def _sign_off(setup: NodeSetup, node: _Node, stops: StopRequests) -> None:
    """Settle with the server and mark the node inactive. A failure is only logged: the lease expires by itself."""
    steps, node_id = node.farewell, node.node_id
    if node.refusal is not None:  # the server does not have the node
        return
    if not steps.signs_off:
        logger.warning("Node not signed off: the server is away %s", fields(compute_node_id=node_id))
        return
    outages = Outages(setup.patience_seconds if steps.is_patient else 0.0, stops=stops)
    try:
        async with answered_within(None if steps.is_patient else HASTY_SECONDS, node.client):
            await _settle(node.client, setup, node, outages)
    except TorcError as error:
        if node.exit_reason is ExitReason.STOPPED and isinstance(error, ServerUnreachableError):
            node.failure = error  # the summary is not read either
        logger.warning("Node not signed off %s", fields(compute_node_id=node_id, reason=error))


async def _settle(client: TorcClient, setup: NodeSetup, node: _Node, outages: Outages) -> None:
    """Send the results that are left, return the unfinished jobs, and mark the node inactive. Raises TorcError."""
    steps, nodes, node_id = node.farewell, client.compute_nodes, node.node_id
    if steps.sends_results:
        await outages.outlast(lambda: send_unsent_results(client, setup.output_dir, setup.workflow_id, setup.run_id))
    if steps.releases_jobs:
        await outages.outlast(lambda: nodes.give_up_compute_node(node_id))
    await outages.outlast(lambda: nodes.update_compute_node(node_id, node.record))


def _log_start(client: TorcClient, setup: NodeSetup, node_id: int) -> None:
    total, settings, server = setup.total, setup.settings, client.server
    # The server's version is unknown if the check of versions was skipped.
    versions = (
        {} if server is None else {"server": server.torc_server or server.version, "api_version": server.api_version}
    )
    logger.info(
        "Runner started %s",
        fields(
            version=__version__,
            **versions,
            workflow_id=setup.workflow_id,
            run_id=setup.run_id,
            compute_node_id=node_id,
            host=setup.host.name,
            **({"nodes": ",".join(setup.nodes.names)} if total.num_nodes > 1 else {}),
            num_cpus=total.num_cpus,
            memory=size(total.memory_bytes),
            num_gpus=total.num_gpus,
            gpu_ids=",".join(setup.gpus.device_ids) or "none",
            max_parallel_jobs=settings.max_parallel_jobs or "by resources",
            labels=",".join(settings.labels) or "none",
            **({"also_unlabeled": "true"} if settings.also_unlabeled else {}),
            poll_interval_seconds=f"{settings.poll_interval_seconds:g}",
            lease_seconds="none" if math.isinf(settings.lease_seconds) else f"{settings.lease_seconds:g}",
            time_limit=setup.time_limit or "none",
        ),
    )
