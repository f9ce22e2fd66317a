"""What a runner and the server tell each other, in one go and in one transaction."""

from dataclasses import replace
from typing import Annotated, Any

from torc_server.api.batches import JobCompletionEntry, JobCompletionError, completion_of
from torc_server.api.claims import CLAIMED_VIEW, ComputeNodesResources, offer_of
from torc_server.api.of_one import of_workflow
from torc_server.api.operation import Call
from torc_server.engine.actions import await_a_runner
from torc_server.engine.claiming.claim import ClaimResult, Prefetch, SortMethod, claim_for_node, claim_next
from torc_server.engine.claiming.packing import UNLIMITED, Offer
from torc_server.engine.claiming.unclaim import unclaim
from torc_server.engine.execution.chained import followers
from torc_server.engine.execution.chained_completions import End, complete_in_order
from torc_server.engine.execution.start import Start, start_jobs
from torc_server.engine.ids import AttemptId, JobId, NodeId, RunId, WorkflowId
from torc_server.engine.status import progress
from torc_server.engine.timestamps import moment
from torc_server.resources import records
from torc_server.resources.fields import Boolean, Integer, Record, SortMethodField, Text, Timestamp
from torc_server.resources.job import JOB, JobModel
from torc_server.resources.json_fields import Many, Part
from torc_server.resources.typed_bodies import TypedBody, record_of
from torc_server.store.transaction import Transaction

MOST_FOLLOWING = 1000


class JobAttempt(TypedBody, kw_only=True, frozen=True):
    """An attempt of a job."""

    job_id: Annotated[JobId, Integer("The job.", required=True)]
    attempt_id: Annotated[AttemptId, Integer("Which attempt.", required=True)]


class StartedJob(TypedBody, kw_only=True, frozen=True):
    """An attempt that was started."""

    job_id: Annotated[JobId, Integer("The job.", required=True)]
    attempt_id: Annotated[AttemptId, Integer("Which attempt.", required=True)]
    start_time: Annotated[
        str | None,
        Timestamp(
            "When the runner started it, ISO 8601 with an offset from UTC. The time of the call is stored instead where"
            " it is absent, has another form, or is later."
        ),
    ] = None
    after_job_id: Annotated[JobId | None, Integer("The job that it followed there without having been claimed.")] = None


class ExchangedCompletion(JobCompletionEntry, kw_only=True, frozen=True):
    """How a job ended, also one that was never claimed."""

    after_job_id: Annotated[
        JobId | None, Integer("The job that it followed there, where its start was not told before.")
    ] = None
    max_attempts: Annotated[
        int | None,
        Integer("Try it again at once where it did not succeed, unless it has had so many attempts."),
    ] = None
    failure_class: Annotated[
        str | None,
        Text("Who or what is to blame that it did not succeed; told to those who follow events.", longest=40),
    ] = None


class ClaimWish(TypedBody, kw_only=True, frozen=True):
    """Jobs that a runner would take."""

    claim_key: Annotated[str | None, Text("Idempotency key, as on claims.", longest=64)] = None
    limit: Annotated[int, Integer("How many at most that fit the offer together.", required=True)]
    ahead: Annotated[int, Integer("How many more that are to follow them.", nullable=False, default=0)] = 0
    offer: Annotated[
        ComputeNodesResources | None,
        Part(record_of(ComputeNodesResources), "What is free on the node; any jobs will do when absent."),
    ] = None
    whole: Annotated[
        ComputeNodesResources | None,
        Part(record_of(ComputeNodesResources), "What the node has, for those ahead; the offer when absent."),
    ] = None
    sort_method: Annotated[str, SortMethodField("The order among jobs of equal priority.", default="none")] = "none"
    strict_scheduler_match: Annotated[bool, Boolean("Never take jobs of other schedulers.", default=False)] = False
    most_following: Annotated[
        int, Integer("How many jobs to tell of that wait for one job there alone.", nullable=False, default=0)
    ] = 0
    labels: Annotated[
        list[str], Many(Text(), "Jobs with one of these labels are taken, besides those without any.")
    ] = []
    tails: Annotated[
        list[JobId], Many(Integer(), "The jobs there that they may follow, besides those that are claimed now.")
    ] = []

    def labelled(self, offer: Offer) -> Offer:
        """Return the offer of a node that has the labels of the wish."""
        return replace(offer, labels=tuple(self.labels))


