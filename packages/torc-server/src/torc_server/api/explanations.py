"""Why nothing is claimable, told to people and programs."""

from typing import Any

from torc_server.api.answers import JobStatusCounts
from torc_server.api.of_one import of_workflow
from torc_server.api.operation import Call, Parameter
from torc_server.engine.claiming.packing import Offer
from torc_server.engine.diagnosis.explain import explain
from torc_server.engine.diagnosis.reasons import Code, Reason
from torc_server.engine.diagnosis.shortfalls import Quantity, Shortfall, Verdict
from torc_server.engine.quantities import BYTES_PER_GB, LARGEST, format_duration, parse_duration_seconds
from torc_server.resources.fields import Boolean, Duration, Integer, Member, Number, Record, Text, Word
from torc_server.resources.json_fields import Many, Part
from torc_server.store.transaction import Transaction

# Kinds of ready jobs that an answer lists, and places that it lists for each.
KINDS_LISTED, SHORTFALLS_LISTED = 100, 20


class ExplainedJob(Record):
    """A job that an explanation names."""

    job_id = Integer("The job.", required=True)
    job_name = Text("Its name, cut where it is long.", required=True)


class ExplainedReason(Record):
    """One thing to know."""

    code = Word(
        "What it is, for programs.", component="ExplainCode", words=tuple(code.value for code in Code), required=True
    )
    message = Text("What it is, for people, and what helps.", required=True)
    count = Integer("How many jobs it is about; 0 where it is about the workflow.", required=True)
    jobs = Many(Part(ExplainedJob), "A few of them.", required=True)


class ExplainedShortfall(Record):
    """A place that has too little of a quantity."""

    quantity = Word(
        "What there is too little of.",
        component="ExplainQuantity",
        words=tuple(quantity.value for quantity in Quantity),
        required=True,
    )
    needed = Number("How much a job needs.", required=True)
    offered = Number("How much there is.", required=True)
    compute_node_id = Integer("The active node; absent for an offer of the question.")
    hostname = Text("Its host.")
    nodes_alike = Integer("How many active nodes offer the same.", required=True)


class ExplainedKind(Record):
    """Ready jobs that are alike."""

    resource_requirements_id = Integer("What they need.", required=True)
    resource_requirements_name = Text("The name of that.", required=True)
    scheduler_id = Integer("The scheduler configuration that they are bound to.")
    label = Text("The label of nodes that they ask for.")
    lacks_label = Boolean("Whether no place has that label.", required=True)
    num_jobs = Integer("How many they are.", required=True)
    num_cpus = Integer("CPUs for each.", required=True)
    memory_gb = Number("Memory for each, in GiB.", required=True)
    num_gpus = Integer("GPUs for each.", required=True)
    num_nodes = Integer("Nodes for each.", required=True)
    runtime = Duration("Run time of each, ISO 8601.", required=True)
    fits = Boolean("Whether one of them fits a place.", required=True)
    is_bound_elsewhere = Boolean("Whether they fit only places of another scheduler configuration.", required=True)
    shortfalls = Many(Part(ExplainedShortfall), "Where places fall short.", required=True)


class ExplainResponse(Record):
    """What a claim would meet."""

    workflow_id = Integer("The workflow.", required=True)
    is_claimable = Boolean("Whether a claim by resources would get a job now.", required=True)
    jobs_by_status = Part(JobStatusCounts, "How many jobs there are of each status.", required=True)
    active_compute_nodes = Integer("How many compute nodes are active.", required=True)
    reasons = Many(Part(ExplainedReason), "What there is to know, the most important first.", required=True)
    ready = Many(Part(ExplainedKind), "The ready jobs by what they need, those that fit nowhere first.", required=True)


# What is said of a node that somebody thinks of: nothing said is no limit, but GPUs and further nodes must be said.
OFFERED: tuple[tuple[str, Member], ...] = (
    ("num_cpus", Integer("Judge a node with so many CPUs instead of the active ones.", at_least=0)),
    ("memory_gb", Number("Judge a node with so much memory, in GiB.", at_least=0)),
    ("num_gpus", Integer("Judge a node with so many GPUs; 0 when another quantity is given.", at_least=0)),
    ("num_nodes", Integer("Judge an allocation of so many nodes; 1 when another quantity is given.", at_least=0)),
    ("time_limit", Duration("Judge a node that is there for so long, ISO 8601.")),
    ("scheduler_config_id", Integer("Judge a node of this scheduler configuration.")),
    ("label", Many(Text(required=True), "Judge a node with this label; may be repeated.")),
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
    """Explain why jobs are claimable, or why not.

    Ready jobs are held against what the active compute nodes offer or, when the question has an offer, against that.
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


def _offer(call: Call) -> Offer | None:
    """Read the offer of the question, if it has one; raises RuleBroken."""
    said = call.query
    if not any(name in said for name, _ in OFFERED):
        return None
    time_limit = said.get("time_limit")
    return Offer(
        num_cpus=said.get("num_cpus", LARGEST),
        memory_bytes=int(min(said.get("memory_gb", LARGEST) * BYTES_PER_GB, LARGEST)),
        num_gpus=said.get("num_gpus", 0),
        num_nodes=said.get("num_nodes", 1),
        time_limit_seconds=None if time_limit is None else parse_duration_seconds(time_limit, field="time_limit"),
        scheduler_config_id=said.get("scheduler_config_id"),
        labels=tuple(said.get("label", ())),
    )


def _reason(reason: Reason) -> dict[str, Any]:
    jobs = [{"job_id": job.job_id, "job_name": job.job_name} for job in reason.jobs]
    return {"code": reason.code.value, "message": reason.message, "count": reason.count, "jobs": jobs}


def _kind(verdict: Verdict) -> dict[str, Any]:
    need = verdict.need
    bound = {} if need.scheduler_id is None else {"scheduler_id": need.scheduler_id}
    return {
        "resource_requirements_id": need.requirements_id,
        "resource_requirements_name": need.requirements_name,
        **bound,
        **({} if need.label is None else {"label": need.label}),
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


def _shortfall(shortfall: Shortfall) -> dict[str, Any]:
    place = shortfall.place
    node = {} if place.node_id is None else {"compute_node_id": place.node_id, "hostname": place.hostname}
    return {
        "quantity": shortfall.quantity.value,
        "needed": shortfall.needed,
        "offered": shortfall.offered,
        **node,
        "nodes_alike": place.nodes_alike,
    }


EXPLANATION_OPERATIONS = (explain_workflow,)
