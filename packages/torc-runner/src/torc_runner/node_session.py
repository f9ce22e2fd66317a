"""One stay of a runner as a node of a workflow: register, run, sign off."""

import os
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from torc_client.answers import id_of
from torc_client.api.enums import ClaimJobsSortMethod
from torc_client.api.records import ComputeNodeModel, WorkflowModel
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.host_identity import Host, as_runner
from torc_client.journal.files import journal_path
from torc_client.journal.records import Head
from torc_client.resource_metrics.tables import metrics_path
from torc_runner.connection.claim import Claims
from torc_runner.connection.dead_runners import release_dead_runners, send_unsent_results
from torc_runner.connection.journal import Journal
from torc_runner.connection.lease import Lease
from torc_runner.connection.lease_keeper import lease_clock
from torc_runner.connection.outage import Outages
from torc_runner.console.progress import JobCounts
from torc_runner.detect.gpus import Gpus
from torc_runner.launch.watchdog import Watchdog
from torc_runner.log import fields, logger
from torc_runner.machine import RunnerState
from torc_runner.machine.capacity import Capacity, Resources
from torc_runner.machine.instructions import ExitReason
from torc_runner.machine.rules import Rules
from torc_runner.memory.job_groups import job_groups
from torc_runner.monitoring.drawing import draw
from torc_runner.monitoring.monitor import Monitor
from torc_runner.monitoring.plan import plan_of
from torc_runner.run_context import RUNNER_ID, RunContext
from torc_runner.runner import Runner
from torc_runner.settings import Settings
from torc_runner.version import __version__
from torc_runner.workflow_config import outage_seconds, stdio_rules, stop_signal


class NodeSetup(Struct, frozen=True):
    """What a node is for: the workflow's run, where, and with what."""

    workflow: WorkflowModel
    workflow_id: int
    run_id: int
    host: Host
    total: Resources
    gpus: Gpus
    cpu_ids: frozenset[int]
    output_dir: Path
    settings: Settings
    rules: Rules
    show: Callable[[JobCounts], None]

    @property
    def patience_seconds(self) -> float:
        """How long a service may be away from a runner that has nothing to lose."""
        return outage_seconds(self.workflow)


async def run_session(client: TorcClient, setup: NodeSetup) -> ExitReason:
    """Run jobs as a new node until there is a reason to leave. Raises TorcError.

    Results that others left in the output folder are sent first, and jobs of dead runners on this host given back.
    """
    outages = Outages(setup.patience_seconds, lambda _: None)
    await outages.outlast(lambda: send_unsent_results(client, setup.output_dir, setup.workflow_id, setup.run_id))
    await outages.outlast(lambda: release_dead_runners(client, setup.workflow_id, setup.host))
    label = uuid.uuid4().hex
    node = _node(setup, label)
    asked_at = lease_clock()
    node_id = await outages.outlast(lambda: _register(client, node))
    _log_start(client, setup, node_id)
    context = _surroundings(client, setup, node_id, label)
    journal = _journal(client, setup, node_id, label)
    plan = plan_of(setup.workflow.resource_monitor_config)
    samples_path = metrics_path(setup.output_dir, setup.workflow_id, setup.host.name, setup.run_id)
    monitor = Monitor(plan, samples_path)
    watchdog = Watchdog(f"{RUNNER_ID}={label}")
    groups = job_groups() if setup.rules.limit_resources else None
    runner = Runner(
        client,
        context,
        _claims(client, setup, node_id, label),
        RunnerState(_capacity(setup), setup.rules),
        outage_seconds=setup.patience_seconds,
        lease=Lease(setup.settings.lease_seconds, asked_at, is_strict=setup.settings.strict_lease),
        watchdog=watchdog,
        journal=journal,
        monitor=monitor,
        groups=groups,
        show=setup.show,
    )
    began = time.monotonic()
    exit_reason = ExitReason.FATAL
    try:
        exit_reason = await runner.run()
    finally:
        watchdog.close()
        if groups is not None:
            groups.close()
        has_left_results = journal.unreported > 0
        journal.close()
        node.is_active, node.duration_seconds = False, time.monotonic() - began
        await _note_use(node, monitor)
        # Who asked to stop does not want to wait for a service that is away; who finished wants the result.
        report_now = exit_reason in {ExitReason.STOPPED, ExitReason.FATAL, ExitReason.TIME_OVER}
        if report_now and runner.is_server_away:
            logger.warning("Node not signed off: the server is away %s", fields(compute_node_id=node_id))
        else:
            outages = Outages(0.0 if report_now else setup.patience_seconds, lambda _: None)
            has_left_jobs = runner.has_left_jobs or exit_reason is ExitReason.LEASE_LOST
            parting = _Parting(node_id, node, has_left_results=has_left_results, has_left_jobs=has_left_jobs)
            await _sign_off(client, setup, parting, outages)
    if not report_now and exit_reason is not ExitReason.LEASE_LOST:
        await draw(plan, samples_path)
    logger.info(
        "Runner left %s", fields(workflow_id=setup.workflow_id, compute_node_id=node_id, reason=exit_reason.value)
    )
    if exit_reason is ExitReason.FATAL and runner.failure is not None:
        raise runner.failure
    return exit_reason


async def _note_use(node: ComputeNodeModel, monitor: Monitor) -> None:
    """Let the node's record tell what the node used, where that was measured."""
    count, used = await monitor.close()
    if count:
        node.sample_count = count
        node.peak_cpu_percent, node.avg_cpu_percent = used.peak_cpu_percent, used.avg_cpu_percent
        node.peak_memory_bytes, node.avg_memory_bytes = used.peak_memory_bytes, used.avg_memory_bytes


