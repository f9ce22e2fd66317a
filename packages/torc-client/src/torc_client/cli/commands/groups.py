"""The groups of resource commands: commands made from the document, and commands with their own modules."""

from torc_client.cli.framework import vocabulary
from torc_client.cli.framework.lazy import LazyCommand, LazyGroup
from torc_client.cli.framework.resource_groups import resource_group

_COMMANDS = "torc_client.cli.commands"


compute_nodes = resource_group(vocabulary.COMPUTE_NODES)
events = resource_group(
    vocabulary.EVENTS,
    extra={
        "monitor": LazyCommand(f"{_COMMANDS}.events.monitor:monitor", "Show events as they happen"),
        "get-latest-event": LazyCommand(f"{_COMMANDS}.events.latest:latest", "Show the latest event"),
    },
)
failure_handlers = resource_group(vocabulary.FAILURE_HANDLERS)
files = resource_group(
    vocabulary.FILES,
    extra={
        "list-required-existing": LazyCommand(
            f"{_COMMANDS}.expected:required_files", "List files that must exist before the workflow runs"
        )
    },
)
job_dependencies = LazyGroup(
    name="job-dependencies",
    help="Dependencies between jobs, directly and through files and user data.",
    lazy_commands={
        "job-job": LazyCommand(f"{_COMMANDS}.job_dependencies:job_job", "List dependencies between jobs"),
        "job-file": LazyCommand(f"{_COMMANDS}.job_dependencies:job_file", "List which jobs write and read each file"),
        "job-user-data": LazyCommand(
            f"{_COMMANDS}.job_dependencies:job_user_data", "List which jobs write and read each user data record"
        ),
    },
)
jobs = resource_group(
    vocabulary.JOBS,
    extra={
        "create-from-file": LazyCommand(
            f"{_COMMANDS}.jobs.create_from_file:create_from_file", "Create a job for each line of a file"
        ),
        "fail": LazyCommand(f"{_COMMANDS}.jobs.fail:fail", "Decide that pending_failed jobs failed"),
        "list-failure-handlers": LazyCommand(
            f"{_COMMANDS}.jobs.needs:list_failure_handlers", "List the failure handlers of jobs"
        ),
        "list-resource-requirements": LazyCommand(
            f"{_COMMANDS}.jobs.needs:list_resource_requirements", "List the resource requirements of jobs"
        ),
        "reset-status": LazyCommand(f"{_COMMANDS}.jobs.reset_status:reset_status", "Reset job statuses"),
        "running": LazyCommand(f"{_COMMANDS}.jobs.running:running", "List running jobs with node and duration"),
        "update": LazyCommand(f"{_COMMANDS}.jobs.update:update", "Change a job"),
    },
)
local_schedulers = resource_group(vocabulary.LOCAL_SCHEDULERS)
remote = LazyGroup(
    name="remote",
    help="Remote machines that run a workflow.",
    lazy_commands={
        "add-workers": LazyCommand(f"{_COMMANDS}.remote.add_workers:add_workers", "Add machines to a workflow"),
        "add-workers-from-file": LazyCommand(
            f"{_COMMANDS}.remote.add_workers:add_workers_from_file", "Add machines from a file"
        ),
        "collect-logs": LazyCommand(
            f"{_COMMANDS}.remote.log_files:collect_logs", "Copy the logs of all workers to this machine"
        ),
        "delete-logs": LazyCommand(
            f"{_COMMANDS}.remote.log_files:delete_logs", "Delete the logs of a workflow on all workers"
        ),
        "install": LazyCommand(f"{_COMMANDS}.remote.install:install", "Install this version of Torc on all workers"),
        "list-workers": LazyCommand(f"{_COMMANDS}.remote.list_workers:list_workers", "List the machines of a workflow"),
        "remove-worker": LazyCommand(
            f"{_COMMANDS}.remote.list_workers:remove_worker", "Remove a machine from a workflow"
        ),
        "run": LazyCommand(f"{_COMMANDS}.remote.run:run", "Start the workers of a workflow"),
        "status": LazyCommand(f"{_COMMANDS}.remote.status:status", "Show whether the workers of a workflow run"),
        "stop": LazyCommand(f"{_COMMANDS}.remote.stop:stop", "Stop the workers of a workflow"),
        "sync-in": LazyCommand(f"{_COMMANDS}.remote.sync:sync_in", "Copy files from this folder to all workers"),
        "sync-out": LazyCommand(f"{_COMMANDS}.remote.sync:sync_out", "Copy files from all workers to this folder"),
    },
)
resource_requirements = resource_group(vocabulary.RESOURCE_REQUIREMENTS)
results = resource_group(
    vocabulary.RESULTS,
    extra={"list": LazyCommand(f"{_COMMANDS}.reports.results:results_list", "List results of a workflow")},
)
ro_crate = resource_group(
    vocabulary.RO_CRATE,
    "ro-crate",
    extra={
        "add-dataset": LazyCommand(
            f"{_COMMANDS}.ro_crate.add_dataset:add_dataset", "Describe a file or a folder with its checksum"
        ),
        "export": LazyCommand(f"{_COMMANDS}.ro_crate.export:export", "Print or write ro-crate-metadata.json"),
    },
    help="Description of a workflow's data as an RO-Crate.",
)
scheduled_compute_nodes = resource_group(
    vocabulary.SCHEDULED_COMPUTE_NODES,
    extra={"list-jobs": LazyCommand(f"{_COMMANDS}.scheduled_jobs:list_jobs", "List the jobs of an allocation")},
)
slurm = resource_group(
    vocabulary.SLURM,
    "slurm",
    extra={
        "generate": LazyCommand(
            f"{_COMMANDS}.slurm.generate:generate_schedulers", "Add Slurm schedulers to a spec file"
        ),
        "parse-logs": LazyCommand(
            f"{_COMMANDS}.slurm.parse_logs:parse_logs", "Find known problems in the output of allocations"
        ),
        "plan-allocations": LazyCommand(
            f"{_COMMANDS}.slurm.plan_allocations:plan_allocations",
            "Recommend few large or many small allocations for a spec",
        ),
        "sacct": LazyCommand(
            f"{_COMMANDS}.slurm.accounts:sacct", "List what Slurm's accounting has about a workflow's allocations"
        ),
        "regenerate": LazyCommand(
            f"{_COMMANDS}.slurm.regenerate:regenerate_schedulers", "Plan allocations again for jobs that have not run"
        ),
        "schedule-nodes": LazyCommand(
            f"{_COMMANDS}.slurm.schedule_nodes:schedule_nodes", "Request allocations from Slurm for a workflow"
        ),
        "stats": LazyCommand(f"{_COMMANDS}.slurm.stats:stats", "List Slurm's accounting of jobs"),
        "usage": LazyCommand(
            f"{_COMMANDS}.slurm.accounts:usage", "Sum the node hours and CPU hours of a workflow's allocations"
        ),
    },
    help="Slurm schedulers of a workflow, and Slurm's accounting of its jobs.",
)
tasks = LazyGroup(
    name="tasks",
    help="Background tasks of the server.",
    lazy_commands={
        "get": LazyCommand(f"{_COMMANDS}.tasks:get", "Show one task"),
        "wait": LazyCommand(f"{_COMMANDS}.tasks:wait", "Wait until a task ends"),
    },
)
user_data = resource_group(
    vocabulary.USER_DATA,
    extra={"list-missing": LazyCommand(f"{_COMMANDS}.expected:missing_user_data", "List user data without a value")},
)