class ReportAndClaimRequest(TypedBody, kw_only=True, frozen=True):
    """What happened on a node since it was last heard of, and what it wants."""

    compute_node_id: Annotated[NodeId, Integer("The node.", required=True)]
    run_id: Annotated[RunId, Integer("The workflow's run.", required=True)]
    started: Annotated[list[StartedJob], Many(Part(record_of(StartedJob)), "Claimed jobs that run there now.")] = []
    completions: Annotated[
        list[ExchangedCompletion],
        Many(Part(record_of(ExchangedCompletion)), "Jobs that ended, whether or not they were told to have started."),
    ] = []
    returned: Annotated[
        list[JobAttempt], Many(Part(record_of(JobAttempt)), "Claimed jobs that will not run there.")
    ] = []
    claim: Annotated[ClaimWish | None, Part(record_of(ClaimWish), "What it would take; nothing when absent.")] = None


class FollowingJob(Record):
    """A job that may run where the job ran for which alone it waits, at once, if that succeeded."""

    after_job_id = Integer("The job that it waits for.", required=True)
    job = Part(JobModel, "The job, which is blocked.", required=True)


class ReportAndClaimResponse(Record):
    """What became of it, and jobs that are pending now."""

    errors = Many(Part(JobCompletionError), "What was refused, each for itself.", required=True)
    jobs = Many(Part(JobModel), "The claimed jobs, the most urgent first.", required=True)
    following = Many(Part(FollowingJob), "Jobs that may follow others there.")
    is_complete = Boolean("Whether no job is left to be done; true for a canceled workflow.", required=True)
    is_canceled = Boolean("Whether the workflow was canceled.", required=True)
    has_pending_actions = Boolean("Whether an action is to be carried out by whichever runner comes first.")


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
    """Note what started and ended on a node, and hand out jobs to it.

    Each start and each end is judged for itself, as by batch_start_jobs and batch_complete_jobs. The same again
    changes nothing and is answered as before.
    """
    workflow_id = call.workflow_id
    body: ReportAndClaimRequest = call.body
    completions = [_end(each) for each in body.completions]
    starts = [_start(body, each) for each in body.started]
    refusals = complete_in_order(tx, workflow_id, completions, now=call.now)
    refusals += start_jobs(tx, workflow_id, starts, now=call.now)  # after the ends, by which some of them may start
    job_ids = [*(each.job_id for each, _ in completions), *(each.job_id for each in starts)]
    unclaim(tx, workflow_id, [(each.job_id, each.attempt_id) for each in body.returned])
    wish = body.claim
    claimed = ClaimResult([]) if wish is None else _claim(tx, call, body.compute_node_id, wish)
    following = [] if wish is None else _following(tx, workflow_id, wish, claimed.job_ids)
    state = progress.is_complete(tx, workflow_id)
    return {
        "errors": [
            {"job_id": job_id, "message": refusal.message}
            for job_id, refusal in zip(job_ids, refusals, strict=True)
            if refusal is not None
        ],
        "jobs": records.many(tx, JOB, claimed.job_ids, CLAIMED_VIEW) if claimed.job_ids else [],
        "following": following,
        "is_complete": state.is_complete,
        "is_canceled": state.is_canceled,
        "has_pending_actions": await_a_runner(tx, workflow_id),
    }


def _following(tx: Transaction, workflow_id: WorkflowId, wish: ClaimWish, claimed: list[JobId]) -> list[dict[str, Any]]:
    most = min(wish.most_following, MOST_FOLLOWING)
    if most <= 0:
        return []
    node_total = wish.whole or wish.offer
    node = wish.labelled(UNLIMITED if node_total is None else offer_of(node_total))
    found = followers(tx, workflow_id, [*wish.tails, *claimed], node, most)
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


def _end(entry: ExchangedCompletion) -> End:
    completion = replace(
        completion_of(entry),
        followed=entry.after_job_id is not None,
        max_attempts=entry.max_attempts,
        failure_class=entry.failure_class,
    )
    return completion, entry.after_job_id


def _claim(tx: Transaction, call: Call, node_id: NodeId, wish: ClaimWish) -> ClaimResult:
    limit, prefetch = max(wish.limit, 0), max(wish.ahead, 0)
    if wish.offer is None:
        return claim_next(
            tx,
            call.workflow_id,
            limit + prefetch,
            claim_key=wish.claim_key,
            now=call.now,
            node_id=node_id,
            labels=tuple(wish.labels),
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
        node_id=node_id,
        prefetch=Prefetch(wish.labelled(offer_of(wish.whole or wish.offer)), prefetch),
    )


EXCHANGE_OPERATIONS = (report_and_claim,)