class _Parting(Struct, frozen=True):
    """What is to be settled when a node leaves."""

    node_id: int
    node: ComputeNodeModel
    has_left_results: bool
    has_left_jobs: bool


async def _sign_off(client: TorcClient, setup: NodeSetup, parting: _Parting, outages: Outages) -> None:
    """Tell what was left untold, give back what was not finished. That this fails is only logged: the lease ends."""
    nodes, node_id = client.compute_nodes, parting.node_id
    try:
        if parting.has_left_results:
            await outages.outlast(
                lambda: send_unsent_results(client, setup.output_dir, setup.workflow_id, setup.run_id)
            )
        if parting.has_left_jobs:
            await outages.outlast(lambda: nodes.give_up_compute_node(node_id))
        await outages.outlast(lambda: nodes.update_compute_node(node_id, parting.node))
    except TorcError as error:
        logger.warning("Node not signed off %s", fields(compute_node_id=node_id, reason=error))


def _capacity(setup: NodeSetup) -> Capacity:
    settings = setup.settings
    device_sets = settings.device_sets(setup.gpus, setup.total, setup.cpu_ids)
    return Capacity(setup.total, settings.max_parallel_jobs, device_sets)


def _surroundings(client: TorcClient, setup: NodeSetup, node_id: int, label: str) -> RunContext:
    return RunContext(
        workflow_id=setup.workflow_id,
        run_id=setup.run_id,
        compute_node_id=node_id,
        api_url=client.url,
        output_dir=setup.output_dir,
        inherited=os.environ,
        workflow_env=setup.workflow.env or {},
        runner_id=label,
        submission_dir=setup.workflow.submission_directory,
        stop_signal=stop_signal(setup.workflow),
        stdio=stdio_rules(setup.workflow, setup.settings),
        gpu_variable=_gpu_variable(setup),
        runner_options=setup.settings.for_others_here(datetime.now(UTC)),
    )


def _gpu_variable(setup: NodeSetup) -> str | None:
    """GPUs are shared out where there are some, and jobs are measured."""
    is_shared_out = setup.total.num_gpus > 0 and setup.settings.max_parallel_jobs is None
    return setup.gpus.variable if is_shared_out else None


def _claims(client: TorcClient, setup: NodeSetup, node_id: int, label: str) -> Claims:
    return Claims(
        client,
        setup.workflow_id,
        node_id,
        key=label,
        sort_method=setup.workflow.jobs_sort_method or ClaimJobsSortMethod.GPUS_RUNTIME_MEMORY,
        capacity=Capacity(setup.total, setup.settings.max_parallel_jobs),
        labels=setup.settings.labels,
    )


def _journal(client: TorcClient, setup: NodeSetup, node_id: int, label: str) -> Journal:
    host = setup.host
    head = Head(
        workflow_id=setup.workflow_id,
        run_id=setup.run_id,
        compute_node_id=node_id,
        api_url=client.url,
        runner=f"{host.name} {host.pid}",
    )
    name = f"{host.name}_n{node_id}_{label[:8]}"
    return Journal(journal_path(setup.output_dir, setup.workflow_id, setup.run_id, name), head)


def _time_limit(setup: NodeSetup) -> str | None:
    """How long this node is there from now, as ISO 8601 writes it; None where there is no end."""
    left_seconds = setup.settings.time_left_seconds(datetime.now(UTC))
    return None if left_seconds is None else f"PT{max(0, int(left_seconds))}S"


def _node(setup: NodeSetup, label: str) -> ComputeNodeModel:
    host, total = setup.host, setup.total
    return ComputeNodeModel(
        workflow_id=setup.workflow_id,
        hostname=host.name,
        pid=host.pid,
        num_cpus=total.num_cpus,
        memory_gb=total.memory_gb,
        num_gpus=total.num_gpus,
        num_nodes=total.num_nodes,
        start_time=datetime.now(UTC).isoformat(),
        is_active=True,
        compute_node_type="local",
        time_limit=_time_limit(setup),
        lease_seconds=setup.settings.lease_seconds,
        host_identity=as_runner(host.identity, label) or None,
        output_dir=str(setup.output_dir),
        labels=[*setup.settings.labels] or None,
    )


async def _register(client: TorcClient, node: ComputeNodeModel) -> int:
    return id_of(await client.compute_nodes.create_compute_node(node))


def _server(client: TorcClient) -> dict[str, object]:
    """Give what is known of the service: nothing, where nobody looked at its version."""
    server = client.server
    return {} if server is None else {"server": server.torc_server or server.version, "api_version": server.api_version}


def _log_start(client: TorcClient, setup: NodeSetup, node_id: int) -> None:
    total, settings = setup.total, setup.settings
    logger.info(
        "Runner started %s",
        fields(
            version=__version__,
            **_server(client),
            workflow_id=setup.workflow_id,
            run_id=setup.run_id,
            compute_node_id=node_id,
            host=setup.host.name,
            num_cpus=total.num_cpus,
            memory_gb=f"{total.memory_gb:.2f}",
            num_gpus=total.num_gpus,
            gpu_ids=",".join(setup.gpus.device_ids) or "none",
            max_parallel_jobs=settings.max_parallel_jobs or "by resources",
            labels=",".join(settings.labels) or "none",
            poll_interval_seconds=f"{settings.poll_interval_seconds:g}",
            lease_seconds=f"{settings.lease_seconds:g}",
            time_limit=_time_limit(setup) or "none",
        ),
    )
