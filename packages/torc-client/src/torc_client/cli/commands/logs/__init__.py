"""`torc logs ...`."""

from torc_client.cli.framework.examples import epilog
from torc_client.cli.framework.lazy import LazyGroup, Place

_ROOM = "torc_client.cli.commands.logs"

logs = LazyGroup(
    name="logs",
    help="What jobs and runners wrote.",
    epilog=epilog("logs"),
    table={
        "analyze": Place(f"{_ROOM}.analyze:analyze", "Say what logs tell that went wrong"),
        "bundle": Place(f"{_ROOM}.bundle:bundle", "Pack the logs of a workflow into one file"),
        "show": Place(f"{_ROOM}.show:show_output", "Show what a job printed"),
        "tail": Place(f"{_ROOM}.tail:tail", "Show the end of what a job printed, and what it prints from now on"),
    },
)
