"""The setup of a node, and the run context, claims, journal and record that follow from it."""

import math
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec import Struct, field

from torc_client.answers import id_of
from torc_client.api.enums import ClaimJobsSortMethod, UnchangedOutputs
from torc_client.api.records import ComputeNodeModel, ExecutionConfig, WorkflowModel
from torc_client.client import TorcClient
from torc_client.defaults import JOBS_SORT_METHOD
from torc_client.host_identity import Host, as_runner
from torc_client.journal.files import journal_path
from torc_client.journal.records import Head
from torc_client.origin import NodeOrigin
from torc_client.resource_metrics.tables import metrics_path
from torc_runner.allocation_session import AllocationSession
from torc_runner.connection.claim import Claims
from torc_runner.connection.journal import Journal
from torc_runner.connection.ready_file import ReadyFile
from torc_runner.console.progress_text import JobCounts
from torc_runner.detect.gpus import Gpus
from torc_runner.detect.nodes import RunnerNodes
from torc_runner.launch.steps import StepSettings
from torc_runner.machine.capacity import Capacity, Resources
from torc_runner.machine.rules import Rules
from torc_runner.run_context import RunContext
from torc_runner.settings import Settings
from torc_runner.unfit_jobs import UnfitJobs
from torc_runner.workflow_config import created_at, outage_seconds, shell_of, stdio_rules, stop_signal


class NodeSetup(Struct, frozen=True):
    """The setup of a node: its run, host, resources and policy. It is the same for each session."""

    workflow: WorkflowModel
    run_id: int
    host: Host
    nodes: RunnerNodes
    gpus: Gpus
    cpu_ids: frozenset[int]
    settings: Settings
    """With an absolute `output_dir`."""
    rules: Rules
    show: Callable[[JobCounts], None]
    steps: StepSettings | None = None
    """How jobs are started as steps of the allocation. None if they are processes of this machine."""
    ended_runners: set[str] = field(default_factory=set)
    """The ids of the runners of this process whose session has ended."""
    unfit_jobs: list[UnfitJobs] = field(default_factory=list)
    """The ready jobs that cannot run on this node; what was found last."""
    session: AllocationSession | None = None
    """The allocation in which this node is."""

    ready_file: ReadyFile = field(default_factory=lambda: ReadyFile(None))

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

    @property
    def total(self) -> Resources:
        """The resources of each node, and the number of nodes."""
        return self.nodes.total

    def capacity(self) -> Capacity:
        """Return the capacity of the nodes, with nothing in use. The batch system assigns the devices of its steps."""
        settings, nodes = self.settings, self.nodes
        return Capacity(
            nodes.total,
            settings.max_parallel_jobs,
            settings.device_sets(self.gpus, nodes.sizes[0], self.cpu_ids) if self.steps is None else None,
            nodes=nodes.sizes,
            first_only=nodes.first_only,
        )


def context_of(client: TorcClient, setup: NodeSetup, node_id: int, runner_id: str) -> RunContext:
    """Return the run context of a registered node."""
    config = setup.workflow.execution_config or ExecutionConfig()
    # GPUs are assigned by name if there are any and jobs are claimed by their resources.
    assigns_gpus = setup.total.num_gpus > 0 and setup.settings.max_parallel_jobs is None and setup.steps is None
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
        shell=shell_of(setup.workflow),
        makes_output_folders=bool(config.make_output_folders),
        accepts_unchanged_outputs=config.unchanged_outputs is UnchangedOutputs.ACCEPT,
        workflow_created_at=created_at(setup.workflow),
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
        reads_limits=setup.steps is not None,
        scheduler_config_id=None if setup.session is None else setup.session.scheduler_config_id,
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
    host, total, started_by = setup.host, setup.nodes.sum, setup.settings.started_by
    session = setup.session
    scheduler = {
        **({} if session is None else session.record),
        **({} if started_by is None else {"started_by_node_id": started_by}),
        **({} if setup.settings.remote_worker is None else {"remote_worker": setup.settings.remote_worker}),
    }
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
        compute_node_type="local" if session is None else session.allocation.system,
        scheduler=scheduler or None,
        scheduler_config_id=None if session is None else session.scheduler_config_id,
        time_limit=setup.time_limit,
        end_time=None if setup.end_time is None else setup.end_time.isoformat(),
        lease_seconds=None if math.isinf(setup.settings.lease_seconds) else setup.settings.lease_seconds,
        host_identity=as_runner(host.identity, runner_id) or None,
        secret=secret,
        output_dir=str(setup.output_dir),
        labels=[*setup.settings.labels] or None,
        also_unlabeled=setup.settings.also_unlabeled or None,
    )
