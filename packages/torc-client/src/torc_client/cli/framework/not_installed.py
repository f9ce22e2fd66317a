"""Commands of distributions that are not installed."""

import click

from torc_client.errors import TorcError
from torc_client.how_to_install import how_to_install


class NotInstalledError(TorcError):
    """The distribution of a command is not installed."""


def missing_command(name: str, distribution: str) -> click.Command:
    """Return a command that accepts all arguments and fails with the distribution to install."""

    def refuse(arguments: tuple[str, ...]) -> None:
        del arguments
        raise NotInstalledError(
            f"`torc {name}` belongs to {distribution}, which is not installed.",
            how_to_install(distribution),
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
