"""`torc config validate`."""

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Text
from torc_client.config_sources import problems, unknown


@command(short_help="Check files of settings.")
def validate(app: App) -> Text:
    """Check all files of settings and variables, and name every mistake; exit code 1 if there is one.

    A name that nothing reads is told too, but is no mistake: other programs may read the same file.
    """
    del app
    found, warnings = problems(), unknown()
    lines = [*found, *(f"Warning: {warning}" for warning in warnings)]
    text = "\n".join(lines) if found else "\n".join([*lines, "All settings are in order."])
    return Text(text, {"valid": not found, "errors": found, "warnings": warnings}, failed=bool(found))
