"""Claims of ready jobs."""

from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import Annotated, Any

from torc_server.api.answers import ClaimJobsBasedOnResources, ClaimNextJobsResponse
from torc_server.api.extensions import (
    ALSO_UNLABELED,
    CLAIM_KEY,
    COMPUTE_NODE_ID,
    LABEL,
    LABELS,
    RUN_ID,
    WAIT_SECONDS,
)
from torc_server.api.of_one import of_workflow
from torc_server.api.operation import Call, NothingYet, Parameter, Waiting
from torc_server.engine.claiming.claim import ClaimResult, NodeOffer, SortMethod, claim_for_node, claim_next
from torc_server.engine.claiming.node_packing import largest_offer
from torc_server.engine.claiming.packing import NodesAlike
from torc_server.engine.errors import RuleBroken
from torc_server.engine.labels import NodeLabels, label_list, label_set
from torc_server.engine.quantities import BYTES_PER_GB, LARGEST, parse_duration_seconds
from torc_server.engine.signals import JobsBecameReady, RunBegan, WorkflowCanceled, WorkflowCompleted
from torc_server.resources import records
from torc_server.resources.fields import Boolean, Duration, Integer, Number, SortMethodField, Text
from torc_server.resources.job import JOB
from torc_server.resources.json_fields import Many, Part
from torc_server.resources.json_sql import View
from torc_server.resources.typed_bodies import TypedBody, record_of
from torc_server.store.transaction import Transaction

# Groups of nodes of one offer.
MOST_NODES = 10_000


class FreeNodes(TypedBody, kw_only=True, frozen=True):
    """Nodes of the same size, with the same free resources."""

    num_nodes: Annotated[int, Integer("Number of these nodes.", required=True)]
    num_cpus: Annotated[int, Integer("CPUs of each node.", required=True)]
    memory_gb: Annotated[float, Number("Memory of each node in GiB.", required=True)]
    num_gpus: Annotated[int, Integer("GPUs of each node.", default=0)] = 0
    free_cpus: Annotated[int, Integer("Free CPUs of each node.", required=True)]
    free_memory_gb: Annotated[float, Number("Free memory of each node in GiB.", required=True)]
    free_gpus: Annotated[int, Integer("Free GPUs of each node.", default=0)] = 0
    only_whole: Annotated[
        bool,
        Boolean(
            "Claim only jobs that need several nodes for these, which have the nodes for themselves.", default=False
        ),
    ] = False


class ComputeNodesResources(TypedBody, kw_only=True, frozen=True):
    """The free resources of one or more equal nodes."""

    id: Annotated[int | None, Integer("Unused.")] = None
    num_cpus: Annotated[int, Integer("CPUs of each node.", required=True)]
    memory_gb: Annotated[float, Number("Memory of each node in GiB.", required=True)]
    num_gpus: Annotated[int, Integer("GPUs of each node.", required=True)]
    num_nodes: Annotated[int, Integer("Number of nodes.", required=True)]
    time_limit: Annotated[
        str | None, Duration("The time for which the node is available, ISO 8601. Unlimited if absent.")
    ] = None
    scheduler_config_id: Annotated[int | None, Integer("The scheduler configuration that started it.")] = None
    labels: Annotated[
        list[str],
        Many(
            Text(),
            "Claim jobs with labels that are all among these. Without labels, claim jobs without labels.",
        ),
    ] = []
    also_unlabeled: Annotated[
        bool,
        Boolean("Also claim jobs without labels, after those with labels.", default=False, extension=True),
    ] = False
    nodes: Annotated[
        list[FreeNodes],
        Many(
            Part(record_of(FreeNodes)),
            "All nodes of the runner, with what is free of each, instead of the values for equal nodes. Each job then "
            "fits a node, or several idle ones. Nodes are kept free for a job that needs several and comes first.",
            most=MOST_NODES,
            extension=True,
        ),
    ] = []


WOKEN_BY = (JobsBecameReady, WorkflowCompleted, WorkflowCanceled, RunBegan)
# A claimed job shows its outputs, with what its runner needs to check them when the server is away. Its dependencies
# can be a hundred thousand jobs, and runners do not need them.
CLAIMED_VIEW = View(relations=True, only=frozenset({"output_file_ids", "output_files", "output_user_data_ids"}))


def _answer(
    tx: Transaction, claimed: ClaimResult, limit: int, reason: str | None = None
) -> dict[str, Any] | NothingYet:
    """Return the answer with the claimed jobs; NothingYet if waiting can help."""
    jobs = records.many(tx, JOB, claimed.job_ids, CLAIMED_VIEW) if claimed.job_ids else []
    answer = {"jobs": jobs, "reason": reason} if reason else {"jobs": jobs}
    if claimed.job_ids or claimed.over or limit <= 0:
        return answer
    return NothingYet(answer, others_may_differ=claimed.holds_back)


