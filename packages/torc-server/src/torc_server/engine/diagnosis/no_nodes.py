"""The reason why ready jobs do not start while no compute node is active."""

from collections.abc import Sequence

from torc_server.engine.diagnosis.candidates import earlier_nodes
from torc_server.engine.diagnosis.reasons import Code, Reason, jobs_in_words
from torc_server.engine.diagnosis.shortfalls import Need, judge, sentence
from torc_server.engine.ids import WorkflowId
from torc_server.engine.remote_workers import workers_of
from torc_server.engine.status import progress
from torc_server.store.transaction import Transaction

# The maximum number of kinds of ready jobs whose shortfalls the message has.
SENTENCES = 3


def no_nodes(
    tx: Transaction, workflow_id: WorkflowId, num_ready: int, needs: Sequence[Need], *, is_canceled: bool
) -> Reason:
    """Return the reason with its remedy, and with what the ready jobs need that no earlier node had.

    A canceled workflow has another remedy: a runner would start no job of it.
    """
    message = f"{jobs_in_words(num_ready, 'is ready', 'are ready')}, but no compute node is active"
    shortfalls = ""
    if not is_canceled:
        nodes = earlier_nodes(tx, workflow_id)
        too_large = [verdict for verdict in (judge(need, nodes) for need in needs) if verdict.shortfalls]
        too_large = [verdict for verdict in too_large if not verdict.fits]
        is_all = sum(verdict.need.num_jobs for verdict in too_large) == num_ready
        message += f"; {_remedy(tx, workflow_id, needs_larger=is_all)}"
        shortfalls = ". ".join(sentence(verdict, of_earlier=True) for verdict in too_large[:SENTENCES])
        message += f". {shortfalls}" if shortfalls else ""
    return Reason(Code.NO_ACTIVE_NODES, message, num_ready, shortfalls=shortfalls)


def _remedy(tx: Transaction, workflow_id: WorkflowId, *, needs_larger: bool) -> str:
    allocations = progress.scheduled_nodes(tx, workflow_id)
    number = allocations.active + allocations.pending
    if number:
        return f"{number} {'allocation that was' if number == 1 else 'allocations that were'} requested can start one"
    if workers := len(workers_of(tx, workflow_id)):
        noun = "remote worker" if workers == 1 else "remote workers"
        return f"start the runners of its {workers} {noun}: `torc remote run {workflow_id}`"
    return "start a runner on a larger node" if needs_larger else "start a runner"
