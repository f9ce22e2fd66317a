"""`torc workflows ...`."""

from torc_client.cli.framework.examples import epilog
from torc_client.cli.framework.lazy import LazyCommand, LazyGroup

_PACKAGE = "torc_client.cli.commands.workflows"

workflows = LazyGroup(
    name="workflows",
    help="Create, inspect, restart, cancel and delete workflows.",
    epilog=epilog("workflows"),
    lazy_commands={
        "archive": LazyCommand(f"{_PACKAGE}.archive:archive", "Archive workflows, or restore them"),
        "cancel": LazyCommand(f"{_PACKAGE}.cancel:cancel", "Cancel a workflow: its jobs stop, and no more start"),
        "check-resources": LazyCommand(
            "torc_client.cli.commands.reports.check_resources:check_resources",
            "List jobs that used more than they required",
        ),
        "correct-resources": LazyCommand(
            f"{_PACKAGE}.correct_resources:correct_resources", "Adjust resource requirements to the measured use"
        ),
        "create": LazyCommand(f"{_PACKAGE}.create:create", "Create a workflow from a spec file"),
        "delete": LazyCommand(f"{_PACKAGE}.delete:delete", "Delete workflows and everything in them"),
        "delete-action": LazyCommand(
            f"{_PACKAGE}.pending_actions:delete_action", "Delete an action that was not executed"
        ),
        "diagnose": LazyCommand(f"{_PACKAGE}.diagnose:diagnose", "Show why jobs run or do not run"),
        "execution-plan": LazyCommand(
            f"{_PACKAGE}.execution_plan:execution_plan", "Show the order of jobs and actions"
        ),
        "explain": LazyCommand(f"{_PACKAGE}.diagnose:diagnose", "Same as diagnose"),
        "export": LazyCommand(f"{_PACKAGE}.export:export", "Export a workflow to JSON"),
        "get": LazyCommand(f"{_PACKAGE}.get:get", "Show a workflow"),
        "import": LazyCommand(f"{_PACKAGE}.import_:import_workflow", "Create a workflow from an exported file"),
        "init": LazyCommand(f"{_PACKAGE}.initialize:initialize_command", "Same as initialize"),
        "initialize": LazyCommand(
            f"{_PACKAGE}.initialize:initialize_command", "Initialize a workflow: make it ready to run"
        ),
        "is-complete": LazyCommand(f"{_PACKAGE}.is_complete:is_complete", "Show whether all jobs have ended"),
        "list": LazyCommand(f"{_PACKAGE}.list:list_workflows", "List workflows"),
        "groups": LazyCommand(f"{_PACKAGE}.job_groups:groups", "List the groups of a workflow's jobs"),
        "list-actions": LazyCommand(f"{_PACKAGE}.list_actions:list_actions", "List the actions of a workflow"),
        "new": LazyCommand(f"{_PACKAGE}.new:new", "Create a workflow without jobs"),
        "reconcile": LazyCommand(f"{_PACKAGE}.reconcile:reconcile", "Send results that runners could not send"),
        "reinit": LazyCommand(f"{_PACKAGE}.reinitialize:reinitialize_command", "Same as reinitialize"),
        "reinitialize": LazyCommand(
            f"{_PACKAGE}.reinitialize:reinitialize_command", "Make jobs ready again whose inputs changed"
        ),
        "reset-status": LazyCommand(f"{_PACKAGE}.reset_status:reset_status", "Reset job statuses"),
        "resource-use": LazyCommand(
            f"{_PACKAGE}.resource_use:resource_use", "Compare what jobs required with what they used"
        ),
        "run": LazyCommand("torc_runner.cli:run_command", "Run a workflow on this machine", "torc-runner"),
        "spec": LazyCommand(f"{_PACKAGE}.as_spec:spec", "Write a workflow as a spec file"),
        "status": LazyCommand(f"{_PACKAGE}.status:status", "Show the progress of a workflow"),
        "submit": LazyCommand(f"{_PACKAGE}.submit:submit", "Check whether a workflow can be submitted to Slurm"),
        "sync-status": LazyCommand(
            f"{_PACKAGE}.sync_status:sync_status", "Find dead runners and return their jobs to the queue"
        ),
        "timeline": LazyCommand(f"{_PACKAGE}.timeline:timeline", "Show what ran when, and how busy the nodes were"),
        "update": LazyCommand(f"{_PACKAGE}.update:update", "Change the description of a workflow"),
        "update-action": LazyCommand(
            f"{_PACKAGE}.pending_actions:update_action", "Change an action that was not executed"
        ),
    },
)
