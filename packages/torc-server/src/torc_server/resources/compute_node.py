"""Compute nodes: registered runners and the resources they offer."""

from collections.abc import Sequence
from datetime import datetime

from torc_server.engine import events
from torc_server.engine.claiming import leases
from torc_server.engine.ids import NodeId
from torc_server.resources.fields import Boolean, Column, Duration, Integer, Number, Record, Text, Timestamp
from torc_server.resources.json_fields import AnyJson
from torc_server.resources.labels import labels_member, with_changed_labels, with_label_set
from torc_server.resources.resource import Body, Filter, Generic, Names, Resource, contains, equal
from torc_server.store.transaction import Transaction

ALLOCATED_AS = "json_extract(compute_node.scheduler, '$.scheduler_id') = :scheduled_compute_node_id"


class ComputeNodeModel(Record):
    """A runner on a host, and the resources that it offers."""

    id = Integer("Set by the server.", read_only=True)
    workflow_id = Integer("The workflow whose jobs it runs.", required=True, fixed=True)
    hostname = Text("Name of the host.", required=True)
    pid = Integer("Process id of the runner.", required=True)
    start_time = Timestamp("Start time of the runner, as the runner reported it.", required=True)
    duration_seconds = Number("Run time of the runner, in seconds.")
    is_active = Boolean(
        "Whether the runner still runs; false if absent at creation.", default=False, default_shown=False
    )
    num_cpus = Integer("Number of CPUs, of all its nodes together.", required=True)
    memory_gb = Number("Memory in GiB, of all its nodes together.", required=True)
    num_gpus = Integer("Number of GPUs, of all its nodes together.", required=True)
    num_nodes = Integer("Number of nodes of the allocation that the runner manages.", required=True)
    end_time = Timestamp("Time at which the node ends, RFC 3339. Without it, the node has no end.")
    time_limit = Duration("Maximum run time of the runner, as an ISO 8601 duration.")
    scheduler_config_id = Integer("Id of the scheduler configuration that started the runner.")
    compute_node_type = Text("Type of the node, such as `local` or `slurm`.", required=True)
    scheduler = AnyJson(
        "Data of the scheduler about this node, such as the id of the allocation. `started_by_node_id` is the node of "
        "the runner that started this one on its machine, and `remote_worker` the address by which `torc remote` did.",
        nullable=False,
    )
    sample_count = Integer("Number of samples behind the peak and average values.")
    peak_cpu_percent = Number("Highest CPU usage; 100 is one CPU.")
    avg_cpu_percent = Number("Average CPU usage; 100 is one CPU.")
    peak_memory_bytes = Integer("Highest memory usage, in bytes.")
    avg_memory_bytes = Integer("Average memory usage, in bytes.")
    lease_seconds = Number(
        "Duration of the lease. If the server receives no request of the node for this time, it marks the node as lost "
        "and makes its jobs ready again. Without a lease, a node is never marked as lost.",
        extension=True,
    )
    host_identity = Text(
        "A text of the runner that identifies its host, the boot of that host, and its process.",
        extension=True,
    )
    labels = labels_member(
        "The node runs the jobs with labels that it has all. Without labels, it runs the jobs without labels."
    )
    also_unlabeled = Boolean("Whether a node with labels runs jobs without labels, too.", extension=True)
    secret = Text(
        "A random text that the runner chose. Requests that name the node in the header `X-Torc-Node` must send it. It "
        "is stored, and never in an answer.",
        fixed=True,
        extension=True,
        column=Column(is_shown=False),
    )
    output_dir = Text("Directory for the output of jobs: an absolute path on the host of the runner.", extension=True)


def check_new_leases(tx: Transaction, bodies: Sequence[Body], now: datetime) -> Sequence[Body]:
    """Convert labels to a set. Raises RuleBroken for invalid labels and a lease that is too short."""
    del tx, now
    for body in bodies:
        leases.require_lease(body.get("lease_seconds"))
    return [with_label_set(body) for body in bodies]


def emit_start(tx: Transaction, ids: Sequence[int], bodies: Sequence[Body]) -> None:
    """Store and emit the start of the nodes, and emit their leases."""
    for node_id, body in zip(ids, bodies, strict=True):
        events.announce_compute_node_started(tx, node_id, body)
        if body.get("lease_seconds") is not None:
            is_active = body.get("is_active") is True
            leases.change_lease(tx, NodeId(node_id), body["lease_seconds"], is_active=is_active)


def apply_node_change(tx: Transaction, stored: Body, body: Body) -> Body:
    """Renew or end the lease of a changed node. If it stopped, store and emit that.

    Raises RuleBroken for invalid labels and a lease that is too short, and Stale for a node that lost its lease.
    """
    after = {**stored, **{name: value for name, value in body.items() if value is not None}}
    if after.get("lease_seconds") is not None:
        leases.require_lease(after["lease_seconds"])
        if after["is_active"]:
            node_id, lease_seconds = NodeId(stored["id"]), stored.get("lease_seconds")
            leases.require_held(node_id, lease_seconds, is_active=stored["is_active"])
        leases.change_lease(tx, NodeId(stored["id"]), after["lease_seconds"], is_active=after["is_active"])
    if stored["is_active"] and body.get("is_active") is False:
        events.announce_compute_node_stopped(tx, stored["id"], {**stored, **body})
    return with_changed_labels(stored, body)


def return_jobs(tx: Transaction, stored: Body) -> None:
    """Make the jobs of an active node with a lease ready again."""
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
        contains("hostname", Text("Only nodes on hosts whose name contains this text.")),
        equal("is_active", Boolean("True: only active nodes. False: only nodes that stopped.")),
        Filter("scheduled_compute_node_id", Integer("Only nodes of this scheduled compute node."), ALLOCATED_AS),
    ),
    prepare_new=check_new_leases,
    attach_new=emit_start,
    prepare_change=apply_node_change,
    before_delete=return_jobs,
    before_delete_all=leases.abandon_all,
)
