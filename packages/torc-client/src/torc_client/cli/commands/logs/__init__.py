"""`torc logs ...`."""

from torc_client.cli.framework.examples import epilog
from torc_client.cli.framework.lazy import LazyCommand, LazyGroup

_ROOM = "torc_client.cli.commands.logs"

logs = LazyGroup(
    name="logs",
    help="What jobs and runners wrote.",
    epilog=epilog("logs"),
    lazy_commands={
        "analyze": LazyCommand(f"{_ROOM}.analyze:analyze", "Say what logs tell that went wrong"),
        "bundle": LazyCommand(f"{_ROOM}.bundle:bundle", "Pack the logs of a workflow into one file"),
        "show": LazyCommand(f"{_ROOM}.show:show_output", "Show what a job printed"),
        "tail": LazyCommand(f"{_ROOM}.tail:tail", "Show the end of what a job printed, and what it prints from now on"),
    },
)
