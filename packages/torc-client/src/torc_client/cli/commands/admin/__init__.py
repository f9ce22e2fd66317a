"""`torc admin ...`: what administrators of a server do."""

from torc_client.cli.framework.lazy import LazyCommand, LazyGroup

_ROOM = "torc_client.cli.commands.admin"

admin = LazyGroup(
    name="admin",
    help="What administrators of a server do.",
    lazy_commands={
        "api-stats": LazyCommand(f"{_ROOM}.api_stats:api_stats", "Count the server's requests, and how long they take"),
        "reload-auth": LazyCommand(
            f"{_ROOM}.reload_auth:reload_auth", "Let the server read its file of passwords again"
        ),
    },
)
