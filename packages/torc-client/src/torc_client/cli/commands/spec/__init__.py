"""`torc spec ...`: what can be done with spec files without a server."""

from torc_client.cli.framework.lazy import LazyGroup, Place

_ROOM = "torc_client.cli.commands.spec"

spec = LazyGroup(
    name="spec",
    help="Check and convert spec files, print their schema. No server is asked.",
    table={
        "check": Place(f"{_ROOM}.check:check", "Say all that is wrong with a spec file"),
        "convert": Place(f"{_ROOM}.convert:convert", "Write a spec file in another format"),
        "schema": Place(f"{_ROOM}.schema:schema", "Print the JSON Schema of spec files"),
    },
)
