"""`torc spec schema`."""

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Written


@command(short_help="Print the JSON Schema of spec files.")
def schema(app: App) -> Written:
    """Print the JSON Schema of spec files: editors complete and check specs by it.

    It says what shape a spec has. Whether names and patterns find something, `torc spec check` says.
    """
    import json  # noqa: PLC0415 - help needs none of it

    from torc_client.spec.schema import schema as of_specs  # noqa: PLC0415

    del app
    return Written(json.dumps(of_specs(), indent=2, ensure_ascii=False), of_specs())
