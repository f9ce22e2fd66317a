"""One visit of a runner to a workflow: make it ready, register the node, run, sign off, sum up."""

import asyncio
import logging
import os
import socket
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from torc_client.api.enums import ClaimJobsSortMethod
from torc_client.api.records import ComputeNodeModel, WorkflowModel
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.lifecycle.initialize import ensure_initialized
from torc_runner.capacity import Capacity, Resources
from torc_runner.claim import Claims
from torc_runner.conditions import outage_seconds, rules_of, stop_signal
from torc_runner.detect.machine import detect
from torc_runner.instructions import Ending
from torc_runner.launch.environment import Surroundings
from torc_runner.log import fields, logger, logging_to
from torc_runner.machine import RunnerState
from torc_runner.outage import Outages
from torc_runner.runner import Runner
from torc_runner.settings import Settings
from torc_runner.summary import Summary, sum_up
from torc_runner.tally import Tally
from torc_runner.version import __version__


@dataclass(frozen=True, slots=True)
class Host:
    """Where this process runs."""

    name: str
    pid: int


def this_host() -> Host:
    """Name this machine and process."""
    return Host(socket.gethostname(), os.getpid())


def log_path(output_dir: Path, host: Host, workflow_id: int, run_id: int) -> Path:
    """Name the runner's log file, as the contract does."""
    return output_dir / f"job_runner_{host.name}_wf{workflow_id}_r{run_id}.log"


async def visit(
    client: TorcClient, workflow_id: int, settings: Settings, *, echo: logging.Handler, show: Callable[[Tally], None]
) -> Summary:
    """Run a workflow's jobs on this node and sum up. Raises TorcError.

    The log goes to a file in the output folder and to `echo`; `show` is called whenever the counts may have changed.
    """
    await ensure_initialized(client, workflow_id)
    workflow = await client.workflows.get_workflow(workflow_id)
    run_id = (await client.workflows.get_workflow_status(workflow_id)).run_id or workflow.run_id or 0
    host, output_dir = this_host(), settings.output_dir.absolute()
    with logging_to(log_path(output_dir, host, workflow_id, run_id), echo):
        total = settings.resources(detect())
        node = _node(workflow_id, host, total)
        node_id = await _register(client, node)
        logger.info(
            "Runner started %s",
            fields(
                version=__version__,
                workflow_id=workflow_id,
                run_id=run_id,
                compute_node_id=node_id,
                host=host.name,
                num_cpus=total.num_cpus,
                memory_gb=f"{total.memory_gb:.2f}",
                num_gpus=total.num_gpus,
                max_parallel_jobs=settings.max_parallel_jobs or "by resources",
            ),
        )
        around = Surroundings(
            workflow_id=workflow_id,
            run_id=run_id,
            compute_node_id=node_id,
            api_url=client.url,
            output_dir=output_dir,
            inherited=os.environ,
            workflow_env=workflow.env or {},
            submission_dir=workflow.submission_directory,
            stop_signal=stop_signal(workflow),
        )
        patience_seconds = outage_seconds(workflow)
        capacity = Capacity(total, settings.max_parallel_jobs)
        runner = _runner(client, workflow, around, capacity, settings, show=show)
        began = time.monotonic()
        ending = Ending.BROKEN
        try:
            ending = await runner.run()
        finally:
            # Who asked to stop does not want to wait for a service that is away; who finished wants the result.
            is_urgent = ending in {Ending.STOPPED, Ending.BROKEN}
            outages = Outages(0.0 if is_urgent else patience_seconds, lambda _: None)
            node.is_active, node.duration_seconds = False, time.monotonic() - began
            await _sign_off(client, node_id, node, outages)
        logger.info("Runner left %s", fields(workflow_id=workflow_id, compute_node_id=node_id, reason=ending.value))
        if ending is Ending.BROKEN and runner.failure is not None:
            raise runner.failure
        return await outages.outlast(lambda: sum_up(client, workflow_id, run_id, ending))


def _runner(
    client: TorcClient,
    workflow: WorkflowModel,
    around: Surroundings,
    capacity: Capacity,
    settings: Settings,
    *,
    show: Callable[[Tally], None],
) -> Runner:
    sort_method = workflow.jobs_sort_method or ClaimJobsSortMethod.GPUS_RUNTIME_MEMORY
    now = asyncio.get_running_loop().time()
    rules = rules_of(workflow, settings, now=now, calendar_now=datetime.now(UTC))
    return Runner(
        client,
        around,
        Claims(
            client,
            around.workflow_id,
            around.compute_node_id,
            label=uuid.uuid4().hex,
            sort_method=sort_method,
            capacity=capacity,
        ),
        RunnerState(capacity, rules),
        outage_seconds=outage_seconds(workflow),
        show=show,
    )


def _node(workflow_id: int, host: Host, total: Resources) -> ComputeNodeModel:
    return ComputeNodeModel(
        workflow_id=workflow_id,
        hostname=host.name,
        pid=host.pid,
        num_cpus=total.num_cpus,
        memory_gb=total.memory_gb,
        num_gpus=total.num_gpus,
        num_nodes=total.num_nodes,
        start_time=datetime.now(UTC).isoformat(),
        is_active=True,
        compute_node_type="local",
    )


async def _register(client: TorcClient, node: ComputeNodeModel) -> int:
    registered = await client.compute_nodes.create_compute_node(node)
    if registered.id is None:
        raise TorcError("The service registered this node without giving it an id.")
    return registered.id


async def _sign_off(client: TorcClient, node_id: int, node: ComputeNodeModel, outages: Outages) -> None:
    """Set the node inactive; that this fails changes no job, so it is only logged."""
    try:
        await outages.outlast(lambda: client.compute_nodes.update_compute_node(node_id, node))
    except TorcError as error:
        logger.warning("Node not signed off %s", fields(compute_node_id=node_id, reason=error))
