"""The setup of a node, and the run context, claims, journal and record that follow from it."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec import Struct, field

from torc_client.answers import id_of
from torc_client.api.enums import ClaimJobsSortMethod
from torc_client.api.records import ComputeNodeModel, WorkflowModel
from torc_client.client import TorcClient
from torc_client.defaults import JOBS_SORT_METHOD
from torc_client.host_identity import Host, as_runner
from torc_client.journal.files import journal_path
from torc_client.journal.records import Head
from torc_client.origin import NodeOrigin
from torc_client.resource_metrics.tables import metrics_path
from torc_runner.connection.claim import Claims
from torc_runner.connection.journal import Journal
from torc_runner.console.progress import JobCounts
from torc_runner.detect.allocated import allocation_record
from torc_runner.detect.gpus import Gpus
from torc_runner.machine.capacity import Capacity, Resources
from torc_runner.machine.rules import Rules
from torc_runner.run_context import RunContext
from torc_runner.settings import Settings
from torc_runner.workflow_config import outage_seconds, stdio_rules, stop_signal


class NodeSetup(Struct, frozen=True):
    """The setup of a node: its run, host, resources and policy. It is the same for each session."""

    workflow: WorkflowModel
    run_id: int
    host: Host
    total: Resources
    gpus: Gpus
    cpu_ids: frozenset[int]
    settings: Settings
    """With an absolute `output_dir`."""
    rules: Rules
    show: Callable[[JobCounts], None]
    ended_runners: set[str] = field(default_factory=set)
    """The ids of the runners of this process whose session has ended."""

    @property
    def workflow_id(self) -> int:
        """The id of the workflow."""
        return id_of(self.workflow)

    @property
    def output_dir(self) -> Path:
        """The folder for the log, samples and the output of jobs."""
        return self.settings.output_dir

    @property
    def patience_seconds(self) -> float:
        """The time for which a runner without unsent results waits for a server that is away."""
        return outage_seconds(self.workflow)

    @property
    def samples_path(self) -> Path:
        """The file for samples of what jobs and the node use."""
        return metrics_path(self.output_dir, self.workflow_id, self.host.name, self.run_id)

    @property
    def time_limit(self) -> str | None:
        """The time from now until the node is taken away, as an ISO 8601 duration. None for no limit."""
        left_seconds = self.settings.time_left_seconds(datetime.now(UTC))
        return None if left_seconds is None else f"PT{max(0, int(left_seconds))}S"

    @property
    def end_time(self) -> datetime | None:
        """The time at which the node is taken away. None if it has no end."""
        now = datetime.now(UTC)
        left_seconds = self.settings.time_left_seconds(now)
        return None if left_seconds is None else (now + timedelta(seconds=left_seconds)).replace(microsecond=0)

    def capacity(self) -> Capacity:
        """Return the capacity of the node, with nothing in use."""
        settings = self.settings
        return Capacity(
            self.total, settings.max_parallel_jobs, settings.device_sets(self.gpus, self.total, self.cpu_ids)
        )


def context_of(client: TorcClient, setup: NodeSetup, node_id: int, runner_id: str) -> RunContext:
    """Return the run context of a registered node."""
    # GPUs are assigned by name if there are any and jobs are claimed by their resources.
    assigns_gpus = setup.total.num_gpus > 0 and setup.settings.max_parallel_jobs is None
    return RunContext(
        workflow_id=setup.workflow_id,
        run_id=setup.run_id,
        compute_node_id=node_id,
        api_url=client.url,
        output_dir=setup.output_dir,
        inherited=os.environ,
        workflow_env=setup.workflow.env or {},
        runner_id=runner_id,
        submission_dir=setup.workflow.submission_directory,
        stop_signal=stop_signal(setup.workflow),
        stdio=stdio_rules(setup.workflow, setup.settings),
        gpu_variable=setup.gpus.variable if assigns_gpus else None,
        runner_options=setup.settings.for_child_runners(datetime.now(UTC), node_id),
    )


def claims_of(client: TorcClient, setup: NodeSetup, context: RunContext, capacity: Capacity) -> Claims:
    """Return the claims of a registered node."""
    return Claims(
        client,
        context.workflow_id,
        context.compute_node_id,
        context.run_id,
        key=context.runner_id,
        sort_method=setup.workflow.jobs_sort_method or ClaimJobsSortMethod(JOBS_SORT_METHOD),
        capacity=capacity,
        labels=setup.settings.labels,
        also_unlabeled=setup.settings.also_unlabeled,
    )


def journal_of(client: TorcClient, setup: NodeSetup, context: RunContext, origin: NodeOrigin) -> Journal:
    """Return the journal of a registered node."""
    host, node_id = setup.host, context.compute_node_id
    head = Head(
        workflow_id=setup.workflow_id,
        run_id=setup.run_id,
        compute_node_id=node_id,
        api_url=client.url,
        runner=f"{host.name} {host.pid}",
        database_id=origin.database_id,
        node_secret=origin.secret,
    )
    name = f"{host.name}_n{node_id}_{context.runner_id[:8]}"
    return Journal(journal_path(setup.output_dir, setup.workflow_id, setup.run_id, name), head)


def record_of(setup: NodeSetup, runner_id: str, secret: str) -> ComputeNodeModel:
    """Return the record with which the node is registered."""
    host, total, started_by = setup.host, setup.total, setup.settings.started_by
    allocation = allocation_record(os.environ)
    scheduler = (allocation or {}) | ({} if started_by is None else {"started_by_node_id": started_by})
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
        compute_node_type="local" if allocation is None else "slurm",
        scheduler=scheduler or None,
        time_limit=setup.time_limit,
        end_time=None if setup.end_time is None else setup.end_time.isoformat(),
        lease_seconds=setup.settings.lease_seconds,
        host_identity=as_runner(host.identity, runner_id) or None,
        secret=secret,
        output_dir=str(setup.output_dir),
        labels=[*setup.settings.labels] or None,
        also_unlabeled=setup.settings.also_unlabeled or None,
    )
