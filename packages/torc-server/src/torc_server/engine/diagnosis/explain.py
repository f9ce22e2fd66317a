"""Explain which jobs are claimable and why others are not. The work is bounded for any number of jobs."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from torc_server.engine.claiming.packing import NodeOffer
from torc_server.engine.diagnosis.candidates import MOST_CANDIDATES, active_nodes
from torc_server.engine.diagnosis.no_nodes import no_nodes
from torc_server.engine.diagnosis.obstacles import obstacles
from torc_server.engine.diagnosis.reasons import EXAMPLES, Code, NamedJob, Reason, jobs_in_words, short
from torc_server.engine.diagnosis.reserved import Reserved, reserved_nodes
from torc_server.engine.diagnosis.room import Room, rooms
from torc_server.engine.diagnosis.shortfalls import Candidate, Need, Verdict, judge, sentence
from torc_server.engine.ids import NodeId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.labels import labels_of
from torc_server.engine.states import JobStatus
from torc_server.engine.status import progress
from torc_server.engine.workflows import workflow_row
from torc_server.store.transaction import Transaction

# The maximum number of kinds of ready jobs.
NEEDS = 2_000
# The maximum number of kinds of ready jobs with a message of their own.
SENTENCES = 20


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a claim would find now.

    `is_claimable` is true if a claim by resources of one of the judged candidates would get a job.
    """

    is_claimable: bool
    jobs_by_status: dict[str, int]
    active_compute_nodes: int
    verdicts: tuple[Verdict, ...]
    reasons: tuple[Reason, ...]


def explain(tx: Transaction, workflow_id: WorkflowId, offer: NodeOffer | None) -> Explanation:
    """Explain what a claim of a node with this offer, or without an offer of the active nodes, would return.

    Raises NotFound.
    """
    workflow = workflow_row(tx, workflow_id)
    counts = progress.job_counts(tx, workflow_id)
    candidates = active_nodes(tx, workflow_id) if offer is None else [Candidate(offer)]
    verdicts = tuple(judge(need, candidates) for need in _needs(tx, workflow_id)) if counts[JobStatus.READY] else ()
    is_canceled = bool(workflow["is_canceled"])
    reasons = [] if not is_canceled else [Reason(Code.WORKFLOW_CANCELED, CANCELED.format(workflow_id))]
    if counts[JobStatus.READY]:
        free = rooms(tx, workflow_id) if offer is None else None
        reserved = reserved_nodes(tx, workflow_id) if offer is None else []
        if candidates:
            reasons += _about_ready(tx, verdicts, free, reserved)
        else:
            needs = [verdict.need for verdict in verdicts]
            reasons.append(no_nodes(tx, workflow_id, counts[JobStatus.READY], needs, is_canceled=is_canceled))
    reasons += obstacles(tx, workflow_id, counts)
    if workflow["is_archived"]:
        reasons.append(Reason(Code.WORKFLOW_ARCHIVED, "The workflow is archived; its jobs can be claimed nevertheless"))
    return Explanation(
        is_claimable=not is_canceled and any(verdict.fits for verdict in verdicts),
        jobs_by_status={each.word: number for each, number in counts.items()},
        active_compute_nodes=tx.value(progress.COUNT_NODES, {"workflow_id": workflow_id}),
        verdicts=verdicts,
        reasons=tuple(reasons),
    )


CANCELED = "The workflow is canceled, so no job can be claimed; withdraw the cancellation: `torc recover {}`"

READY_OF_KIND = JobStatement("""
SELECT id, name FROM job INDEXED BY job_requirements
WHERE resource_requirements_id = :requirements_id AND status = {READY} AND scheduler_id IS :scheduler_id
AND labels IS :labels
ORDER BY id LIMIT :examples
""")


def _about_ready(
    tx: Transaction, verdicts: Sequence[Verdict], free: Sequence[Room] | None, reserved: Sequence[Reserved]
) -> Iterator[Reason]:
    """Return the reasons about ready jobs: which of them fit a node, and why the others do not.

    `free` is what is free on the active nodes; None for a hypothetical node, which runs nothing. `reserved` are the
    nodes that keep it for a job of high priority.
    """
    fitting = [verdict.need for verdict in verdicts if verdict.fits]
    if fitting:
        about = _about_fitting(fitting, free, reserved)
        yield Reason(Code.CLAIMABLE, about, sum(need.num_jobs for need in fitting))
    for verdict in [each for each in verdicts if each.lacks_label][:SENTENCES]:
        code, message = _about_labels(verdict.need)
        yield Reason(code, message, verdict.need.num_jobs, _ready_of(tx, verdict.need))
    for verdict in [each for each in verdicts if not each.fits and not each.lacks_label][:SENTENCES]:
        yield Reason(Code.TOO_LARGE, sentence(verdict), verdict.need.num_jobs, _ready_of(tx, verdict.need))
    for verdict in [each for each in verdicts if each.is_bound_elsewhere][:SENTENCES]:
        bound = jobs_in_words(verdict.need.num_jobs, "is", "are")
        yield Reason(
            Code.OTHER_SCHEDULER,
            f"{bound} ready for nodes of scheduler configuration {verdict.need.scheduler_id}; other nodes claim them"
            " only if no other job fits, and never with strict_scheduler_match",
            verdict.need.num_jobs,
            _ready_of(tx, verdict.need),
        )


