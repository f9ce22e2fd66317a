"""One workflow run of a runner: initialize the workflow, run node sessions, summarize."""

import asyncio
import dataclasses
import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from torc_client.answers import run_id_of
from torc_client.api.records import WorkflowModel
from torc_client.batch.inside import NodeShare, OwnAllocation
from torc_client.batch.surrounding import own_allocation
from torc_client.client import TorcClient
from torc_client.errors import OtherDatabaseError, ServerUnreachableError, TorcError
from torc_client.host_identity import Host, this_host
from torc_client.workflow_operations.initialize import ensure_initialized
from torc_runner.allocation_session import (
    AllocationSession,
    begin_in_allocation,
    end_in_allocation,
    log_name,
    stop_requests,
    surrounding_end,
    write_variables,
)
from torc_runner.connection.outage import HASTY_SECONDS, Outages, answered_within
from torc_runner.connection.ready_file import ReadyFile
from torc_runner.console.progress_text import JobCounts
from torc_runner.console.summary import StoppedWithoutServerError, Summary, sum_up
from torc_runner.detect.allocated import allocated, allocated_gpus
from torc_runner.detect.gpus import Gpus, detect_gpus
from torc_runner.detect.machine import detect
from torc_runner.detect.nodes import RunnerNodes, runner_nodes
from torc_runner.execution_mode import step_settings
from torc_runner.launch.descriptors import raise_limit
from torc_runner.log import fields, logger, logging_to
from torc_runner.machine.instructions import ExitReason
from torc_runner.node_session import run_session
from torc_runner.node_setup import NodeSetup
from torc_runner.rejoin import rejoin
from torc_runner.server_check import adapted
from torc_runner.settings import Settings
from torc_runner.stop_requests import StopRequests
from torc_runner.workflow_config import rules_of

_CONTINUED = frozenset({ExitReason.LEASE_LOST, ExitReason.RUN_OVER})
"""Exit reasons of a session after which another session begins."""


def log_path(
    output_dir: Path, host: Host, workflow_id: int, run_id: int, allocation: OwnAllocation | None = None
) -> Path:
    """Return the path of the runner's log file. In an allocation, all runs of a workflow have the same file."""
    if allocation is not None:
        return output_dir / log_name(allocation, workflow_id, f"job_runner_{allocation.system}")
    return output_dir / f"job_runner_{host.name}_wf{workflow_id}_r{run_id}.log"


async def run_workflow(
    client: TorcClient,
    workflow_id: int,
    settings: Settings,
    *,
    echo: logging.Handler,
    show: Callable[[JobCounts], None],
    submission_id: int | None = None,
) -> Summary:
    """Run a workflow's jobs on this node and return a summary. Raises TorcError.

    `submission_id` is the submission that requested the allocation in which the runner is.

    If the workflow enters another run meanwhile, this runner joins it. The log goes to a file of each run in the output
    folder and to `echo`; `show` is called whenever the counts may have changed.
    """
    raise_limit()
    settings = await adapted(client, settings)
    await ensure_initialized(client, workflow_id)
    status = await client.workflows.get_workflow_status(workflow_id)
    if status.jobs_by_status.uninitialized:
        # Jobs that were reset or added since then would never run, and neither would their dependents.
        await client.workflows.initialize_jobs(workflow_id, only_uninitialized=True, clear_ephemeral_user_data=False)
        status = await client.workflows.get_workflow_status(workflow_id)
    run_id = run_id_of(status)
    settings = replace(settings, output_dir=settings.output_dir.absolute()).from_now(datetime.now(UTC))
    allocation = own_allocation(os.environ)
    stops = stop_requests(allocation)
    run_sessions = (
        _run_sessions
        if allocation is None
        else partial(_run_in_allocation, allocation=allocation, submission_id=submission_id)
    )
    with stops.handled():
        try:
            return await run_sessions(client, workflow_id, run_id, settings, stops, echo=echo, show=show)
        except ServerUnreachableError as error:
            if stops.ends_run:
                raise StoppedWithoutServerError(workflow_id, error) from error
            raise


async def _run_in_allocation(
    client: TorcClient,
    workflow_id: int,
    run_id: int,
    settings: Settings,
    stops: StopRequests,
    *,
    echo: logging.Handler,
    show: Callable[[JobCounts], None],
    allocation: OwnAllocation,
    submission_id: int | None,
) -> Summary:
    """Run node sessions as part of an allocation, and report its start and its end to the server.

    After a request of the batch system to stop, the end is not reported: the allocation may have been queued again.
    """
    path = log_path(settings.output_dir, this_host(), workflow_id, run_id, allocation)
    with logging_to(path, logging.NullHandler()):
        write_variables(allocation, settings.output_dir, workflow_id)
        session = await begin_in_allocation(
            client, workflow_id, allocation, submission_id=submission_id, chosen_end=settings.end_time
        )
    failed = True
    try:
        summary = await _run_sessions(
            client, workflow_id, run_id, settings, stops, echo=echo, show=show, session=session
        )
        failed = False
        return summary
    finally:
        if stops.count == 0:
            with logging_to(path, logging.NullHandler()):
                await end_in_allocation(client, workflow_id, session, failed=failed)


