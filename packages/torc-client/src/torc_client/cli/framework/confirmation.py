"""The confirmation before a command that loses data."""

from torc_client.cli.framework.context import App
from torc_client.errors import TorcError


def confirmed(app: App, question: str, *, is_sure: bool) -> bool:
    """Whether to continue: true with `is_sure` or -f json, otherwise the answer to `question`.

    Raises TorcError without a terminal.
    """
    if is_sure or app.format == "json":
        return True
    from torc_client.cli.framework.output import ask

    if not ask.is_possible():
        raise TorcError("Not a terminal, so nothing was changed.", "Use --no-prompts to skip the confirmation.")
    return ask.confirm(question)
