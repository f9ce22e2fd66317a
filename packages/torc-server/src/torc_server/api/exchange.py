"""What a runner and the server tell each other, in one go and in one transaction."""

from dataclasses import replace
from typing import Any

from torc_server.api.answers import ComputeNodesResources
from torc_server.api.batches import JobCompletionEntry, JobCompletionError, completion_of
from torc_server.api.claims import CLAIMED_VIEW, offer_of
from torc_server.api.of_one import of_workflow
from torc_server.api.operation import Call
from torc_server.engine.actions import await_a_runner
from torc_server.engine.claiming.claim import Ahead, Claimed, SortMethod, claim_for_node, claim_next
from torc_server.engine.claiming.packing import ENDLESS
from torc_server.engine.claiming.unclaim import unclaim
from torc_server.engine.execution.chained import followers
from torc_server.engine.execution.chained_completions import End, complete_in_order
from torc_server.engine.execution.start import Start, start_jobs
from torc_server.engine.ids import AttemptId, JobId, NodeId, RunId, WorkflowId
from torc_server.engine.status import progress
from torc_server.resources import records
from torc_server.resources.fields import Boolean, Integer, Record, SortMethodField, Text, Timestamp
from torc_server.resources.job import JOB, JobModel
from torc_server.resources.json_fields import Many, Part
from torc_server.store.transaction import Transaction

MOST_FOLLOWING = 1000


class JobAttempt(Record):
    """An attempt of a job."""

    job_id = Integer("The job.", required=True)
    attempt_id = Integer("Which attempt.", required=True)


class StartedJob(Record):
    """An attempt that was started."""

    job_id = Integer("The job.", required=True)
    attempt_id = Integer("Which attempt.", required=True)
    start_time = Timestamp("When, in the runner's own words; now when absent.")
    after_job_id = Integer("The job that it followed there without having been claimed.")


class ExchangedCompletion(JobCompletionEntry):
    """How a job ended, also one that was never claimed."""

    after_job_id = Integer("The job that it followed there, where its start was not told before.")
    max_attempts = Integer("Try it again at once where it did not succeed, unless it has had so many attempts.")
    failure_class = Text(
        "Who or what is to blame that it did not succeed; told to those who follow events.", longest=40
    )


class ClaimWish(Record):
    """Jobs that a runner would take."""

    claim_key = Text("Idempotency key, as on claims.", longest=64)
    limit = Integer("How many at most that fit the offer together.", required=True)
    ahead = Integer("How many more that are to follow them.", nullable=False, default=0)
    offer = Part(ComputeNodesResources, "What is free on the node; any jobs will do when absent.")
    whole = Part(ComputeNodesResources, "What the node has, for those ahead; the offer when absent.")
    sort_method = SortMethodField("The order among jobs of equal priority.", default="none")
    strict_scheduler_match = Boolean("Never take jobs of other schedulers.", default=False)
    most_following = Integer("How many jobs to tell of that wait for one job there alone.", nullable=False, default=0)
    labels = Many(Text(), "Jobs with one of these labels are taken, besides those without any.")
    tails = Many(Integer(), "The jobs there that they may follow, besides those that are claimed now.")


