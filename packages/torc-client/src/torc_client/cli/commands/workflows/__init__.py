"""`torc workflows ...`."""

from torc_client.cli.framework.examples import epilog
from torc_client.cli.framework.lazy import LazyCommand, LazyGroup

_ROOM = "torc_client.cli.commands.workflows"

workflows = LazyGroup(
    name="workflows",
    help="Create, look at, start over, cancel and delete workflows.",
    epilog=epilog("workflows"),
    lazy_commands={
        "archive": LazyCommand(f"{_ROOM}.archive:archive", "Put workflows away, or take them out again"),
        "cancel": LazyCommand(f"{_ROOM}.cancel:cancel", "Stop a workflow: nothing more is started"),
        "check-resources": LazyCommand(
            "torc_client.cli.commands.reports.check_resources:check_resources",
            "List jobs that used more than they required",
        ),
        "correct-resources": LazyCommand(
            f"{_ROOM}.correct_resources:correct_resources", "Let jobs require what they were seen to use"
        ),
        "create": LazyCommand(f"{_ROOM}.create:create", "Create a workflow from a spec file"),
        "delete": LazyCommand(f"{_ROOM}.delete:delete", "Delete workflows and all that is theirs"),
        "delete-action": LazyCommand(
            f"{_ROOM}.pending_actions:delete_action", "Delete actions that nobody has carried out"
        ),
        "diagnose": LazyCommand(f"{_ROOM}.diagnose:diagnose", "Say why jobs run, or do not"),
        "execution-plan": LazyCommand(f"{_ROOM}.execution_plan:execution_plan", "Say what happens in which order"),
        "explain": LazyCommand(f"{_ROOM}.diagnose:diagnose", "The same as diagnose"),
        "export": LazyCommand(f"{_ROOM}.export:export", "Write a workflow to a file that can be imported"),
        "get": LazyCommand(f"{_ROOM}.get:get", "Show one workflow"),
        "import": LazyCommand(f"{_ROOM}.import_:import_workflow", "Create a workflow from an exported one"),
        "init": LazyCommand(f"{_ROOM}.initialize:initialize_command", "The same as initialize"),
        "initialize": LazyCommand(
            f"{_ROOM}.initialize:initialize_command", "Make a workflow ready to run from its beginning"
        ),
        "is-complete": LazyCommand(f"{_ROOM}.is_complete:is_complete", "Say whether all jobs of a workflow are over"),
        "list": LazyCommand(f"{_ROOM}.list:list_workflows", "List workflows"),
        "list-actions": LazyCommand(
            f"{_ROOM}.list_actions:list_actions", "List what a workflow does when it gets somewhere"
        ),
        "new": LazyCommand(f"{_ROOM}.new:new", "Create a workflow without jobs"),
        "reconcile": LazyCommand(f"{_ROOM}.reconcile:reconcile", "Send results that runners could not send"),
        "reinit": LazyCommand(f"{_ROOM}.reinitialize:reinitialize_command", "The same as reinitialize"),
        "reinitialize": LazyCommand(
            f"{_ROOM}.reinitialize:reinitialize_command", "Run again what changed, and say why"
        ),
        "reset-status": LazyCommand(f"{_ROOM}.reset_status:reset_status", "Forget how jobs ended"),
        "run": LazyCommand("torc_runner.cli:run_command", "Run a workflow on this machine", "torc-runner"),
        "status": LazyCommand(f"{_ROOM}.status:status", "Show how far a workflow is"),
        "submit": LazyCommand(f"{_ROOM}.submit:submit", "Check whether a workflow could be given to Slurm"),
        "sync-status": LazyCommand(
            f"{_ROOM}.sync_status:sync_status", "Tell the server what is gone without having said so"
        ),
        "update": LazyCommand(f"{_ROOM}.update:update", "Change what is said of a workflow"),
        "update-action": LazyCommand(
            f"{_ROOM}.pending_actions:update_action", "Change what is to be done when a workflow gets somewhere"
        ),
    },
)