async def _run_sessions(
    client: TorcClient,
    workflow_id: int,
    run_id: int,
    settings: Settings,
    stops: StopRequests,
    *,
    echo: logging.Handler,
    show: Callable[[JobCounts], None],
    session: AllocationSession | None = None,
) -> Summary:
    """Run one node session after the other until there is a reason to leave. A request to stop is the last."""
    host = this_host()
    ended_runners: set[str] = set()
    allocation = None if session is None else session.allocation
    while True:
        with logging_to(log_path(settings.output_dir, host, workflow_id, run_id, allocation), echo):
            settings = settings.until(await surrounding_end() if session is None else session.end)
            workflow = await client.workflows.get_workflow(workflow_id)
            setup = replace(
                _set_up(workflow, run_id, host, settings, show, session=session), ended_runners=ended_runners
            )
            stops.warned_from = None if session is None else session.warned_from(workflow)
            exit_reason = ExitReason.LEASE_LOST
            try:
                while exit_reason is ExitReason.LEASE_LOST and not stops.ends_run:
                    exit_reason = await run_session(client, setup, stops)
            except OtherDatabaseError:
                if stops.ends_run:
                    raise
                outages = Outages(setup.patience_seconds, stops=stops)
                run_id = await outages.outlast(partial(rejoin, client, setup))
                continue
            if exit_reason in _CONTINUED and stops.ends_run:
                exit_reason = stops.exit_reason
            outages = Outages(0.0 if exit_reason is ExitReason.STOPPED else setup.patience_seconds, stops=stops)
            if exit_reason is not ExitReason.RUN_OVER:
                is_stopped = exit_reason is ExitReason.STOPPED
                async with answered_within(HASTY_SECONDS if is_stopped else None, client):
                    summary = await outages.outlast(
                        partial(sum_up, client, workflow_id, run_id, exit_reason, settings.part)
                    )
                    return replace(summary, why_not_here=tuple(each.in_words() for each in setup.unfit_jobs))
            status = await outages.outlast(partial(client.workflows.get_workflow_status, workflow_id))
            ended_run_id, run_id = run_id, run_id_of(status)
            logger.info(
                "Run over: this runner joins the current run %s",
                fields(workflow_id=workflow_id, run_id=ended_run_id, current_run_id=run_id),
            )


def _set_up(
    workflow: WorkflowModel,
    run_id: int,
    host: Host,
    settings: Settings,
    show: Callable[[JobCounts], None],
    *,
    session: AllocationSession | None,
) -> NodeSetup:
    """Detect the resources of this node. Raises TorcError. Call it in a running event loop."""
    share = NodeShare() if session is None else session.allocation.share
    # GPUs are not detected if none are to be used.
    gpus = allocated_gpus(share, detect_gpus(os.environ)) if settings.num_gpus != 0 else Gpus()
    gpus = gpus.confined(settings.num_gpus).shared(settings.jobs_per_gpu)
    detected = detect(len(gpus.device_ids))
    own = settings.resources(allocated(share, detected))
    cpu_ids = frozenset(os.sched_getaffinity(0))
    # This raises for options that cannot be applied, before the node is registered.
    settings.device_sets(gpus, own, cpu_ids)
    rules = rules_of(
        workflow,
        settings,
        now=asyncio.get_running_loop().time(),
        calendar_now=datetime.now(UTC),
        allocation=None if session is None else session.rules,
        walltime_seconds=None if session is None else session.walltime_seconds,
    )
    left_seconds = rules.time_left_seconds(asyncio.get_running_loop().time())
    if settings.max_parallel_jobs is not None and left_seconds is not None and left_seconds < rules.least_seconds:
        logger.warning(
            "No jobs are started: compute_node_min_time_for_new_jobs_seconds requires more time than is left %s",
            fields(left_seconds=round(left_seconds), required_seconds=round(rules.least_seconds)),
        )
    steps = step_settings(workflow, os.environ)
    if steps is not None and settings.jobs_per_gpu > 1:
        raise TorcError("In the mode slurm, Slurm assigns GPUs, and they have no shares.", "Leave --jobs-per-gpu out.")
    nodes = RunnerNodes((own,))
    if session is not None and session.allocation.num_nodes > 1:
        nodes = runner_nodes(session.allocation, detected, settings.resources, has_steps=steps is not None)
    return NodeSetup(
        workflow=workflow,
        run_id=run_id,
        host=host,
        nodes=nodes,
        gpus=gpus,
        cpu_ids=cpu_ids,
        settings=settings,
        rules=rules,
        show=show,
        session=session,
        ready_file=ReadyFile(settings.ready_file),
        steps=None if steps is None else dataclasses.replace(steps, node_names=nodes.names),
    )
