"""The exchange between a runner and the server: reports and a claim in one call and one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any

from torc_server.api.batches import JobCompletionEntry, JobCompletionError, completion_of
from torc_server.api.claims import CLAIMED_VIEW, ComputeNodesResources, offer_of
from torc_server.api.of_one import of_workflow
from torc_server.api.operation import Call
from torc_server.engine.actions import has_pending_actions
from torc_server.engine.claiming.claim import ClaimResult, Prefetch, SortMethod, claim_for_node, claim_next
from torc_server.engine.claiming.packing import UNLIMITED, NodeOffer
from torc_server.engine.claiming.unclaim import unclaim
from torc_server.engine.errors import EngineError
from torc_server.engine.execution.chained import chained_jobs, hand_out, note_refused
from torc_server.engine.execution.chained_completions import ChainedCompletion, complete_in_order
from torc_server.engine.execution.output_times import OutputTime, store_output_times
from torc_server.engine.execution.returning import at_later_attempt
from torc_server.engine.execution.start import Start, start_jobs
from torc_server.engine.ids import AttemptId, JobId, NodeId, RunId, WorkflowId
from torc_server.engine.labels import NodeLabels, label_set
from torc_server.engine.status import progress
from torc_server.engine.timestamps import moment
from torc_server.engine.workflows import RunOver
from torc_server.resources import records
from torc_server.resources.fields import Boolean, Integer, Number, Record, SortMethodField, Text, Timestamp
from torc_server.resources.job import JOB, JobModel
from torc_server.resources.json_fields import MOST_RECORDS, Many, Part
from torc_server.resources.typed_bodies import TypedBody, record_of
from torc_server.store.transaction import Transaction

MOST_CHAINED = 1000


class JobAttempt(TypedBody, kw_only=True, frozen=True):
    """An attempt of a job."""

    job_id: Annotated[JobId, Integer("The job.", required=True)]
    attempt_id: Annotated[AttemptId, Integer("The attempt.", required=True)]


class StartedJob(TypedBody, kw_only=True, frozen=True):
    """A started attempt."""

    job_id: Annotated[JobId, Integer("The job.", required=True)]
    attempt_id: Annotated[AttemptId, Integer("The attempt.", required=True)]
    start_time: Annotated[
        str | None,
        Timestamp(
            "When the runner started it, ISO 8601 with an offset from UTC. If it is absent, has another form or is"
            " later than the call, the time of the call is stored."
        ),
    ] = None
    after_job_id: Annotated[JobId | None, Integer("The predecessor, for a chained job that was not claimed.")] = None


class OutputFileTime(TypedBody, kw_only=True, frozen=True):
    """The time of the last change of an output file."""

    id: Annotated[int, Integer("The file.", required=True)]
    st_mtime: Annotated[float, Number("Seconds since the epoch.", required=True)]


class ExchangedCompletion(JobCompletionEntry, kw_only=True, frozen=True):
    """The completion of a job, which may be a chained job that was not claimed."""

    after_job_id: Annotated[JobId | None, Integer("The predecessor of a chained job whose start was not reported.")] = (
        None
    )
    max_attempts: Annotated[
        int | None,
        Integer(
            "Retry an unsuccessful job immediately, until this number of its attempts has failed. Attempts of nodes "
            "that were stopped or lost do not count."
        ),
    ] = None
    failure_class: Annotated[
        str | None,
        Text("The class of the failure. It is shown in the stream of events.", longest=40),
    ] = None
    return_if_others: Annotated[
        bool,
        Boolean(
            "Return an unsuccessful job to the queue for another attempt if another compute node of the workflow is "
            "active or an allocation is queued: its node was asked to stop.",
            default=False,
        ),
    ] = False
    output_files: Annotated[
        list[OutputFileTime],
        Many(Part(record_of(OutputFileTime)), "The output files of the job that exist, with their times."),
    ] = []


# Names on the wire that differ from the names in Python.
CLAIM_WISH_MEMBERS = {
    "prefetch": "ahead",
    "node_total": "whole",
    "most_chained": "most_following",
    "chain_ends": "tails",
}


class ClaimWish(TypedBody, kw_only=True, frozen=True, rename=CLAIM_WISH_MEMBERS):
    """The jobs that a runner requests."""

    claim_key: Annotated[str | None, Text("Idempotency key, as for claims.", longest=64)] = None
    limit: Annotated[int, Integer("Maximum number of jobs, which together fit the offer.", required=True)]
    prefetch: Annotated[int, Integer("Number of jobs to prefetch in addition.", nullable=False, default=0)] = 0
    offer: Annotated[
        ComputeNodesResources | None,
        Part(record_of(ComputeNodesResources), "The free resources of the node. Jobs of any size if absent."),
    ] = None
    node_total: Annotated[
        ComputeNodesResources | None,
        Part(record_of(ComputeNodesResources), "All resources of the node, for prefetched jobs. The offer if absent."),
    ] = None
    sort_method: Annotated[
        str, SortMethodField("The order of jobs with equal priority.", default="gpus_runtime_memory")
    ] = "gpus_runtime_memory"
    strict_scheduler_match: Annotated[bool, Boolean("Never claim jobs of other schedulers.", default=False)] = False
    most_chained: Annotated[
        int,
        Integer(
            "Maximum number of chained jobs in the answer: jobs that only depend on one job of this node.",
            nullable=False,
            default=0,
        ),
    ] = 0
    labels: Annotated[
        list[str],
        Many(
            Text(),
            "Claim jobs with labels that are all among these. Without labels, claim jobs without labels.",
        ),
    ] = []
    also_unlabeled: Annotated[
        bool, Boolean("Also claim jobs without labels, after those with labels.", default=False)
    ] = False
    chain_ends: Annotated[
        list[JobId],
        Many(
            Integer(),
            "Further jobs on the node that can be predecessors of chained jobs, besides the jobs claimed now.",
        ),
    ] = []

    def labelled(self, offer: NodeOffer) -> NodeOffer:
        """Return the offer with the labels of this request. Raises RuleBroken."""
        return replace(offer, labels=self.node_labels())

    def node_labels(self) -> NodeLabels:
        """Return the labels of the node. Raises RuleBroken."""
        return NodeLabels(label_set(self.labels), also_unlabeled=self.also_unlabeled)


class ReportAndClaimRequest(TypedBody, kw_only=True, frozen=True):
    """What happened on a node since its last report, and the jobs that it requests."""

    compute_node_id: Annotated[NodeId, Integer("The compute node.", required=True)]
    run_id: Annotated[RunId, Integer("The run of the workflow.", required=True)]
    started: Annotated[
        list[StartedJob],
        Many(Part(record_of(StartedJob)), "Claimed or chained jobs that were started.", most=MOST_RECORDS),
    ] = []
    completions: Annotated[
        list[ExchangedCompletion],
        Many(
            Part(record_of(ExchangedCompletion)),
            "Completed jobs, whose start may be unreported.",
            most=MOST_RECORDS,
        ),
    ] = []
    returned: Annotated[
        list[JobAttempt],
        Many(
            Part(record_of(JobAttempt)),
            "Jobs to release: claimed ones that the node will not run, and running ones whose end was refused.",
            most=MOST_RECORDS,
        ),
    ] = []
    claim: Annotated[ClaimWish | None, Part(record_of(ClaimWish), "The jobs that it requests. None if absent.")] = None


class FollowingJob(Record):
    """A chained job. It depends on one job only, and the node can start it immediately when that job has succeeded."""

    after_job_id = Integer("The predecessor.", required=True)
    job = Part(JobModel, "The chained job, which is blocked.", required=True)


class ReportAndClaimResponse(Record):
    """The refused reports, and the claimed jobs."""

    errors = Many(Part(JobCompletionError), "The refused reports, with the reasons.", required=True)
    jobs = Many(Part(JobModel), "The claimed jobs, highest priority first.", required=True)
    following = Many(Part(FollowingJob), "Chained jobs for this node.")
    returned = Many(Integer(), "The jobs with return_if_others that were returned to the queue.")
    is_complete = Boolean("Whether no job is left to run. True for a canceled workflow.", required=True)
    is_canceled = Boolean("Whether the workflow was canceled.", required=True)
    has_pending_actions = Boolean("Whether an action waits for a runner.")
    run_id = Integer(
        "The current run. If it is not that of the request, the reports are refused and no job is claimed."
    )


@of_workflow(
    "report_and_claim",
    "POST",
    "report_and_claim",
    answer=ReportAndClaimResponse,
    body=record_of(ReportAndClaimRequest),
    errors=(409, 422),
    extension=True,
    routine=True,
)
def report_and_claim(tx: Transaction, call: Call) -> dict[str, Any]:
    """Report started and completed jobs of a node, and claim jobs for it.

    Each start and each completion is checked by itself, as by batch_start_jobs and batch_complete_jobs. A repeated
    call changes nothing and gets the same answer.
    """
    workflow_id = call.workflow_id
    body: ReportAndClaimRequest = call.body
    completions = [_end(each) for each in body.completions]
    starts = [_start(body, each) for each in body.started]
    refusals = complete_in_order(tx, workflow_id, completions, now=call.now)
    store_output_times(tx, workflow_id, _output_times(body.completions, refusals))
    refusals += start_jobs(tx, workflow_id, starts, now=call.now)  # after the completions, which some starts depend on
    asked = [(each.job_id, each.report.attempt_id) for each, _ in completions if each.return_if_others]
    returned = at_later_attempt(tx, workflow_id, asked)
    note_refused(tx, workflow_id, _refused_chained(completions, starts, refusals), body.compute_node_id)
    job_ids = [*(each.job_id for each, _ in completions), *(each.job_id for each in starts)]
    given_back = [(each.job_id, each.attempt_id) for each in body.returned]
    unclaim(tx, workflow_id, body.run_id, given_back, node_id=body.compute_node_id)
    claimed, following = _claims(tx, call, body)
    state = progress.is_complete(tx, workflow_id)
    return {
        "errors": [
            {"job_id": job_id, "message": refusal.message}
            for job_id, refusal in zip(job_ids, refusals, strict=True)
            if refusal is not None
        ],
        "jobs": records.many(tx, JOB, claimed.job_ids, CLAIMED_VIEW) if claimed.job_ids else [],
        "following": following,
        **({"returned": returned} if returned else {}),
        "is_complete": state.is_complete,
        "is_canceled": state.is_canceled,
        "has_pending_actions": has_pending_actions(tx, workflow_id),
        "run_id": state.run_id,
    }


def _claims(tx: Transaction, call: Call, body: ReportAndClaimRequest) -> tuple[ClaimResult, list[dict[str, Any]]]:
    """Return the claimed jobs and the chained ones. A node of a run that is over gets none."""
    wish = body.claim
    if wish is None:
        return ClaimResult([]), []
    try:
        claimed = _claim(tx, call, body, wish)
    except RunOver:
        return ClaimResult([]), []
    if claimed.is_reserved:  # chained jobs would run on what is kept free
        return claimed, []
    return claimed, _following(tx, call.workflow_id, body.compute_node_id, wish, claimed.job_ids)


def _refused_chained(
    completions: Sequence[ChainedCompletion], starts: Sequence[Start], refusals: Sequence[EngineError | None]
) -> list[tuple[JobId, AttemptId]]:
    """Return the attempts of chained jobs whose start or end was refused."""
    reported = [
        *((predecessor, each.job_id, each.report.attempt_id) for each, predecessor in completions),
        *((each.predecessor_id, each.job_id, each.attempt_id) for each in starts),
    ]
    return [
        (job_id, attempt_id)
        for (predecessor, job_id, attempt_id), refusal in zip(reported, refusals, strict=True)
        if predecessor is not None and attempt_id is not None and refusal is not None
    ]


def _following(
    tx: Transaction, workflow_id: WorkflowId, node_id: NodeId, wish: ClaimWish, claimed: list[JobId]
) -> list[dict[str, Any]]:
    most = min(wish.most_chained, MOST_CHAINED)
    if most <= 0:
        return []
    node_total = wish.node_total or wish.offer
    node = wish.labelled(UNLIMITED if node_total is None else offer_of(node_total))
    found = chained_jobs(tx, workflow_id, [*wish.chain_ends, *claimed], node, most)
    hand_out(tx, [job_id for _, job_id in found], node_id)
    jobs = records.by_id(tx, JOB, (job_id for _, job_id in found), CLAIMED_VIEW) if found else {}
    return [{"after_job_id": after, "job": jobs[job_id]} for after, job_id in found]


def _start(body: ReportAndClaimRequest, started: StartedJob) -> Start:
    return Start(
        started.job_id,
        body.run_id,
        body.compute_node_id,
        started.after_job_id,
        started.attempt_id,
        None if started.start_time is None else moment(started.start_time),
    )


def _end(entry: ExchangedCompletion) -> ChainedCompletion:
    completion = replace(
        completion_of(entry),
        is_chained=entry.after_job_id is not None,
        max_attempts=entry.max_attempts,
        failure_class=entry.failure_class,
        return_if_others=entry.return_if_others,
    )
    return completion, entry.after_job_id


def _output_times(
    completions: Sequence[ExchangedCompletion], refusals: Sequence[EngineError | None]
) -> list[OutputTime]:
    """Return the times of output files in the completions that were not refused."""
    return [
        OutputTime(each.job_id, file.id, file.st_mtime)
        for each, refusal in zip(completions, refusals, strict=True)
        if refusal is None
        for file in each.output_files
    ]


def _claim(tx: Transaction, call: Call, body: ReportAndClaimRequest, wish: ClaimWish) -> ClaimResult:
    limit, prefetch = max(wish.limit, 0), max(wish.prefetch, 0)
    if wish.offer is None:
        return claim_next(
            tx,
            call.workflow_id,
            limit + prefetch,
            claim_key=wish.claim_key,
            now=call.now,
            node_id=body.compute_node_id,
            run_id=body.run_id,
            labels=wish.node_labels(),
        )
    return claim_for_node(
        tx,
        call.workflow_id,
        wish.labelled(offer_of(wish.offer)),
        limit,
        sort_method=SortMethod(wish.sort_method),
        strict=wish.strict_scheduler_match,
        claim_key=wish.claim_key,
        now=call.now,
        node_id=body.compute_node_id,
        run_id=body.run_id,
        prefetch=Prefetch(wish.labelled(offer_of(wish.node_total or wish.offer)), prefetch),
    )


EXCHANGE_OPERATIONS = (report_and_claim,)
