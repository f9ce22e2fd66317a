"""`torc config validate`."""

from torc_client.cli.context import App, command
from torc_client.cli.results import Written
from torc_client.config_sources import problems


@command(short_help="Check files of settings.")
def validate(app: App) -> Written:
    """Check all files of settings and variables, and name every mistake; exit code 1 if there is one."""
    del app
    found = problems()
    text = "\n".join(found) if found else "All settings are in order."
    return Written(text, {"valid": not found, "errors": found}, failed=bool(found))
