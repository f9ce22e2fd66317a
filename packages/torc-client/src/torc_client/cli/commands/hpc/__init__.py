"""`torc hpc ...`: what is known of clusters. No server is asked."""

from torc_client.cli.framework.lazy import LazyGroup, Place

_ROOM = "torc_client.cli.commands.hpc"

hpc = LazyGroup(
    name="hpc",
    help="Clusters that are known, and which partition suits a job. No server is asked.",
    table={
        "detect": Place(f"{_ROOM}.show:detect", "Say on which cluster this is"),
        "list": Place(f"{_ROOM}.show:list_profiles", "List clusters"),
        "match": Place(f"{_ROOM}.match:match", "Rank a cluster's partitions for a job"),
        "partitions": Place(f"{_ROOM}.partitions:partitions", "List a cluster's partitions"),
        "show": Place(f"{_ROOM}.show:show", "Show what is known of a cluster"),
    },
)
