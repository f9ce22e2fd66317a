"""The question before something is lost."""

from torc_client.cli.framework.context import App
from torc_client.errors import TorcError


def confirmed(app: App, question: str, *, is_sure: bool) -> bool:
    """Whether to go on: at once where the caller is sure or wants JSON, else as people answer. Raises TorcError."""
    if is_sure or app.format == "json":
        return True
    from torc_client.cli.framework.output import ask

    if not ask.is_possible():
        raise TorcError("Nobody is here to confirm; nothing was changed.", "Give --no-prompts.")
    return ask.confirm(question)
