"""`torc reports ...`: the words of Torc 0.12; each is a command that stands elsewhere as well."""

from torc_client.cli.framework.examples import epilog
from torc_client.cli.framework.lazy import LazyCommand, LazyGroup

_ROOM = "torc_client.cli.commands"

reports = LazyGroup(
    name="reports",
    help="What became of a workflow, and what its jobs used.",
    epilog=epilog("reports"),
    lazy_commands={
        "check-resource-utilization": LazyCommand(
            f"{_ROOM}.reports.check_resources:check_resources", "List jobs that used more than they required"
        ),
        "results": LazyCommand(
            f"{_ROOM}.reports.results:results_report", "List results with the files of their jobs' output"
        ),
        "summary": LazyCommand(f"{_ROOM}.workflows.status:status", "Show how far a workflow is"),
    },
)
