"""Compute nodes: the places where runners run jobs."""

from collections.abc import Sequence
from datetime import datetime

from torc_server.engine import events
from torc_server.engine.claiming import leases
from torc_server.engine.ids import NodeId
from torc_server.resources.fields import Boolean, Duration, Integer, Number, Record, Text, Timestamp
from torc_server.resources.json_fields import AnyJson, Many
from torc_server.resources.resource import Body, Filter, Generic, Names, Resource, equal
from torc_server.store.transaction import Transaction

ALLOCATED_AS = "json_extract(compute_node.scheduler, '$.scheduler_id') = :scheduled_compute_node_id"


class ComputeNodeModel(Record):
    """A place where a runner runs jobs, for as long as the runner lives."""

    id = Integer("Set by the server.", read_only=True)
    workflow_id = Integer("The workflow whose jobs it runs.", required=True, fixed=True)
    hostname = Text("The host.", required=True)
    pid = Integer("The runner's process id.", required=True)
    start_time = Timestamp("When the runner began, in its own words.", required=True)
    duration_seconds = Number("How long it ran.")
    is_active = Boolean("Whether it still runs; true when absent at creation.", default=True, default_shown=False)
    num_cpus = Integer("CPUs it offers.", required=True)
    memory_gb = Number("Memory it offers, in GiB.", required=True)
    num_gpus = Integer("GPUs it offers.", required=True)
    num_nodes = Integer("Nodes it stands for.", required=True)
    time_limit = Duration("How long it may run, ISO 8601.")
    scheduler_config_id = Integer("The scheduler configuration that started it.")
    compute_node_type = Text("What kind of place it is, such as local or slurm.", required=True)
    scheduler = AnyJson("What the scheduler knows it by.", nullable=False)
    sample_count = Integer("How many samples the usage members are made of.")
    peak_cpu_percent = Number("Highest CPU use, where 100 is one CPU.")
    avg_cpu_percent = Number("Mean CPU use, where 100 is one CPU.")
    peak_memory_bytes = Integer("Highest memory use.")
    avg_memory_bytes = Integer("Mean memory use.")
    lease_seconds = Number(
        "After so many seconds without any sign of it, the node is given up and its jobs are ready for others; without "
        "it, the node is never given up.",
        extension=True,
    )
    host_identity = Text(
        "What tells this host, this boot of it and this process from all others, in the runner's own words.",
        extension=True,
    )
    labels = Many(Text(), "Jobs with one of these labels may run there, besides those without any.", extension=True)
    output_dir = Text("Where the runner keeps what jobs print: an absolute path on its host.", extension=True)


def check_new_leases(tx: Transaction, bodies: Sequence[Body], now: datetime) -> Sequence[Body]:
    """Refuse leases that nobody can keep; raises RuleBroken."""
    del tx, now
    for body in bodies:
        leases.require_lease(body.get("lease_seconds"))
    return bodies


def announce_start(tx: Transaction, ids: Sequence[int], bodies: Sequence[Body]) -> None:
    """Tell that nodes are there, and how long each may be silent."""
    for node_id, body in zip(ids, bodies, strict=True):
        events.compute_node_started(tx, node_id, body)
        if body.get("lease_seconds") is not None:
            is_active = body.get("is_active") is not False
            leases.change_lease(tx, NodeId(node_id), body["lease_seconds"], is_active=is_active)


def announce_stop(tx: Transaction, stored: Body, body: Body) -> Body:
    """Tell that a node is gone, once; renew or end its lease.

    Raises RuleBroken for a lease that nobody can keep, Stale when a node comes back that was given up.
    """
    after = {**stored, **{name: value for name, value in body.items() if value is not None}}
    if after.get("lease_seconds") is not None:
        leases.require_lease(after["lease_seconds"])
        if after["is_active"]:
            node_id, lease_seconds = NodeId(stored["id"]), stored.get("lease_seconds")
            leases.require_held(node_id, lease_seconds, is_active=stored["is_active"])
        leases.change_lease(tx, NodeId(stored["id"]), after["lease_seconds"], is_active=after["is_active"])
    if stored["is_active"] and body.get("is_active") is False:
        events.compute_node_stopped(tx, stored["id"], {**stored, **body})
    return body


def give_jobs_back(tx: Transaction, stored: Body) -> None:
    """Leave no job behind that a node with a lease would have given back."""
    if stored["is_active"] and stored.get("lease_seconds") is not None:
        leases.abandon(tx, NodeId(stored["id"]))


COMPUTE_NODE = Resource(
    table="compute_node",
    path="compute_nodes",
    names=Names(
        one="compute_node", many="compute_nodes", delete_one="delete_compute_node", delete_all="delete_compute_nodes"
    ),
    schema=ComputeNodeModel,
    noun="compute node",
    operations=Generic.PLAIN,
    filters=(
        equal("hostname", Text("Only nodes on exactly this host.")),
        equal("is_active", Boolean("Only nodes that run, or ran.")),
        Filter("scheduled_compute_node_id", Integer("Only nodes of this allocation."), ALLOCATED_AS),
    ),
    prepare_new=check_new_leases,
    attach_new=announce_start,
    prepare_change=announce_stop,
    before_delete=give_jobs_back,
    before_delete_all=leases.abandon_all,
)