def _about_fitting(fitting: Sequence[Need], free: Sequence[Room] | None, reserved: Sequence[Reserved]) -> str:
    """Return whether jobs that fit a node can be claimed now, or what they wait for."""
    words = _about_free(fitting, free, {each.node_id for each in reserved})
    if not reserved:
        return words
    others = len(reserved) - 1
    nodes = "1 other node is" if others == 1 else f"{others} other nodes are"
    return f"{words}. {reserved[0].sentence}" + (f" ({nodes} reserved, too)" if others else "")


def _about_free(fitting: Sequence[Need], free: Sequence[Room] | None, reserved: Collection[NodeId]) -> str:
    number = sum(need.num_jobs for need in fitting)
    words = f"{jobs_in_words(number, 'is ready and fits', 'are ready and fit')} a node"
    # Kinds beyond the first ones count as those that can be claimed, so that the work is bounded.
    waiting = 0
    if free is not None:
        kinds = fitting[:MOST_CANDIDATES]
        open_rooms = [room for room in free if room.node_id not in reserved]
        waiting = sum(need.num_jobs for need in kinds if not any(room.takes(need) for room in open_rooms))
    if not waiting:
        return f"{words} and can be claimed"
    if waiting == number:
        waits = "it waits" if number == 1 else "they wait"
        return f"{words}, but the active nodes are full; {waits} until running jobs end"
    waits = "1 of them waits" if waiting == 1 else f"{waiting} of them wait"
    return f"{words}; {waits} until running jobs end, the others can be claimed"


def _about_labels(need: Need) -> tuple[Code, str]:
    """Return the reason for jobs whose labels no node allows."""
    ready, labels = jobs_in_words(need.num_jobs, "is ready", "are ready"), labels_of(need.labels)
    match labels:
        case ():
            remedy = "start a runner without a label, or with --also-unlabeled"
            return (
                Code.ONLY_LABELED_NODES,
                f"{ready} without a label, but all nodes have labels and run only jobs with labels; {remedy}",
            )
        case (label,):
            return (
                Code.NO_SUCH_LABEL,
                f"{ready} for the label {short(label)!r}, which no node has; start a runner with this label",
            )
        case _:
            listed = ", ".join(repr(short(label)) for label in labels[:EXAMPLES])
            more = ", ..." if len(labels) > EXAMPLES else ""
            return (
                Code.NO_SUCH_LABEL,
                f"{ready} for the labels {listed}{more}, and no node has all of them; start a runner with these labels",
            )


def _ready_of(tx: Transaction, need: Need) -> tuple[NamedJob, ...]:
    which = {
        "requirements_id": need.requirements_id,
        "scheduler_id": need.scheduler_id,
        "labels": need.labels,
        "examples": EXAMPLES,
    }
    return tuple(NamedJob(row["id"], short(row["name"])) for row in tx.rows(READY_OF_KIND, which))


READY_KINDS = JobStatement("""
SELECT requirements.id, requirements.name, ready.scheduler_id, ready.jobs, requirements.num_cpus,
       requirements.memory_bytes, requirements.num_gpus, requirements.num_nodes, requirements.runtime_seconds,
       ready.labels
FROM (
    SELECT resource_requirements_id, scheduler_id, labels, COUNT(*) AS jobs FROM job INDEXED BY job_ready
    WHERE workflow_id = :workflow_id AND status = {READY}
    GROUP BY resource_requirements_id, scheduler_id, labels
    ORDER BY jobs DESC LIMIT :needs
) AS ready
CROSS JOIN resource_requirements AS requirements ON requirements.id = ready.resource_requirements_id
ORDER BY ready.jobs DESC, requirements.id, ready.scheduler_id, ready.labels
""")


def _needs(tx: Transaction, workflow_id: WorkflowId) -> list[Need]:
    return [Need(*row) for row in tx.rows(READY_KINDS, {"workflow_id": workflow_id, "needs": NEEDS})]