@of_workflow(
    "claim_next_jobs",
    "POST",
    "claim_next_jobs",
    answer=ClaimNextJobsResponse,
    query=(
        Parameter("limit", Integer("Maximum number of jobs.", default=10, default_shown=False)),
        WAIT_SECONDS,
        CLAIM_KEY,
        COMPUTE_NODE_ID,
        RUN_ID,
        LABELS,
        LABEL,
        ALSO_UNLABELED,
    ),
    errors=(409, 422),
    waiting=Waiting(
        WOKEN_BY, alike=lambda call: (call.path["id"], call.query.get("run_id"), labels_in_query(call.query))
    ),
    routine=True,
)
def claim_next_jobs(tx: Transaction, call: Call) -> dict[str, Any] | NothingYet:
    """Claim ready jobs by priority, without regard to their requirements."""
    limit = call.query["limit"]
    claimed = claim_next(
        tx,
        call.workflow_id,
        max(limit, 0),
        claim_key=call.query.get("claim_key"),
        now=call.now,
        node_id=call.query.get("compute_node_id"),
        run_id=call.query.get("run_id"),
        labels=labels_in_query(call.query),
    )
    return _answer(tx, claimed, limit)


def labels_in_query(query: Mapping[str, Any]) -> NodeLabels:
    """Return the labels of a node in a query. Raises RuleBroken."""
    labels = [*label_list(query.get("labels", "")), *query.get("label", ())]
    return NodeLabels(label_set(labels), also_unlabeled=query.get("also_unlabeled", False))


def _same_offer(call: Call) -> Hashable:
    return (call.workflow_id, call.query.get("run_id"), offer_of(call.body), call.query["strict_scheduler_match"])


@of_workflow(
    "claim_jobs_based_on_resources",
    "POST",
    "claim_jobs_based_on_resources/{limit}",
    answer=ClaimJobsBasedOnResources,
    path_fields={
        "limit": Integer("Maximum number of jobs.", required=True),
    },
    query=(
        Parameter(
            "strict_scheduler_match",
            Boolean("Never claim jobs of other schedulers.", default=False, default_shown=False),
        ),
        Parameter(
            "sort_method",
            SortMethodField(
                "The order of jobs with equal priority.", default="gpus_runtime_memory", default_shown=False
            ),
        ),
        WAIT_SECONDS,
        CLAIM_KEY,
        COMPUTE_NODE_ID,
        RUN_ID,
    ),
    body=record_of(ComputeNodesResources),
    errors=(409, 422),
    waiting=Waiting(WOKEN_BY, alike=_same_offer),
    routine=True,
)
def claim_jobs_based_on_resources(tx: Transaction, call: Call) -> dict[str, Any] | NothingYet:
    """Claim ready jobs that together fit the resources of a compute node."""
    limit = call.path["limit"]
    claimed = claim_for_node(
        tx,
        call.workflow_id,
        offer_of(call.body),
        max(limit, 0),
        sort_method=SortMethod(call.query["sort_method"]),
        strict=call.query["strict_scheduler_match"],
        claim_key=call.query.get("claim_key"),
        now=call.now,
        node_id=call.query.get("compute_node_id"),
        run_id=call.query.get("run_id"),
    )
    return _answer(tx, claimed, limit, claimed.reason)


def offer_of(body: ComputeNodesResources) -> NodeOffer:
    """Return the offer of a node. Raises RuleBroken for an invalid size or duration."""
    limit = body.time_limit
    memory_bytes = _bytes(body.memory_gb, "memory_gb")
    equal = NodeOffer(body.num_cpus, memory_bytes, body.num_gpus, body.num_nodes)
    return replace(
        largest_offer(tuple(map(_alike, body.nodes))) if body.nodes else equal,
        time_limit_seconds=None if limit is None else parse_duration_seconds(limit, field="time_limit"),
        scheduler_config_id=body.scheduler_config_id,
        labels=NodeLabels(label_set(body.labels), also_unlabeled=body.also_unlabeled),
    )


def _alike(nodes: FreeNodes) -> NodesAlike:
    return NodesAlike(
        count=max(0, nodes.num_nodes),
        size=(nodes.num_cpus, _bytes(nodes.memory_gb, "memory_gb"), nodes.num_gpus),
        free=(nodes.free_cpus, _bytes(nodes.free_memory_gb, "free_memory_gb"), nodes.free_gpus),
        only_whole=nodes.only_whole,
    )


def _bytes(memory_gb: float, field: str) -> int:
    memory_bytes = memory_gb * BYTES_PER_GB
    if not 0 <= memory_bytes <= LARGEST:
        raise RuleBroken(f"{field} must be a size in GiB", field=field, value=memory_gb)
    return min(int(memory_bytes), LARGEST)


CLAIM_OPERATIONS = (claim_jobs_based_on_resources, claim_next_jobs)
