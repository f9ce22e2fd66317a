"""`torc config validate`."""

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Text
from torc_client.config_sources import problems, unknown


@command(short_help="Check settings files.")
def validate(app: App) -> Text:
    """Check all settings files and environment variables. The exit code is 1 if there is an error.

    An unknown name causes a warning only, because other programs may read the same file.
    """
    del app
    found, warnings = problems(), unknown()
    lines = [*found, *(f"Warning: {warning}" for warning in warnings)]
    text = "\n".join(lines) if found else "\n".join([*lines, "All settings are valid."])
    return Text(text, {"valid": not found, "errors": found, "warnings": warnings}, failed=bool(found))
