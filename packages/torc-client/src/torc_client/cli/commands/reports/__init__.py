"""`torc reports ...`: the names of Torc 0.12 for commands that other groups contain."""

from torc_client.cli.framework.examples import epilog
from torc_client.cli.framework.lazy import LazyCommand, LazyGroup

_PACKAGE = "torc_client.cli.commands"

reports = LazyGroup(
    name="reports",
    help="Report results and resource use of a workflow.",
    epilog=epilog("reports"),
    lazy_commands={
        "check-resource-utilization": LazyCommand(
            f"{_PACKAGE}.reports.check_resources:check_resources", "List jobs that used more than they required"
        ),
        "results": LazyCommand(f"{_PACKAGE}.reports.results:results_report", "List results with their output files"),
        "summary": LazyCommand(f"{_PACKAGE}.workflows.status:status", "Show the progress of a workflow"),
    },
)
