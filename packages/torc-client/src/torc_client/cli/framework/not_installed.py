"""Commands of distributions that are not installed: they say what to install."""

import click

from torc_client.errors import TorcError


class NotInstalled(TorcError):  # noqa: N818 - named after what happened
    """A command belongs to a distribution that is not here."""


def missing_command(name: str, distribution: str) -> click.Command:
    """Make a command that takes whatever it is given and says where the real one is."""

    def refuse(arguments: tuple[str, ...]) -> None:
        del arguments
        raise NotInstalled(
            f"`torc {name}` belongs to {distribution}, which is not installed.",
            f"Install it with `pip install {distribution}`.",
        )

    anything = click.Argument(["arguments"], nargs=-1, type=click.UNPROCESSED)
    return click.Command(
        name,
        callback=refuse,
        params=[anything],
        help=f"Belongs to {distribution}, which is not installed.",
        add_help_option=False,
        context_settings={"ignore_unknown_options": True},
    )
