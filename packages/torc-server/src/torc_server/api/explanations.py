"""Explain to users and programs why jobs can be claimed, or why not."""

from typing import Any

from torc_server.api.claims import labels_in_query
from torc_server.api.of_one import of_workflow
from torc_server.api.operation import Call, Parameter
from torc_server.engine.claiming.packing import NodeOffer
from torc_server.engine.diagnosis.explain import explain
from torc_server.engine.diagnosis.reasons import Code, Reason
from torc_server.engine.diagnosis.shortfalls import Quantity, Shortfall, Verdict
from torc_server.engine.labels import Labels, labels_of
from torc_server.engine.quantities import BYTES_PER_GB, LARGEST, format_duration, parse_duration_seconds
from torc_server.resources.fields import Boolean, Duration, Integer, Member, Number, Record, Text, Word
from torc_server.resources.job_counts import JobStatusCounts
from torc_server.resources.json_fields import Many, Part
from torc_server.resources.labels import LabelList
from torc_server.store.transaction import Transaction

# Number of types of ready jobs in an answer, and of shortfalls for each.
KINDS_LISTED, SHORTFALLS_LISTED = 100, 20


class ExplainedJob(Record):
    """A job in an explanation."""

    job_id = Integer("The job.", required=True)
    job_name = Text("The name, which is cut if it is long.", required=True)


class ExplainedReason(Record):
    """A reason why jobs can be claimed or not."""

    code = Word(
        "The reason, for programs.", component="ExplainCode", words=tuple(code.value for code in Code), required=True
    )
    message = Text("The reason and the remedy, for users.", required=True)
    count = Integer("Number of jobs that are affected. 0 if the reason is about the workflow.", required=True)
    jobs = Many(Part(ExplainedJob), "Some of the jobs.", required=True)
    shortfalls = Text("The part of the message that says what jobs need and no earlier node had. Absent if empty.")


class ExplainedShortfall(Record):
    """A node that has too little of a resource."""

    quantity = Word(
        "The resource.",
        component="ExplainQuantity",
        words=tuple(quantity.value for quantity in Quantity),
        required=True,
    )
    needed = Number("The amount that a job requires.", required=True)
    offered = Number("The amount that the node has.", required=True)
    compute_node_id = Integer("The active node. Absent for a node described in the request.")
    hostname = Text("The host of the node.")
    nodes_alike = Integer("Number of active nodes with the same resources.", required=True)


class ExplainedKind(Record):
    """Ready jobs with equal requirements."""

    resource_requirements_id = Integer("The resource requirements.", required=True)
    resource_requirements_name = Text("The name of the requirements.", required=True)
    scheduler_id = Integer("The scheduler configuration to which the jobs are bound.")
    labels = Many(Text(), "The labels of nodes that the jobs require, all of them.")
    label = Text("The label of nodes that the jobs require, if it is one.")
    lacks_label = Boolean("Whether the labels of the nodes allow none of the jobs.", required=True)
    num_jobs = Integer("Number of jobs.", required=True)
    num_cpus = Integer("CPUs of each job.", required=True)
    memory_gb = Number("Memory of each job, in GiB.", required=True)
    num_gpus = Integer("GPUs of each job.", required=True)
    num_nodes = Integer("Nodes of each job.", required=True)
    runtime = Duration("Runtime of each job, ISO 8601.", required=True)
    fits = Boolean("Whether a job fits a node.", required=True)
    is_bound_elsewhere = Boolean("Whether the jobs fit only nodes of another scheduler configuration.", required=True)
    shortfalls = Many(Part(ExplainedShortfall), "The nodes that have too little, and of which resource.", required=True)


class ExplainResponse(Record):
    """Why a claim would return jobs, or none."""

    workflow_id = Integer("The workflow.", required=True)
    is_claimable = Boolean("Whether a claim by resources would return a job now.", required=True)
    jobs_by_status = Part(JobStatusCounts, "Number of jobs of each status.", required=True)
    active_compute_nodes = Integer("Number of active compute nodes.", required=True)
    reasons = Many(Part(ExplainedReason), "The reasons, most important first.", required=True)
    ready = Many(Part(ExplainedKind), "The ready jobs by requirements, first those that fit no node.", required=True)


