"""`torc spec ...`: commands for spec files that need no server."""

from torc_client.cli.framework.lazy import LazyCommand, LazyGroup

_PACKAGE = "torc_client.cli.commands.spec"

spec = LazyGroup(
    name="spec",
    help="Check and convert spec files; print their JSON Schema. No server is contacted.",
    lazy_commands={
        "check": LazyCommand(f"{_PACKAGE}.check:check", "Check a spec file"),
        "convert": LazyCommand(f"{_PACKAGE}.convert:convert", "Convert a spec file to another format"),
        "schema": LazyCommand(f"{_PACKAGE}.schema:schema", "Print the JSON Schema of spec files"),
    },
)
