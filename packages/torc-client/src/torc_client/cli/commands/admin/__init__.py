"""`torc admin ...`: what administrators of a server do."""

from torc_client.cli.framework.lazy import LazyGroup, Place

_ROOM = "torc_client.cli.commands.admin"

admin = LazyGroup(
    name="admin",
    help="What administrators of a server do.",
    table={
        "api-stats": Place(f"{_ROOM}.api_stats:api_stats", "Count the server's requests, and how long they take"),
        "reload-auth": Place(f"{_ROOM}.reload_auth:reload_auth", "Let the server read its file of passwords again"),
    },
)
