"""The groups of resource commands: what the document gives, and the commands of their own."""

from collections.abc import Mapping
from functools import cache

import click

from torc_client.cli.framework import examples, vocabulary
from torc_client.cli.framework.lazy import LazyGroup, Place
from torc_client.cli.framework.record_changes import change_commands
from torc_client.cli.framework.resource_commands import get_command, list_command
from torc_client.cli.framework.vocabulary import Words

_ROOM = "torc_client.cli.commands"


def resource_group(
    words: Words, name: str = "", own: Mapping[str, Place] | None = None, help: str | None = None
) -> LazyGroup:
    """Make a group out of the vocabulary; `own` commands stand beside what the document gives, or in its place."""

    @cache
    def derived() -> dict[str, click.Command]:
        reads = [list_command(words), *([get_command(words)] if words.get_operation else [])]
        return {str(made.name): made for made in (*reads, *change_commands(words)) if made.name not in (own or {})}

    plural = f"{words.plural[0].upper()}{words.plural[1:]}"
    return LazyGroup(
        name=name or words.tag.replace("_", "-"),
        help=help or f"{plural} of a workflow.",
        table=own or {},
        others=derived,
        epilog=examples.epilog(name or words.tag.replace("_", "-")),
    )


compute_nodes = resource_group(vocabulary.COMPUTE_NODES)
events = resource_group(
    vocabulary.EVENTS,
    own={
        "monitor": Place(f"{_ROOM}.events.monitor:monitor", "Show news as they come"),
        "get-latest-event": Place(f"{_ROOM}.events.latest:latest", "Show the latest event"),
    },
)
files = resource_group(
    vocabulary.FILES,
    own={
        "list-required-existing": Place(
            f"{_ROOM}.expected:required_files", "List files that should exist before the workflow runs"
        )
    },
)
job_dependencies = LazyGroup(
    name="job-dependencies",
    help="Which jobs wait for which, and through what.",
    table={
        "job-job": Place(f"{_ROOM}.job_dependencies:job_job", "List which jobs wait for which"),
        "job-file": Place(f"{_ROOM}.job_dependencies:job_file", "List which jobs write and read which files"),
        "job-user-data": Place(f"{_ROOM}.job_dependencies:job_user_data", "List which jobs write and read which data"),
    },
)
jobs = resource_group(
    vocabulary.JOBS,
    own={
        "create-from-file": Place(
            f"{_ROOM}.jobs.create_from_file:create_from_file", "Add a job for each line of a file"
        ),
        "list-failure-handlers": Place(f"{_ROOM}.jobs.needs:list_failure_handlers", "List what handles which failure"),
        "list-resource-requirements": Place(
            f"{_ROOM}.jobs.needs:list_resource_requirements", "List what each job needs of a node"
        ),
        "reset-status": Place(f"{_ROOM}.jobs.reset_status:reset_status", "Forget how jobs ended"),
        "running": Place(f"{_ROOM}.jobs.running:running", "List what runs now, where and for how long"),
        "update": Place(f"{_ROOM}.jobs.update:update", "Change a job"),
    },
)
remote = LazyGroup(
    name="remote",
    help="Remote machines that work for a workflow.",
    table={
        "add-workers": Place(f"{_ROOM}.remote_workers:add_workers", "Name machines that shall work for a workflow"),
        "add-workers-from-file": Place(f"{_ROOM}.remote_workers:add_workers_from_file", "The same, a line each"),
        "list-workers": Place(f"{_ROOM}.remote_workers:list_workers", "List a workflow's machines"),
        "remove-worker": Place(f"{_ROOM}.remote_workers:remove_worker", "Take a machine from a workflow"),
    },
)
resource_requirements = resource_group(vocabulary.RESOURCE_REQUIREMENTS)
results = resource_group(
    vocabulary.RESULTS,
    own={"list": Place(f"{_ROOM}.reports.results:results_list", "List results of a workflow")},
)
ro_crate = resource_group(
    vocabulary.RO_CRATE,
    "ro-crate",
    own={
        "add-dataset": Place(
            f"{_ROOM}.ro_crate.add_dataset:add_dataset", "Describe a file or a folder, with its checksum"
        ),
        "export": Place(f"{_ROOM}.ro_crate.export:export", "Write ro-crate-metadata.json"),
    },
    help="What a workflow says of its data, as an RO-Crate.",
)
scheduled_compute_nodes = resource_group(
    vocabulary.SCHEDULED_COMPUTE_NODES,
    own={"list-jobs": Place(f"{_ROOM}.scheduled_jobs:list_jobs", "List the jobs of an allocation")},
)
slurm = resource_group(
    vocabulary.SLURM,
    "slurm",
    own={"stats": Place(f"{_ROOM}.slurm_stats:stats", "List what Slurm's accounting says of jobs")},
    help="How a workflow asks Slurm for nodes, and what Slurm counted.",
)
tasks = LazyGroup(
    name="tasks",
    help="What the server does in the background.",
    table={
        "get": Place(f"{_ROOM}.tasks:get", "Show one task"),
        "wait": Place(f"{_ROOM}.tasks:wait", "Wait until a task has ended"),
    },
)
user_data = resource_group(
    vocabulary.USER_DATA,
    own={"list-missing": Place(f"{_ROOM}.expected:missing_user_data", "List data that should be there and are not")},
)
