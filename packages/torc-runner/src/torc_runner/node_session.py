"""One stay of a runner as a node of a workflow: register, run, sign off."""

import os
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from torc_client.api.enums import ClaimJobsSortMethod
from torc_client.api.records import ComputeNodeModel, WorkflowModel
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.host_identity import Host, as_runner
from torc_client.journal.files import journal_path
from torc_client.journal.records import Head
from torc_client.resource_metrics.tables import metrics_path
from torc_runner.connection.claim import Claims
from torc_runner.connection.dead_runners import give_up_the_dead, send_what_was_left
from torc_runner.connection.journal import Journal
from torc_runner.connection.lease import Lease
from torc_runner.connection.lease_keeper import lease_clock
from torc_runner.connection.outage import Outages
from torc_runner.console.tally import Tally
from torc_runner.detect.gpus import Gpus
from torc_runner.launch.environment import RUNNER_ID, Surroundings
from torc_runner.launch.watchdog import Watchdog
from torc_runner.log import fields, logger
from torc_runner.machine import RunnerState
from torc_runner.machine.capacity import Capacity, Resources
from torc_runner.machine.instructions import Ending
from torc_runner.machine.rules import Rules
from torc_runner.memory.job_groups import job_groups
from torc_runner.monitoring.drawing import draw
from torc_runner.monitoring.monitor import Monitor
from torc_runner.monitoring.plan import plan_of
from torc_runner.runner import Runner
from torc_runner.settings import Settings
from torc_runner.version import __version__
from torc_runner.workflow_config import outage_seconds, stdio_rules, stop_signal


class Offer(Struct, frozen=True):
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
    show: Callable[[Tally], None]

    @property
    def patience_seconds(self) -> float:
        """How long a service may be away from a runner that has nothing to lose."""
        return outage_seconds(self.workflow)


async def stay(client: TorcClient, offer: Offer) -> Ending:
    """Run jobs as a new node until there is a reason to leave. Raises TorcError.

    Results that others left in the output folder are sent first, and jobs of dead runners on this host given back.
    """
    outages = Outages(offer.patience_seconds, lambda _: None)
    await outages.outlast(lambda: send_what_was_left(client, offer.output_dir, offer.workflow_id, offer.run_id))
    await outages.outlast(lambda: give_up_the_dead(client, offer.workflow_id, offer.host))
    label = uuid.uuid4().hex
    node = _node(offer, label)
    asked_at = lease_clock()
    node_id = await outages.outlast(lambda: _register(client, node))
    _log_start(client, offer, node_id)
    around = _surroundings(client, offer, node_id, label)
    journal = _journal(client, offer, node_id, label)
    plan = plan_of(offer.workflow.resource_monitor_config)
    samples_path = metrics_path(offer.output_dir, offer.workflow_id, offer.host.name, offer.run_id)
    monitor = Monitor(plan, samples_path)
    watchdog = Watchdog(f"{RUNNER_ID}={label}")
    groups = job_groups() if offer.rules.limit_resources else None
    runner = Runner(
        client,
        around,
        _claims(client, offer, node_id, label),
        RunnerState(_capacity(offer), offer.rules),
        outage_seconds=offer.patience_seconds,
        lease=Lease(offer.settings.lease_seconds, asked_at, is_strict=offer.settings.strict_lease),
        watchdog=watchdog,
        journal=journal,
        monitor=monitor,
        groups=groups,
        show=offer.show,
    )
    began = time.monotonic()
    ending = Ending.BROKEN
    try:
        ending = await runner.run()
    finally:
        watchdog.close()
        if groups is not None:
            groups.close()
        has_left_results = journal.untold > 0
        journal.close()
        node.is_active, node.duration_seconds = False, time.monotonic() - began
        await _note_use(node, monitor)
        # Who asked to stop does not want to wait for a service that is away; who finished wants the result.
        is_urgent = ending in {Ending.STOPPED, Ending.BROKEN, Ending.TIME_OVER}
        if is_urgent and runner.is_server_away:
            logger.warning("Node not signed off: the server is away %s", fields(compute_node_id=node_id))
        else:
            outages = Outages(0.0 if is_urgent else offer.patience_seconds, lambda _: None)
            has_left_jobs = runner.has_left_jobs or ending is Ending.LEASE_LOST
            parting = _Parting(node_id, node, has_left_results=has_left_results, has_left_jobs=has_left_jobs)
            await _sign_off(client, offer, parting, outages)
    if not is_urgent and ending is not Ending.LEASE_LOST:
        await draw(plan, samples_path)
    logger.info("Runner left %s", fields(workflow_id=offer.workflow_id, compute_node_id=node_id, reason=ending.value))
    if ending is Ending.BROKEN and runner.failure is not None:
        raise runner.failure
    return ending


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


