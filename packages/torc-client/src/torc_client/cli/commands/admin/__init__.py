"""`torc admin`: administration of a server."""

from torc_client.cli.framework.lazy import LazyCommand, LazyGroup

_PACKAGE = "torc_client.cli.commands.admin"

admin = LazyGroup(
    name="admin",
    help="Administration of a server.",
    lazy_commands={
        "api-stats": LazyCommand(
            f"{_PACKAGE}.api_stats:api_stats", "Show numbers and durations of requests to the server"
        ),
        "list-audit-log": LazyCommand(
            f"{_PACKAGE}.list_audit_log:list_audit_log", "List the SQL statements of administrators"
        ),
        "reload-auth": LazyCommand(
            f"{_PACKAGE}.reload_auth:reload_auth", "Make the server read its password file again"
        ),
        "sql": LazyCommand(f"{_PACKAGE}.sql:sql", "Read the database of the server with SQL"),
        "tokens": LazyCommand(f"{_PACKAGE}.tokens:tokens", "Credentials of runners"),
        "tail-api": LazyCommand(f"{_PACKAGE}.tail_api:tail_api", "Show requests as the server answers them"),
    },
)