class ReportAndClaimRequest(Record):
    """What happened on a node since it was last heard of, and what it wants."""

    compute_node_id = Integer("The node.", required=True)
    run_id = Integer("The workflow's run.", required=True)
    started = Many(Part(StartedJob), "Claimed jobs that run there now.")
    completions = Many(Part(ExchangedCompletion), "Jobs that ended, whether or not they were told to have started.")
    returned = Many(Part(JobAttempt), "Claimed jobs that will not run there.")
    claim = Part(ClaimWish, "What it would take; nothing when absent.")


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
    body=ReportAndClaimRequest,
    errors=(409, 422),
    extension=True,
    routine=True,
)
def report_and_claim(tx: Transaction, call: Call) -> dict[str, Any]:
    """Note what started and ended on a node, and hand out jobs to it.

    Each start and each end is judged for itself, as by batch_start_jobs and batch_complete_jobs. The same again
    changes nothing and is answered as before.
    """
    workflow_id, body = call.workflow_id, call.body
    entries = body.get("completions") or ()
    completions = [_end(each, each.get("after_job_id")) for each in entries]
    starts = [_start(call, each) for each in body.get("started") or ()]
    refusals = complete_in_order(tx, workflow_id, completions, now=call.now)
    refusals += start_jobs(tx, workflow_id, starts, now=call.now)  # after the ends, by which some of them may start
    told = zip([*(each.job_id for each, _ in completions), *(each.job_id for each in starts)], refusals, strict=True)
    returned = [(JobId(each["job_id"]), AttemptId(each["attempt_id"])) for each in body.get("returned") or ()]
    unclaim(tx, workflow_id, returned)
    wish = body.get("claim")
    claimed = Claimed([]) if wish is None else _claim(tx, call, wish)
    following = [] if wish is None else _following(tx, workflow_id, wish, claimed.job_ids)
    completion = progress.is_complete(tx, workflow_id)
    errors = [{"job_id": job_id, "message": error.message} for job_id, error in told if error is not None]
    return {
        "errors": errors,
        "jobs": records.many(tx, JOB, claimed.job_ids, CLAIMED_VIEW) if claimed.job_ids else [],
        "following": following,
        "is_complete": completion.is_complete,
        "is_canceled": completion.is_canceled,
        "has_pending_actions": await_a_runner(tx, workflow_id),
    }


def _following(
    tx: Transaction, workflow_id: WorkflowId, wish: dict[str, Any], claimed: list[JobId]
) -> list[dict[str, Any]]:
    most = min(wish.get("most_following") or 0, MOST_FOLLOWING)
    if most <= 0:
        return []
    tails = [*(wish.get("tails") or ()), *claimed]
    whole = wish.get("whole") or wish.get("offer")
    node = replace(ENDLESS if whole is None else offer_of(whole), labels=_labels(wish))
    found = followers(tx, workflow_id, tails, node, most)
    jobs = records.by_id(tx, JOB, (job_id for _, job_id in found), CLAIMED_VIEW) if found else {}
    return [{"after_job_id": after, "job": jobs[job_id]} for after, job_id in found]


def _labels(wish: dict[str, Any]) -> tuple[str, ...]:
    return tuple(wish.get("labels") or ())


def _end(entry: dict[str, Any], after: JobId | None) -> End:
    completion = replace(
        completion_of(entry),
        followed=after is not None,
        max_attempts=entry.get("max_attempts"),
        failure_class=entry.get("failure_class"),
    )
    return completion, after


def _start(call: Call, each: dict[str, Any]) -> Start:
    return Start(
        JobId(each["job_id"]),
        RunId(call.body["run_id"]),
        NodeId(call.body["compute_node_id"]),
        each.get("after_job_id"),
    )


def _claim(tx: Transaction, call: Call, wish: dict[str, Any]) -> Claimed:
    workflow_id = call.workflow_id
    limit, ahead = max(wish["limit"], 0), max(wish.get("ahead") or 0, 0)
    key, offered, node_id = wish.get("claim_key"), wish.get("offer"), NodeId(call.body["compute_node_id"])
    if offered is None:
        return claim_next(
            tx, workflow_id, limit + ahead, claim_key=key, now=call.now, node_id=node_id, labels=_labels(wish)
        )
    return claim_for_node(
        tx,
        workflow_id,
        replace(offer_of(offered), labels=_labels(wish)),
        limit,
        sort_method=SortMethod(wish.get("sort_method") or "none"),
        strict=bool(wish.get("strict_scheduler_match")),
        claim_key=key,
        now=call.now,
        node_id=node_id,
        ahead=Ahead(replace(offer_of(wish.get("whole") or offered), labels=_labels(wish)), ahead),
    )


EXCHANGE_OPERATIONS = (report_and_claim,)
