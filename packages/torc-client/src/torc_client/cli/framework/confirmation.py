"""The confirmation before a command that loses data."""

from torc_client.errors import TorcError


def confirmed(question: str, *, is_sure: bool, undone: str = "nothing was changed") -> bool:
    """Whether to continue: true with `is_sure`, otherwise the answer to `question`.

    Raises TorcError without a terminal. `undone` is what the command did not do.
    """
    if is_sure:
        return True
    from torc_client.cli.framework.output import ask

    if not ask.is_possible():
        raise TorcError(f"Not a terminal, so {undone}.", "Use --no-prompts to skip the confirmation.")
    return ask.confirm(question)