async def _sign_off(client: TorcClient, offer: Offer, parting: _Parting, outages: Outages) -> None:
    """Tell what was left untold, give back what was not finished. That this fails is only logged: the lease ends."""
    nodes, node_id = client.compute_nodes, parting.node_id
    try:
        if parting.has_left_results:
            await outages.outlast(lambda: send_what_was_left(client, offer.output_dir, offer.workflow_id, offer.run_id))
        if parting.has_left_jobs:
            await outages.outlast(lambda: nodes.give_up_compute_node(node_id))
        await outages.outlast(lambda: nodes.update_compute_node(node_id, parting.node))
    except TorcError as error:
        logger.warning("Node not signed off %s", fields(compute_node_id=node_id, reason=error))


def _capacity(offer: Offer) -> Capacity:
    settings = offer.settings
    places = settings.places(offer.gpus, offer.total, offer.cpu_ids)
    return Capacity(offer.total, settings.max_parallel_jobs, places)


def _surroundings(client: TorcClient, offer: Offer, node_id: int, label: str) -> Surroundings:
    return Surroundings(
        workflow_id=offer.workflow_id,
        run_id=offer.run_id,
        compute_node_id=node_id,
        api_url=client.url,
        output_dir=offer.output_dir,
        inherited=os.environ,
        workflow_env=offer.workflow.env or {},
        runner_id=label,
        submission_dir=offer.workflow.submission_directory,
        stop_signal=stop_signal(offer.workflow),
        stdio=stdio_rules(offer.workflow, offer.settings),
        gpu_variable=_gpu_variable(offer),
        runner_options=offer.settings.for_others_here(datetime.now(UTC)),
    )


def _gpu_variable(offer: Offer) -> str | None:
    """GPUs are shared out where there are some, and jobs are measured."""
    is_shared_out = offer.total.num_gpus > 0 and offer.settings.max_parallel_jobs is None
    return offer.gpus.variable if is_shared_out else None


def _claims(client: TorcClient, offer: Offer, node_id: int, label: str) -> Claims:
    return Claims(
        client,
        offer.workflow_id,
        node_id,
        key=label,
        sort_method=offer.workflow.jobs_sort_method or ClaimJobsSortMethod.GPUS_RUNTIME_MEMORY,
        capacity=Capacity(offer.total, offer.settings.max_parallel_jobs),
        labels=offer.settings.labels,
    )


def _journal(client: TorcClient, offer: Offer, node_id: int, label: str) -> Journal:
    host = offer.host
    head = Head(
        workflow_id=offer.workflow_id,
        run_id=offer.run_id,
        compute_node_id=node_id,
        api_url=client.url,
        runner=f"{host.name} {host.pid}",
    )
    name = f"{host.name}_n{node_id}_{label[:8]}"
    return Journal(journal_path(offer.output_dir, offer.workflow_id, offer.run_id, name), head)


def _time_limit(offer: Offer) -> str | None:
    """How long this node is there from now, as ISO 8601 writes it; None where there is no end."""
    left_seconds = offer.settings.time_left_seconds(datetime.now(UTC))
    return None if left_seconds is None else f"PT{max(0, int(left_seconds))}S"


def _node(offer: Offer, label: str) -> ComputeNodeModel:
    host, total = offer.host, offer.total
    return ComputeNodeModel(
        workflow_id=offer.workflow_id,
        hostname=host.name,
        pid=host.pid,
        num_cpus=total.num_cpus,
        memory_gb=total.memory_gb,
        num_gpus=total.num_gpus,
        num_nodes=total.num_nodes,
        start_time=datetime.now(UTC).isoformat(),
        is_active=True,
        compute_node_type="local",
        time_limit=_time_limit(offer),
        lease_seconds=offer.settings.lease_seconds,
        host_identity=as_runner(host.identity, label) or None,
        output_dir=str(offer.output_dir),
        labels=[*offer.settings.labels] or None,
    )


async def _register(client: TorcClient, node: ComputeNodeModel) -> int:
    registered = await client.compute_nodes.create_compute_node(node)
    if registered.id is None:
        raise TorcError("The service registered this node without giving it an id.")
    return registered.id


def _server(client: TorcClient) -> dict[str, object]:
    """Give what is known of the service: nothing, where nobody looked at its version."""
    server = client.server
    return {} if server is None else {"server": server.torc_server or server.version, "api_version": server.api_version}


def _log_start(client: TorcClient, offer: Offer, node_id: int) -> None:
    total, settings = offer.total, offer.settings
    logger.info(
        "Runner started %s",
        fields(
            version=__version__,
            **_server(client),
            workflow_id=offer.workflow_id,
            run_id=offer.run_id,
            compute_node_id=node_id,
            host=offer.host.name,
            num_cpus=total.num_cpus,
            memory_gb=f"{total.memory_gb:.2f}",
            num_gpus=total.num_gpus,
            gpu_ids=",".join(offer.gpus.device_ids) or "none",
            max_parallel_jobs=settings.max_parallel_jobs or "by resources",
            labels=",".join(settings.labels) or "none",
            poll_interval_seconds=f"{settings.poll_interval_seconds:g}",
            lease_seconds=f"{settings.lease_seconds:g}",
            time_limit=_time_limit(offer) or "none",
        ),
    )
