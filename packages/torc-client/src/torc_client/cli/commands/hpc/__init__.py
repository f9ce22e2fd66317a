"""`torc hpc`: known clusters. These commands need no server."""

from torc_client.cli.framework.lazy import LazyCommand, LazyGroup

_PACKAGE = "torc_client.cli.commands.hpc"

hpc = LazyGroup(
    name="hpc",
    help="Known clusters and their partitions. These commands need no server.",
    lazy_commands={
        "detect": LazyCommand(f"{_PACKAGE}.show:detect", "Show the cluster of this machine"),
        "generate": LazyCommand(f"{_PACKAGE}.generate:generate_profile", "Write the profile of this machine's cluster"),
        "list": LazyCommand(f"{_PACKAGE}.show:list_profiles", "List clusters"),
        "match": LazyCommand(f"{_PACKAGE}.match:match", "Rank the partitions of a cluster for a job"),
        "partitions": LazyCommand(f"{_PACKAGE}.partitions:partitions", "List the partitions of a cluster"),
        "show": LazyCommand(f"{_PACKAGE}.show:show", "Show a cluster"),
    },
)
