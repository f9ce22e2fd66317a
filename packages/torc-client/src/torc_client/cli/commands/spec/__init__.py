"""`torc spec ...`: what can be done with spec files without a server."""

from torc_client.cli.framework.lazy import LazyCommand, LazyGroup

_ROOM = "torc_client.cli.commands.spec"

spec = LazyGroup(
    name="spec",
    help="Check and convert spec files, print their schema. No server is asked.",
    lazy_commands={
        "check": LazyCommand(f"{_ROOM}.check:check", "Say all that is wrong with a spec file"),
        "convert": LazyCommand(f"{_ROOM}.convert:convert", "Write a spec file in another format"),
        "schema": LazyCommand(f"{_ROOM}.schema:schema", "Print the JSON Schema of spec files"),
    },
)
