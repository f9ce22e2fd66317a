"""`torc workflows status`."""

import shlex
from collections.abc import Mapping

from torc_client.cli.commands.workflows.allocation_sentences import allocations_of
from torc_client.cli.commands.workflows.leading_sentences import leading_sentences
from torc_client.cli.framework import shapes
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.output.show import say
from torc_client.cli.framework.picker import pick
from torc_client.cli.framework.results import Record
from torc_client.text import count

_ALWAYS = ("workflow_user", "run_id", "jobs_by_status")
# These are shown unless they are 0 or not known.
_IF_ANY = ("walltime_seconds", "total_exec_time_minutes", "active_compute_nodes", "active_scheduled_nodes",
           "pending_scheduled_nodes", "is_archived")  # fmt: skip
# The sets of labels in the warning.
_LISTED = 5


def labels_warning(workflow_id: int, unserved: Mapping[str, int]) -> str:
    """Return a warning of ready jobs whose labels no active runner has."""
    labels = sorted(unserved, key=lambda name: (-unserved[name], name))
    jobs = count("ready job", sum(unserved.values()))
    listed = ", ".join(f"{name} ({unserved[name]})" for name in labels[:_LISTED])
    more = ", ..." if len(labels) > _LISTED else ""
    return (
        f"Warning: no active runner has the labels of {jobs}: {listed}{more}. Start one: torc run {workflow_id} --label"
        f" {shlex.quote(labels[0])}"
    )


@command(short_help="Show the progress of a workflow.")
@workflow_argument
async def status(app: App, workflow_id: int | None) -> Record:
    """Show the state of a workflow, the jobs that failed with the reasons, and the command that continues it.

    A table has the numbers of jobs by status, the nodes and the elapsed time. For 10 jobs, the reason of a failure is
    shown: the meaning of the exit code, or the line of the log that names the error.

    It also shows on stderr what Slurm reports about allocations that wait or failed, if it answers in 5 seconds, and
    the last line of stderr of those that failed, if the output folder can be read here.
    """
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        current = await client.workflows.get_workflow_status(workflow_id)
        for sentence in (await allocations_of(client, current)).sentences:
            say(sentence)
        leading = await leading_sentences(client, current) if app.format == "table" else []
    if current.unserved_ready_labels:
        say(labels_warning(workflow_id, current.unserved_ready_labels))
    members = [*_ALWAYS, *(name for name in _IF_ANY if getattr(current, name))]
    return Record(current, members=members, shape=shapes.STATUS, sentences=leading)
