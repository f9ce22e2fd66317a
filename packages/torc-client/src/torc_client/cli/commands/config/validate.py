"""`torc config validate`."""

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Text
from torc_client.config_sources import ignored, misplaced, problems, unknown


@command(short_help="Check settings files.")
def validate(app: App) -> Text:
    """Check all settings files and environment variables. The exit code is 1 if there is an error.

    An unknown name causes a warning only, because other programs may read the same file. So does a setting that is
    ignored, because a file in the working directory must not decide it.
    """
    del app
    found, without_effect, unused = problems(), misplaced(), ignored()
    warnings = [*unknown(), *without_effect]
    lines = [*found, *(f"Warning: {warning}" for warning in warnings), *(f"{path} was ignored." for path in unused)]
    if not found:
        lines.append("All other settings are valid." if unused or without_effect else "All settings are valid.")
    facts = {"valid": not found, "errors": found, "warnings": warnings, "ignored_files": unused}
    return Text("\n".join(lines), facts, failed=bool(found), is_message=True)
