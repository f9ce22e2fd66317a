"""`torc spec schema`."""

import json

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Text
from torc_client.spec.schema import schema as of_specs


@command(short_help="Print the JSON Schema of spec files.")
def schema(app: App) -> Text:
    """Print the JSON Schema of spec files.

    Editors use it to complete and check specs. `torc spec check` also checks names and patterns, which the schema
    cannot.
    """
    del app
    return Text(json.dumps(of_specs(), indent=2, ensure_ascii=False), of_specs())
