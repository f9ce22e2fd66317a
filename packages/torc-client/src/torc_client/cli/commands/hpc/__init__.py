"""`torc hpc ...`: what is known of clusters. No server is asked."""

from torc_client.cli.framework.lazy import LazyCommand, LazyGroup

_ROOM = "torc_client.cli.commands.hpc"

hpc = LazyGroup(
    name="hpc",
    help="Clusters that are known, and which partition suits a job. No server is asked.",
    lazy_commands={
        "detect": LazyCommand(f"{_ROOM}.show:detect", "Say on which cluster this is"),
        "list": LazyCommand(f"{_ROOM}.show:list_profiles", "List clusters"),
        "match": LazyCommand(f"{_ROOM}.match:match", "Rank a cluster's partitions for a job"),
        "partitions": LazyCommand(f"{_ROOM}.partitions:partitions", "List a cluster's partitions"),
        "show": LazyCommand(f"{_ROOM}.show:show", "Show what is known of a cluster"),
    },
)
