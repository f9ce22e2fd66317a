"""`torc logs`: logs and output of jobs and runners."""

from torc_client.cli.framework.examples import epilog
from torc_client.cli.framework.lazy import LazyCommand, LazyGroup

_PACKAGE = "torc_client.cli.commands.logs"

logs = LazyGroup(
    name="logs",
    help="Logs and output of jobs and runners.",
    epilog=epilog("logs"),
    lazy_commands={
        "analyze": LazyCommand(f"{_PACKAGE}.analyze:analyze", "Find known problems in logs"),
        "bundle": LazyCommand(f"{_PACKAGE}.bundle:bundle", "Pack the logs of a workflow into one file"),
        "show": LazyCommand(f"{_PACKAGE}.show:show_output", "Show the output of a job"),
        "tail": LazyCommand(f"{_PACKAGE}.tail:tail", "Show the last lines of a job's output, and follow it"),
    },
)