# Resources of a node in the request. An absent one is unlimited, except GPUs and nodes.
OFFERED: tuple[tuple[str, Member], ...] = (
    ("num_cpus", Integer("Check a node with this number of CPUs instead of the active nodes.", at_least=0)),
    ("memory_gb", Number("Check a node with this amount of memory, in GiB.", at_least=0)),
    (
        "num_gpus",
        Integer("Check a node with this number of GPUs. 0 if absent and another resource is given.", at_least=0),
    ),
    (
        "num_nodes",
        Integer(
            "Check an allocation with this number of nodes. 1 if absent and another resource is given.", at_least=0
        ),
    ),
    ("time_limit", Duration("Check a node with this time limit, ISO 8601.")),
    ("scheduler_config_id", Integer("Check a node of this scheduler configuration.")),
    ("label", Many(Text(required=True), "Check a node with this label. Can be repeated.")),
    ("labels", LabelList("Check a node with these labels, with commas between.")),
    ("also_unlabeled", Boolean("Check a node with labels that runs jobs without labels, too.")),
)


@of_workflow(
    "explain_workflow",
    "GET",
    "explain",
    answer=ExplainResponse,
    query=tuple(Parameter(name, member) for name, member in OFFERED),
    errors=(422,),
    extension=True,
)
def explain_workflow(tx: Transaction, call: Call) -> dict[str, Any]:
    """Explain why jobs can be claimed, or why not.

    Ready jobs are compared with the resources of the active compute nodes or, if the request describes a node, with
    those of that node.
    """
    explanation = explain(tx, call.workflow_id, _offer(call))
    kinds = sorted(explanation.verdicts, key=lambda verdict: verdict.fits)
    return {
        "workflow_id": call.path["id"],
        "is_claimable": explanation.is_claimable,
        "jobs_by_status": explanation.jobs_by_status,
        "active_compute_nodes": explanation.active_compute_nodes,
        "reasons": [_reason(reason) for reason in explanation.reasons],
        "ready": [_kind(verdict) for verdict in kinds[:KINDS_LISTED]],
    }


def _offer(call: Call) -> NodeOffer | None:
    """Return the offer of the node in the request, if there is one. Raises RuleBroken."""
    query = call.query
    if not any(name in query for name, _ in OFFERED):
        return None
    time_limit = query.get("time_limit")
    return NodeOffer(
        num_cpus=query.get("num_cpus", LARGEST),
        memory_bytes=int(min(query.get("memory_gb", LARGEST) * BYTES_PER_GB, LARGEST)),
        num_gpus=query.get("num_gpus", 0),
        num_nodes=query.get("num_nodes", 1),
        time_limit_seconds=None if time_limit is None else parse_duration_seconds(time_limit, field="time_limit"),
        scheduler_config_id=query.get("scheduler_config_id"),
        labels=labels_in_query(query),
    )


def _reason(reason: Reason) -> dict[str, Any]:
    jobs = [{"job_id": job.job_id, "job_name": job.job_name} for job in reason.jobs]
    shortfalls = {"shortfalls": reason.shortfalls} if reason.shortfalls else {}
    return {"code": reason.code.value, "message": reason.message, "count": reason.count, "jobs": jobs, **shortfalls}


def _kind(verdict: Verdict) -> dict[str, Any]:
    need = verdict.need
    bound = {} if need.scheduler_id is None else {"scheduler_id": need.scheduler_id}
    return {
        "resource_requirements_id": need.requirements_id,
        "resource_requirements_name": need.requirements_name,
        **bound,
        **_labels(labels_of(need.labels)),
        "lacks_label": verdict.lacks_label,
        "num_jobs": need.num_jobs,
        "num_cpus": need.num_cpus,
        "memory_gb": need.memory_bytes / BYTES_PER_GB,
        "num_gpus": need.num_gpus,
        "num_nodes": need.num_nodes,
        "runtime": format_duration(need.runtime_seconds),
        "fits": verdict.fits,
        "is_bound_elsewhere": verdict.is_bound_elsewhere,
        "shortfalls": [_shortfall(each) for each in verdict.shortfalls[:SHORTFALLS_LISTED]],
    }


def _labels(labels: Labels) -> dict[str, Any]:
    return {"labels": list(labels), **({"label": labels[0]} if len(labels) == 1 else {})} if labels else {}


def _shortfall(shortfall: Shortfall) -> dict[str, Any]:
    candidate = shortfall.candidate
    node = {} if candidate.node_id is None else {"compute_node_id": candidate.node_id, "hostname": candidate.hostname}
    return {
        "quantity": shortfall.quantity.value,
        "needed": shortfall.needed,
        "offered": shortfall.offered,
        **node,
        "nodes_alike": candidate.nodes_alike,
    }


EXPLANATION_OPERATIONS = (explain_workflow,)
