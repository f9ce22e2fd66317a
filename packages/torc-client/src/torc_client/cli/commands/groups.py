"""The groups of resource commands: what the document gives, and the commands of their own."""

from torc_client.cli.framework import vocabulary
from torc_client.cli.framework.lazy import LazyCommand, LazyGroup
from torc_client.cli.framework.resource_groups import resource_group

_ROOM = "torc_client.cli.commands"


compute_nodes = resource_group(vocabulary.COMPUTE_NODES)
events = resource_group(
    vocabulary.EVENTS,
    extra={
        "monitor": LazyCommand(f"{_ROOM}.events.monitor:monitor", "Show news as they come"),
        "get-latest-event": LazyCommand(f"{_ROOM}.events.latest:latest", "Show the latest event"),
    },
)
failure_handlers = resource_group(vocabulary.FAILURE_HANDLERS)
files = resource_group(
    vocabulary.FILES,
    extra={
        "list-required-existing": LazyCommand(
            f"{_ROOM}.expected:required_files", "List files that should exist before the workflow runs"
        )
    },
)
job_dependencies = LazyGroup(
    name="job-dependencies",
    help="Which jobs wait for which, and through what.",
    lazy_commands={
        "job-job": LazyCommand(f"{_ROOM}.job_dependencies:job_job", "List which jobs wait for which"),
        "job-file": LazyCommand(f"{_ROOM}.job_dependencies:job_file", "List which jobs write and read which files"),
        "job-user-data": LazyCommand(
            f"{_ROOM}.job_dependencies:job_user_data", "List which jobs write and read which data"
        ),
    },
)
jobs = resource_group(
    vocabulary.JOBS,
    extra={
        "create-from-file": LazyCommand(
            f"{_ROOM}.jobs.create_from_file:create_from_file", "Add a job for each line of a file"
        ),
        "list-failure-handlers": LazyCommand(
            f"{_ROOM}.jobs.needs:list_failure_handlers", "List what handles which failure"
        ),
        "list-resource-requirements": LazyCommand(
            f"{_ROOM}.jobs.needs:list_resource_requirements", "List what each job needs of a node"
        ),
        "reset-status": LazyCommand(f"{_ROOM}.jobs.reset_status:reset_status", "Forget how jobs ended"),
        "running": LazyCommand(f"{_ROOM}.jobs.running:running", "List what runs now, where and for how long"),
        "update": LazyCommand(f"{_ROOM}.jobs.update:update", "Change a job"),
    },
)
local_schedulers = resource_group(vocabulary.LOCAL_SCHEDULERS)
remote = LazyGroup(
    name="remote",
    help="Remote machines that work for a workflow.",
    lazy_commands={
        "add-workers": LazyCommand(
            f"{_ROOM}.remote_workers:add_workers", "Name machines that shall work for a workflow"
        ),
        "add-workers-from-file": LazyCommand(f"{_ROOM}.remote_workers:add_workers_from_file", "The same, a line each"),
        "list-workers": LazyCommand(f"{_ROOM}.remote_workers:list_workers", "List a workflow's machines"),
        "remove-worker": LazyCommand(f"{_ROOM}.remote_workers:remove_worker", "Take a machine from a workflow"),
    },
)
resource_requirements = resource_group(vocabulary.RESOURCE_REQUIREMENTS)
results = resource_group(
    vocabulary.RESULTS,
    extra={"list": LazyCommand(f"{_ROOM}.reports.results:results_list", "List results of a workflow")},
)
ro_crate = resource_group(
    vocabulary.RO_CRATE,
    "ro-crate",
    extra={
        "add-dataset": LazyCommand(
            f"{_ROOM}.ro_crate.add_dataset:add_dataset", "Describe a file or a folder, with its checksum"
        ),
        "export": LazyCommand(f"{_ROOM}.ro_crate.export:export", "Write ro-crate-metadata.json"),
    },
    help="What a workflow says of its data, as an RO-Crate.",
)
scheduled_compute_nodes = resource_group(
    vocabulary.SCHEDULED_COMPUTE_NODES,
    extra={"list-jobs": LazyCommand(f"{_ROOM}.scheduled_jobs:list_jobs", "List the jobs of an allocation")},
)
slurm = resource_group(
    vocabulary.SLURM,
    "slurm",
    extra={"stats": LazyCommand(f"{_ROOM}.slurm_stats:stats", "List what Slurm's accounting says of jobs")},
    help="How a workflow asks Slurm for nodes, and what Slurm counted.",
)
tasks = LazyGroup(
    name="tasks",
    help="What the server does in the background.",
    lazy_commands={
        "get": LazyCommand(f"{_ROOM}.tasks:get", "Show one task"),
        "wait": LazyCommand(f"{_ROOM}.tasks:wait", "Wait until a task has ended"),
    },
)
user_data = resource_group(
    vocabulary.USER_DATA,
    extra={
        "list-missing": LazyCommand(f"{_ROOM}.expected:missing_user_data", "List data that should be there and are not")
    },
)
